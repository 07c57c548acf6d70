//! Recordings: which file holds which call.

use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::record::Recording;
use model::{At, CallId, RecordingId, TenantId};

impl Store {
    pub async fn recording(&self, tenant: TenantId, id: RecordingId) -> Result<Option<Recording>> {
        self.read().by_id(tenant, id.0).await
    }

    /// By call, then by start. At most 5,000 calls.
    pub async fn recordings_of(&self, tenant: TenantId, calls: &[CallId]) -> Result<Vec<Recording>> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("call_id", calls).push(" ORDER BY call_id, started_at, id");
        self.read().all(sql).await
    }

    pub async fn recordings(
        &self,
        tenant: TenantId,
        from: Option<At>,
        to: Option<At>,
        seen: Option<&crate::report::Seen>,
        page: PageQuery,
    ) -> Result<Page<Recording>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("started_at >= ?", from.as_ref()).and_some("started_at < ?", to.as_ref());
        if let Some(seen) = seen {
            sql.push(" AND EXISTS (SELECT 1 FROM calls c WHERE c.id = recordings.call_id");
            seen.limit(&mut sql, "c");
            sql.push(")");
        }
        self.read().page(sql, true, page).await
    }

    /// File names are unique in the whole installation.
    pub async fn recording_by_file(&self, file_name: &str) -> Result<Option<Recording>> {
        self.read().one(Sql::new("WHERE file_name = ?", cells![file_name.to_string()])).await
    }

    /// A file found after a crash: written anew, or its length corrected; `recovered` either way.
    pub async fn save_recovered_recording(&self, recording: &Recording) -> Result<()> {
        let recording = Recording { recovered: true, ..recording.clone() };
        let tail = "ON CONFLICT (file_name) DO UPDATE SET duration_ms = excluded.duration_ms, bytes = excluded.bytes, \
                    recovered = excluded.recovered";
        self.write().insert(Insert::of(&recording).tail(tail)).await.map(|_| ())
    }

    pub async fn delete_recording(&self, tenant: TenantId, id: RecordingId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM recordings WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("recording")) } else { Ok(()) }
    }

    /// Oldest first: for retention.
    pub async fn recordings_before(&self, tenant: TenantId, before: At, limit: u32) -> Result<Vec<Recording>> {
        let sql = "WHERE tenant_id = ? AND started_at < ? ORDER BY started_at, id LIMIT ?";
        self.read().all(Sql::new(sql, cells![tenant, before, limit])).await
    }
}
