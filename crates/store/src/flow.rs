#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct PublishedFlow { pub tenant_id: TenantId, pub flow_id: FlowId, pub name: String, pub version: u32, pub doc: serde_json::Value }
impl Store {
    pub async fn insert_flow(&self, tenant: TenantId, name: &str, description: &str, doc: &serde_json::Value, now: At) -> Result<Flow> { Err(StoreError::Unbuilt("store")) }
    pub async fn flow(&self, tenant: TenantId, id: FlowId) -> Result<Option<Flow>> { Err(StoreError::Unbuilt("store")) }
    pub async fn flows(&self, tenant: TenantId) -> Result<Vec<Flow>> { Err(StoreError::Unbuilt("store")) }
    pub async fn rename_flow(&self, tenant: TenantId, id: FlowId, name: &str, description: &str, now: At) -> Result<Flow> { Err(StoreError::Unbuilt("store")) }
    pub async fn flow_draft(&self, tenant: TenantId, id: FlowId) -> Result<Option<serde_json::Value>> { Err(StoreError::Unbuilt("store")) }
    pub async fn save_flow_draft(&self, tenant: TenantId, id: FlowId, revision: i64, doc: &serde_json::Value, now: At) -> Result<Flow> { Err(StoreError::Unbuilt("store")) }
    pub async fn discard_flow_draft(&self, tenant: TenantId, id: FlowId, now: At) -> Result<Flow> { Err(StoreError::Unbuilt("store")) }
    pub async fn publish_flow(&self, tenant: TenantId, id: FlowId, revision: i64, by: &str, note: &str, now: At) -> Result<FlowVersion> { Err(StoreError::Unbuilt("store")) }
    pub async fn flow_versions(&self, tenant: TenantId, id: FlowId) -> Result<Vec<FlowVersion>> { Err(StoreError::Unbuilt("store")) }
    pub async fn flow_version(&self, tenant: TenantId, id: FlowId, version: u32) -> Result<Option<FlowVersion>> { Err(StoreError::Unbuilt("store")) }
    pub async fn published_flows(&self) -> Result<Vec<PublishedFlow>> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_flow(&self, tenant: TenantId, id: FlowId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
