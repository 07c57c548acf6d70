//! Calls per second, as a schedule of slots (GCRA): exact at any rate, one number of state.

use model::At;

/// A limit on how often something may happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    interval_us: i64,
    /// How far ahead of the schedule a burst may run.
    tolerance_us: i64,
    /// When the next slot is due if everything was on time.
    due_us: i64,
}

impl Rate {
    /// Bursts of a tenth of a second are let through, so that fast campaigns need not wake for each call.
    const BURST_US: i64 = 100_000;

    /// Nonsense (zero, negative, not a number) lets nothing through for practical purposes: one in ~11 days.
    pub fn new(per_second: f64) -> Self {
        let mut rate = Self { interval_us: 0, tolerance_us: 0, due_us: 0 };
        rate.set(per_second);
        rate
    }

    /// Changes the limit and keeps what has been used.
    pub fn set(&mut self, per_second: f64) {
        let interval = if per_second > 0.0 { 1_000_000.0 / per_second } else { f64::MAX };
        #[expect(clippy::cast_possible_truncation, reason = "clamped to a range that fits")]
        let interval_us = interval.clamp(1.0, 1e12) as i64;
        self.interval_us = interval_us;
        self.tolerance_us = (Self::BURST_US - interval_us).max(0);
    }

    /// From when on `take` will succeed.
    pub fn ready_at(&self) -> At {
        At((self.due_us - self.tolerance_us).div_euclid(1000) + i64::from((self.due_us - self.tolerance_us).rem_euclid(1000) > 0))
    }

    pub fn is_ready(&self, now: At) -> bool {
        self.ready_at() <= now
    }

    /// Takes a slot if there is one now.
    pub fn take(&mut self, now: At) -> bool {
        let ready = self.is_ready(now);
        if ready {
            self.charge(now);
        }
        ready
    }

    /// Takes the next slot, which may lie ahead, and says when it is.
    pub fn reserve(&mut self, now: At) -> At {
        let slot = self.ready_at().max(now);
        self.charge(now);
        slot
    }

    /// Counts one, slot or not.
    pub fn charge(&mut self, now: At) {
        self.due_us = self.due_us.max(now.ms().saturating_mul(1000)).saturating_add(self.interval_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every window of a second sees at most the rate and one burst.
    #[test]
    fn a_second_never_holds_more_than_the_rate_and_its_burst() {
        for per_second in [0.5, 1.0, 3.0, 10.0, 50.0, 333.0, 1000.0] {
            let mut rate = Rate::new(per_second);
            let taken: Vec<i64> = (0..10_000).flat_map(|ms| std::iter::repeat_n(ms, 5)).filter(|ms| rate.take(At(*ms))).collect();
            let most = taken.iter().map(|from| taken.iter().filter(|t| (*from..from + 1000).contains(t)).count()).max().unwrap();
            assert!(most as f64 <= per_second * 1.1 + 1.0, "{most} in a second at {per_second}");
            assert!(taken.len() as f64 >= per_second * 9.9, "{} in ten seconds at {per_second}", taken.len());
        }
    }

    #[test]
    fn reserved_slots_are_spaced() {
        let mut rate = Rate::new(2.0);
        let slots: Vec<At> = (0..4).map(|_| rate.reserve(At(1_000))).collect();
        assert_eq!(slots, [At(1_000), At(1_500), At(2_000), At(2_500)]);
        assert!(!rate.is_ready(At(2_999)));
        assert!(rate.is_ready(At(3_000)));
    }

    #[test]
    fn nonsense_lets_one_through_and_then_nothing() {
        for bad in [0.0, -1.0, f64::NAN] {
            let mut rate = Rate::new(bad);
            assert!(rate.take(At(1_000)));
            assert!(!rate.take(At(100_000_000)));
        }
    }
}
