//! Webhooks: events from the outbox to the endpoints that want them, by the Standard Webhooks rules.

mod dispatcher;
mod endpoint;

pub use dispatcher::run;
pub use endpoint::{NewWebhook, TestOutcome, create, delete, replay, replay_dead, rotate_secret, test, update};

use model::event::DomainEvent;
use serde_json::json;

/// What is sent, byte for byte the same on every try.
fn payload_of(event: &DomainEvent) -> String {
    json!({"type": event.kind, "timestamp": event.ts, "seq": event.seq, "data": event.data}).to_string()
}
