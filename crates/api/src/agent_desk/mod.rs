//! 坐席台: an agent's own state, call and phone.

mod appointments;
mod bookings;
mod colleagues;
mod commands;
mod get;
mod phone;
mod refusal;
mod seat;

use crate::prelude::*;
use model::desk::{AgentLive, DeskView};
use model::record::{Agent, AgentState};

pub use refusal::refused;
pub use seat::usable;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get::get))
        .routes(routes!(commands::command))
        .routes(routes!(phone::take_phone))
        .routes(routes!(colleagues::colleagues))
        .routes(routes!(appointments::appointments))
        .routes(routes!(bookings::tasks))
        .routes(routes!(bookings::book))
}

/// Nobody has made this person an agent.
pub fn no_agent() -> Problem {
    let text = Text::new(
        "您还没有工号，请让管理员在坐席管理中为您添加",
        "you have no agent's number; ask an administrator to add you to the agents",
    );
    Problem::new(StatusCode::NOT_FOUND, "no_agent", text)
}

/// The agent who asks.
///
/// # Errors
/// 403 without the right or for machines, 404 for a person without a 工号.
async fn own(api: &ApiState, who: &Principal) -> Answer<Agent> {
    who.may(P::DeskUse)?;
    let (user, _) = who.person()?;
    api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(no_agent)
}

/// The desk as it stands, masked for those who may not see numbers.
fn view(api: &ApiState, who: &Principal, agent: &Agent) -> DeskView {
    let live = api.engine().live();
    let known = live.agents.get(&agent.tenant_id).and_then(|all| all.iter().find(|a| a.agent_id == agent.id));
    let mut view = live.desks.get(&agent.id).cloned().unwrap_or_else(|| DeskView {
        agent: known.cloned().unwrap_or_else(|| signed_out(agent)),
        call: None,
        preview: None,
        tasks: Vec::new(),
    });
    if !who.reveals() {
        crate::mask::desk_view(&mut view);
    }
    view
}

/// An agent whom the floor does not know yet.
fn signed_out(agent: &Agent) -> AgentLive {
    AgentLive {
        agent_id: agent.id,
        number: agent.number.clone(),
        name: agent.name.clone(),
        unit_id: agent.unit_id,
        state: AgentState::Off,
        reason: None,
        since: agent.created_at,
        until: None,
        next: None,
        link_up: true,
        session_id: None,
        seat: None,
        queues: Vec::new(),
        queue_id: None,
        call_id: None,
        number_far: None,
        monitored: None,
        monitors: Vec::new(),
        calls: 0,
        talk_ms: 0,
    }
}
