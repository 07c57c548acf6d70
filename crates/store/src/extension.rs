//! Extensions: phones that register with us, and who was registered when we last looked.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::event::EXTENSION_CHANGED;
use model::record::{Extension, Registration};
use model::{At, ExtensionId, TenantId};
use serde_json::json;

/// Registrations belong to the installation, not to a tenant: their document is nobody's.
const NOBODY: TenantId = TenantId(0);
const REGISTRATIONS: &str = "sip.registrations";

impl Store {
    pub async fn extensions(&self, tenant: TenantId) -> Result<Vec<Extension>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY number", cells![tenant])).await
    }

    pub async fn extension(&self, tenant: TenantId, id: ExtensionId) -> Result<Option<Extension>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `Duplicate` names `number` or `login`.
    pub async fn insert_extension(&self, extension: &Extension) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(extension)).await?;
        tx.emit(extension.tenant_id, EXTENSION_CHANGED, extension.created_at, changed(extension, false));
        tx.commit().await.map(|_| ())
    }

    /// Number and login stay what they are: the secret is made with the login.
    ///
    /// # Errors
    /// `Conflict` when `extension.revision` is not the stored one.
    pub async fn update_extension(&self, extension: &Extension, now: At) -> Result<Extension> {
        let next = Extension { revision: extension.revision + 1, ..extension.clone() };
        let mut tx = self.begin().await?;
        let mut sql = update(&next, &["created_at", "number", "login"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?");
        sql.bind(&extension.id).bind(&extension.tenant_id).bind(&extension.revision);
        let written = tx.exec(sql).await?;
        let stored: Extension = tx.by_id(extension.tenant_id, extension.id.0).await?.ok_or(StoreError::NotFound("extension"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the extension meanwhile; load it again"));
        }
        tx.emit(stored.tenant_id, EXTENSION_CHANGED, now, changed(&stored, false));
        tx.commit().await?;
        Ok(stored)
    }

    pub async fn delete_extension(&self, tenant: TenantId, id: ExtensionId, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let extension: Extension = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("extension"))?;
        tx.exec(Sql::new("DELETE FROM extensions WHERE id = ?", cells![id])).await?;
        // An agent whose page had it gets another one with the next sign-in.
        let page = "UPDATE agents SET extension_id = NULL WHERE extension_id = ? AND tenant_id = ?";
        tx.exec(Sql::new(page, cells![id, tenant])).await?;
        tx.emit(tenant, EXTENSION_CHANGED, now, changed(&extension, true));
        tx.commit().await.map(|_| ())
    }

    /// Who was registered when they were last saved, over all tenants.
    pub async fn registrations(&self) -> Result<Vec<Registration>> {
        let Some(doc) = self.document(NOBODY, REGISTRATIONS).await? else { return Ok(Vec::new()) };
        serde_json::from_value(doc).map_err(|e| StoreError::Corrupt { column: REGISTRATIONS, text: e.to_string() })
    }

    pub async fn save_registrations(&self, registrations: &[Registration], now: At) -> Result<()> {
        let doc = serde_json::to_value(registrations)
            .map_err(|e| StoreError::Corrupt { column: REGISTRATIONS, text: e.to_string() })?;
        self.save_document(NOBODY, REGISTRATIONS, &doc, now).await
    }
}

fn changed(extension: &Extension, deleted: bool) -> serde_json::Value {
    json!({
        "extension_id": extension.id, "number": extension.number, "name": extension.name, "enabled": extension.enabled,
        "deleted": deleted,
    })
}
