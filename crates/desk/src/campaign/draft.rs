//! What a person writes of a campaign, and what may still be changed when.

use super::{check, load, target};
use crate::{Actor, DeskError, Result, audit, now};
use model::calendar::Schedule;
use model::record::{
    AgentWork, Amd, BookingPlan, Campaign, CampaignStatus as S, DialMode, DialRules, FieldDef, Pacing, Permission, Purpose,
    RecordingFormat, ResultDef, RetryPolicy,
};
use model::{CampaignId, FlowId, QueueId, TrunkId, UserId, Vars};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Store;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignDraft {
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
    pub variables: Vars,
    pub fields: Vec<FieldDef>,
    pub results: Vec<ResultDef>,
}

impl Default for CampaignDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            mode: DialMode::Ivr,
            queue_id: None,
            pacing: Pacing::default(),
            agent_work: AgentWork::default(),
            dial_rules: DialRules::default(),
            booking: BookingPlan::default(),
            purpose: Purpose::Notice,
            flow_id: FlowId(0),
            callback_flow_id: None,
            caller_ids: Vec::new(),
            trunk_ids: Vec::new(),
            schedule: Schedule::default(),
            concurrency_max: 10,
            calls_per_second_max: 2.0,
            ring_ms_max: 45_000,
            retry: RetryPolicy::default(),
            record: true,
            recording_format: None,
            amd: Amd::default(),
            variables: Vars::new(),
            fields: Vec::new(),
            results: Vec::new(),
        }
    }
}

impl CampaignDraft {
    /// What a person may edit of a stored campaign.
    pub fn of(campaign: &Campaign) -> Self {
        let c = campaign.clone();
        Self {
            name: c.name,
            description: c.description,
            mode: c.mode,
            queue_id: c.queue_id,
            pacing: c.pacing,
            agent_work: c.agent_work,
            dial_rules: c.dial_rules,
            booking: c.booking,
            purpose: c.purpose,
            flow_id: c.flow_id,
            callback_flow_id: c.callback_flow_id,
            caller_ids: c.caller_ids,
            trunk_ids: c.trunk_ids,
            schedule: c.schedule,
            concurrency_max: c.concurrency_max,
            calls_per_second_max: c.calls_per_second_max,
            ring_ms_max: c.ring_ms_max,
            retry: c.retry,
            record: c.record,
            recording_format: c.recording_format,
            amd: c.amd,
            variables: c.variables,
            fields: c.fields,
            results: c.results,
        }
    }

    /// The caller ids as they are stored: E.164, where they are numbers.
    fn normalised(mut self) -> Self {
        self.name = self.name.trim().into();
        for caller in &mut self.caller_ids {
            if let Ok(number) = model::PhoneNumber::parse(caller, "") {
                *caller = number.e164;
            }
        }
        self
    }

    fn put_into(self, c: &mut Campaign) {
        c.name = self.name;
        c.description = self.description;
        c.mode = self.mode;
        c.queue_id = self.queue_id;
        c.pacing = self.pacing;
        c.agent_work = self.agent_work;
        c.dial_rules = self.dial_rules;
        c.booking = self.booking;
        c.purpose = self.purpose;
        c.flow_id = self.flow_id;
        c.callback_flow_id = self.callback_flow_id;
        c.caller_ids = self.caller_ids;
        c.trunk_ids = self.trunk_ids;
        c.schedule = self.schedule;
        c.concurrency_max = self.concurrency_max;
        c.calls_per_second_max = self.calls_per_second_max;
        c.ring_ms_max = self.ring_ms_max;
        c.retry = self.retry;
        c.record = self.record;
        c.recording_format = self.recording_format;
        c.amd = self.amd;
        c.variables = self.variables;
        c.fields = self.fields;
        c.results = self.results;
    }

    /// What was approved must stay what was approved: these are changed in drafts only.
    fn approved_part_differs(&self, c: &Campaign) -> Option<&'static str> {
        let differs = [
            ("purpose", self.purpose != c.purpose),
            ("flow_id", self.flow_id != c.flow_id),
            ("callback_flow_id", self.callback_flow_id != c.callback_flow_id),
            ("caller_ids", self.caller_ids != c.caller_ids),
            ("variables", self.variables != c.variables),
            ("fields", self.fields != c.fields),
            ("results", self.results != c.results),
        ];
        let first = differs.into_iter().find(|(_, differs)| *differs).map(|(field, _)| field);
        first.or_else(|| super::booking::approved_part_differs(self, c))
    }
}

fn blank(store: &Store, actor: &Actor) -> Campaign {
    let at = now();
    fresh(store.new_id(at), actor, at)
}

/// As nobody has written anything of it yet.
#[cfg(test)]
pub(crate) fn sample() -> Campaign {
    fresh(CampaignId(1), &Actor::system(model::TenantId(1)), model::At(0))
}

fn fresh(id: CampaignId, actor: &Actor, at: model::At) -> Campaign {
    let d = CampaignDraft::default();
    Campaign {
        id,
        tenant_id: actor.tenant,
        name: d.name,
        description: d.description,
        status: S::Draft,
        mode: d.mode,
        queue_id: d.queue_id,
        pacing: d.pacing,
        agent_work: d.agent_work,
        dial_rules: d.dial_rules,
        booking: d.booking,
        purpose: d.purpose,
        flow_id: d.flow_id,
        callback_flow_id: None,
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
        created_by: actor.user.unwrap_or(UserId(0)),
        submitted_by: None,
        approved_by: None,
        approved_at: None,
        review_note: None,
        started_at: None,
        finished_at: None,
        created_at: at,
        updated_at: at,
        revision: 1,
    }
}

/// # Errors
/// No right, or what is wrong in the draft.
pub async fn create(store: &Store, actor: &Actor, draft: CampaignDraft) -> Result<Campaign> {
    actor.require(Permission::CampaignWrite)?;
    let draft = draft.normalised();
    check::draft(store, actor, &draft).await?;
    let mut campaign = blank(store, actor);
    draft.put_into(&mut campaign);
    store.insert_campaign(&campaign).await?;
    audit(store, actor, "campaign.create", &target(campaign.id), json!({"name": campaign.name})).await?;
    Ok(campaign)
}

/// `revision` is the one the editor saw.
///
/// # Errors
/// Somebody else was faster, the state forbids it, or what is wrong in the draft.
pub async fn update(store: &Store, actor: &Actor, id: CampaignId, revision: i64, draft: CampaignDraft) -> Result<Campaign> {
    actor.require(Permission::CampaignWrite)?;
    let mut campaign = load(store, actor, id).await?;
    let draft = draft.normalised();
    match campaign.status {
        S::Draft => {}
        S::Approved | S::Running | S::Paused => {
            if let Some(field) = draft.approved_part_differs(&campaign) {
                return Err(DeskError {
                    field: Some(field.into()),
                    ..DeskError::conflict(
                        "campaign_approved",
                        "任务已审批，此项不能再改；请复制任务，改好后重新提交",
                        "the campaign is approved and this may not change any more; copy it, change the copy and submit that",
                    )
                });
            }
            super::work::keeps_approved(&campaign.agent_work, &draft.agent_work)?;
        }
        S::Pending => {
            return Err(DeskError::conflict(
                "campaign_pending",
                "任务正在审批，不能修改；请先退回",
                "the campaign waits for approval; have it rejected first",
            ));
        }
        S::Stopped | S::Finished => {
            return Err(DeskError::conflict(
                "campaign_over",
                "任务已结束，不能修改；请复制任务",
                "the campaign is over; copy it",
            ));
        }
    }
    check::draft(store, actor, &draft).await?;
    super::agents::own_leads(store, actor, &campaign, draft.mode).await?;
    let changes = changes(&CampaignDraft::of(&campaign), &draft);
    draft.put_into(&mut campaign);
    campaign.revision = revision;
    let campaign = store.update_campaign(&campaign, now()).await?;
    audit(store, actor, "campaign.update", &target(id), json!({"revision": campaign.revision, "changes": changes})).await?;
    Ok(campaign)
}

/// Script, form and outcomes alone. `results` are added to the campaign's where they are new: outcomes count as them.
///
/// # Errors
/// As for [`update`].
pub async fn set_agent_work(
    store: &Store,
    actor: &Actor,
    id: CampaignId,
    revision: i64,
    agent_work: AgentWork,
    results: Vec<ResultDef>,
) -> Result<Campaign> {
    actor.require(Permission::CampaignWrite)?;
    let mut draft = CampaignDraft { agent_work, ..CampaignDraft::of(&load(store, actor, id).await?) };
    let fresh = results.into_iter().filter(|r| !draft.results.iter().any(|known| known.code == r.code));
    draft.results.extend(fresh.collect::<Vec<_>>());
    update(store, actor, id, revision, draft).await
}

/// What differs, for the audit log: new values by field.
fn changes(before: &CampaignDraft, after: &CampaignDraft) -> serde_json::Map<String, Value> {
    let (Value::Object(before), Value::Object(after)) = (json!(before), json!(after)) else { return serde_json::Map::new() };
    after.into_iter().filter(|(field, value)| before.get(field) != Some(value)).collect()
}

/// A new draft with the same content and no leads.
///
/// # Errors
/// No right, no such campaign, or a name that is not one.
pub async fn copy(store: &Store, actor: &Actor, id: CampaignId, name: &str) -> Result<Campaign> {
    actor.require(Permission::CampaignWrite)?;
    let old = load(store, actor, id).await?;
    let name = if name.trim().is_empty() { format!("{} 副本", old.name) } else { name.into() };
    let mut draft = CampaignDraft { name, ..CampaignDraft::of(&old) }.normalised();
    // Days of the old campaign that are over would make the copy unusable.
    let zone = jiff::tz::TimeZone::get(model::number::HOME_ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let today = now().timestamp().to_zoned(zone).date();
    if draft.schedule.end_date.is_some_and(|end| end < today) {
        (draft.schedule.start_date, draft.schedule.end_date) = (None, None);
    }
    check::shape(&draft)?;
    let mut campaign = blank(store, actor);
    draft.put_into(&mut campaign);
    store.insert_campaign(&campaign).await?;
    audit(store, actor, "campaign.copy", &target(campaign.id), json!({"from": id})).await?;
    Ok(campaign)
}

/// Drafts only.
///
/// # Errors
/// No right, no such campaign, or no draft.
pub async fn delete(store: &Store, actor: &Actor, id: CampaignId) -> Result<()> {
    actor.require(Permission::CampaignWrite)?;
    let campaign = load(store, actor, id).await?;
    if campaign.status != S::Draft {
        return Err(DeskError::conflict("campaign_not_draft", "只有草稿可以删除", "only drafts may be deleted"));
    }
    let imports = store.imports(actor.tenant, id).await?;
    store.delete_campaign(actor.tenant, id).await?;
    crate::import::remove_sheets(store, &imports).await;
    audit(store, actor, "campaign.delete", &target(id), json!({"name": campaign.name})).await
}
