#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

/// What an upload looks like before it is run: free JSON of the desk's (columns, first rows, guessed mapping).
#[derive(Clone, Debug, PartialEq)]
pub struct RejectedRow { /// 1 is the first row below the header.
    pub row: u64, pub reason: String, pub cells: Vec<String> }
impl Store {
    pub async fn insert_import(&self, import: &Import, head: &serde_json::Value) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn import(&self, tenant: TenantId, id: ImportId) -> Result<Option<Import>> { Err(StoreError::Unbuilt("store")) }
    pub async fn import_head(&self, tenant: TenantId, id: ImportId) -> Result<Option<serde_json::Value>> { Err(StoreError::Unbuilt("store")) }
    pub async fn imports(&self, tenant: TenantId, campaign: CampaignId) -> Result<Vec<Import>> { Err(StoreError::Unbuilt("store")) }
    /// State, counters, error, finished_at. Emits import.changed.
    pub async fn update_import(&self, import: &Import, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn add_rejected_rows(&self, tenant: TenantId, import: ImportId, rows: &[RejectedRow]) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn rejected_rows(&self, tenant: TenantId, import: ImportId, after_row: u64, limit: u32) -> Result<Vec<RejectedRow>> { Err(StoreError::Unbuilt("store")) }
    pub async fn fail_interrupted_imports(&self, now: At) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
}
