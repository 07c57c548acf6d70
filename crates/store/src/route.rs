//! Routes: which trunk takes which numbers.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::{Route, Trunk};
use model::{RouteId, TenantId, TrunkId};
use std::collections::BTreeSet;

impl Store {
    pub async fn routes(&self, tenant: TenantId) -> Result<Vec<Route>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY cost, priority, id", cells![tenant])).await
    }

    pub async fn insert_route(&self, route: &Route) -> Result<()> {
        self.read().must_own::<Trunk>(route.tenant_id, route.trunk_id.0, "trunk").await?;
        self.write().insert(Insert::of(route)).await.map(|_| ())
    }

    /// Adds many at once; with `replace` the routes of the trunks they name go first. How many went.
    pub async fn import_routes(&self, tenant: TenantId, routes: &[Route], replace: bool) -> Result<u64> {
        let trunks: BTreeSet<TrunkId> = routes.iter().map(|r| r.trunk_id).collect();
        for trunk in &trunks {
            self.read().must_own::<Trunk>(tenant, trunk.0, "trunk").await?;
        }
        let tx = self.begin().await?;
        let mut gone = 0;
        for trunk in trunks.iter().filter(|_| replace) {
            gone += tx.exec(Sql::new("DELETE FROM routes WHERE trunk_id = ? AND tenant_id = ?", cells![*trunk, tenant])).await?;
        }
        for route in routes {
            tx.insert(Insert::of(route)).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    pub async fn update_route(&self, route: &Route) -> Result<()> {
        self.read().must_own::<Trunk>(route.tenant_id, route.trunk_id.0, "trunk").await?;
        let mut sql = update(route, &[]);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&route.id).bind(&route.tenant_id);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("route")) } else { Ok(()) }
    }

    pub async fn delete_route(&self, tenant: TenantId, id: RouteId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM routes WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("route")) } else { Ok(()) }
    }
}
