//! 外呼任务: what is dialled, when, how often, and what may come of it.

use super::{AgentWork, Amd, BookingPlan, DialRules, Pacing, PacingLive, RecordingFormat, codes};
use crate::calendar::Schedule;
use crate::{At, CampaignId, Disposition, FlowId, QueueId, TenantId, TrunkId, UserId, Vars};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

// 草稿 → 待审批 → 已审批 → 运行中 ⇄ 已暂停 → 已停止 / 已完成
codes!(CampaignStatus {
    Draft = "draft", Pending = "pending", Approved = "approved", Running = "running",
    Paused = "paused", Stopped = "stopped", Finished = "finished",
});

// 语音通知/自动语音 (no agent) · 语音+坐席 (the flow first, then a person) · 手动 · 预览 · 先接坐席 · 渐进 · 倍率 · 预测 · 预约
codes!(DialMode {
    Ivr = "ivr", PlayAgent = "play_agent", Manual = "manual", Preview = "preview", PreviewConnect = "preview_connect",
    Progressive = "progressive", Power = "power", Predictive = "predictive", Appointment = "appointment",
});

impl DialMode {
    /// Agents see a lead before it is dialled, so that it may belong to one of them.
    pub const fn shows_leads(self) -> bool {
        matches!(self, Self::Manual | Self::Preview | Self::PreviewConnect)
    }

    /// Its calls are for the agents of a group; otherwise whoever answers hears a flow, which may lead to any group.
    pub const fn has_agents(self) -> bool {
        !matches!(self, Self::Ivr | Self::Appointment)
    }
}

// Why people are called. Exempt lists protect from marketing and collection, the block list from everything.
codes!(Purpose { Notice = "notice", Survey = "survey", Marketing = "marketing", Collection = "collection" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Campaign {
    pub id: CampaignId,
    pub tenant_id: TenantId,
    pub name: String,
    pub description: String,
    pub status: CampaignStatus,
    pub mode: DialMode,
    /// 坐席组: who talks to those reached; none in `ivr` and `appointment` mode.
    pub queue_id: Option<QueueId>,
    /// How fast it dials for its agents, and what a previewed lead waits for.
    pub pacing: Pacing,
    /// What agents say, ask and note.
    pub agent_work: AgentWork,
    /// Rules of its own, besides the tenant's.
    pub dial_rules: DialRules,
    /// What it offers and sends in `appointment` mode.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub booking: BookingPlan,
    pub purpose: Purpose,
    /// What the callee hears. A call runs the version published when it starts.
    pub flow_id: FlowId,
    /// What somebody of this campaign who calls back hears; none: the number's own flow.
    pub callback_flow_id: Option<FlowId>,
    /// Numbers shown, in turn; each must belong to the tenant. Empty: the trunk's default.
    pub caller_ids: Vec<String>,
    /// Trunks allowed; empty: whatever the routes say.
    pub trunk_ids: Vec<TrunkId>,
    pub schedule: Schedule,
    /// Calls up at once, 1–10 000.
    pub concurrency_max: u32,
    /// Calls started per second, 0.1–1 000.
    pub calls_per_second_max: f64,
    /// 15 000–120 000.
    pub ring_ms_max: u32,
    pub retry: RetryPolicy,
    /// Record every answered call.
    pub record: bool,
    /// How its recordings are kept; none: as the tenant's settings say.
    #[serde(default)]
    pub recording_format: Option<RecordingFormat>,
    /// Person or machine: what is done about it.
    pub amd: Amd,
    /// Data of the task itself (product attributes, the meeting): seen by the flow as `campaign.<key>`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub variables: Vars,
    /// The lead's own columns, in order.
    pub fields: Vec<FieldDef>,
    /// What a call may come to, in order: shown as chips, counted, exported.
    pub results: Vec<ResultDef>,
    pub created_by: UserId,
    pub submitted_by: Option<UserId>,
    pub approved_by: Option<UserId>,
    pub approved_at: Option<At>,
    /// Why the last approval was refused.
    pub review_note: Option<String>,
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
    /// Grows with each change; an update that names an older one is refused with 409.
    pub revision: i64,
}

/// A custom column of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldDef {
    /// Name seen by flows as `lead.<key>`; letters of any script, digits and `_`.
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
}

codes!(FieldKind { Text = "text", Number = "number", Money = "money", Date = "date", DateTime = "datetime" });

/// One outcome a flow may set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResultDef {
    /// `attend`
    pub code: String,
    /// 参加
    pub label: String,
    /// Reaching it settles the lead: no more attempts.
    pub settles: bool,
    /// 算成功: what the campaign is made for. Where none is marked the first one is.
    #[serde(default)]
    pub success: bool,
}

/// The codes that count as success.
pub fn successes(results: &[ResultDef]) -> Vec<&str> {
    let marked: Vec<&str> = results.iter().filter(|r| r.success).map(|r| r.code.as_str()).collect();
    if marked.is_empty() { results.first().map(|r| r.code.as_str()).into_iter().collect() } else { marked }
}

/// When a lead is tried again. The cap counts attempts over all rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RetryPolicy {
    /// Attempts per contact in all, the first included, 1–20.
    pub attempts_max: u32,
    /// By disposition; one that is absent is final.
    pub rules: BTreeMap<Disposition, RetryRule>,
    /// Try again after an answered call that reached no settling result.
    pub no_result: Option<RetryRule>,
    /// When another number of the same person takes its turn.
    #[serde(default)]
    pub next_number: NextNumber,
}

// After every attempt that did not reach them / once a number is given up.
codes!(NextNumber { Each = "each", Spent = "spent" });

#[expect(clippy::derivable_impls, reason = "the macro derives no default")]
impl Default for NextNumber {
    fn default() -> Self {
        Self::Each
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RetryRule {
    /// Attempts that may end this way before the lead is given up, 1–20.
    pub attempts_max: u32,
    /// Seconds until the next try, 1–2 592 000.
    pub delay_s: u32,
}

impl Default for RetryPolicy {
    /// The table of result codes: busy after minutes, no answer after hours, invalid only to confirm.
    fn default() -> Self {
        use Disposition as D;
        let rule = |attempts_max, delay_s| RetryRule { attempts_max, delay_s };
        Self {
            attempts_max: 3,
            rules: BTreeMap::from([
                (D::Busy, rule(3, 15 * 60)),
                (D::NoAnswer, rule(3, 2 * 3600)),
                (D::Off, rule(3, 4 * 3600)),
                (D::Unreachable, rule(3, 4 * 3600)),
                (D::Suspended, rule(2, 3 * 86_400)),
                (D::Invalid, rule(2, 3600)),
                (D::Rejected, rule(2, 24 * 3600)),
                (D::Machine, rule(3, 4 * 3600)),
                (D::DeadAir, rule(2, 3600)),
                (D::PacingCancel, rule(3, 30 * 60)),
                (D::Interrupted, rule(3, 10 * 60)),
                (D::Congestion, rule(20, 60)),
                (D::RouteFailed, rule(20, 5 * 60)),
            ]),
            no_result: None,
            next_number: NextNumber::Each,
        }
    }
}

/// Figures of one campaign, from the facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignProgress {
    pub leads: u64,
    /// By `LeadState` code.
    pub by_state: BTreeMap<String, u64>,
    /// Leads by last disposition code.
    pub by_disposition: BTreeMap<String, u64>,
    /// Leads by result code.
    pub by_result: BTreeMap<String, u64>,
    /// Of a task in `appointment` mode: its appointments by `BookingState` code.
    #[serde(default)]
    pub appointments: BTreeMap<String, u64>,
    pub attempts: u64,
    pub answered: u64,
    pub talk_ms: u64,
    /// Live, from the floor: calls being dialled or ringing, and calls answered.
    pub dialing: u32,
    pub talking: u32,
    /// Why a running campaign is not dialling now, e.g. `outside_hours`, `no_trunk`; none when it is.
    pub waiting_for: Option<String>,
    /// Of a running task with agents.
    #[serde(default)]
    pub pacing: Option<PacingLive>,
}
