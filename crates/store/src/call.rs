#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug, Default)]
pub struct CallFilter { pub from: Option<At>, pub to: Option<At>, /// Part of caller or called.
    pub number: String, pub direction: Option<Direction>, pub dispositions: Vec<Disposition>, pub results: Vec<String>, pub campaign_id: Option<CampaignId>, pub lead_id: Option<LeadId>,
    pub trunk_id: Option<TrunkId>, /// Only calls with a recording.
    pub recorded: bool }
impl Store {
    pub async fn calls(&self, tenant: TenantId, filter: &CallFilter, page: PageQuery) -> Result<Page<Call>> { Err(StoreError::Unbuilt("store")) }
    pub async fn call(&self, tenant: TenantId, id: CallId) -> Result<Option<(Call, Vec<Recording>)>> { Err(StoreError::Unbuilt("store")) }
}
