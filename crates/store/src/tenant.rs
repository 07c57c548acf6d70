#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn tenants(&self) -> Result<Vec<Tenant>> { Err(StoreError::Unbuilt("store")) }
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_tenant(&self, tenant: &Tenant) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_tenant(&self, tenant: &Tenant) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}

