#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct NewListEntry { pub phone: String, pub reason: String, pub expires_at: Option<At> }
impl Store {
    /// Adds or renews; answers how many.
    pub async fn add_list_entries(&self, tenant: TenantId, kind: ListKind, entries: &[NewListEntry], now: At) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
    pub async fn remove_list_entries(&self, tenant: TenantId, kind: ListKind, phones: &[String]) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
    pub async fn list_entries(&self, tenant: TenantId, kind: Option<ListKind>, text: &str, page: PageQuery) -> Result<Page<ListEntry>> { Err(StoreError::Unbuilt("store")) }
    pub async fn lists_of(&self, tenant: TenantId, phone: &str, now: At) -> Result<Vec<ListKind>> { Err(StoreError::Unbuilt("store")) }
}
