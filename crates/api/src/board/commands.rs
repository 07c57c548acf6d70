use crate::agent_desk::{refused, usable};
use crate::prelude::*;
use crate::scope::Seen;
use model::desk::{DeskRefusal, QueueLive, SupervisorCommand};
use model::{AgentId, QueueEntryId};

/// Asks something of the floor about others; every request is in the audit log with what came of it. Refused: 409, `code` says
/// why. 404 for agents and callers whom one does not see.
#[utoipa::path(post, path = "/board/commands", request_body = SupervisorCommand, responses((status = 204)))]
pub async fn supervise(State(api): State<ApiState>, who: Principal, Json(body): Json<SupervisorCommand>) -> Answer<StatusCode> {
    let monitors = matches!(body, SupervisorCommand::Monitor { .. } | SupervisorCommand::StopMonitor);
    who.may(if monitors { P::AgentMonitor } else { P::AgentSupervise })?;
    let (user, _) = who.person()?;
    let (command, target) = checked(&api, &who, body).await?;
    let outcome = api.engine().supervise(who.tenant(), user.id, command.clone()).await;
    let mut detail = json!(command);
    detail["refused"] = json!(outcome.err());
    let action = format!("supervise.{}", detail["do"].as_str().unwrap_or_default());
    desk::audit(api.store(), &who.actor, &action, &target, detail).await?;
    outcome.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The command as the floor takes it, and whom it is about, for the audit.
async fn checked(api: &ApiState, who: &Principal, command: SupervisorCommand) -> Answer<(SupervisorCommand, String)> {
    use SupervisorCommand as S;
    let (agent, entry) = match &command {
        S::Force { agent, .. }
        | S::Monitor { agent, .. }
        | S::Release { agent, .. }
        | S::Transfer { agent, .. }
        | S::Record { agent, .. } => (Some(*agent), None),
        S::Assign { agent, entry } => (Some(*agent), Some(*entry)),
        S::MoveUp { entry } => (None, Some(*entry)),
        S::StopMonitor => (None, None),
    };
    let seen = Seen::of(api, who).await?;
    if let Some(agent) = agent {
        known(api, who, &seen, agent).await?;
    }
    if let Some(entry) = entry {
        waits(api, who, &seen, entry)?;
    }
    let target = match (agent, entry) {
        (Some(agent), _) => format!("agent:{agent}"),
        (None, Some(entry)) => format!("entry:{entry}"),
        (None, None) => "monitor".into(),
    };
    let command = match command {
        S::Monitor { agent, mode, seat } => {
            let (user, _) = who.person()?;
            let own = api.store().agent_of_user(who.tenant(), user.id).await?;
            S::Monitor { agent, mode, seat: usable(api, who, own.as_ref(), seat).await? }
        }
        S::Release { agent, reason } => {
            let reason = reason.trim().to_owned();
            if !(1..=200).contains(&reason.chars().count()) {
                let text = Text::new("请填写强拆原因，1–200 个字", "give a reason of 1–200 characters");
                return Err(Problem::invalid("reason", text));
            }
            S::Release { agent, reason }
        }
        other => other,
    };
    Ok((command, target))
}

/// An agent whom one does not see is as unknown as one who is not there.
async fn known(api: &ApiState, who: &Principal, seen: &Seen, agent: AgentId) -> Answer<()> {
    let found = seen.agent(agent) && api.store().agent(who.tenant(), agent).await?.is_some();
    if found { Ok(()) } else { Err(missing(DeskRefusal::UnknownAgent)) }
}

/// Whoever sees everybody asks the floor itself; the others have on their boards whom they may ask for.
fn waits(api: &ApiState, who: &Principal, seen: &Seen, entry: QueueEntryId) -> Answer<()> {
    if seen.all() {
        return Ok(());
    }
    let live = api.engine().live();
    let queues = live.queues.get(&who.tenant()).map(Vec::as_slice).unwrap_or_default();
    let holds = |q: &QueueLive| seen.queue(q.queue_id) && q.callers.iter().any(|c| c.entry_id == entry);
    if queues.iter().any(holds) { Ok(()) } else { Err(missing(DeskRefusal::UnknownEntry)) }
}

fn missing(refusal: DeskRefusal) -> Problem {
    refused(refusal).with_status(StatusCode::NOT_FOUND)
}
