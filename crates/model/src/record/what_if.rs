//! 试算: a task's own past days, counted, and what other settings would have made of them.

use super::{DialMode, Pacing, codes};
use crate::{AgentId, At};
use serde::{Deserialize, Serialize};

// How a dial ended, as far as a replay cares: a person had an agent / a person found none / anything else that ends a call /
// it rang on, or somebody gave it up for us / given up for want of an agent / cut off by a stop.
codes!(DialEnd {
    Person = "person", Abandoned = "abandoned", Ended = "ended", NoAnswer = "no_answer", GivenUp = "given_up", Cut = "cut",
});

/// Attempts that went alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialCount {
    /// Hours since 1970 in which they were dialled.
    pub hour: i64,
    /// Which try and what kind of number, below [`SEGMENTS`].
    pub segment: u8,
    pub end: DialEnd,
    /// Seconds from dialling to its end, at most 120.
    pub after_s: u8,
    pub n: u32,
}

/// First, second and later tries, of mobiles and of others.
pub const SEGMENTS: usize = 6;

/// Talks that went alike: lower ends of their spans, s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkCount {
    pub talk_s: u32,
    pub wrap_s: u32,
    pub n: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusyHour {
    pub hour: i64,
    pub busy_ms: i64,
}

/// An agent was there: signed in, not on a break and with nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    pub agent: AgentId,
    pub from: At,
    pub until: At,
}

/// Days of one task, as far as a replay needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub from: At,
    pub until: At,
    pub dials: Vec<DialCount>,
    /// Spans of [`SLOT_MS`] since 1970 in which something was dialled, in order.
    pub slots: Vec<i64>,
    pub talks: Vec<TalkCount>,
    pub busy: Vec<BusyHour>,
    /// From the offer to the first word, summed over the talks.
    pub connect_ms: i64,
    /// Of people who got an agent.
    pub waits: u32,
    pub wait_ms: i64,
    pub presence: Vec<Presence>,
}

pub const SLOT_MS: i64 = 300_000;

/// Settings to replay the days with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhatIfVariant {
    /// `progressive`, `power` or `predictive`.
    pub mode: DialMode,
    pub pacing: Pacing,
    /// 15 000–120 000.
    pub ring_ms_max: u32,
    /// Agents more (above 0) or fewer than there were, −500 to 500.
    #[serde(default)]
    pub agents_change: i32,
    /// Nobody wraps up for longer, ms; none: as long as they did.
    #[serde(default)]
    pub wrap_up_ms_max: Option<u32>,
}

/// A mean over runs and half of its 95 % interval; what was measured has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Figure {
    pub mean: f64,
    pub half: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhatIfHour {
    pub at: At,
    pub dials: f64,
    pub talks: f64,
    /// Talk and wrap-up of the time signed in, percent.
    pub occupancy: f64,
    /// Of people who answered, percent.
    pub abandoned: f64,
}

/// What days came to, measured or replayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhatIfFigures {
    /// Talk and wrap-up of the time signed in while the task dialled, percent.
    pub occupancy: Figure,
    /// People who found no agent among people who answered, percent.
    pub abandoned: Figure,
    /// Of people who got an agent, s.
    pub wait_s: Figure,
    pub talks: Figure,
    /// Talks in an hour of one agent.
    pub talks_per_hour: Figure,
    pub dials: Figure,
    /// Calls given up while they rang.
    pub given_up: Figure,
    pub agent_hours: f64,
    /// Stays within the share of abandoned answers allowed, its interval included.
    pub allowed: bool,
    pub hours: Vec<WhatIfHour>,
}

// How near the replay of what was comes to what was: 吻合 / 大致吻合 / 偏差大.
codes!(Closeness { Good = "good", Fair = "fair", Poor = "poor" });

// What a reader must know: 设置在这些天里改过 / 振铃比历史更长，按末段推算 / 次数不足，区间偏宽
codes!(WhatIfNote { Changed = "changed", RingsLonger = "rings_longer", FewRuns = "few_runs" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhatIfResult {
    pub measured: WhatIfFigures,
    /// The same settings, replayed.
    pub as_was: WhatIfFigures,
    pub variants: Vec<WhatIfFigures>,
    pub closeness: Closeness,
    /// The busiest allowed: 0 as it was, 1 … the variants; none where none is allowed.
    pub best: Option<u32>,
    /// Runs of each, with seeds of their own.
    pub runs: u32,
    /// Most agents there at once.
    pub agents_max: u32,
    pub notes: Vec<WhatIfNote>,
}

// What a replay learns from: 真人接听 / 通话 / 坐席在岗小时
codes!(HistoryPart { Answers = "answers", Talks = "talks", AgentHours = "agent_hours" });

/// Of this there is too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Missing {
    pub part: HistoryPart,
    pub have: u32,
    pub need: u32,
}

// 计算中 / 完成 / 历史不够 / 天数太多算不完 / 已取消 / 出错
codes!(WhatIfState {
    Running = "running", Done = "done", Missing = "missing", TooMuch = "too_much", Cancelled = "cancelled", Failed = "failed",
});

/// What was asked, how far it is and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhatIf {
    pub id: i64,
    pub state: WhatIfState,
    /// Replays done, of so many.
    pub done: u32,
    pub total: u32,
    pub from: At,
    pub until: At,
    /// The settings it had, then those asked for.
    pub as_was: WhatIfVariant,
    pub variants: Vec<WhatIfVariant>,
    pub asked_by: String,
    pub asked_at: At,
    /// Where the history does not reach.
    pub missing: Vec<Missing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<WhatIfResult>,
}
