//! Trunks: SIP lines to carriers and gateways.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::event::TRUNK_CHANGED;
use model::record::Trunk;
use model::{At, TenantId, TrunkId};
use serde_json::json;

impl Store {
    pub async fn trunks(&self, tenant: TenantId) -> Result<Vec<Trunk>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY id", cells![tenant])).await
    }

    pub async fn trunk(&self, tenant: TenantId, id: TrunkId) -> Result<Option<Trunk>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn insert_trunk(&self, trunk: &Trunk) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(trunk)).await?;
        tx.emit(trunk.tenant_id, TRUNK_CHANGED, trunk.created_at, changed(trunk, false));
        tx.commit().await.map(|_| ())
    }

    /// A password of none keeps the stored one.
    ///
    /// # Errors
    /// `Conflict` when `trunk.revision` is not the stored one.
    pub async fn update_trunk(&self, trunk: &Trunk, now: At) -> Result<Trunk> {
        let next = Trunk { revision: trunk.revision + 1, ..trunk.clone() };
        let keep: &[&str] = if trunk.password.is_some() { &["created_at"] } else { &["created_at", "password"] };
        let mut tx = self.begin().await?;
        let mut sql = update(&next, keep);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?").bind(&trunk.id).bind(&trunk.tenant_id).bind(&trunk.revision);
        let written = tx.exec(sql).await?;
        let stored: Trunk = tx.by_id(trunk.tenant_id, trunk.id.0).await?.ok_or(StoreError::NotFound("trunk"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the trunk meanwhile; load it again"));
        }
        tx.emit(stored.tenant_id, TRUNK_CHANGED, now, changed(&stored, false));
        tx.commit().await?;
        Ok(stored)
    }

    /// With its routes; numbers stay and lose their trunk.
    pub async fn delete_trunk(&self, tenant: TenantId, id: TrunkId, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let trunk: Trunk = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("trunk"))?;
        tx.exec(Sql::new("DELETE FROM trunks WHERE id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM routes WHERE trunk_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        tx.exec(Sql::new("UPDATE numbers SET trunk_id = NULL WHERE trunk_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        tx.emit(tenant, TRUNK_CHANGED, now, changed(&trunk, true));
        tx.commit().await.map(|_| ())
    }
}

fn changed(trunk: &Trunk, deleted: bool) -> serde_json::Value {
    json!({ "trunk_id": trunk.id, "name": trunk.name, "enabled": trunk.enabled, "deleted": deleted })
}
