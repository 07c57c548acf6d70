//! The worlds of docs/PACING.md: what becomes of an attempt, how long people talk, when agents come and go.

use crate::rng::Rng;
use model::At;

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    S7,
    S8,
}

impl Scenario {
    pub const ALL: [Self; 8] = [Self::S1, Self::S2, Self::S3, Self::S4, Self::S5, Self::S6, Self::S7, Self::S8];

    pub const fn code(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::S4 => "S4",
            Self::S5 => "S5",
            Self::S6 => "S6",
            Self::S7 => "S7",
            Self::S8 => "S8",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::S1 => "base",
            Self::S2 => "short",
            Self::S3 => "long",
            Self::S4 => "drift",
            Self::S5 => "shock",
            Self::S6 => "churn",
            Self::S7 => "mixed",
            Self::S8 => "scored",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code().eq_ignore_ascii_case(code))
    }

    pub const fn has_churn(self) -> bool {
        matches!(self, Self::S6)
    }

    pub const fn is_scored(self) -> bool {
        matches!(self, Self::S8)
    }

    /// Where the next lead is from. In S8 one of twenty segments, all of their leads of one class; else the only one.
    pub(crate) fn segment(self, rng: &mut Rng) -> u8 {
        if !self.is_scored() {
            return 0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of segments")]
        let segment = (rng.unit() * f64::from(SEGMENTS)) as u8;
        segment
    }

    /// Probability that a person answers.
    #[expect(clippy::cast_precision_loss, reason = "a day in ms fits")]
    fn p(self, at: At, segment: u8) -> f64 {
        match self {
            Self::S3 => 0.20,
            Self::S4 => 0.30 + 0.10 * (std::f64::consts::TAU * at.ms() as f64 / (3 * HOUR_MS) as f64).sin(),
            Self::S5 => [0.40, 0.20][usize::from(at.ms() / (90 * MINUTE_MS) % 2 != 0)],
            Self::S8 => [0.10, 0.50][usize::from(class_of(segment))],
            _ => 0.30,
        }
    }

    /// Mean talk and wrap-up, seconds.
    const fn means_s(self) -> (f64, f64) {
        match self {
            Self::S2 => (60.0, 10.0),
            Self::S3 => (180.0, 30.0),
            _ => (120.0, 20.0),
        }
    }
}

const SEGMENTS: u8 = 20;

/// The class that is known in S8: 1 answers with .50, 0 with .10.
pub(crate) const fn class_of(segment: u8) -> u8 {
    // In no order that a ranking by number would find.
    (segment * 7 % SEGMENTS) / (SEGMENTS / 2)
}

/// What an answer turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    Person,
    /// A machine that was taken for a person.
    Machine,
}

/// What becomes of an attempt, decided when it is dialled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fate {
    pub after_ms: i64,
    /// Asks for an agent; none: fails, is detected as a machine, or rings to the limit.
    pub wants: Option<Callee>,
}

pub(crate) const RING_S_MAX: f64 = 30.0;
const MACHINE: f64 = 0.10;
const FAST_FAILURE: f64 = 0.20;
const MACHINE_CAUGHT: f64 = 0.85;
const PERSON_LOST: f64 = 0.015;

/// Seconds as milliseconds, at least one.
#[expect(clippy::cast_possible_truncation, reason = "spans of hours")]
pub(crate) fn ms(s: f64) -> i64 {
    ((s * 1000.0).round() as i64).max(1)
}

pub(crate) fn fate(scenario: Scenario, at: At, segment: u8, rng: &mut Rng) -> Fate {
    let p = scenario.p(at, segment);
    let u = rng.unit();
    if u < p {
        let lost = rng.chance(PERSON_LOST);
        return Fate { after_ms: ms(ring(16.0, 0.45, rng)), wants: (!lost).then_some(Callee::Person) };
    }
    if u < p + MACHINE {
        let caught = rng.chance(MACHINE_CAUGHT);
        return Fate { after_ms: ms(ring(22.0, 0.20, rng)), wants: (!caught).then_some(Callee::Machine) };
    }
    let after_s = if u < p + MACHINE + FAST_FAILURE { rng.between(2.0, 8.0) } else { RING_S_MAX };
    Fate { after_ms: ms(after_s), wants: None }
}

fn ring(mean_s: f64, sigma: f64, rng: &mut Rng) -> f64 {
    loop {
        let s = rng.log_normal(mean_s, sigma);
        if s < RING_S_MAX {
            return s;
        }
    }
}

/// Talk and wrap-up, ms.
pub(crate) fn work(scenario: Scenario, callee: Callee, rng: &mut Rng) -> (i64, i64) {
    if callee == Callee::Machine {
        return (ms(rng.log_normal(10.0, 0.5)), ms(rng.log_normal(4.0, 0.4)));
    }
    let (talk, wrap) = scenario.means_s();
    let talk = if scenario == Scenario::S7 {
        let mean = if rng.chance(0.6) { 20.0 } else { 270.0 };
        rng.log_normal(mean, 0.7)
    } else {
        rng.log_normal(talk, 0.80)
    };
    (ms(talk), ms(rng.log_normal(wrap, 0.5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_ten_answer_and_nobody_after_thirty_seconds() {
        let mut rng = Rng::new(1000, 1);
        let fates: Vec<Fate> = (0..20_000).map(|_| fate(Scenario::S1, At(0), 0, &mut rng)).collect();
        assert!(fates.iter().all(|f| f.wants.is_none() || f.after_ms <= 30_000));
        let people = fates.iter().filter(|f| f.wants == Some(Callee::Person)).count();
        assert!((5_700..6_120).contains(&people), "{people} of 20000, 0.30 less 1.5 % lost");
    }

    #[test]
    fn shocks_and_drifts_move_the_answer_rate() {
        assert!((Scenario::S5.p(At(0), 0) - 0.40).abs() < 1e-9);
        assert!((Scenario::S5.p(At(91 * MINUTE_MS), 0) - 0.20).abs() < 1e-9);
        assert!((Scenario::S4.p(At(45 * MINUTE_MS), 0) - 0.40).abs() < 1e-9);
        assert_eq!(Scenario::parse("s8"), Some(Scenario::S8));
        assert_eq!(Scenario::parse("S9"), None);
    }
}
