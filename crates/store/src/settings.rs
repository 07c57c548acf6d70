#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn settings(&self, tenant: TenantId) -> Result<Settings> { Err(StoreError::Unbuilt("store")) }
    pub async fn save_settings(&self, tenant: TenantId, settings: &Settings, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn document(&self, tenant: TenantId, name: &str) -> Result<Option<serde_json::Value>> { Err(StoreError::Unbuilt("store")) }
    pub async fn save_document(&self, tenant: TenantId, name: &str, doc: &serde_json::Value, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
