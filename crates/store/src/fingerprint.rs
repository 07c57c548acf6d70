//! 识音库: a tenant's known announcements. The print itself is read only by those who match with it.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::Fingerprint;
use model::{FingerprintId, TenantId};

impl Store {
    pub async fn fingerprints(&self, tenant: TenantId) -> Result<Vec<Fingerprint>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY class, name", cells![tenant])).await
    }

    pub async fn fingerprint(&self, tenant: TenantId, id: FingerprintId) -> Result<Option<Fingerprint>> {
        self.read().by_id(tenant, id.0).await
    }

    /// The print as it was given, base64.
    pub async fn fingerprint_print(&self, tenant: TenantId, id: FingerprintId) -> Result<Option<String>> {
        let sql = "SELECT print FROM fingerprints WHERE tenant_id = ? AND id = ?";
        self.read().cell(Sql::new(sql, cells![tenant, id])).await
    }

    /// Those in use, each with its print.
    pub async fn fingerprints_in_use(&self, tenant: TenantId) -> Result<Vec<(Fingerprint, String)>> {
        let mut out = Vec::new();
        for entry in self.fingerprints(tenant).await?.into_iter().filter(|f| f.enabled) {
            if let Some(print) = self.fingerprint_print(tenant, entry.id).await? {
                out.push((entry, print));
            }
        }
        Ok(out)
    }

    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn insert_fingerprint(&self, fingerprint: &Fingerprint, print: &str) -> Result<()> {
        self.write().insert(Insert::of(fingerprint).with("print", &print.to_owned())).await.map(|_| ())
    }

    /// Name, class and whether it is used.
    pub async fn update_fingerprint(&self, fingerprint: &Fingerprint) -> Result<()> {
        let keep = ["created_at", "created_by", "source", "recording_id", "duration_ms", "hits", "last_hit_at"];
        let mut sql = update(fingerprint, &keep);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&fingerprint.id).bind(&fingerprint.tenant_id);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("fingerprint")) } else { Ok(()) }
    }

    pub async fn delete_fingerprint(&self, tenant: TenantId, id: FingerprintId) -> Result<()> {
        let sql = Sql::new("DELETE FROM fingerprints WHERE id = ? AND tenant_id = ?", cells![id, tenant]);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("fingerprint")) } else { Ok(()) }
    }
}
