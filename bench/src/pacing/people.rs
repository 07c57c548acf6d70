//! Who is called: numbers, and what becomes of a call to each, drawn as the simulation draws them.

use crate::agents::phones::tail;
use carrier::Profile;
use simulate::{Drawn, Draws, Scenario, Talk};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// No pacer dials faster for so few agents.
const PER_SECOND: u64 = 5;
/// The product gives up then.
const RING_MS_MAX: i64 = 30_000;

pub struct People {
    numbers: Vec<String>,
    drawn: Vec<Drawn>,
    /// Those who talk, by the end of their number.
    talks: HashMap<String, Talk>,
}

impl People {
    /// As many as can be called in `span`.
    pub fn draw(scenario: Scenario, seed: u64, span: Duration) -> Self {
        let count = span.as_secs() * PER_SECOND;
        let numbers: Vec<String> = (0..count).map(|i| format!("139{:08}", 50_000_000 + i)).collect();
        let drawn: Vec<Drawn> = Draws::new(scenario, seed).take(numbers.len()).collect();
        let talks = numbers.iter().zip(&drawn).filter_map(|(n, d)| Some((tail(n), d.answer?))).collect();
        Self { numbers, drawn, talks }
    }

    pub fn numbers(&self) -> Vec<String> {
        self.numbers.clone()
    }

    /// As the network knows them.
    pub fn profiles(&self) -> BTreeMap<String, Profile> {
        let profile = |d: &Drawn| match d.answer {
            None if d.ring_ms >= RING_MS_MAX => Profile::NoAnswer,
            answer => {
                let short = |ms: i64| u32::try_from(ms).unwrap_or(u32::MAX);
                Profile::Drawn { ring_ms: short(d.ring_ms), talk_ms: answer.map(|t| short(t.talk_ms)) }
            }
        };
        self.numbers.iter().zip(&self.drawn).map(|(n, d)| (n.clone(), profile(d))).collect()
    }

    /// However the number is written.
    pub fn talk(&self, number: &str) -> Option<Talk> {
        self.talks.get(&tail(number)).copied()
    }
}
