use crate::prelude::*;
use model::QueueId;
use model::record::Queue;

/// One group.
#[utoipa::path(get, path = "/queues/{id}", responses((status = 200, body = Queue)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<QueueId>) -> Answer<Json<Queue>> {
    who.may(P::AgentRead)?;
    Ok(Json(api.store().queue(who.tenant(), id).await?.ok_or_else(Problem::not_found)?))
}
