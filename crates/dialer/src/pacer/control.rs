//! How much risk of abandoning somebody is worth a call: θ, steered so that the share of abandoned calls lands on its target,
//! and the guard over what has happened already.

#![expect(clippy::cast_precision_loss, reason = "counts of a day")]

use super::settings::Settings;
use model::At;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

const THETA_FIRST: f64 = 0.02;
const THETA_MIN: f64 = 1e-6;
const THETA_MAX: f64 = 0.6;
/// Step of log θ for one abandoned call.
const STEP: f64 = 0.1;
/// Calls by which the target stays below the one set, of a window of at least so many answers.
const TARGET_SPARE: f64 = 5.0;
const TARGET_ANSWERS_MIN: f64 = 1000.0;
/// While the guard holds.
const THETA_GUARDED: f64 = 0.003;
/// Fewer answers say nothing yet.
const GUARD_ANSWERS_MIN: u64 = 100;
/// The guard holds while fewer calls than this may yet be abandoned, of a cap a little below the true one: calls in flight and
/// chance must not carry a day over it, nor that machines taken for people are counted as people here.
const GUARD_BUDGET: f64 = 3.0;
/// Fewer answers ask for less of that: the day is young, and the share of few answers moves a lot.
const GUARD_ANSWERS_FULL: f64 = 1000.0;
const GUARD_SHARE: f64 = 0.95;
/// Parts of the window: it moves on in such steps.
const PARTS: i64 = 144;

/// θ is the Lagrange multiplier of the cap on abandoned calls: a call is dialled while the probability that its answer finds
/// nobody stays below it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Controller {
    log_theta: f64,
    ledger: Ledger,
    guarded: bool,
}

impl Default for Controller {
    fn default() -> Self {
        Self { log_theta: THETA_FIRST.ln(), ledger: Ledger::default(), guarded: false }
    }
}

impl Controller {
    pub(super) fn connected(&mut self, at: At, settings: &Settings) {
        let target = self.target(settings);
        // What goes well under the guard says nothing about θ.
        if !self.guarded {
            self.step(STEP * target);
        }
        self.ledger.count(at, settings.window_ms, false);
    }

    pub(super) fn abandoned(&mut self, at: At, settings: &Settings) {
        let target = self.target(settings);
        self.step(STEP * (target - 1.0));
        self.ledger.count(at, settings.window_ms, true);
    }

    /// Chance moves a window by a few calls, whatever its size: the fewer the answers, the further below the cap is steered for.
    fn target(&self, settings: &Settings) -> f64 {
        let spare = TARGET_SPARE / (self.ledger.answers as f64).max(TARGET_ANSWERS_MIN);
        (settings.target - spare).clamp(0.0, 1.0)
    }

    fn step(&mut self, by: f64) {
        self.log_theta = (self.log_theta + by).clamp(THETA_MIN.ln(), THETA_MAX.ln());
    }

    /// θ and whether it is the guard's.
    pub(super) fn theta(&mut self, now: At, settings: &Settings) -> (f64, bool) {
        self.ledger.forget(now, settings.window_ms);
        let theta = self.log_theta.exp();

        let answers = self.ledger.answers as f64;
        let budget = GUARD_SHARE * settings.abandon_max * answers - self.ledger.abandoned as f64;
        let reserve = GUARD_BUDGET * (answers / GUARD_ANSWERS_FULL).min(1.0);
        self.guarded = self.ledger.answers > GUARD_ANSWERS_MIN && budget < reserve;
        if self.guarded { (theta.min(THETA_GUARDED), true) } else { (theta, false) }
    }

    /// Live answers in the window and how many of them were abandoned.
    pub fn window(&self) -> (u64, u64) {
        (self.ledger.answers, self.ledger.abandoned)
    }
}

/// Answers and abandoned calls of the trailing window, in parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Ledger {
    /// When a part began, its answers, how many of them were abandoned.
    parts: VecDeque<(i64, u64, u64)>,
    answers: u64,
    abandoned: u64,
}

impl Ledger {
    fn count(&mut self, at: At, window_ms: i64, abandoned: bool) {
        let part = at.ms().div_euclid((window_ms / PARTS).max(1));
        if self.parts.back().is_none_or(|(p, ..)| *p < part) {
            self.parts.push_back((part, 0, 0));
        }
        let Some(last) = self.parts.back_mut() else { return };
        last.1 += 1;
        last.2 += u64::from(abandoned);
        self.answers += 1;
        self.abandoned += u64::from(abandoned);
    }

    fn forget(&mut self, now: At, window_ms: i64) {
        let oldest = now.ms().saturating_sub(window_ms).div_euclid((window_ms / PARTS).max(1));
        while let Some((_, answers, abandoned)) = self.parts.front().filter(|(p, ..)| *p < oldest).copied() {
            self.answers -= answers;
            self.abandoned -= abandoned;
            self.parts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// θ after so many answers more, of which one in `every` is abandoned.
    fn theta_after(c: &mut Controller, answers: u32, every: u32) -> f64 {
        let s = Settings::default();
        for n in 1..=answers {
            if n % every == 0 { c.abandoned(At(0), &s) } else { c.connected(At(0), &s) }
        }
        c.theta(At(0), &s).0
    }

    #[test]
    fn theta_rests_where_the_share_is_the_target() {
        let mut c = Controller::default();
        let before = theta_after(&mut c, 20_000, 37);
        let rising = theta_after(&mut c, 2_000, 50);
        assert!(rising > 1.5 * before, "2 % is less than the target: {before} {rising}");
        let falling = theta_after(&mut c, 2_000, 25);
        assert!(falling < 0.5 * rising, "4 % is more: {rising} {falling}");
        // Of many answers the target is the one set but for a handful of calls.
        let target = c.target(&Settings::default());
        assert!((target - (0.0275 - 5.0 / 24_000.0)).abs() < 1e-9, "{target}");
    }

    #[test]
    fn the_guard_holds_until_the_window_has_recovered() {
        let (mut c, s) = (Controller::default(), Settings::default());
        (0..150).for_each(|_| c.connected(At(0), &s));
        (0..10).for_each(|_| c.abandoned(At(0), &s));
        (0..400).for_each(|_| c.connected(At(0), &s));
        assert!(!c.theta(At(0), &s).1);
        (0..12).for_each(|_| c.abandoned(At(0), &s));
        assert_eq!(c.theta(At(0), &s), (THETA_GUARDED, true));
        let later = At(s.window_ms + s.window_ms / PARTS);
        assert!(!c.theta(later, &s).1, "the window has passed");
        assert_eq!(c.window(), (0, 0));
    }
}
