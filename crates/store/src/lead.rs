#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct NewLead { pub phone: String, pub phone_raw: String, pub name: String, pub region: String, pub carrier: Carrier, pub variables: Vars, pub priority: i32,
    pub import_id: Option<ImportId>, /// Not before this; none: at once.
    pub next_at: Option<At> }
/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct LeadFilter { pub states: Vec<LeadState>, /// Last disposition.
    pub dispositions: Vec<Disposition>, pub results: Vec<String>, /// In phone, raw phone or name.
    pub text: String, pub import_id: Option<ImportId> }
#[derive(Clone, Debug)]
pub enum LeadSelection { Ids(Vec<LeadId>), Filter(LeadFilter) }
#[derive(Clone, Debug, Default)]
pub struct LeadPatch { pub name: Option<String>, pub variables: Option<Vars>, pub priority: Option<i32>, pub next_at: Option<At> }
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadsRemoved { /// Never dialled: gone.
    pub deleted: u64, /// Dialled before: kept for the books, excluded as `removed`.
    pub excluded: u64 }
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadsCopied { pub copied: u64, pub duplicates: u64 }
impl Store {
    /// In chunks; one transaction each. Answers in order: none where the phone was already in the campaign (or earlier in `leads`).
    pub async fn insert_leads(&self, tenant: TenantId, campaign: CampaignId, leads: &[NewLead], now: At) -> Result<Vec<Option<LeadId>>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_lead(&self, tenant: TenantId, campaign: CampaignId, lead: NewLead, now: At) -> Result<Lead> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_lead(&self, tenant: TenantId, id: LeadId, patch: LeadPatch) -> Result<Lead> { Err(StoreError::Unbuilt("store")) }
    pub async fn exclude_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection, note: &str) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
    pub async fn restore_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection, now: At) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
    pub async fn remove_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection) -> Result<LeadsRemoved> { Err(StoreError::Unbuilt("store")) }
    pub async fn leads(&self, tenant: TenantId, campaign: CampaignId, filter: &LeadFilter, page: PageQuery) -> Result<Page<Lead>> { Err(StoreError::Unbuilt("store")) }
    pub async fn lead(&self, tenant: TenantId, id: LeadId) -> Result<Option<Lead>> { Err(StoreError::Unbuilt("store")) }
    pub async fn lead_attempts(&self, tenant: TenantId, lead: LeadId) -> Result<Vec<Attempt>> { Err(StoreError::Unbuilt("store")) }
    pub async fn attempts_of_leads(&self, tenant: TenantId, leads: &[LeadId]) -> Result<Vec<Attempt>> { Err(StoreError::Unbuilt("store")) }
    /// H4: numbers by call result, reused in a new campaign; fresh leads without history.
    pub async fn copy_leads(&self, tenant: TenantId, from: CampaignId, filter: &LeadFilter, to: CampaignId, now: At) -> Result<LeadsCopied> { Err(StoreError::Unbuilt("store")) }
}

