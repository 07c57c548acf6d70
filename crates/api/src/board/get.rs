use crate::mask;
use crate::prelude::*;
use crate::scope::Seen;
use model::desk::{AgentLive, QueueLive};

/// The seats one sees and the groups some of them belong to, at most half a second old.
#[derive(Serialize, ToSchema)]
pub struct Board {
    agents: Vec<AgentLive>,
    queues: Vec<QueueLive>,
}

/// The floor as it stands; `agent.state` and `queue.state` say over the WebSocket what changes.
#[utoipa::path(get, path = "/board", responses((status = 200, body = Board)))]
pub async fn get(State(api): State<ApiState>, who: Principal) -> Answer<Json<Board>> {
    who.may(P::AgentRead)?;
    let seen = Seen::of(&api, &who).await?;
    let live = api.engine().live();
    let mut agents = live.agents.get(&who.tenant()).cloned().unwrap_or_default();
    let mut queues = live.queues.get(&who.tenant()).cloned().unwrap_or_default();
    agents.retain(|agent| seen.agent(agent.agent_id));
    queues.retain(|queue| seen.queue(queue.queue_id));
    if !who.reveals() {
        agents.iter_mut().for_each(mask::agent_live);
        queues.iter_mut().for_each(mask::queue_live);
    }
    Ok(Json(Board { agents, queues }))
}
