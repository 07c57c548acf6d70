//! What a trunk may bear: calls at once, INVITEs per second, and the pauses it asks for. The floor plans by the same figures;
//! here they hold whatever was planned.

use super::timers::Timer;
use super::{Exchange, wall};
use crate::sip::message::Response;
use model::telephony::{Cause, EndedBy};
use model::{At, TrunkId};
use std::time::{Duration, Instant};

/// Seconds of its rate that a trunk may get at once: the floor spreads calls, its clock is not ours.
const BURST_S: f64 = 1.0;
/// Longer pauses than this are not believed.
const PAUSE_S_MAX: u32 = 600;

/// INVITEs of one trunk, as a bucket that fills at its rate.
#[derive(Debug)]
pub struct Pace {
    level: f64,
    at: Instant,
    /// No new calls until then.
    rest: Option<(Instant, At)>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { level: f64::MAX, at: Instant::now(), rest: None }
    }
}

impl Pace {
    fn take(&mut self, per_second: f64, now: Instant) -> bool {
        let full = (per_second * BURST_S).max(2.0);
        let filled = self.level + now.saturating_duration_since(self.at).as_secs_f64() * per_second;
        self.level = filled.min(full);
        self.at = now;
        let enough = self.level >= 1.0;
        if enough {
            self.level -= 1.0;
        }
        enough
    }

    /// The end of the pause that is under way.
    pub fn resting(&self, now: Instant) -> Option<At> {
        self.rest.filter(|(until, _)| *until > now).map(|(_, at)| at)
    }
}

impl Exchange {
    /// Takes a place for an outbound call, or says why there is none.
    pub(super) fn take_place(&mut self, id: TrunkId) -> Result<(), Cause> {
        let (now, calls) = (Instant::now(), self.busy.get(&id).copied().unwrap_or(0));
        let Some(line) = self.lines.get_mut(&id) else { return Ok(()) };
        let full = |text: String, retry_after_s| Cause {
            by: EndedBy::Network,
            sip_code: Some(503),
            retry_after_s,
            text: Some(text),
            ..Cause::default()
        };
        if let Some((until, _)) = line.pace.rest.filter(|(until, _)| *until > now) {
            let left = u32::try_from(until.duration_since(now).as_secs()).unwrap_or(0) + 1;
            return Err(full(format!("trunk {} asked for a pause", line.trunk.name), Some(left)));
        }
        if calls >= line.trunk.calls_max {
            return Err(full(format!("trunk {} bears {} calls", line.trunk.name, line.trunk.calls_max), None));
        }
        if !line.pace.take(line.trunk.calls_per_second_max, now) {
            return Err(full(format!("trunk {} has had its calls of this second", line.trunk.name), Some(1)));
        }
        Ok(())
    }

    /// Whether a call may come in by this trunk.
    pub(super) fn has_place(&self, id: TrunkId) -> Result<(), Response> {
        let calls = self.busy.get(&id).copied().unwrap_or(0);
        match self.lines.get(&id) {
            Some(line) if calls >= line.trunk.calls_max => {
                metrics::counter!("fengling_sip_trunk_full_total").increment(1);
                Err(Response::new(503).with("Retry-After", self.limits.retry_after_s.to_string()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn count_leg(&mut self, trunk: TrunkId) {
        *self.busy.entry(trunk).or_default() += 1;
    }

    pub(super) fn uncount_leg(&mut self, trunk: TrunkId) {
        if let Some(calls) = self.busy.get_mut(&trunk) {
            *calls = calls.saturating_sub(1);
            if *calls == 0 {
                self.busy.remove(&trunk);
            }
        }
    }

    /// The trunk said 503 and when to come back: nothing goes to it until then, others carry on.
    pub(super) fn rest_trunk(&mut self, id: TrunkId, seconds: u32) {
        let pause = Duration::from_secs(seconds.min(PAUSE_S_MAX).into());
        let Some(line) = self.lines.get_mut(&id).filter(|_| !pause.is_zero()) else { return };
        let until = Instant::now() + pause;
        if line.pace.rest.is_some_and(|(known, _)| known >= until) {
            return;
        }
        let ms = i64::try_from(pause.as_millis()).unwrap_or(0);
        line.pace.rest = Some((until, wall().plus_ms(ms)));
        self.timers.set(Timer::Rested(id), until);
        self.judge_line(id);
    }

    pub(super) fn rested(&mut self, id: TrunkId) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.pace.rest = None;
            self.judge_line(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_gets_its_rate_and_no_more() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let taken = |pace: &mut Pace, ms: u64| (0..50).filter(|_| pace.take(10.0, start + Duration::from_millis(ms))).count();
        assert_eq!(taken(&mut pace, 0), 10, "a second's worth at once");
        assert_eq!(taken(&mut pace, 500), 5);
        assert_eq!(taken(&mut pace, 10_000), 10, "saved up no further");
    }
}
