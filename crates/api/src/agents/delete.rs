use crate::prelude::*;
use crate::scope::Seen;
use engine::Change;
use model::AgentId;
use model::record::AgentState;

/// Deletes an agent who is signed out, with the phone in their page. What they did stays in the reports.
#[utoipa::path(delete, path = "/agents/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<AgentId>) -> Answer<StatusCode> {
    who.may(P::AgentWrite)?;
    let seen = Seen::of(&api, &who).await?;
    api.store().agent(who.tenant(), id).await?.filter(|a| seen.agent(a.id)).ok_or_else(Problem::not_found)?;
    let live = api.engine().live();
    let at_work =
        |agents: &Vec<_>| agents.iter().any(|a: &model::desk::AgentLive| a.agent_id == id && a.state != AgentState::Off);
    if live.agents.get(&who.tenant()).is_some_and(at_work) {
        let text = Text::new("该坐席正在签入，请先在班长台强制签出", "the agent is signed in; sign them out on the board first");
        return Err(Problem::conflict("agent_signed_in", text));
    }
    desk::agent::delete(api.store(), &who.actor, id).await?;
    api.changed(Change::Agents(who.tenant()));
    api.changed(Change::Queues(who.tenant()));
    api.changed(Change::Extensions(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
