//! Domain events, to be read again by those who missed them.

mod list;

use crate::prelude::*;
use crate::principal::Who;
use crate::scope::Seen;
use model::desk::{AgentLive, DeskView, QueueLive};
use model::event::{self, DomainEvent};
use model::record::Permission;
use model::{AgentId, QueueId};
use serde_json::Value;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list))
}

/// The right needed to see events of a type; none: whoever is signed in.
fn needed(who: &Principal, kind: &str) -> Option<Permission> {
    Some(match kind {
        event::ALARM | event::TRUNK_STATE | event::TRUNK_CHANGED => return None,
        event::ATTEMPT_ENDED | event::LEAD_RESULT | event::CALLBACK_RECEIVED | event::IMPORT_CHANGED => P::LeadRead,
        event::CALL_ENDED | event::CALL_CHANGED => P::CallRead,
        event::SMS_CHANGED | event::SMS_RECEIVED | event::MAIL_CHANGED => P::MessageRead,
        event::FLOW_PUBLISHED => P::FlowRead,
        event::AGENT_CHANGED | event::QUEUE_CHANGED | event::QUEUE_LEFT | event::AGENT_STATE => P::AgentRead,
        // An agent sees who waits for the own groups.
        event::QUEUE_STATE if who.actor.can(P::AgentRead) => P::AgentRead,
        event::QUEUE_STATE => P::DeskUse,
        event::CUSTOMER_CHANGED | event::SUMMARY_CHANGED => P::CustomerRead,
        event::ORDER_CHANGED => P::OrderRead,
        event::DESK_CHANGED => P::DeskUse,
        _ => P::CampaignRead,
    })
}

/// Of a 工号 or an extension.
const NUMBER_INSIDE_MAX: usize = 6;

/// Who reads events of agents, of their orders or of their own groups, so that it must be known whom they see.
pub fn follows_agents(who: &Principal) -> bool {
    who.actor.can(P::AgentRead) || who.actor.can(P::DeskUse) || who.actor.can(P::OrderRead)
}

/// About an agent, or a group, whom the principal does not see.
fn hidden(seen: &Seen, event: &DomainEvent) -> bool {
    let id = |field: &str| event.data[field].as_i64().unwrap_or_default();
    match event.kind.as_str() {
        event::AGENT_STATE | event::AGENT_CHANGED => !seen.agent(AgentId(id("agent_id"))),
        event::ORDER_CHANGED => !seen.all() && !event.data["agent_id"].as_i64().is_some_and(|id| seen.agent(AgentId(id))),
        event::QUEUE_STATE | event::QUEUE_LEFT => !seen.queue(QueueId(id("queue_id"))),
        _ => false,
    }
}

/// The event as this principal may see it: none when it may not, masked when it may not see numbers.
pub fn shown(who: &Principal, seen: &Seen, event: &DomainEvent) -> Option<DomainEvent> {
    if event.tenant_id != who.tenant() || needed(who, &event.kind).is_some_and(|p| !who.actor.can(p)) {
        return None;
    }
    // A desk is its agent's alone.
    if event.kind == event::DESK_CHANGED && !is_own(who, &event.data) {
        return None;
    }
    if hidden(seen, event) {
        return None;
    }
    let mut event = event.clone();
    if !who.reveals() {
        masked(&event.kind, &mut event.data)?;
    }
    Some(event)
}

fn is_own(who: &Principal, data: &Value) -> bool {
    matches!(&who.who, Who::Person { user, .. } if data["user_id"].as_i64() == Some(user.id.0))
}

/// None: what stands there is not what was expected, so that nobody could say what would show.
fn masked(kind: &str, data: &mut Value) -> Option<()> {
    use crate::mask;
    match kind {
        event::AGENT_STATE => {
            let mut agent: AgentLive = serde_json::from_value(data.take()).ok()?;
            mask::agent_live(&mut agent);
            *data = json!(agent);
        }
        event::QUEUE_STATE => {
            let mut queue: QueueLive = serde_json::from_value(data.take()).ok()?;
            mask::queue_live(&mut queue);
            *data = json!(queue);
        }
        event::DESK_CHANGED => {
            let mut view: DeskView = serde_json::from_value(data["view"].take()).ok()?;
            mask::desk_view(&mut view);
            data["view"] = json!(view);
            // What was dialled may be a customer's, by a click; a colleague's 工号 is short and nobody's secret.
            if let Some(number) = data["note"]["number"].as_str().filter(|n| n.len() > NUMBER_INSIDE_MAX) {
                data["note"]["number"] = json!(mask::number(number));
            }
        }
        event::MAIL_CHANGED => {
            let to = data["to"].as_str()?.to_owned();
            if let Some(error) = data["error"].as_str() {
                data["error"] = json!(mask::without_address(error, &to));
            }
            data["to"] = json!(mask::address(&to));
        }
        event::SUMMARY_CHANGED => data["note"] = json!(mask::spoken(data["note"].as_str().unwrap_or_default())),
        _ => mask::json(data),
    }
    Some(())
}
