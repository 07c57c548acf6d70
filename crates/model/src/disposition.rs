//! How an attempt ended, in the field's words.

use serde::{Deserialize, Serialize};

/// The result code of one attempt. See the table "Result codes of an attempt" in the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// 真人接听
    Human,
    /// 答录机 / 语音信箱
    Machine,
    /// 语音助手
    Assistant,
    Fax,
    /// Answered, but nothing was heard.
    DeadAir,
    /// 占线
    Busy,
    /// 无人接听
    NoAnswer,
    /// 拒接
    Rejected,
    /// 空号
    Invalid,
    /// 号码已改
    Changed,
    /// 停机
    Suspended,
    /// 关机
    Off,
    /// 无法接通
    Unreachable,
    /// 呼入限制
    Restricted,
    /// 607: the callee marked the call as unwanted.
    Unwanted,
    /// 608: an intermediary refused our caller id.
    CallerIdBlocked,
    /// 线路拥塞: every route tried refused for lack of capacity.
    Congestion,
    /// 线路故障: every route tried failed.
    RouteFailed,
    /// We cancelled a ringing call because no agent would be free.
    PacingCancel,
    /// A person answered and found no agent in time.
    Abandoned,
    /// The process ended while the call was up; how it went is not known.
    Interrupted,
    /// A rule forbade the dial at dial time; nothing was sent.
    Blocked,
    /// An operator stopped the campaign while the call was up.
    Stopped,
}

impl Disposition {
    pub const ALL: [Self; 23] = [
        Self::Human,
        Self::Machine,
        Self::Assistant,
        Self::Fax,
        Self::DeadAir,
        Self::Busy,
        Self::NoAnswer,
        Self::Rejected,
        Self::Invalid,
        Self::Changed,
        Self::Suspended,
        Self::Off,
        Self::Unreachable,
        Self::Restricted,
        Self::Unwanted,
        Self::CallerIdBlocked,
        Self::Congestion,
        Self::RouteFailed,
        Self::PacingCancel,
        Self::Abandoned,
        Self::Interrupted,
        Self::Blocked,
        Self::Stopped,
    ];

    /// The snake_case code used in SQL, JSON and exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Assistant => "assistant",
            Self::Fax => "fax",
            Self::DeadAir => "dead_air",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Rejected => "rejected",
            Self::Invalid => "invalid",
            Self::Changed => "changed",
            Self::Suspended => "suspended",
            Self::Off => "off",
            Self::Unreachable => "unreachable",
            Self::Restricted => "restricted",
            Self::Unwanted => "unwanted",
            Self::CallerIdBlocked => "caller_id_blocked",
            Self::Congestion => "congestion",
            Self::RouteFailed => "route_failed",
            Self::PacingCancel => "pacing_cancel",
            Self::Abandoned => "abandoned",
            Self::Interrupted => "interrupted",
            Self::Blocked => "blocked",
            Self::Stopped => "stopped",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }

    /// The Chinese label used in exports.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::Human => "真人接听",
            Self::Machine => "答录机",
            Self::Assistant => "语音助手",
            Self::Fax => "传真",
            Self::DeadAir => "接通无声",
            Self::Busy => "占线",
            Self::NoAnswer => "无人接听",
            Self::Rejected => "拒接",
            Self::Invalid => "空号",
            Self::Changed => "号码已改",
            Self::Suspended => "停机",
            Self::Off => "关机",
            Self::Unreachable => "无法接通",
            Self::Restricted => "呼入限制",
            Self::Unwanted => "标记骚扰",
            Self::CallerIdBlocked => "主叫被拦截",
            Self::Congestion => "线路拥塞",
            Self::RouteFailed => "线路故障",
            Self::PacingCancel => "主动取消",
            Self::Abandoned => "呼损",
            Self::Interrupted => "异常中断",
            Self::Blocked => "规则拦截",
            Self::Stopped => "任务停止",
        }
    }

    /// Whether somebody or something picked up.
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Human | Self::Machine | Self::Assistant | Self::Fax | Self::DeadAir | Self::Abandoned)
    }

    /// Whether the attempt counts against the caps: our own failures to leave the building do not.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Congestion | Self::RouteFailed | Self::Blocked)
    }
}
