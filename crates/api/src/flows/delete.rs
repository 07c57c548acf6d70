use crate::prelude::*;
use model::FlowId;

/// Deletes a flow that no campaign and no number names.
#[utoipa::path(delete, path = "/flows/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<StatusCode> {
    who.may(P::FlowWrite)?;
    api.store().delete_flow(who.tenant(), id).await?;
    desk::audit(api.store(), &who.actor, "flow.delete", &format!("flow:{id}"), json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}
