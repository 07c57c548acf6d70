//! Bearer keys of machines, found by the hash of their secret.

use crate::db::{Insert, Runs as _, Sql, columns};
use crate::row::{Cell, Row as _, cells};
use crate::{Result, Store, StoreError};
use model::record::{ApiKey, Role};
use model::{ApiKeyId, At, TenantId};

const TOUCH_MS: i64 = 60_000;

impl Store {
    pub async fn create_api_key(&self, key: &ApiKey, secret_hash: &str) -> Result<()> {
        self.write().insert(Insert::of(key).with("secret_hash", &secret_hash.to_string())).await.map(|_| ())
    }

    /// The key that may be used now; notes the use at most once a minute. Its scopes are those its maker still has: who is
    /// disabled or has lost a right takes it from the keys made before. Keys made by nobody (`created_by` 0: the command
    /// line) stand for themselves.
    pub async fn api_key_by_hash(&self, secret_hash: &str, now: At) -> Result<Option<ApiKey>> {
        let found = self.usable_key("k.secret_hash = ?", &secret_hash.to_string(), now).await?;
        let Some(mut key) = found else { return Ok(None) };
        if key.last_used_at.is_none_or(|at| now.since_ms(at) >= TOUCH_MS) {
            key.last_used_at = Some(now);
            self.write().exec(Sql::new("UPDATE api_keys SET last_used_at = ? WHERE id = ?", cells![now, key.id])).await?;
        }
        Ok(Some(key))
    }

    /// The same by id, without noting a use: for whoever came in with the key and is still here.
    pub async fn usable_api_key(&self, id: ApiKeyId, now: At) -> Result<Option<ApiKey>> {
        self.usable_key("k.id = ?", &id, now).await
    }

    async fn usable_key<T: Cell>(&self, condition: &str, value: &T, now: At) -> Result<Option<ApiKey>> {
        let mut sql = Sql::new(format!("SELECT {}, u.role FROM api_keys k ", columns::<ApiKey>("k.")), Vec::new());
        sql.push("JOIN tenants t ON t.id = k.tenant_id LEFT JOIN users u ON u.id = k.created_by AND u.tenant_id = k.tenant_id ")
            .push("WHERE k.enabled AND t.enabled AND (k.created_by = 0 OR u.enabled) AND (k.expires_at IS NULL OR k.expires_at > ?)")
            .bind(&now)
            .and_some(condition, Some(value));
        let Some(row) = self.read().row(sql).await? else { return Ok(None) };
        let mut key = ApiKey::read(&row)?;
        if let Some(role) = Option::<Role>::get(&row, ApiKey::COLUMNS.len())? {
            let rights = role.permissions();
            key.scopes.retain(|scope| rights.contains(scope));
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
