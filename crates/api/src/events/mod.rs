//! Domain events, to be read again by those who missed them.

mod list;

use crate::prelude::*;
use model::event::{self, DomainEvent};
use model::record::Permission;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list))
}

/// The right needed to see events of a type; none: whoever is signed in.
fn needed(kind: &str) -> Option<Permission> {
    Some(match kind {
        event::ALARM | event::TRUNK_STATE | event::TRUNK_CHANGED => return None,
        event::ATTEMPT_ENDED | event::LEAD_RESULT | event::CALLBACK_RECEIVED | event::IMPORT_CHANGED => P::LeadRead,
        event::CALL_ENDED | event::CALL_CHANGED => P::CallRead,
        event::SMS_CHANGED | event::SMS_RECEIVED => P::MessageRead,
        event::FLOW_PUBLISHED => P::FlowRead,
        _ => P::CampaignRead,
    })
}

/// The event as this principal may see it: none when it may not, masked when it may not see numbers.
pub fn shown(who: &Principal, event: &DomainEvent) -> Option<DomainEvent> {
    if event.tenant_id != who.tenant() || needed(&event.kind).is_some_and(|p| !who.actor.can(p)) {
        return None;
    }
    let mut event = event.clone();
    if !who.reveals() {
        crate::mask::json(&mut event.data);
    }
    Some(event)
}
