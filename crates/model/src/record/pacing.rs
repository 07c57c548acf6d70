//! How a task with agents dials: what a supervisor may set while it runs.

use super::codes;
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
        }
    }
}
