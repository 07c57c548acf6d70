//! 名单: who is called, and each try.

use super::codes;
use crate::telephony::{Cause, MediaStats};
use crate::{
    At, AttemptId, CallId, CampaignId, Carrier, Disposition, FlowId, ImportId, LeadId, ListEntryId, TenantId, TrunkId, Vars,
};
use serde::{Deserialize, Serialize};

// 待呼 / 已领取 / 呼叫中 / 待重呼 / 已完成 / 未接通(次数用尽) / 已排除
codes!(LeadState {
    Ready = "ready", Leased = "leased", Dialing = "dialing", Retry = "retry",
    Done = "done", Exhausted = "exhausted", Excluded = "excluded",
});

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Lead {
    pub id: LeadId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub import_id: Option<ImportId>,
    /// E.164, unique in the campaign.
    pub phone: String,
    /// As it was in the sheet.
    pub phone_raw: String,
    pub name: String,
    /// 归属地, e.g. 山东省济南市; empty when not known.
    pub region: String,
    pub carrier: Carrier,
    /// The other columns.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub variables: Vars,
    pub state: LeadState,
    /// Higher first.
    pub priority: i32,
    /// Attempts that count.
    pub attempts: u32,
    /// Not before this.
    pub next_at: At,
    pub lease_until: Option<At>,
    pub last_disposition: Option<Disposition>,
    pub last_attempt_at: Option<At>,
    pub result: Option<String>,
    pub result_at: Option<At>,
    /// Why it was excluded: `removed`, `blocked`, `exempt`, `unwanted`.
    pub note: Option<String>,
    pub created_at: At,
}

// 已领取 → 呼叫 → 振铃 → 接听 → 结束
codes!(AttemptState { Dialing = "dialing", Ringing = "ringing", Answered = "answered", Ended = "ended" });

/// One try to reach one lead. Written as `dialing` before its INVITE leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attempt {
    pub id: AttemptId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub lead_id: LeadId,
    pub call_id: CallId,
    /// 1 for the first.
    pub ordinal: u32,
    pub phone: String,
    pub caller_id: String,
    pub trunk_id: Option<TrunkId>,
    pub state: AttemptState,
    pub dialing_at: At,
    pub ringing_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: Option<At>,
    pub disposition: Option<Disposition>,
    /// Routes tried after the first.
    pub failovers: u32,
    pub cause: Cause,
    pub result: Option<String>,
    /// Which rule said no, for `blocked`.
    pub refusal: Option<String>,
}

// Lists of numbers with a meaning of their own. block: never (in- and outbound); exempt 免呼: not by marketing or collection; vip;
// consent 已同意: may be called by tasks that need it.
codes!(ListKind { Block = "block", Exempt = "exempt", Vip = "vip", Consent = "consent" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListEntry {
    pub id: ListEntryId,
    pub tenant_id: TenantId,
    pub kind: ListKind,
    /// Holds for this campaign alone, whatever its purpose; none: for all.
    pub campaign_id: Option<CampaignId>,
    pub phone: String,
    pub reason: String,
    pub expires_at: Option<At>,
    pub created_at: At,
}

codes!(ImportState { Uploaded = "uploaded", Running = "running", Done = "done", Failed = "failed" });

/// One sheet brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Import {
    pub id: ImportId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub file_name: String,
    pub state: ImportState,
    pub rows_total: u64,
    pub rows_read: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// For people, when it failed: the row, the field and the way out.
    pub error: Option<String>,
    pub created_by: String,
    pub created_at: At,
    pub finished_at: Option<At>,
}

codes!(Direction { Outbound = "outbound", Inbound = "inbound" });

/// Facts about a number read in the transaction that writes the attempt; the guard decides over them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialFacts {
    pub blocked: bool,
    pub exempt: bool,
    /// On the lists of the whole installation.
    pub blocked_everywhere: bool,
    pub exempt_everywhere: bool,
    /// On the campaign's own exempt list.
    pub exempt_here: bool,
    /// On the list of those who agreed.
    pub consent: bool,
    /// Counted attempts to this number by the tenant, this one excluded.
    pub number_24h: u32,
    pub number_5min: u32,
    /// When the oldest attempt counted in `number_24h` and in `number_5min` was dialled: says when a cap frees.
    pub number_24h_oldest: Option<At>,
    pub number_5min_oldest: Option<At>,
    /// Counted attempts to this contact since midnight of the callee's zone.
    pub contact_today: u32,
    /// A call to this number is up right now, in this or another campaign.
    pub number_in_call: bool,
    /// An abandoned call less than `compliance.lockout_h` ago.
    pub locked_out: bool,
    /// When that is over.
    pub locked_until: Option<At>,
    /// Calls shown this caller id / sent by this trunk since midnight.
    pub caller_id_today: u32,
    pub trunk_today: u32,
}

/// What the floor knows about a lead it may dial: claimed under a lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimedLead {
    pub id: LeadId,
    pub phone: String,
    pub name: String,
    pub region: String,
    pub carrier: Carrier,
    pub variables: Vars,
    /// Counted attempts so far, and how many ended in each way.
    pub attempts: u32,
    pub ended: std::collections::BTreeMap<Disposition, u32>,
    pub lease_until: At,
}

/// Everything that ends an attempt, for one transaction: attempt, lead, call, legs, recording and outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEnd {
    pub id: AttemptId,
    pub lead_id: LeadId,
    pub campaign_id: CampaignId,
    pub ended_at: At,
    pub disposition: Disposition,
    pub cause: Cause,
    pub result: Option<String>,
    pub refusal: Option<String>,
    pub trunk_id: Option<TrunkId>,
    pub failovers: u32,
    /// What becomes of the lead.
    pub lead_state: LeadState,
    pub lead_note: Option<String>,
    pub next_at: At,
    pub stats: MediaStats,
    pub flow_id: Option<FlowId>,
    /// With `Disposition::Abandoned`; none: the wait is told from the times.
    #[serde(default)]
    pub abandoned: Option<super::AbandonedEnd>,
}
