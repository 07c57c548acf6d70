//! The outbox, read: events in the order of their commit, for those who resume.

use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::event::DomainEvent;
use model::{At, TenantId};

impl Store {
    /// In order of seq. Seq may have gaps; a later commit never brings a smaller one.
    pub async fn events_after(&self, tenant: TenantId, seq: i64, limit: u32) -> Result<Vec<DomainEvent>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND seq > ? ORDER BY seq LIMIT ?", cells![tenant, seq, limit])).await
    }

    pub async fn last_seq(&self) -> Result<i64> {
        Ok(self.read().cell(Sql::new("SELECT seq FROM event_seq WHERE id = 1", Vec::new())).await?.unwrap_or(0))
    }

    /// The oldest seq still kept: who resumes from before it has missed events. 0 when there is none.
    pub async fn first_seq(&self) -> Result<i64> {
        Ok(self.read().cell::<Option<i64>>(Sql::new("SELECT MIN(seq) FROM events", Vec::new())).await?.flatten().unwrap_or(0))
    }

    pub async fn event(&self, tenant: TenantId, seq: i64) -> Result<Option<DomainEvent>> {
        self.read().one(Sql::new("WHERE seq = ? AND tenant_id = ?", cells![seq, tenant])).await
    }

    /// A stored event on its own (alarms, provider trouble); others come with their facts. Answers its seq.
    pub async fn emit(&self, tenant: TenantId, kind: &str, data: serde_json::Value, now: At) -> Result<i64> {
        let mut tx = self.begin().await?;
        tx.emit(tenant, kind, now, data);
        tx.commit().await
    }
}
