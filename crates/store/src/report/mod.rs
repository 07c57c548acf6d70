//! Reports: each a file with its columns and its query. Columns come first: the API, the Excel sheet and the table on the
//! screen follow from them. To add one: `docs/adding-a-report.md`.

mod agent_timeline;
mod agent_workload;
mod campaign_days;
mod campaign_dispositions;
mod campaign_hours;
mod campaign_results;
mod facts;
mod lost_calls;
mod overview;
mod queue_service;
mod sales;
mod survey;
mod traffic_hours;

use crate::db::Sql;
use crate::{Result, Store, StoreError};
use model::record::{Agent, Queue};
use model::{AgentId, At, CampaignId, QueueId, TenantId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default)]
pub struct ReportParams {
    pub campaign_id: Option<CampaignId>,
    /// Dialled at or after.
    pub from: Option<At>,
    /// Dialled before.
    pub to: Option<At>,
    /// IANA zone of the reader: days and hours are cut by it.
    pub zone: String,
    /// Of the reports about agents and groups.
    pub queue_id: Option<QueueId>,
    pub agent_id: Option<AgentId>,
    /// Whom the reader sees, in the reports about agents and groups; none: everybody.
    pub seen: Option<Seen>,
    /// What goes on counts up to now.
    pub now: At,
}

/// The agents a reader sees, and the groups some of them belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub agents: BTreeSet<AgentId>,
    pub queues: BTreeSet<QueueId>,
}

impl Seen {
    /// ` AND <a call they see>`: their agents took it, or it waited for one of their groups and nobody did.
    pub(crate) fn limit(&self, sql: &mut Sql, calls: &str) {
        // An empty list is no list to SQL; no id is 0.
        let ids = |all: Vec<i64>| if all.is_empty() { vec![0] } else { all };
        let agents = ids(self.agents.iter().map(|a| a.0).collect());
        let queues = ids(self.queues.iter().map(|q| q.0).collect());
        sql.push(&format!(" AND ({calls}.agent_id IN (")).list(&agents);
        sql.push(&format!(") OR ({calls}.agent_id IS NULL AND {calls}.queue_id IN (")).list(&queues).push(")))");
    }
}

impl ReportParams {
    fn sees(&self, agent: AgentId) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.agents.contains(&agent))
    }

    fn sees_queue(&self, queue: QueueId) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.queues.contains(&queue))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Count,
    /// 0–100 with one decimal.
    Percent,
    DurationMs,
    /// `YYYY-MM-DD`
    Date,
    /// 0–23
    Hour,
    /// A point in time, RFC 3339.
    Time,
    /// A phone number of somebody outside.
    Phone,
    /// A code with words in both languages: a state, a reason, an outcome.
    Code,
    /// Whole cents.
    Money,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub kind: ColumnKind,
}

#[derive(Clone, Copy, Debug)]
pub struct ReportInfo {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// About agents and groups, not about campaigns.
    pub floor: bool,
    pub columns: &'static [Column],
}

#[derive(Clone, Debug)]
pub struct ReportTable {
    pub info: &'static ReportInfo,
    /// Each in the order of the columns.
    pub rows: Vec<Vec<Value>>,
    /// Sums where they make sense.
    pub totals: Option<Vec<Value>>,
    /// Columns of text behind those of `info` that follow from the facts: a campaign's own questions. Key and title.
    pub extra: Vec<(String, String)>,
}

const fn column(key: &'static str, zh: &'static str, en: &'static str, kind: ColumnKind) -> Column {
    Column { key, zh, en, kind }
}

/// Every report there is, in the order of the menu.
pub fn all() -> &'static [&'static ReportInfo] {
    ALL
}

static ALL: &[&ReportInfo] = &[
    &campaign_results::INFO,
    &campaign_dispositions::INFO,
    &campaign_days::INFO,
    &campaign_hours::INFO,
    &survey::SUMMARY_INFO,
    &survey::DETAIL_INFO,
    &sales::CAMPAIGNS,
    &sales::AGENTS,
    &sales::DAYS,
    &traffic_hours::INFO,
    &lost_calls::INFO,
    &queue_service::INFO,
    &agent_workload::INFO,
    &agent_timeline::INFO,
];

/// Whether a report is about orders.
pub fn is_sales(code: &str) -> bool {
    code.starts_with("sales_")
}

/// Whether a report means nothing without a campaign.
pub fn needs_campaign(code: &str) -> bool {
    code.starts_with("survey_") || code == campaign_results::INFO.code
}

/// Rows of the reports that have one row an event: what a sheet and a screen can bear.
const ROWS_MAX: i64 = 50_000;

impl Store {
    /// # Errors
    /// `NotFound` for an unknown code, `Config` for an unknown zone.
    pub async fn report(&self, tenant: TenantId, code: &str, params: &ReportParams) -> Result<ReportTable> {
        match code {
            c if c == campaign_results::INFO.code => campaign_results::run(self, tenant, params).await,
            c if c == campaign_dispositions::INFO.code => campaign_dispositions::run(self, tenant, params).await,
            c if c == campaign_days::INFO.code => campaign_days::run(self, tenant, params).await,
            c if c == campaign_hours::INFO.code => campaign_hours::run(self, tenant, params).await,
            c if c == survey::SUMMARY_INFO.code => survey::summary(self, tenant, params).await,
            c if c == survey::DETAIL_INFO.code => survey::detail(self, tenant, params).await,
            c if c == sales::CAMPAIGNS.code => sales::campaigns(self, tenant, params).await,
            c if c == sales::AGENTS.code => sales::agents(self, tenant, params).await,
            c if c == sales::DAYS.code => sales::days(self, tenant, params).await,
            c if c == traffic_hours::INFO.code => traffic_hours::run(self, tenant, params).await,
            c if c == lost_calls::INFO.code => lost_calls::run(self, tenant, params).await,
            c if c == queue_service::INFO.code => queue_service::run(self, tenant, params).await,
            c if c == agent_workload::INFO.code => agent_workload::run(self, tenant, params).await,
            c if c == agent_timeline::INFO.code => agent_timeline::run(self, tenant, params).await,
            _ => Err(StoreError::NotFound("report")),
        }
    }
}

/// Agents and groups by their ids, as reports name them; those that were deleted have only their number left.
struct Names {
    agents: BTreeMap<AgentId, Agent>,
    queues: BTreeMap<QueueId, Queue>,
}

impl Names {
    async fn of(store: &Store, tenant: TenantId) -> Result<Self> {
        let agents = store.agents(tenant).await?.into_iter().map(|a| (a.id, a)).collect();
        let queues = store.queues(tenant).await?.into_iter().map(|q| (q.id, q)).collect();
        Ok(Self { agents, queues })
    }

    fn queue(&self, id: QueueId) -> String {
        self.queues.get(&id).map_or_else(|| format!("#{id}"), |q| q.name.clone())
    }

    /// 工号 and name.
    fn agent(&self, id: AgentId) -> (String, String) {
        self.agents.get(&id).map_or_else(|| (format!("#{id}"), String::new()), |a| (a.number.clone(), a.name.clone()))
    }
}

/// Whom the report is about; none: everybody.
async fn chosen(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<Option<BTreeSet<AgentId>>> {
    let mut chosen = match params.queue_id {
        Some(queue) => Some(store.members(tenant, queue).await?.into_iter().map(|m| m.agent_id).collect::<BTreeSet<_>>()),
        None => None,
    };
    if let Some(agent) = params.agent_id {
        let in_group = chosen.is_none_or(|members| members.contains(&agent));
        chosen = Some(in_group.then_some(agent).into_iter().collect());
    }
    Ok(match (chosen, &params.seen) {
        (Some(chosen), _) => Some(chosen.into_iter().filter(|agent| params.sees(*agent)).collect()),
        (None, seen) => seen.as_ref().map(|seen| seen.agents.clone()),
    })
}

/// A share in percent with one decimal.
fn percent(part: u64, whole: u64) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let permille = (part.saturating_mul(1000) + whole / 2) / whole;
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand")]
    let value = permille as f64 / 10.0;
    value.into()
}
