//! Settings of a tenant, and other small named documents.

use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::settings::Settings;
use model::{At, TenantId};
use serde_json::Value;

const SETTINGS: &str = "settings";

impl Store {
    /// Defaults where nothing is stored.
    pub async fn settings(&self, tenant: TenantId) -> Result<Settings> {
        let Some(doc) = self.document(tenant, SETTINGS).await? else { return Ok(Settings::default()) };
        serde_json::from_value(doc).map_err(|e| StoreError::Corrupt { column: SETTINGS, text: e.to_string() })
    }

    pub async fn save_settings(&self, tenant: TenantId, settings: &Settings, now: At) -> Result<()> {
        let doc = serde_json::to_value(settings).map_err(|e| StoreError::Corrupt { column: SETTINGS, text: e.to_string() })?;
        self.save_document(tenant, SETTINGS, &doc, now).await
    }

    pub async fn document(&self, tenant: TenantId, name: &str) -> Result<Option<Value>> {
        let sql = "SELECT doc FROM documents WHERE tenant_id = ? AND name = ?";
        self.read().cell(Sql::new(sql, cells![tenant, name.to_string()])).await
    }

    pub async fn save_document(&self, tenant: TenantId, name: &str, doc: &Value, now: At) -> Result<()> {
        let sql = "INSERT INTO documents (tenant_id, name, doc, updated_at) VALUES (?, ?, ?j, ?) \
                   ON CONFLICT (tenant_id, name) DO UPDATE SET doc = excluded.doc, updated_at = excluded.updated_at";
        self.write().exec(Sql::new(sql, cells![tenant, name.to_string(), doc.clone(), now])).await.map(|_| ())
    }
}
