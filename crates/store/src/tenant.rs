//! Tenants: the customers hosted here.

use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::TenantId;
use model::record::Tenant;

impl Store {
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.read().all(Sql::new("ORDER BY id", Vec::new())).await
    }

    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        self.read().one(Sql::new("WHERE id = ?", cells![id])).await
    }

    /// Whom a code typed at sign-in means; an empty one means the only tenant there is.
    pub async fn tenant_of_code(&self, code: &str) -> Result<Option<TenantId>> {
        let mut sql = Sql::new("SELECT id FROM tenants WHERE ", Vec::new());
        if code.is_empty() {
            sql.push("(SELECT COUNT(*) FROM tenants) = 1");
        } else {
            sql.push("code = ?").bind(&code.to_string());
        }
        self.read().cell(sql).await
    }

    pub async fn insert_tenant(&self, tenant: &Tenant) -> Result<()> {
        self.write().insert(Insert::of(tenant)).await.map(|_| ())
    }
}
