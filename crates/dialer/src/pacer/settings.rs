//! What may be set about the pacer.

use model::record::Pacing;
use serde::{Deserialize, Serialize};

/// Seconds of the forecast's grid; a call dialled now is answered near one of them.
pub const GRID_S: [u16; GRID] = [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25, 28, 31];
pub const GRID: usize = 16;
/// Somebody who answers is abandoned after this long without an agent.
pub const PATIENCE_S: f64 = 2.0;
/// Ringing longer than this tells nothing more: bins of a second.
pub const RING_BINS: usize = 121;

/// Nobody may set more, a share.
const ABANDON_MAX: f64 = 0.03;
/// Share steered for, of the share allowed.
const TARGET: f64 = 0.0275 / 0.03;
/// Nobody is given up sooner.
const CANCEL_MS_MIN: u32 = 15_000;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Share of live answers that may be abandoned, 0–1. The law's number; never passed on purpose.
    pub abandon_max: f64,
    /// Share steered for where answers are many, below `abandon_max`, 0–1. Small teams are steered for less: chance moves them more.
    pub target: f64,
    /// Calls that rang so long may be given up for want of an agent, ms; none: never. 15 000 is the least that is fair.
    pub cancel_after_ms: Option<u32>,
    /// They are given up when an answer in the next second would find nobody with more than this probability, 0–1. Lower: more
    /// calls given up, and agents busier.
    pub cancel_risk: f64,
    /// Our own limit of ringing, ms, up to 120 000.
    pub ring_ms_max: u32,
    /// Lines in use, talks included, per agent signed in.
    pub lines_per_agent_max: f64,
    /// Over which the share of abandoned calls is kept, ms.
    pub window_ms: i64,
    /// Attempts that the ring hazards remember (1/e).
    pub memory: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            abandon_max: 0.03,
            target: 0.0275,
            cancel_after_ms: Some(15_000),
            cancel_risk: 0.2,
            ring_ms_max: 30_000,
            lines_per_agent_max: 10.0,
            window_ms: 12 * 3_600_000,
            memory: 3000.0,
        }
    }
}

impl Settings {
    /// As a task has them.
    pub fn of(pacing: &Pacing, ring_ms_max: u32) -> Self {
        let abandon_max = (pacing.abandon_percent_max / 100.0).clamp(0.0, ABANDON_MAX);
        Self {
            abandon_max,
            target: abandon_max * TARGET,
            cancel_after_ms: pacing.cancel_ms_min.map(|ms| ms.max(CANCEL_MS_MIN)),
            ring_ms_max,
            lines_per_agent_max: f64::from(pacing.lines_per_agent_max),
            ..Self::default()
        }
    }

    pub(super) fn ring_s_max(&self) -> f64 {
        f64::from(self.ring_ms_max.min(120_000)) / 1000.0
    }
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "spans of days fit an f64 exactly")]
pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
