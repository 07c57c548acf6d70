//! A campaign as it is shown, and what a person writes of it.

use crate::prelude::*;
use desk::campaign::CampaignDraft;
use engine::Change;
use model::calendar::Schedule;
use model::record::{
    AgentWork, Amd, BookingPlan, Campaign, CampaignProgress, CampaignStatus, DialMode, DialRules, FieldDef, Pacing, Purpose,
    RecordingFormat, ResultDef, RetryPolicy,
};
use model::{CampaignId, FlowId, QueueId, TrunkId, Vars};
use std::sync::Arc;

/// A campaign with its figures.
#[derive(Serialize, ToSchema)]
pub struct CampaignView {
    #[serde(flatten)]
    pub campaign: Campaign,
    pub progress: CampaignProgress,
}

/// What a person writes of a campaign. Fields left out take their defaults.
#[derive(Deserialize, ToSchema)]
#[serde(default)]
pub struct CampaignInput {
    pub name: String,
    pub description: String,
    pub mode: DialMode,
    pub queue_id: Option<QueueId>,
    pub pacing: Pacing,
    pub agent_work: AgentWork,
    pub dial_rules: DialRules,
    pub booking: BookingPlan,
    pub purpose: Purpose,
    pub flow_id: FlowId,
    pub callback_flow_id: Option<FlowId>,
    pub caller_ids: Vec<String>,
    pub trunk_ids: Vec<TrunkId>,
    pub schedule: Schedule,
    pub concurrency_max: u32,
    pub calls_per_second_max: f64,
    pub ring_ms_max: u32,
    pub retry: RetryPolicy,
    pub record: bool,
    pub recording_format: Option<RecordingFormat>,
    pub amd: Amd,
    #[schema(value_type = Object)]
    pub variables: Vars,
    pub fields: Vec<FieldDef>,
    pub results: Vec<ResultDef>,
}

impl Default for CampaignInput {
    fn default() -> Self {
        let d = CampaignDraft::default();
        Self {
            name: d.name,
            description: d.description,
            mode: d.mode,
            queue_id: d.queue_id,
            pacing: d.pacing,
            agent_work: d.agent_work,
            dial_rules: d.dial_rules,
            booking: d.booking,
            purpose: d.purpose,
            flow_id: d.flow_id,
            callback_flow_id: d.callback_flow_id,
            caller_ids: d.caller_ids,
            trunk_ids: d.trunk_ids,
            schedule: d.schedule,
            concurrency_max: d.concurrency_max,
            calls_per_second_max: d.calls_per_second_max,
            ring_ms_max: d.ring_ms_max,
            retry: d.retry,
            record: d.record,
            recording_format: d.recording_format,
            amd: d.amd,
            variables: d.variables,
            fields: d.fields,
            results: d.results,
        }
    }
}

impl From<CampaignInput> for CampaignDraft {
    fn from(i: CampaignInput) -> Self {
        Self {
            name: i.name,
            description: i.description,
            mode: i.mode,
            queue_id: i.queue_id,
            pacing: i.pacing,
            agent_work: i.agent_work,
            dial_rules: i.dial_rules,
            booking: i.booking,
            purpose: i.purpose,
            flow_id: i.flow_id,
            callback_flow_id: i.callback_flow_id,
            caller_ids: i.caller_ids,
            trunk_ids: i.trunk_ids,
            schedule: i.schedule,
            concurrency_max: i.concurrency_max,
            calls_per_second_max: i.calls_per_second_max,
            ring_ms_max: i.ring_ms_max,
            retry: i.retry,
            record: i.record,
            recording_format: i.recording_format,
            amd: i.amd,
            variables: i.variables,
            fields: i.fields,
            results: i.results,
        }
    }
}

/// # Errors
/// 404 for a campaign that is not this tenant's.
pub async fn load(api: &ApiState, who: &Principal, id: CampaignId) -> Answer<Campaign> {
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}

/// The campaign with fresh figures.
///
/// # Errors
/// When the store does not answer.
pub async fn view(api: &ApiState, campaign: Campaign) -> Answer<CampaignView> {
    let progress = api.store().campaign_progress(campaign.tenant_id, campaign.id).await?;
    api.cache_progress(campaign.id, &Arc::new(progress.clone()));
    Ok(CampaignView { progress: with_gauge(api, campaign.id, progress), campaign })
}

/// The campaign with figures at most a moment old: for lists.
///
/// # Errors
/// When the store does not answer.
pub async fn glance(api: &ApiState, campaign: Campaign) -> Answer<CampaignView> {
    let lively = matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused);
    match api.cached_progress(campaign.id, if lively { 1_000 } else { 2_000 }) {
        Some(progress) => Ok(CampaignView { progress: with_gauge(api, campaign.id, (*progress).clone()), campaign }),
        None => view(api, campaign).await,
    }
}

/// Adds what only the floor knows.
pub fn with_gauge(api: &ApiState, id: CampaignId, mut progress: CampaignProgress) -> CampaignProgress {
    if let Some(gauge) = api.engine().live().campaigns.get(&id) {
        progress.dialing = gauge.dialing;
        progress.talking = gauge.talking;
        progress.waiting_for.clone_from(&gauge.waiting_for);
        progress.pacing = gauge.pacing;
    }
    progress
}

/// Tells the engine and shows what came of it.
///
/// # Errors
/// When the store does not answer.
pub async fn changed(api: &ApiState, campaign: Campaign) -> Answer<Json<CampaignView>> {
    api.changed(Change::Campaign(campaign.id));
    Ok(Json(view(api, campaign).await?))
}
