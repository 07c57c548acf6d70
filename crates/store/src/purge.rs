//! What is no longer needed goes: ended sessions, old events, old deliveries, old failures. Facts stay.

use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::At;

const DAY_MS: i64 = 24 * 3_600_000;

#[derive(Clone, Copy, Debug)]
pub struct PurgePolicy {
    pub events_keep_ms: i64,
    /// Delivered ones; dead letters stay until their event goes.
    pub deliveries_keep_ms: i64,
}

impl Default for PurgePolicy {
    fn default() -> Self {
        Self { events_keep_ms: 30 * DAY_MS, deliveries_keep_ms: 30 * DAY_MS }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    pub sessions: u64,
    pub events: u64,
    pub deliveries: u64,
    pub login_failures: u64,
}

impl Store {
    /// An event that no webhook has looked at yet, or that is still to be delivered, stays.
    pub async fn purge(&self, policy: PurgePolicy, now: At) -> Result<Purged> {
        let db = self.write();
        let (events_before, deliveries_before) = (now.plus_ms(-policy.events_keep_ms), now.plus_ms(-policy.deliveries_keep_ms));
        let sessions = db.exec(Sql::new("DELETE FROM sessions WHERE expires_at <= ?", cells![now])).await?;
        let delivered =
            "DELETE FROM deliveries WHERE (state = 'delivered' AND delivered_at < ?) OR (state = 'dead' AND created_at < ?)";
        let deliveries = db.exec(Sql::new(delivered, cells![deliveries_before, events_before])).await?;
        let told = "DELETE FROM events WHERE ts < ? AND seq <= (SELECT seq FROM cursors WHERE name = 'webhooks') \
                    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_seq = events.seq)";
        let events = db.exec(Sql::new(told, cells![events_before])).await?;
        let failures = db.exec(Sql::new("DELETE FROM login_failures WHERE last_at < ?", cells![now.plus_ms(-DAY_MS)])).await?;
        Ok(Purged { sessions, events, deliveries, login_failures: failures })
    }
}
