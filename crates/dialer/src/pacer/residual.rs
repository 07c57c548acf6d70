//! When busy agents will be free: talk that is left, then wrap-up, from the hazards and from how long it has lasted.

use super::hazard::{Rates, survival};
use super::learn::Learner;
use super::settings::{GRID, GRID_S, PATIENCE_S};
use super::tally::Lanes;

/// Elapsed times told apart: seconds up to 64, two seconds up to 192, eight seconds up to 704.
const ROWS: usize = 192;
/// Longest look ahead and a second for the half step.
const AHEAD: usize = 34;
/// Rows made anew at a decision: all of them every twenty-four seconds, at an even cost.
const AT_ONCE: usize = 4;

/// What an agent who is not free is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Talk,
    WrapUp,
}

/// P(free within s + 2 s), s over the grid, by work and elapsed time.
#[derive(Clone, Debug)]
pub struct Residual {
    talk: Vec<Lanes>,
    wrap: Vec<Lanes>,
    talk_rates: Rates,
    wrap_rates: Rates,
    /// P(wrap-up ≤ k + ½ s).
    wrap_within: [f64; AHEAD],
    next: usize,
    made: bool,
}

impl Default for Residual {
    fn default() -> Self {
        let empty = || vec![[0.0; GRID]; ROWS];
        Self {
            talk: empty(),
            wrap: empty(),
            talk_rates: Rates::default(),
            wrap_rates: Rates::default(),
            wrap_within: [0.0; AHEAD],
            next: 0,
            made: false,
        }
    }
}

fn row(elapsed_s: f64) -> usize {
    let r = if elapsed_s < 64.0 {
        elapsed_s
    } else if elapsed_s < 192.0 {
        64.0 + (elapsed_s - 64.0) / 2.0
    } else {
        128.0 + (elapsed_s - 192.0) / 8.0
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the rows")]
    let r = r.clamp(0.0, (ROWS - 1) as f64) as usize;
    r
}

/// The middle of what a row stands for.
fn elapsed_s(row: usize) -> f64 {
    let r = row as f64;
    if row < 64 {
        r + 0.5
    } else if row < 128 {
        64.0 + (r - 64.0) * 2.0 + 1.0
    } else {
        192.0 + (r - 128.0) * 8.0 + 4.0
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two seconds")]
const PATIENCE: usize = PATIENCE_S as usize;

impl Residual {
    /// Makes some rows anew, the first time all. `busy`: what agents are at and for how many seconds.
    pub fn refresh(&mut self, learner: &Learner, busy: impl Iterator<Item = (Work, f64)> + Clone) {
        if self.next == 0 {
            let lasting = |work: Work| busy.clone().filter(move |(w, _)| *w == work).map(|(_, s)| s);
            self.talk_rates = learner.talks.rates(lasting(Work::Talk));
            self.wrap_rates = learner.wraps.rates(lasting(Work::WrapUp));
            let mut s = [0.0; 2 * AHEAD];
            survival(&self.wrap_rates, 0.0, 0.5, &mut s);
            self.wrap_within = std::array::from_fn(|k| 1.0 - s[2 * k + 1]);
        }
        let rows = if self.made { AT_ONCE } else { ROWS };
        for r in self.next..(self.next + rows).min(ROWS) {
            self.make(r);
        }
        self.next = if self.next + rows >= ROWS { 0 } else { self.next + rows };
        self.made = true;
    }

    fn make(&mut self, r: usize) {
        let mut s = [0.0; AHEAD];
        survival(&self.wrap_rates, elapsed_s(r), 1.0, &mut s);
        self.wrap[r] = std::array::from_fn(|l| 1.0 - s[usize::from(GRID_S[l]) + PATIENCE]);
        survival(&self.talk_rates, elapsed_s(r), 1.0, &mut s);
        // The talk ends in the second after x, the wrap-up within what is then left.
        self.talk[r] = std::array::from_fn(|l| {
            let ahead = usize::from(GRID_S[l]) + PATIENCE;
            (0..ahead).map(|x| (s[x] - s[x + 1]) * self.wrap_within[ahead - 1 - x]).sum()
        });
    }

    pub fn free_within(&self, work: Work, elapsed_s: f64) -> &Lanes {
        match work {
            Work::Talk => &self.talk[row(elapsed_s)],
            Work::WrapUp => &self.wrap[row(elapsed_s)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_hazards_give_the_gamma_of_two() {
        let mut learner = Learner::default();
        // Exponential by construction: each of the quantiles once.
        for n in 0..4000 {
            let u = (f64::from(n % 1000) + 0.5) / 1000.0;
            learner.talks.ended(-20.0 * u.ln());
            learner.wraps.ended(-20.0 * u.ln());
        }
        let mut residual = Residual::default();
        residual.refresh(&learner, std::iter::empty());
        let lane = GRID_S.iter().position(|s| *s == 18).unwrap();
        let wrap = residual.free_within(Work::WrapUp, 30.0)[lane];
        assert!((wrap - (1.0 - f64::exp(-1.0))).abs() < 0.03, "{wrap}");
        let talk = residual.free_within(Work::Talk, 30.0)[lane];
        assert!((talk - (1.0 - 2.0 * f64::exp(-1.0))).abs() < 0.03, "{talk}");
    }

    #[test]
    fn rows_stand_for_the_times_they_are_found_by() {
        for r in 0..ROWS {
            assert_eq!(row(elapsed_s(r)), r);
        }
        assert_eq!(row(1e9), ROWS - 1);
        assert_eq!(row(f64::NAN), 0);
    }
}
