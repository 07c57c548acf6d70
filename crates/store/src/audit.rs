#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct NewAudit { pub tenant_id: TenantId, pub actor: String, pub remote_ip: String, pub action: String, pub target: String, pub detail: serde_json::Value }
#[derive(Clone, Debug, Default)]
pub struct AuditFilter { pub actor: Option<String>, /// Prefix: `campaign.` or `campaign.start`.
    pub action: Option<String>, pub target: Option<String>, pub from: Option<At>, pub to: Option<At> }
impl Store {
    pub async fn audit(&self, entry: NewAudit, now: At) -> Result<AuditId> { Err(StoreError::Unbuilt("store")) }
    pub async fn audit_page(&self, tenant: TenantId, filter: &AuditFilter, page: PageQuery) -> Result<Page<AuditEntry>> { Err(StoreError::Unbuilt("store")) }
}

