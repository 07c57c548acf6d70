use super::query::CallView;
use crate::prelude::*;
use model::CallId;

/// One call with its legs, its steps and its recordings.
#[utoipa::path(get, path = "/calls/{id}", responses((status = 200, body = CallView)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<CallId>) -> Answer<Json<CallView>> {
    who.may(P::CallRead)?;
    let (call, recordings) = super::load(&api, &who, id).await?;
    Ok(Json(CallView::of(&who, call, recordings)))
}
