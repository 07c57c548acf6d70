use crate::prelude::*;
use model::FlowId;
use store::StoreError;

/// Deletes a flow that no campaign and no number names.
#[utoipa::path(delete, path = "/flows/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<StatusCode> {
    who.may(P::FlowWrite)?;
    api.store().delete_flow(who.tenant(), id).await.map_err(|e| match e {
        StoreError::Conflict(what) => {
            Problem::conflict("flow_in_use", Text::new("流程正被任务或号码使用，不能删除；请先改用别的流程", what))
        }
        other => other.into(),
    })?;
    desk::audit(api.store(), &who.actor, "flow.delete", &format!("flow:{id}"), json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}
