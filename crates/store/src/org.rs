//! 组织架构: the tree of units. What would break the tree is refused here, under the tenant's lock, whatever was looked at before.

use crate::db::{Insert, Runs, Sql, Tx};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::{OrgUnit, height_of, level_of, units_below};
use model::{OrgUnitId, TenantId};

impl Store {
    /// By name, each level mixed with the others.
    pub async fn org_units(&self, tenant: TenantId) -> Result<Vec<OrgUnit>> {
        of(&self.read(), tenant).await
    }

    pub async fn org_unit(&self, tenant: TenantId, id: OrgUnitId) -> Result<Option<OrgUnit>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `NotFound` a parent that is not the tenant's, `Duplicate` of `name` below one parent, `Conflict` where the tree would
    /// grow too large or too deep.
    pub async fn create_org_unit(&self, unit: &OrgUnit) -> Result<()> {
        let tx = self.begin().await?;
        let all = locked(&tx, unit.tenant_id).await?;
        if all.len() >= OrgUnit::PER_TENANT_MAX {
            return Err(StoreError::Conflict("the tree has as many units as it may"));
        }
        fits(&all, unit, 1)?;
        tx.insert(Insert::of(unit)).await?;
        tx.commit().await.map(|_| ())
    }

    /// Renames the unit, or moves it with all that is below it.
    ///
    /// # Errors
    /// As for a new one; `Conflict` when `unit.revision` is not the stored one, or the unit would come below itself.
    pub async fn update_org_unit(&self, unit: &OrgUnit) -> Result<OrgUnit> {
        let tx = self.begin().await?;
        let all = locked(&tx, unit.tenant_id).await?;
        let before = all.iter().find(|u| u.id == unit.id).ok_or(StoreError::NotFound("unit"))?;
        if before.revision != unit.revision {
            return Err(StoreError::Conflict("somebody else changed the unit meanwhile; load it again"));
        }
        if unit.parent_id.is_some_and(|parent| units_below(&all, unit.id).contains(&parent)) {
            return Err(StoreError::Conflict("a unit cannot come below itself"));
        }
        fits(&all, unit, height_of(&all, unit.id))?;
        let next = OrgUnit { revision: unit.revision + 1, created_at: before.created_at, ..unit.clone() };
        let sql = "UPDATE org_units SET parent_id = ?, name = ?, revision = ? WHERE id = ? AND tenant_id = ?";
        tx.exec(Sql::new(sql, cells![next.parent_id, next.name, next.revision, next.id, next.tenant_id])).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// # Errors
    /// `Conflict` while units, people or agents belong to it.
    pub async fn delete_org_unit(&self, tenant: TenantId, id: OrgUnitId) -> Result<()> {
        let tx = self.begin().await?;
        locked(&tx, tenant).await?;
        for (table, column) in [("org_units", "parent_id"), ("users", "unit_id"), ("agents", "unit_id")] {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = ? AND tenant_id = ?");
            if tx.cell::<i64>(Sql::new(sql, cells![id, tenant])).await? != Some(0) {
                return Err(StoreError::Conflict("the unit is not empty"));
            }
        }
        let sql = Sql::new("DELETE FROM org_units WHERE id = ? AND tenant_id = ?", cells![id, tenant]);
        if tx.exec(sql).await? == 0 {
            return Err(StoreError::NotFound("unit"));
        }
        tx.commit().await.map(|_| ())
    }
}

async fn of(db: &impl Runs, tenant: TenantId) -> Result<Vec<OrgUnit>> {
    db.all(Sql::new("WHERE tenant_id = ? ORDER BY name, id", cells![tenant])).await
}

/// The tree, which nobody else changes before the transaction has ended: two moves that are right each by itself may make a
/// ring together.
async fn locked(tx: &Tx, tenant: TenantId) -> Result<Vec<OrgUnit>> {
    tx.exec(Sql::new("UPDATE tenants SET code = code WHERE id = ?", cells![tenant])).await?;
    of(tx, tenant).await
}

/// `height`: levels from the unit down, itself counted.
fn fits(all: &[OrgUnit], unit: &OrgUnit, height: usize) -> Result<()> {
    if unit.parent_id.is_some_and(|parent| all.iter().all(|u| u.id != parent)) {
        return Err(StoreError::NotFound("unit"));
    }
    if level_of(all, unit.parent_id) + height > OrgUnit::LEVELS_MAX {
        return Err(StoreError::Conflict("the tree has as many levels as it may"));
    }
    if all.iter().any(|u| u.id != unit.id && u.parent_id == unit.parent_id && u.name == unit.name) {
        return Err(StoreError::Duplicate { field: "name".into() });
    }
    Ok(())
}
