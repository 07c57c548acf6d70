//! What pacers have learned, kept for the next process.

use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::TenantId;
use model::record::KeptPacer;

/// A group has one; an older one does not come back where the store was slow.
pub(crate) fn upsert(kept: &KeptPacer) -> Insert {
    Insert::of(kept).tail(
        "ON CONFLICT (queue_id) DO UPDATE SET version = excluded.version, at = excluded.at, state = excluded.state \
         WHERE excluded.at >= pacer_states.at AND excluded.tenant_id = pacer_states.tenant_id",
    )
}

impl Store {
    /// Of all groups of a tenant.
    pub async fn kept_pacers(&self, tenant: TenantId) -> Result<Vec<KeptPacer>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY queue_id", cells![tenant])).await
    }
}
