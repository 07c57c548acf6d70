//! Numbers of the tenant: dialled by callers, shown by campaigns.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::{Flow, Number, Trunk};
use model::{NumberId, TenantId};

impl Store {
    pub async fn numbers(&self, tenant: TenantId) -> Result<Vec<Number>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY number", cells![tenant])).await
    }

    pub async fn insert_number(&self, number: &Number) -> Result<()> {
        self.number_names_own(number).await?;
        self.write().insert(Insert::of(number)).await.map(|_| ())
    }

    pub async fn update_number(&self, number: &Number) -> Result<()> {
        self.number_names_own(number).await?;
        // A flag has a way of its own.
        let mut sql = update(number, &["flag"]);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&number.id).bind(&number.tenant_id);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("number")) } else { Ok(()) }
    }

    pub async fn delete_number(&self, tenant: TenantId, id: NumberId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM numbers WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("number")) } else { Ok(()) }
    }

    async fn number_names_own(&self, number: &Number) -> Result<()> {
        if let Some(trunk) = number.trunk_id {
            self.read().must_own::<Trunk>(number.tenant_id, trunk.0, "trunk").await?;
        }
        if let Some(flow) = number.inbound_flow_id {
            self.read().must_own::<Flow>(number.tenant_id, flow.0, "flow").await?;
        }
        Ok(())
    }
}
