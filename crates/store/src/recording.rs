#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn recording(&self, tenant: TenantId, id: RecordingId) -> Result<Option<Recording>> { Err(StoreError::Unbuilt("store")) }
    pub async fn recordings_of(&self, tenant: TenantId, calls: &[CallId]) -> Result<Vec<Recording>> { Err(StoreError::Unbuilt("store")) }
    pub async fn recordings(&self, tenant: TenantId, from: Option<At>, to: Option<At>, page: PageQuery) -> Result<Page<Recording>> { Err(StoreError::Unbuilt("store")) }
    pub async fn recording_by_file(&self, file_name: &str) -> Result<Option<Recording>> { Err(StoreError::Unbuilt("store")) }
    pub async fn save_recovered_recording(&self, recording: &Recording) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_recording(&self, tenant: TenantId, id: RecordingId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn recordings_before(&self, tenant: TenantId, before: At, limit: u32) -> Result<Vec<Recording>> { Err(StoreError::Unbuilt("store")) }
}
