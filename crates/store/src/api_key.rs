//! Bearer keys of machines, found by the hash of their secret.

use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::ApiKey;
use model::{ApiKeyId, At, TenantId};

const TOUCH_MS: i64 = 60_000;

impl Store {
    pub async fn create_api_key(&self, key: &ApiKey, secret_hash: &str) -> Result<()> {
        self.write().insert(Insert::of(key).with("secret_hash", &secret_hash.to_string())).await.map(|_| ())
    }

    /// Enabled and not expired ones only; notes the use at most once a minute.
    pub async fn api_key_by_hash(&self, secret_hash: &str, now: At) -> Result<Option<ApiKey>> {
        let sql = "WHERE secret_hash = ? AND enabled AND (expires_at IS NULL OR expires_at > ?) \
                   AND EXISTS (SELECT 1 FROM tenants t WHERE t.id = api_keys.tenant_id AND t.enabled)";
        let found: Option<ApiKey> = self.read().one(Sql::new(sql, cells![secret_hash.to_string(), now])).await?;
        let Some(mut key) = found else { return Ok(None) };
        if key.last_used_at.is_none_or(|at| now.since_ms(at) >= TOUCH_MS) {
            key.last_used_at = Some(now);
            self.write().exec(Sql::new("UPDATE api_keys SET last_used_at = ? WHERE id = ?", cells![now, key.id])).await?;
        }
        Ok(Some(key))
    }

    pub async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY id", cells![tenant])).await
    }

    pub async fn set_api_key_enabled(&self, tenant: TenantId, id: ApiKeyId, enabled: bool) -> Result<ApiKey> {
        let sql = "UPDATE api_keys SET enabled = ? WHERE id = ? AND tenant_id = ?";
        self.write().exec(Sql::new(sql, cells![enabled, id, tenant])).await?;
        self.write().by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("API key"))
    }

    pub async fn delete_api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM api_keys WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("API key")) } else { Ok(()) }
    }
}
