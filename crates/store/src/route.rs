#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn routes(&self, tenant: TenantId) -> Result<Vec<Route>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_route(&self, route: &Route) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_route(&self, route: &Route) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_route(&self, tenant: TenantId, id: RouteId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
