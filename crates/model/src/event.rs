//! Domain events: facts told to the WebSocket, webhooks and the bus, from an outbox in the fact's own transaction.

use crate::{At, TenantId};
use serde::{Deserialize, Serialize};

/// `{seq, type, ts, data}`: seq grows by the order of commit within one installation and is never reused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DomainEvent {
    pub seq: i64,
    #[serde(skip)]
    pub tenant_id: TenantId,
    #[serde(rename = "type")]
    pub kind: String,
    pub ts: At,
    pub data: serde_json::Value,
}

/// Event types that are stored in the outbox and may be subscribed to by webhooks.
pub const STORED: &[&str] = &[
    CAMPAIGN_CHANGED,
    CAMPAIGN_FINISHED,
    ATTEMPT_ENDED,
    LEAD_RESULT,
    LEAD_SKIPPED,
    LEAD_EXPIRED,
    CALL_ENDED,
    CALLBACK_RECEIVED,
    SMS_CHANGED,
    SMS_RECEIVED,
    MAIL_CHANGED,
    IMPORT_CHANGED,
    FLOW_PUBLISHED,
    TRUNK_CHANGED,
    EXTENSION_CHANGED,
    AGENT_CHANGED,
    QUEUE_CHANGED,
    CUSTOMER_CHANGED,
    QUEUE_LEFT,
    SUMMARY_CHANGED,
    ORDER_CHANGED,
    APPOINTMENT_CHANGED,
    ALARM,
];

pub const CAMPAIGN_CHANGED: &str = "campaign.changed";
pub const CAMPAIGN_FINISHED: &str = "campaign.finished";
pub const ATTEMPT_ENDED: &str = "attempt.ended";
/// A flow set a lead's result: the fact business systems wait for.
pub const LEAD_RESULT: &str = "lead.result";
/// An agent who saw a lead did not want it dialled now.
pub const LEAD_SKIPPED: &str = "lead.skipped";
/// A lead that was to be called within a time was not reached in it.
pub const LEAD_EXPIRED: &str = "lead.expired";
pub const CALL_ENDED: &str = "call.ended";
/// Somebody of a campaign called back.
pub const CALLBACK_RECEIVED: &str = "callback.received";
pub const SMS_CHANGED: &str = "sms.changed";
pub const SMS_RECEIVED: &str = "sms.received";
pub const MAIL_CHANGED: &str = "mail.changed";
pub const IMPORT_CHANGED: &str = "import.changed";
pub const FLOW_PUBLISHED: &str = "flow.published";
pub const TRUNK_CHANGED: &str = "trunk.changed";
pub const EXTENSION_CHANGED: &str = "extension.changed";
/// The record of an agent or a group, its rules or members.
pub const AGENT_CHANGED: &str = "agent.changed";
pub const QUEUE_CHANGED: &str = "queue.changed";
pub const CUSTOMER_CHANGED: &str = "customer.changed";
/// A stay in a queue is over: answered, abandoned, overflowed…
pub const QUEUE_LEFT: &str = "queue.left";
/// An agent noted something about a call.
pub const SUMMARY_CHANGED: &str = "summary.changed";
/// An order was written, confirmed or cancelled.
pub const ORDER_CHANGED: &str = "order.changed";
/// An appointment of a task was made, moved, called off, reached or missed.
pub const APPOINTMENT_CHANGED: &str = "appointment.changed";
/// Something needs a person: disk short, provider down, trunk down.
pub const ALARM: &str = "alarm";

// Live only (seq 0, not stored): figures a screen shows and forgets.
pub const CAMPAIGN_PROGRESS: &str = "campaign.progress";
pub const CALL_CHANGED: &str = "call.changed";
pub const TRUNK_STATE: &str = "trunk.state";
pub const EXTENSION_STATE: &str = "extension.state";
/// `AgentLive` of one agent; to whoever may see boards.
pub const AGENT_STATE: &str = "agent.state";
/// `QueueLive` of one group; to whoever may see boards.
pub const QUEUE_STATE: &str = "queue.state";
/// `{agent_id, user_id, view: DeskView}`; to the agent alone.
pub const DESK_CHANGED: &str = "desk.changed";
