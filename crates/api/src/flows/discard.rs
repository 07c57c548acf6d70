use super::{DraftView, document};
use crate::prelude::*;
use model::FlowId;

/// Throws the draft away; what is published stays.
#[utoipa::path(delete, path = "/flows/{id}/draft", responses((status = 200, body = DraftView)))]
pub async fn discard(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<Json<DraftView>> {
    who.may(P::FlowWrite)?;
    let flow = api.store().discard_flow_draft(who.tenant(), id, api.now()).await?;
    desk::audit(api.store(), &who.actor, "flow.discard", &format!("flow:{id}"), json!({})).await?;
    let doc = document(&api, &who, &flow).await?;
    Ok(Json(DraftView { flow, doc }))
}
