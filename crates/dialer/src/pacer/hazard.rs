//! Hazards: how likely something is to end in the next second, given that it lasted so long.

use serde::{Deserialize, Serialize};

/// Bins of talks and wrap-ups begin at these seconds; the last has no end.
pub const EDGES_S: [f64; BINS] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 32.0, 40.0, 50.0, 65.0, 80.0, 100.0, 130.0, 170.0, 220.0,
    300.0, 450.0, 700.0,
];
pub const BINS: usize = 24;
/// Spans remembered (1/e).
const MEMORY: f64 = 3000.0;
/// Before anything was seen: one end a minute, as sure as a second of exposure.
const PRIOR_PER_S: f64 = 1.0 / 60.0;
const PRIOR_EXPOSURE_S: f64 = 2.0;
/// Weights grow with each span instead of all counts shrinking; before they overflow everything is scaled back.
const WEIGHT_MAX: f64 = 1e30;

/// Spans of one kind (talks, wrap-ups): events and exposure by bin, the recent weighing more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spans {
    events: [f64; BINS],
    exposure_s: [f64; BINS],
    weight: f64,
    seen: u64,
}

impl Default for Spans {
    fn default() -> Self {
        Self { events: [0.0; BINS], exposure_s: [0.0; BINS], weight: 1.0, seen: 0 }
    }
}

/// Per second and bin.
pub type Rates = [f64; BINS];

impl Spans {
    /// Spans that ended.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// One ended after so many seconds.
    pub fn ended(&mut self, span_s: f64) {
        self.weight /= 1.0 - 1.0 / MEMORY;
        self.seen += 1;
        expose(&mut self.exposure_s, span_s, self.weight);
        self.events[bin(span_s)] += self.weight;
        if self.weight > WEIGHT_MAX {
            let scale = 1.0 / self.weight;
            self.events.iter_mut().chain(&mut self.exposure_s).for_each(|x| *x *= scale);
            self.weight = 1.0;
        }
    }

    /// The hazards, those in progress counted: leaving them out would make long spans look rare.
    pub fn rates(&self, in_progress_s: impl Iterator<Item = f64>) -> Rates {
        let mut exposure = self.exposure_s;
        for span in in_progress_s {
            expose(&mut exposure, span, self.weight);
        }
        let prior = PRIOR_EXPOSURE_S * self.weight;
        std::array::from_fn(|b| (self.events[b] + prior * PRIOR_PER_S) / (exposure[b] + prior))
    }
}

fn bin(span_s: f64) -> usize {
    EDGES_S.partition_point(|e| *e <= span_s).max(1) - 1
}

fn expose(exposure: &mut [f64; BINS], span_s: f64, weight: f64) {
    for (b, into) in exposure.iter_mut().enumerate() {
        let end = EDGES_S.get(b + 1).copied().unwrap_or(f64::INFINITY);
        if span_s <= EDGES_S[b] {
            return;
        }
        *into += weight * (span_s.min(end) - EDGES_S[b]);
    }
}

/// Probability of lasting from `from_s` for 0, `step_s`, 2·`step_s`, … more.
pub fn survival(rates: &Rates, from_s: f64, step_s: f64, out: &mut [f64]) {
    let (mut at, mut log, mut b) = (from_s, 0.0, bin(from_s));
    for s in out {
        *s = f64::exp(-log);
        let until = at + step_s;
        while let Some(edge) = EDGES_S.get(b + 1).filter(|e| **e < until) {
            log += rates[b] * (edge - at);
            at = *edge;
            b += 1;
        }
        log += rates[b] * (until - at);
        at = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hazards_follow_what_was_seen() {
        let mut spans = Spans::default();
        for n in 0..4000 {
            spans.ended(if n % 2 == 0 { 10.5 } else { 60.5 });
        }
        let rates = spans.rates(std::iter::empty());
        let mut s = [0.0; 62];
        survival(&rates, 0.0, 1.0, &mut s);
        assert!((s[5] - 1.0).abs() < 0.01, "nothing ends before 10 s: {}", s[5]);
        // Constant within a bin: half end between 10 and 13 s, at half exposure each.
        assert!((0.4..0.65).contains(&s[14]), "{}", s[14]);
    }

    #[test]
    fn those_in_progress_lower_the_hazard() {
        let mut spans = Spans::default();
        (0..20).for_each(|_| spans.ended(5.0));
        let without = spans.rates(std::iter::empty())[5];
        let with = spans.rates([100.0; 20].into_iter())[5];
        assert!(with < 0.75 * without, "{with} {without}");
    }

    #[test]
    fn recent_spans_weigh_more_and_weights_stay_finite() {
        let mut spans = Spans::default();
        (0..300_000).for_each(|_| spans.ended(5.0));
        (0..12_000).for_each(|_| spans.ended(90.0));
        let rates = spans.rates(std::iter::empty());
        assert!(rates.iter().all(|r| r.is_finite()));
        assert!(rates[5] < 0.02, "the old regime is forgotten: {}", rates[5]);
    }
}
