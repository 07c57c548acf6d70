//! 同意与拒绝, 主叫号码的状态, 呼损台账: what the rules of dialling remember.

use super::codes;
use crate::{At, AttemptId, CampaignId, ConsentId, LeadId, TenantId};
use serde::{Deserialize, Serialize};

// 同意 / 拒绝 / 撤销拒绝
codes!(ConsentAction { Given = "given", Refused = "refused", Lifted = "lifted" });

// How it reached us: 按键 / 坐席 / 短信回复 / 话机标记 (607) / 接口 / 导入 / 人工登记 / 网上预约
codes!(ConsentSource {
    Key = "key", Agent = "agent", Sms = "sms", Network = "network", Api = "api", Import = "import", Manual = "manual",
    Web = "web",
});

/// Somebody agreed to be called, or wants no more calls. Kept for good: the lists say what holds, this says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Consent {
    pub id: ConsentId,
    pub tenant_id: TenantId,
    pub phone: String,
    pub action: ConsentAction,
    /// None: for the whole tenant.
    pub campaign_id: Option<CampaignId>,
    pub source: ConsentSource,
    /// Where it can be looked up: `call:123`, `sms:45`, a file's name.
    pub evidence: String,
    /// The words: what was written or said.
    pub words: String,
    pub by: String,
    pub at: At,
}

// Why a number is not shown any more: 人工标记 / 被拒显 (607、608) / 接通率远低于其他号码
codes!(FlagReason { Manual = "manual", Refused = "refused", LowAnswer = "low_answer" });

/// 标记: a number that is not shown until somebody lifts the flag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NumberFlag {
    /// None: not flagged.
    pub at: Option<At>,
    pub reason: Option<FlagReason>,
    pub note: String,
    pub by: String,
    /// Calls before this do not count towards another flag.
    pub watched_from: At,
}

/// How a caller id was last used; written with each attempt that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallerIdUse {
    pub caller_id: String,
    pub last_at: At,
    /// Calls since it last rested.
    pub run: u32,
    pub rest_until: At,
}

/// What a caller id did in one hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallerIdHour {
    pub caller_id: String,
    /// Hours since 1970.
    pub hour: i64,
    pub calls: u32,
    pub answered: u32,
    /// 607 and 608.
    pub refused: u32,
}

/// 呼损: a person answered and found nobody. The table takes no changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AbandonedCall {
    pub attempt_id: AttemptId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub lead_id: LeadId,
    pub phone: String,
    pub name: String,
    pub answered_at: At,
    /// From the answer to the end of the call, or to the message.
    pub waited_ms: i64,
    /// The safe-harbour message was heard.
    pub message: bool,
    /// Nobody calls the number before.
    pub locked_until: At,
}

/// How a call that found nobody went; the floor knows it, the ledger keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbandonedEnd {
    pub waited_ms: i64,
    pub message: bool,
}

/// Live answers of a task in one hour, and those of them that found nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LedgerHour {
    /// Hours since 1970.
    pub hour: i64,
    pub answers: u32,
    pub abandoned: u32,
}

/// How often a rule said no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RefusalCount {
    pub rule: String,
    pub today: u64,
    pub all: u64,
}
