#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn events_after(&self, tenant: TenantId, seq: i64, limit: u32) -> Result<Vec<DomainEvent>> { Err(StoreError::Unbuilt("store")) }
    pub async fn last_seq(&self) -> Result<i64> { Err(StoreError::Unbuilt("store")) }
    pub async fn first_seq(&self) -> Result<i64> { Err(StoreError::Unbuilt("store")) }
    pub async fn event(&self, tenant: TenantId, seq: i64) -> Result<Option<DomainEvent>> { Err(StoreError::Unbuilt("store")) }
    pub async fn emit(&self, tenant: TenantId, kind: &str, data: serde_json::Value, now: At) -> Result<i64> { Err(StoreError::Unbuilt("store")) }
}
