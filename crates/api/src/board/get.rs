use crate::mask;
use crate::prelude::*;
use model::desk::{AgentLive, QueueLive};

/// All seats and groups, at most half a second old.
#[derive(Serialize, ToSchema)]
pub struct Board {
    agents: Vec<AgentLive>,
    queues: Vec<QueueLive>,
}

/// The floor as it stands; `agent.state` and `queue.state` say over the WebSocket what changes.
#[utoipa::path(get, path = "/board", responses((status = 200, body = Board)))]
pub async fn get(State(api): State<ApiState>, who: Principal) -> Answer<Json<Board>> {
    who.may(P::AgentRead)?;
    let live = api.engine().live();
    let mut agents = live.agents.get(&who.tenant()).cloned().unwrap_or_default();
    let mut queues = live.queues.get(&who.tenant()).cloned().unwrap_or_default();
    if !who.reveals() {
        agents.iter_mut().for_each(mask::agent_live);
        queues.iter_mut().for_each(mask::queue_live);
    }
    Ok(Json(Board { agents, queues }))
}
