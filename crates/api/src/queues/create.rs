use crate::prelude::*;
use engine::Change;
use model::record::Queue;

/// Adds a group; whatever is left out has its default. Ids and times in the body are ignored.
#[utoipa::path(post, path = "/queues", responses((status = 201, body = Queue)))]
pub async fn create(State(api): State<ApiState>, who: Principal, Json(body): Json<Queue>) -> Answer<(StatusCode, Json<Queue>)> {
    who.may(P::AgentWrite)?;
    let queue = desk::queue::create(api.store(), &who.actor, body).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok((StatusCode::CREATED, Json(queue)))
}
