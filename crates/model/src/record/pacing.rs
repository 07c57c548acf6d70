//! How a task with agents dials: what a supervisor may set while it runs.

use super::codes;
use crate::{At, QueueId, TenantId};
use serde::{Deserialize, Serialize};

// When the countdown of a previewed lead ends: 不倒计时 / 自动拨打 / 退回名单
codes!(PreviewEnd { Wait = "wait", Dial = "dial", Skip = "skip" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Pacing {
    /// Power: calls per ready agent, 1–10.
    pub ratio: f64,
    /// Predictive: share of live answers that may find nobody, percent, 0.5–3.
    pub abandon_percent_max: f64,
    /// Predictive: a call that rings may be given up after so long, 15 000–60 000; none: never.
    pub cancel_ms_min: Option<u32>,
    /// Predictive and power: calls under way per agent, at most 1–20.
    pub lines_per_agent_max: u32,
    /// A person who answered and finds nobody hears the message after so long, 500–2 000.
    pub wait_ms_max: u32,
    /// Text of the safe-harbour message; empty: the tenant's.
    pub harbour: String,
    pub preview_end: PreviewEnd,
    /// Countdown of a previewed lead, 5 000–600 000.
    pub preview_ms: u32,
    /// Leads an agent may skip in an hour; none: as many as they like.
    pub skips_per_hour_max: Option<u32>,
    /// Agents of the task who also take callers of their other groups keep doing so.
    pub blended: bool,
    /// 挑时段: numbers that answer much likelier at another hour of the day wait for it while there are others.
    pub best_hour: bool,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            ratio: 1.5,
            abandon_percent_max: 3.0,
            cancel_ms_min: Some(15_000),
            lines_per_agent_max: 10,
            wait_ms_max: 2_000,
            harbour: String::new(),
            preview_end: PreviewEnd::Wait,
            preview_ms: 30_000,
            skips_per_hour_max: None,
            blended: true,
            best_hour: true,
        }
    }
}

// What kept it from one call more: 无坐席 / 学习中(每位空闲坐席一路) / 呼损风险 / 呼损保护 / 每坐席线路上限 / 并发或线路上限 / 空闲坐席数 / 倍率
codes!(PacingLimit {
    NoAgents = "no_agents", Learning = "learning", Risk = "risk", Guard = "guard", Lines = "lines", Room = "room",
    Ready = "ready", Ratio = "ratio",
});

/// Why a task with agents dials as it does, at its last decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PacingLive {
    pub limit: PacingLimit,
    /// Signed in and not on a break.
    pub agents: u32,
    pub ready: u32,
    /// Answered and not yet with an agent.
    pub waiting: u32,
    /// Dialled and not answered.
    pub in_flight: u32,
    /// Calls given up for want of an agent since the task runs.
    pub cancelled: u32,
    // Predictive only, else 0.
    /// Agents expected to be ready within ten seconds, those now ready counted.
    pub free_forecast: f64,
    /// Answers expected within ten seconds.
    pub answers_forecast: f64,
    /// Probability that an answer of the next call would find nobody, 0–1, and what is accepted.
    pub risk: f64,
    pub risk_max: f64,
    /// That the next lead answers, 0–1.
    pub answer_probability: f64,
    /// Answers just now against the usual; 1 is as usual.
    pub trend: f64,
    /// Live answers and those abandoned, of 24 hours and of 30 days.
    pub answers_24h: u64,
    pub abandoned_24h: u64,
    pub answers_30d: u64,
    pub abandoned_30d: u64,
    /// Calls that may yet be abandoned in 24 hours; below zero: too many were.
    pub budget_left: f64,
}

/// What the pacer of a group has learned, as a later process takes it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptPacer {
    pub queue_id: QueueId,
    pub tenant_id: TenantId,
    /// Of the form of `state`, which is the pacer's own affair.
    pub version: u32,
    pub at: At,
    pub state: serde_json::Value,
}

/// Attempts whose answer had been given a probability between two twentieths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CalibrationBin {
    pub attempts: u64,
    pub answers: u64,
    /// Mean of the probabilities given, 0–1.
    pub predicted: f64,
}

/// What was predicted of a tenant's attempts, each before it was learned from, against what came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CalibrationLive {
    /// By predicted probability, each 0.05 wide.
    pub bins: Vec<CalibrationBin>,
    /// Mean distance of predicted and seen, weighted by attempts, 0–1; 0 is perfect.
    pub error: f64,
    /// Share of the uncertainty of the plain answer rate that the predictions take away; below 0: they are worse.
    pub skill: f64,
}
