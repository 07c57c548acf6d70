#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn numbers(&self, tenant: TenantId) -> Result<Vec<Number>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_number(&self, number: &Number) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_number(&self, number: &Number) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_number(&self, tenant: TenantId, id: NumberId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
