use crate::prelude::*;
use crate::scope::Seen;
use engine::Change;
use model::{AgentId, QueueId};
use std::collections::BTreeSet;

#[derive(Deserialize, ToSchema)]
pub struct AgentGroups {
    queues: BTreeSet<QueueId>,
}

/// Puts an agent into these groups and no others, all at once. In a new group they stand last, as an ordinary member.
#[utoipa::path(put, path = "/agents/{id}/groups", responses((status = 204)))]
pub async fn set_groups(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<AgentId>,
    Json(body): Json<AgentGroups>,
) -> Answer<StatusCode> {
    who.may(P::AgentWrite)?;
    if !Seen::of(&api, &who).await?.agent(id) {
        return Err(Problem::not_found());
    }
    desk::queue::set_queues_of(api.store(), &who.actor, id, &body.queues).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
