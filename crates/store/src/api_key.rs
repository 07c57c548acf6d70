#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn create_api_key(&self, key: &ApiKey, secret_hash: &str) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn api_key_by_hash(&self, secret_hash: &str, now: At) -> Result<Option<ApiKey>> { Err(StoreError::Unbuilt("store")) }
    pub async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>> { Err(StoreError::Unbuilt("store")) }
    pub async fn set_api_key_enabled(&self, tenant: TenantId, id: ApiKeyId, enabled: bool) -> Result<ApiKey> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_api_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}

