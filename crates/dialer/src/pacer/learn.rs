//! What the pacer learns of its campaign: how ringing ends, how long talks and wrap-ups last, whether answers come as expected
//! just now, and how often agents leave after a call.

use super::hazard::Spans;
use super::ring::{Incidence, Rings};
use super::settings::{RING_BINS, Settings};
use serde::{Deserialize, Serialize};

/// Score classes told apart; what is above counts as the last.
pub const CLASSES_MAX: usize = 32;
/// φ forgets with this time constant, but not so fast that fewer than `PHI_EXPECTED_MIN` expected answers are remembered.
const PHI_TAU_S: f64 = 240.0;
const PHI_EXPECTED_MIN: f64 = 60.0;
/// How sure φ = 1 is, in expected answers.
pub(super) const PHI_SURE: f64 = 20.0;
/// A class without a history of its own counts as all together, so sure, in seconds at risk of a bin.
const CLASS_SURE_S: f64 = 20.0;
const POOL_SURE_S: f64 = 1.0;
/// Ends of work remembered for `p_leave`; before: one in a hundred, as sure as fifty.
const LEAVE_MEMORY: f64 = 500.0;
const LEAVE_PRIOR: (f64, f64) = (0.5, 50.0);
/// Learning is enough for a forecast.
const RESOLVED_MIN: u64 = 60;
const TALKS_MIN: u64 = 20;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    all: Rings,
    classes: Vec<Rings>,
    pub(super) talks: Spans,
    pub(super) wraps: Spans,
    /// Attempts that came to an end of their own.
    resolved: u64,
    phi_answers: f64,
    phi_expected: f64,
    leaves: f64,
    ends: f64,
}

impl Learner {
    pub fn is_ready(&self) -> bool {
        self.resolved >= RESOLVED_MIN && self.talks.seen() >= TALKS_MIN
    }

    /// Answers of the last minutes against those expected from the hazards; 1 is as usual.
    pub fn phi(&self) -> f64 {
        (self.phi_answers + PHI_SURE) / (self.phi_expected + PHI_SURE)
    }

    /// Expected answers that φ rests on.
    pub(super) fn phi_expected(&self) -> f64 {
        self.phi_expected
    }

    pub fn p_leave(&self) -> f64 {
        (self.leaves + LEAVE_PRIOR.0) / (self.ends + LEAVE_PRIOR.1)
    }

    /// After a restart: what was so minutes ago says nothing now.
    pub(super) fn forget_the_moment(&mut self) {
        (self.phi_answers, self.phi_expected) = (0.0, 0.0);
    }

    fn class(&mut self, class: u8) -> &mut Rings {
        let i = usize::from(class).min(CLASSES_MAX - 1);
        if self.classes.len() <= i {
            self.classes.resize_with(i + 1, Rings::default);
        }
        &mut self.classes[i]
    }

    pub(super) fn attempt_started(&mut self, class: u8, memory: f64) {
        self.all.started(memory);
        self.class(class).started(memory);
    }

    pub(super) fn rang(&mut self, class: u8, from_s: f64, until_s: f64) {
        self.all.rang(from_s, until_s);
        self.class(class).rang(from_s, until_s);
    }

    /// `wants_agent`: a person, as far as can be told; otherwise a machine or a failure. `expected`: answers to be expected are
    /// being counted, so that this one counts against them.
    pub(super) fn resolved(&mut self, class: u8, elapsed_s: f64, wants_agent: bool, expected: bool) {
        self.resolved += 1;
        if wants_agent {
            self.phi_answers += if expected { 1.0 } else { 0.0 };
            self.all.answered(elapsed_s);
            self.class(class).answered(elapsed_s);
        } else {
            self.all.failed(elapsed_s);
            self.class(class).failed(elapsed_s);
        }
    }

    /// Time passed in which so many answers were to be expected.
    pub(super) fn passed(&mut self, dt_s: f64, expected: f64) {
        let keep = f64::exp(-(dt_s / PHI_TAU_S).min(expected / PHI_EXPECTED_MIN));
        self.phi_answers *= keep;
        self.phi_expected = self.phi_expected * keep + expected;
    }

    pub(super) fn work_ended(&mut self, left: bool) {
        let keep = 1.0 - 1.0 / LEAVE_MEMORY;
        self.ends = self.ends * keep + 1.0;
        self.leaves = self.leaves * keep + if left { 1.0 } else { 0.0 };
    }

    /// One more than the highest class seen.
    pub(super) fn classes(&self) -> usize {
        self.classes.len()
    }

    /// Answers and ends per second by bin for a class.
    pub(super) fn ring_rates(&self, class: usize, b: usize) -> (f64, f64) {
        let pooled = self.all.rates(b, Rings::PRIOR, POOL_SURE_S);
        self.classes.get(class).map_or(pooled, |c| c.rates(b, pooled, CLASS_SURE_S))
    }

    pub(super) fn incidence(&self, class: usize, settings: &Settings, phi: f64, out: &mut Incidence) {
        out.fill(|b| self.ring_rates(class, b.min(RING_BINS - 1)), phi, settings.ring_s_max());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phi_follows_a_shock_and_returns() {
        let mut l = Learner::default();
        assert!((l.phi() - 1.0).abs() < 1e-9);
        // Twice as many answers as expected, for ten minutes.
        for _ in 0..1200 {
            l.passed(0.5, 1.0);
            l.resolved(0, 10.0, true, true);
            l.resolved(0, 10.0, true, true);
        }
        assert!((1.8..2.1).contains(&l.phi()), "{}", l.phi());
        (0..1200).for_each(|_| {
            l.passed(0.5, 1.0);
            l.resolved(0, 10.0, true, true);
        });
        assert!((0.95..1.15).contains(&l.phi()), "{}", l.phi());
    }

    #[test]
    fn a_quiet_campaign_keeps_sixty_expected_answers() {
        let mut l = Learner::default();
        (0..100_000).for_each(|_| l.passed(0.5, 0.002));
        assert!((l.phi_expected() - 60.0).abs() < 5.0, "{}", l.phi_expected());
    }

    #[test]
    fn a_new_class_counts_as_all_together() {
        let mut l = Learner::default();
        for _ in 0..500 {
            l.attempt_started(0, 3000.0);
            l.rang(0, 0.0, 10.5);
            l.resolved(0, 10.5, true, true);
        }
        assert_eq!(l.ring_rates(0, 10).0 > 1.0, l.ring_rates(7, 10).0 > 1.0);
        assert!(l.is_ready() == (l.talks.seen() >= 20));
    }
}
