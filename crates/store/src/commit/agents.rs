//! What agents were doing, and who waited for them.

use super::{Batch, Outcome};
use crate::Result;
use crate::db::{Insert, Runs as _};
use model::event::QUEUE_LEFT;
use model::record::{QueueEntry, StateInterval};
use serde_json::json;

impl Batch {
    /// Once when it begins and once when it is over; a replay of the beginning does not open it again.
    pub(super) async fn interval(&mut self, interval: &StateInterval) -> Result<Outcome> {
        let insert = Insert::of(interval).tail(
            "ON CONFLICT (session_id, ordinal) DO UPDATE SET reason = excluded.reason, queue_id = excluded.queue_id, \
             call_id = excluded.call_id, set_by = excluded.set_by, \
             ended_at = COALESCE(excluded.ended_at, state_intervals.ended_at)",
        );
        self.tx.insert(insert).await?;
        Ok(Outcome::Done)
    }

    pub(super) async fn queue_entry(&mut self, entry: &QueueEntry) -> Result<Outcome> {
        if self.tx.insert(Insert::of(entry).tail("ON CONFLICT (id, ordinal) DO NOTHING")).await? == 0 {
            return Ok(Outcome::Ignored("the stay is stored already"));
        }
        let data = json!({
            "entry_id": entry.id,
            "ordinal": entry.ordinal,
            "queue_id": entry.queue_id,
            "channel": entry.channel,
            "call_id": entry.call_id,
            "caller": entry.caller,
            "called": entry.called,
            "service": entry.service,
            "classes": entry.classes,
            "came_at": entry.came_at,
            "entered_at": entry.entered_at,
            "ended_at": entry.ended_at,
            "waited_ms": entry.ended_at.since_ms(entry.came_at),
            "outcome": entry.outcome,
            "agent_id": entry.agent_id,
            "callback": entry.callback,
        });
        self.tx.emit(entry.tenant_id, QUEUE_LEFT, entry.ended_at, data);
        Ok(Outcome::Done)
    }
}
