#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn trunks(&self, tenant: TenantId) -> Result<Vec<Trunk>> { Err(StoreError::Unbuilt("store")) }
    pub async fn trunk(&self, tenant: TenantId, id: TrunkId) -> Result<Option<Trunk>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_trunk(&self, trunk: &Trunk) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_trunk(&self, trunk: &Trunk, now: At) -> Result<Trunk> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_trunk(&self, tenant: TenantId, id: TrunkId, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
