use super::load;
use crate::prelude::*;
use model::FlowId;
use model::record::Flow;

/// One flow's head.
#[utoipa::path(get, path = "/flows/{id}", responses((status = 200, body = Flow)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<Json<Flow>> {
    who.may(P::FlowRead)?;
    Ok(Json(load(&api, &who, id).await?))
}
