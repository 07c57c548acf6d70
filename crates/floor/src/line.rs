//! A trunk as it stands now: up or down, how many calls, how fast.

use dialer::Rate;
use model::At;
use model::record::Trunk;
use model::telephony::TrunkState;

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) trunk: Trunk,
    pub(crate) state: TrunkState,
    /// Legs open and places held for legs about to be made.
    pub(crate) calls: u32,
    /// Attempts begun, so that no more are begun than INVITEs may leave.
    pub(crate) begins: Rate,
    pub(crate) invites: Rate,
    /// The carrier asked for rest, or failed several times in a row.
    pub(crate) rest_until: At,
    failures: u32,
    /// The daily cap is reached.
    pub(crate) spent_until: At,
}

/// Failures in a row before a line rests.
const FAILURES_MAX: u32 = 5;
const REST_MS_MAX: i64 = 60_000;
const RETRY_AFTER_S_MAX: u32 = 600;

impl Line {
    pub(crate) fn new(trunk: Trunk, state: Option<TrunkState>) -> Self {
        let (begins, invites) = (Rate::new(trunk.calls_per_second_max), Rate::new(trunk.calls_per_second_max));
        // A trunk that is neither probed nor registered has no way to say that it is up.
        let unasked = if trunk.options_interval_s == 0 && !trunk.register {
            TrunkState::Up { latency_ms: 0 }
        } else {
            TrunkState::Starting
        };
        let state = state.unwrap_or(unasked);
        Self { trunk, state, calls: 0, begins, invites, rest_until: At(0), failures: 0, spent_until: At(0) }
    }

    pub(crate) fn change(&mut self, trunk: Trunk) {
        self.begins.set(trunk.calls_per_second_max);
        self.invites.set(trunk.calls_per_second_max);
        self.trunk = trunk;
    }

    pub(crate) fn is_up(&self, now: At) -> bool {
        self.trunk.enabled && self.state.is_up() && now >= self.rest_until && now >= self.spent_until
    }

    pub(crate) fn free(&self) -> u32 {
        self.trunk.calls_max.saturating_sub(self.calls)
    }

    pub(crate) fn worked(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn failed(&mut self, retry_after_s: Option<u32>, now: At) {
        self.failures += 1;
        let rest_ms = match retry_after_s {
            Some(s) => i64::from(s.min(RETRY_AFTER_S_MAX)) * 1000,
            None if self.failures > FAILURES_MAX => (1_000 << (self.failures - FAILURES_MAX).min(6)).min(REST_MS_MAX),
            None => 0,
        };
        self.rest_until = self.rest_until.max(now.plus_ms(rest_ms));
    }
}
