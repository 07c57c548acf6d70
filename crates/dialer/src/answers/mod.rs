//! How likely a lead answers, learned online from every attempt: logistic regression by FTRL-proximal (`McMahan` et al. 2013, Ad Click
//! Prediction) over hashed features of the number, the moment and what came before. It orders leads (the best time to call) and
//! gives the pacer their score classes; how ring age changes the chance of a call already ringing is the pacer's, by class.
//!
//! What it predicted before it learned is kept in bins, so that its calibration can be shown honestly.

mod calibration;
mod feature;

pub use calibration::{Bin, Calibration};
pub use feature::{Lead, NumberClass};

use model::Disposition as D;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Step size of a coordinate seen once.
const ALPHA: f64 = 0.15;
const BETA: f64 = 1.0;
/// Rare coordinates stay at zero until their gradients add up to this.
const L1: f64 = 0.3;
const L2: f64 = 1.0;
/// Sum of squared gradients after which a coordinate's step shrinks no more: some forty thousand attempts. A coordinate that all
/// attempts have then remembers a few thousand of them, so that what was learned is forgotten as habits change.
const GRADIENTS_MAX: f64 = 8_000.0;
/// Coordinates kept; beyond, new ones are not learned.
const COORDINATES_MAX: usize = 200_000;
/// Before anything was learned.
const PRIOR: f64 = 0.25;
/// Attempts after which the hours are trusted.
const TRUSTED: u64 = 1_000;
/// Sum of squared gradients of an hour that is known: some fifty attempts. Of one in which nobody was called yet nothing is hoped.
const KNOWN: f64 = 10.0;
/// An hour is waited for when the lead answers so many times likelier then.
const WORTH: f64 = 1.5;
/// Never surer than this.
const P_MIN: f64 = 0.002;

/// Upper edges of the pacer's score classes; above the last: one more.
const CLASS_EDGES: [f64; 9] = [0.06, 0.12, 0.18, 0.24, 0.32, 0.40, 0.50, 0.62, 0.76];

/// Whether a person answered; none: our own side ended the attempt, which tells nothing of the lead.
pub const fn outcome(disposition: D) -> Option<bool> {
    match disposition {
        D::Human | D::Abandoned => Some(true),
        D::PacingCancel | D::Stopped | D::Interrupted | D::Congestion | D::RouteFailed | D::Blocked | D::CallerIdBlocked => None,
        _ => Some(false),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Coordinate {
    z: f64,
    n: f64,
}

impl Coordinate {
    fn weight(self) -> f64 {
        if self.z.abs() <= L1 {
            return 0.0;
        }
        -(self.z - L1.copysign(self.z)) / ((BETA + self.n.sqrt()) / ALPHA + L2)
    }

    fn learn(&mut self, gradient: f64) {
        let weight = self.weight();
        let n = (self.n + gradient * gradient).min(GRADIENTS_MAX);
        let sigma = (n.sqrt() - self.n.sqrt()) / ALPHA;
        self.z += gradient - sigma * weight;
        self.n = n;
    }
}

/// Of a tenant. Serialisable: a restart goes on where it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    coordinates: BTreeMap<u32, Coordinate>,
    calibration: Calibration,
}

impl Answers {
    /// Probability that the lead answers if dialled at its hour and weekday, 0.002–0.998.
    pub fn probability(&self, lead: &Lead<'_>) -> f64 {
        let mut score = (PRIOR / (1.0 - PRIOR)).ln();
        lead.features(|f| score += self.coordinates.get(&f).map_or(0.0, |c| c.weight()));
        (1.0 / (1.0 + f64::exp(-score))).clamp(P_MIN, 1.0 - P_MIN)
    }

    /// The attempt is over: a person answered, or not. Attempts that our own side ended (a cancel, a failed route) tell nothing and
    /// are not to be given.
    pub fn learn(&mut self, lead: &Lead<'_>, answered: bool) {
        let p = self.probability(lead);
        self.calibration.count(p, answered);
        let gradient = p - if answered { 1.0 } else { 0.0 };
        let coordinates = &mut self.coordinates;
        lead.features(|f| {
            if coordinates.len() < COORDINATES_MAX || coordinates.contains_key(&f) {
                coordinates.entry(f).or_default().learn(gradient);
            }
        });
    }

    /// The pacer's score class of a probability.
    pub fn class(p: f64) -> u8 {
        u8::try_from(CLASS_EDGES.partition_point(|e| *e <= p)).unwrap_or(u8::MAX)
    }

    /// Of the coming hours, the one worth waiting for, and how much likelier the lead answers then than now; none: now is about as
    /// good, or too little is known. `hours` with their (weekday, hour) in the lead's own zone.
    pub fn better_hour<T>(&self, lead: &Lead<'_>, hours: impl Iterator<Item = (T, (u8, u8))>) -> Option<(T, f64)> {
        if self.calibration.total().attempts < TRUSTED {
            return None;
        }
        let now = self.probability(lead);
        let rated = hours.filter_map(|(at, (weekday, hour))| {
            let then = Lead { weekday, hour, ..*lead };
            let known = self.coordinates.get(&then.of_hour()).is_some_and(|c| c.n >= KNOWN);
            known.then(|| (at, self.probability(&then) / now))
        });
        // The first of equals: sooner is better.
        rated.filter(|(_, gain)| *gain >= WORTH).reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }
}

#[cfg(test)]
mod tests;
