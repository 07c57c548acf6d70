use super::own;
use crate::prelude::*;
use model::record::AgentState;
use model::{AgentId, QueueId};
use std::collections::BTreeMap;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ColleagueQuery {
    /// In the 工号 or the name.
    #[serde(default)]
    q: String,
}

#[derive(Serialize, ToSchema)]
pub struct Colleague {
    agent_id: AgentId,
    number: String,
    name: String,
    state: AgentState,
}

#[derive(Serialize, ToSchema)]
pub struct ColleagueQueue {
    id: QueueId,
    name: String,
    /// Agents who are free now.
    ready: u32,
}

#[derive(Serialize, ToSchema)]
pub struct Colleagues {
    /// Those who are free first; at most 100.
    agents: Vec<Colleague>,
    queues: Vec<ColleagueQueue>,
}

const SHOWN_MAX: usize = 100;

/// Whom an agent may consult or transfer a call to.
#[utoipa::path(get, path = "/desk/colleagues", params(ColleagueQuery), responses((status = 200, body = Colleagues)))]
pub async fn colleagues(
    State(api): State<ApiState>,
    who: Principal,
    Query(q): Query<ColleagueQuery>,
) -> Answer<Json<Colleagues>> {
    let me = own(&api, &who).await?;
    let (live, tenant) = (api.engine().live(), who.tenant());
    let states: BTreeMap<AgentId, AgentState> =
        live.agents.get(&tenant).into_iter().flatten().map(|a| (a.agent_id, a.state)).collect();
    let ready: BTreeMap<QueueId, u32> = live.queues.get(&tenant).into_iter().flatten().map(|q| (q.queue_id, q.ready)).collect();
    let text = q.q.trim().to_lowercase();
    let fits = |number: &str, name: &str| number.contains(&text) || name.to_lowercase().contains(&text);
    let all = api.store().agents(tenant).await?.into_iter();
    let mut agents: Vec<Colleague> = all
        .filter(|a| a.enabled && a.id != me.id && fits(&a.number, &a.name))
        .map(|a| Colleague {
            state: states.get(&a.id).copied().unwrap_or(AgentState::Off),
            agent_id: a.id,
            number: a.number,
            name: a.name,
        })
        .collect();
    agents.sort_by_key(|a| match a.state {
        AgentState::Ready => 0,
        AgentState::Off => 2,
        _ => 1,
    });
    agents.truncate(SHOWN_MAX);
    let queues = api.store().queues(tenant).await?.into_iter().filter(|q| fits("", &q.name));
    let queues = queues.map(|q| ColleagueQueue { ready: ready.get(&q.id).copied().unwrap_or(0), id: q.id, name: q.name });
    Ok(Json(Colleagues { agents, queues: queues.collect() }))
}
