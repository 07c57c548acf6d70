#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug, Default)]
pub struct Claim { pub leads: Vec<ClaimedLead>, pub next_due: Option<At>, pub all_settled: bool }
impl Store {
    pub async fn claim_leads(&self, campaign: CampaignId, n: u32, now: At, lease_until: At) -> Result<Claim> { Err(StoreError::Unbuilt("store")) }
    pub async fn release_leads(&self, campaign: CampaignId, leads: &[LeadId], now: At) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
}

