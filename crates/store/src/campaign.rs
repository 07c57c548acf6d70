#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug, Default)]
pub struct CampaignFilter { pub statuses: Vec<CampaignStatus>, /// In the name or description.
    pub text: String }
/// `by` is written to submitted_by (to Pending), approved_by (to Approved); `note` to review_note.
#[derive(Clone, Debug)]
pub struct StatusChange<'a> { pub from: &'a [CampaignStatus], pub to: CampaignStatus, pub by: Option<UserId>, pub note: Option<String> }
impl Store {
    pub async fn insert_campaign(&self, campaign: &Campaign) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn campaign(&self, tenant: TenantId, id: CampaignId) -> Result<Option<Campaign>> { Err(StoreError::Unbuilt("store")) }
    pub async fn campaigns(&self, tenant: TenantId, filter: &CampaignFilter, page: PageQuery) -> Result<Page<Campaign>> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_campaign(&self, campaign: &Campaign, now: At) -> Result<Campaign> { Err(StoreError::Unbuilt("store")) }
    /// Conflict when the status is none of `from`.
    pub async fn set_campaign_status(&self, tenant: TenantId, id: CampaignId, change: StatusChange<'_>, now: At) -> Result<Campaign> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_campaign(&self, tenant: TenantId, id: CampaignId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn campaign_progress(&self, tenant: TenantId, id: CampaignId) -> Result<CampaignProgress> { Err(StoreError::Unbuilt("store")) }
    pub async fn today_attempts(&self, campaign: CampaignId, midnight: At) -> Result<u32> { Err(StoreError::Unbuilt("store")) }
    pub async fn active_campaigns(&self) -> Result<Vec<Campaign>> { Err(StoreError::Unbuilt("store")) }
}

