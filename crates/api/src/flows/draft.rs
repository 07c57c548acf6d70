use super::{DraftView, document, load};
use crate::prelude::*;
use model::FlowId;

/// The document to edit: the draft, or a copy of the newest published version.
#[utoipa::path(get, path = "/flows/{id}/draft", responses((status = 200, body = DraftView)))]
pub async fn draft(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<Json<DraftView>> {
    who.may(P::FlowRead)?;
    let flow = load(&api, &who, id).await?;
    let doc = document(&api, &who, &flow).await?;
    Ok(Json(DraftView { flow, doc }))
}
