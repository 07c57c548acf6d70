//! A call in which the agent who asks takes part, or took part.

use crate::prelude::*;
use desk::customer::Far;
use model::record::{Agent, Call, Confirmation, Direction};
use model::{CallId, CampaignId, LeadId};

/// How long after it was dialled from the list an appointment's call may begin.
const DIALLED_MS: i64 = 120_000;

pub struct OwnCall {
    pub agent: Agent,
    pub far: Far,
    /// Whom of which campaign it is with.
    pub lead: Option<(CampaignId, LeadId)>,
    /// 二次确认.
    pub confirmation: Option<Confirmation>,
}

/// # Errors
/// 404 for a call that is not the tenant's, or a person without a 工号; 403 for a call of others.
pub async fn own(api: &ApiState, who: &Principal, id: CallId) -> Answer<OwnCall> {
    who.may(P::DeskUse)?;
    let stored = api.store().call(who.tenant(), id).await?.map(|(call, _)| call);
    let live = api.engine().live();
    let up = live.agents.get(&who.tenant()).is_some_and(|all| all.iter().any(|a| a.call_id == Some(id)));
    if stored.is_none() && !up {
        return Err(Problem::not_found());
    }
    let (user, _) = who.person()?;
    let agent = api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(crate::agent_desk::no_agent)?;
    // In wrap-up the desk still shows the call that was.
    let shown = live.desks.get(&agent.id).and_then(|view| view.call.as_ref()).filter(|call| call.call_id == id);
    // What is stored is what came of it in the end.
    let confirmation = stored.as_ref().map_or_else(|| shown.and_then(|call| call.confirmation), |call| call.confirmation);
    let (far, started_at, lead) = match (shown, stored.filter(|call| took_part(call, &agent))) {
        (Some(call), _) => {
            let far = Far { number: call.number.clone(), name: call.name.clone() };
            (far, call.started_at, call.campaign_id.zip(call.lead_id))
        }
        (None, Some(call)) => {
            let number = if call.direction == Direction::Inbound { call.caller } else { call.called };
            (Far { number, name: call.name }, call.started_at, call.campaign_id.zip(call.lead_id))
        }
        (None, None) => {
            let text = Text::new("这不是您接听的通话，不能填写小结", "you took no part in this call");
            return Err(Problem::new(StatusCode::FORBIDDEN, "not_your_call", text));
        }
    };
    let lead = match lead {
        Some(lead) => Some(lead),
        None => otherwise_known(api, &agent, id, &far, started_at).await?,
    };
    Ok(OwnCall { agent, far, lead, confirmation })
}

/// Whom a call is with that no campaign began: what the agent wrote about it says so, or the appointment it was dialled from.
async fn otherwise_known(
    api: &ApiState,
    agent: &Agent,
    id: CallId,
    far: &Far,
    started_at: At,
) -> Answer<Option<(CampaignId, LeadId)>> {
    if let Some(work) = api.store().call_work(agent.tenant_id, id, agent.id).await? {
        return Ok(Some((work.campaign_id, work.lead_id)));
    }
    let since = started_at.plus_ms(-DIALLED_MS);
    let dialled = api.store().dialled_appointment(agent.tenant_id, agent.id, &far.number, since).await?;
    Ok(dialled.and_then(|a| a.campaign_id.zip(a.lead_id)))
}

pub fn took_part(call: &Call, agent: &Agent) -> bool {
    call.agent_id == Some(agent.id) || call.talks.iter().any(|talk| talk.agent_id == agent.id)
}
