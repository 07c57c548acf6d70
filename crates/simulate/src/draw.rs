//! The people of a scenario, one after the other: for a rehearsal over real lines, where they are called instead of reckoned with.

use crate::rng::Rng;
use crate::scenario::{Callee, Scenario, fate, work};
use model::At;

/// What becomes of a call to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Rings so long.
    pub ring_ms: i64,
    /// None: fails then, or is known at once to be a machine.
    pub answer: Option<Talk>,
}

/// An answer, and the work it is to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Else a machine that passes for a person.
    pub person: bool,
    pub talk_ms: i64,
    pub wrap_ms: i64,
}

/// From a seed, without end.
#[derive(Clone, Debug)]
pub struct Draws {
    scenario: Scenario,
    leads: Rng,
    people: Rng,
}

impl Draws {
    /// As they are at the beginning of the scenario's day.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        Self { scenario, leads: Rng::new(seed, 1), people: Rng::new(seed, 2) }
    }
}

impl Iterator for Draws {
    type Item = Drawn;

    fn next(&mut self) -> Option<Drawn> {
        let fate = fate(self.scenario, At(0), 0, &mut self.leads);
        let answer = fate.wants.map(|callee| {
            let (talk_ms, wrap_ms) = work(self.scenario, callee, &mut self.people);
            Talk { person: callee == Callee::Person, talk_ms, wrap_ms }
        });
        Some(Drawn { ring_ms: fate.after_ms, answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_scenarios_own() {
        let all: Vec<Drawn> = Draws::new(Scenario::S2, 1_000).take(20_000).collect();
        let talks: Vec<Talk> = all.iter().filter_map(|d| d.answer).filter(|t| t.person).collect();
        assert!((5_700..6_120).contains(&talks.len()), "{} of 20000, 0.30 less 1.5 % lost", talks.len());
        let mean = |of: fn(&Talk) -> i64| talks.iter().map(of).sum::<i64>() / i64::try_from(talks.len()).unwrap();
        assert!((57_000..63_000).contains(&mean(|t| t.talk_ms)) && (9_500..10_500).contains(&mean(|t| t.wrap_ms)));
        assert!(all.iter().all(|d| d.ring_ms <= 30_000));
        assert_eq!(all[..100], Draws::new(Scenario::S2, 1_000).take(100).collect::<Vec<_>>()[..]);
    }
}
