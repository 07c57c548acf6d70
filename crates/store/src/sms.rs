#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug, Default)]
pub struct SmsFilter { pub states: Vec<SmsState>, pub direction: Option<Direction>, pub phone: String, pub campaign_id: Option<CampaignId>, pub lead_id: Option<LeadId>, pub from: Option<At>, pub to: Option<At> }
impl Store {
    pub async fn queue_sms(&self, tenant: TenantId, draft: &SmsDraft, send_at: At) -> Result<Sms> { Err(StoreError::Unbuilt("store")) }
    pub async fn queue_texts(&self, tenant: TenantId, texts: &[(String, String)], send_at: At, now: At) -> Result<Vec<Sms>> { Err(StoreError::Unbuilt("store")) }
    /// Due ones become `sending` until `lease_until`; one whose sender died is due again then.
    pub async fn take_due_sms(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<Sms>> { Err(StoreError::Unbuilt("store")) }
    pub async fn sms_sent(&self, id: SmsId, provider_ref: Option<&str>, now: At) -> Result<Sms> { Err(StoreError::Unbuilt("store")) }
    pub async fn sms_delivered(&self, tenant: TenantId, provider_ref: &str, ok: bool, error: Option<&str>, now: At) -> Result<Option<Sms>> { Err(StoreError::Unbuilt("store")) }
    pub async fn sms_failed(&self, id: SmsId, error: &str, retry_at: Option<At>, now: At) -> Result<Sms> { Err(StoreError::Unbuilt("store")) }
    pub async fn sms_retry(&self, tenant: TenantId, id: SmsId, now: At) -> Result<Sms> { Err(StoreError::Unbuilt("store")) }
    pub async fn sms_page(&self, tenant: TenantId, filter: &SmsFilter, page: PageQuery) -> Result<Page<Sms>> { Err(StoreError::Unbuilt("store")) }
    pub async fn receive_sms(&self, tenant: TenantId, phone: &str, text: &str, provider_ref: Option<&str>, now: At) -> Result<Sms> { Err(StoreError::Unbuilt("store")) }
}
