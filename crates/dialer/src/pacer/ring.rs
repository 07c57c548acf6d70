//! How ringing ends: hazards of an answer and of any end, by seconds since the attempt began.

use super::settings::{GRID_S, RING_BINS};
use super::tally::Lanes;
use serde::{Deserialize, Serialize};

/// Before anything was seen, per second at risk.
const PRIOR_ANSWER_PER_S: f64 = 0.02;
const PRIOR_END_PER_S: f64 = 0.03;
const WEIGHT_MAX: f64 = 1e30;

/// Seconds at risk, answers that want an agent and ends of any kind but our own, by second of ringing; the recent weigh more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rings {
    at_risk_s: Vec<f64>,
    answers: Vec<f64>,
    ends: Vec<f64>,
    weight: f64,
}

impl Default for Rings {
    fn default() -> Self {
        let zeros = || vec![0.0; RING_BINS];
        Self { at_risk_s: zeros(), answers: zeros(), ends: zeros(), weight: 1.0 }
    }
}

pub(super) fn bin(elapsed_s: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
    let b = elapsed_s.clamp(0.0, (RING_BINS - 1) as f64) as usize;
    b
}

impl Rings {
    /// Another attempt begins; older ones count less. `memory` in attempts.
    pub fn started(&mut self, memory: f64) {
        self.weight /= 1.0 - 1.0 / memory.max(2.0);
        if self.weight > WEIGHT_MAX {
            let scale = 1.0 / self.weight;
            self.at_risk_s.iter_mut().chain(&mut self.answers).chain(&mut self.ends).for_each(|x| *x *= scale);
            self.weight = 1.0;
        }
    }

    /// A call rang from one to the other, in seconds since it was dialled.
    pub fn rang(&mut self, from_s: f64, until_s: f64) {
        for b in bin(from_s)..=bin(until_s) {
            let (start, end) = (b as f64, if b + 1 == RING_BINS { f64::INFINITY } else { (b + 1) as f64 });
            self.at_risk_s[b] += self.weight * (until_s.min(end) - from_s.max(start)).max(0.0);
        }
    }

    pub fn answered(&mut self, elapsed_s: f64) {
        self.answers[bin(elapsed_s)] += self.weight;
        self.ends[bin(elapsed_s)] += self.weight;
    }

    pub fn failed(&mut self, elapsed_s: f64) {
        self.ends[bin(elapsed_s)] += self.weight;
    }

    /// Hazard of an answer and of any end in bin `b`, per second. Where little was seen, `like` (all classes together) counts
    /// for `sure_s` seconds at risk.
    pub fn rates(&self, b: usize, like: (f64, f64), sure_s: f64) -> (f64, f64) {
        let prior = sure_s * self.weight;
        let risk = self.at_risk_s[b] + prior;
        ((self.answers[b] + prior * like.0) / risk, (self.ends[b] + prior * like.1) / risk)
    }

    pub const PRIOR: (f64, f64) = (PRIOR_ANSWER_PER_S, PRIOR_END_PER_S);
}

/// Cumulative incidence of an answer and survival, at whole seconds since the attempt began. Constant after the ring limit.
#[derive(Clone, Debug)]
pub struct Incidence {
    /// Of an answer by then, 0–1. Long enough for any elapsed time plus the grid.
    pub answered: Vec<f64>,
    /// Of ringing still.
    pub ringing: Vec<f64>,
    /// Answers per second of ringing, scaled.
    pub answer_rate: Vec<f64>,
}

const LENGTH: usize = RING_BINS + 34;

impl Default for Incidence {
    fn default() -> Self {
        Self { answered: vec![0.0; LENGTH], ringing: vec![1.0; LENGTH], answer_rate: vec![0.0; LENGTH] }
    }
}

impl Incidence {
    /// From hazards by bin, answers scaled by `phi`; nothing is answered past `ring_s_max`.
    pub fn fill(&mut self, rates: impl Fn(usize) -> (f64, f64), phi: f64, ring_s_max: f64) {
        let (mut answered, mut ringing) = (0.0, 1.0);
        for b in 0..LENGTH {
            self.answered[b] = answered;
            self.ringing[b] = ringing;
            self.answer_rate[b] = 0.0;
            let open = (ring_s_max - b as f64).clamp(0.0, 1.0);
            if open <= 0.0 || b >= RING_BINS {
                continue;
            }
            let (answer, end) = rates(b);
            let answer = answer * phi;
            let end = (end - answer / phi).max(0.0) + answer;
            let gone = 1.0 - f64::exp(-end * open);
            if end > 0.0 {
                answered += ringing * gone * answer / end;
            }
            ringing *= 1.0 - gone;
            self.answer_rate[b] = answer;
        }
    }

    /// Probability that a call that rang for `elapsed_s` is answered by each point of the grid.
    pub fn ahead(&self, elapsed_s: f64) -> Lanes {
        let k = bin(elapsed_s);
        let f = (elapsed_s - k as f64).clamp(0.0, 1.0);
        let between = |of: &[f64], i: usize| of[i] + f * (of[i + 1] - of[i]);
        let sure = 1.0 / between(&self.ringing, k).max(1e-9);
        let now = between(&self.answered, k);
        let of = &self.answered[k..];
        GRID_S.map(|s| ((between(of, usize::from(s)) - now) * sure).clamp(0.0, 1.0))
    }

    /// Of an attempt, over its whole ringing.
    pub fn in_all(&self) -> f64 {
        self.answered[LENGTH - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three in ten answer at 10.5 s, the rest ring to the limit of 30 s.
    fn seen() -> Rings {
        let mut rings = Rings::default();
        for n in 0..2000 {
            rings.started(3000.0);
            if n % 10 < 3 {
                rings.rang(0.0, 10.5);
                rings.answered(10.5);
            } else {
                rings.rang(0.0, 30.0);
                rings.failed(30.0);
            }
        }
        rings
    }

    #[test]
    fn incidence_is_the_share_that_answered() {
        let rings = seen();
        let mut incidence = Incidence::default();
        incidence.fill(|b| rings.rates(b, Rings::PRIOR, 0.01), 1.0, 30.0);
        assert!((incidence.in_all() - 0.30).abs() < 0.01, "{}", incidence.in_all());
        assert!(incidence.ahead(0.0)[6] < 0.01, "within ten seconds");
        assert!((incidence.ahead(10.0)[0] - 0.30).abs() < 0.02);
        assert!(incidence.ahead(12.0)[15] < 0.01, "past 11 s nobody answers");
        assert!((incidence.ahead(119.9)[15]).abs() < 1e-9);
        assert!((incidence.ahead(1e9)[15]).abs() < 1e-9);
    }

    #[test]
    fn phi_scales_answers_and_leaves_other_ends() {
        let rings = seen();
        let mut incidence = Incidence::default();
        incidence.fill(|b| rings.rates(b, Rings::PRIOR, 0.01), 0.5, 30.0);
        assert!((incidence.in_all() - 0.165).abs() < 0.01, "{}", incidence.in_all());
    }
}
