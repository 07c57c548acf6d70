//! Who behaves how: a mix of profiles, and numbers with a profile of their own.

use crate::rng::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a subscriber behaves when called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Profile {
    /// Answers after a ring and, once the voice has paused, presses these keys, one after each pause. `think_ms` is the mean delay.
    Presses { ring_ms: u32, keys: String, think_ms: u32 },
    /// Answers, hears everything, presses nothing.
    Listens { ring_ms: u32 },
    /// Answers and hangs up this long after.
    HangsUp { ring_ms: u32, after_ms: u32 },
    /// 486 with Q.850 17.
    Busy,
    /// Rings a little, then 603 with Q.850 21.
    Rejects { ring_ms: u32 },
    /// Rings until cancelled.
    NoAnswer,
    /// 关机: announcement in early media, then 480 with Q.850 20.
    Off,
    /// 空号: announcement in early media, then 404 with Q.850 1.
    Invalid,
    /// 无法接通: 480 with Q.850 18.
    Unreachable,
    /// Answers with a greeting and a beep, and listens until it is silent.
    Voicemail { ring_ms: u32 },
    /// A person at a desk who takes transferred calls and talks for a while.
    Operator { ring_ms: u32, talk_ms: u32 },
    /// The announcement of this class (see [`crate::Sounds::announcements`]) in early media, then 480 without a word of why; or, a
    /// false answer, after 200.
    Announces { class: String, answered: bool },
    /// 450 Hz busy tone in early media, then 480.
    BusyTone,
    /// 450 Hz congestion tone in early media, then 480.
    CongestionTone,
    /// A fax machine: answers with 2100 Hz.
    Fax { ring_ms: u32 },
    /// Answers and never makes a sound.
    DeadAir { ring_ms: u32 },
    /// The network itself refuses with this status.
    Refuses { sip_code: u16 },
    /// Nothing is left to chance: rings exactly so long; then talks so long and hangs up, or turns out to be out of reach. For measurements
    /// whose callees are drawn elsewhere.
    Drawn { ring_ms: u32, talk_ms: Option<u32> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    pub weight: f64,
    pub profile: Profile,
}

/// The whole network's behaviour.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    pub mix: Vec<Weighted>,
    /// Full number as dialled → profile, before the mix.
    pub numbers: BTreeMap<String, Profile>,
    /// All waits of people are multiplied by this; below 1 a demo runs faster than life.
    pub time_scale: f64,
    /// Chance that somebody who declined, hung up or missed the call calls back.
    pub call_back: f64,
}

impl Default for Plan {
    /// An ordinary morning: half of the people answer, most of them press a key.
    fn default() -> Self {
        let w = |weight, profile| Weighted { weight, profile };
        let presses = |keys: &str| Profile::Presses { ring_ms: 9_000, keys: keys.into(), think_ms: 1_500 };
        Self {
            seed: 20_260_923,
            mix: vec![
                w(0.34, presses("1")),
                w(0.12, presses("2")),
                w(0.05, presses("0")),
                w(0.03, presses("71")),
                w(0.05, Profile::Listens { ring_ms: 8_000 }),
                w(0.05, Profile::HangsUp { ring_ms: 7_000, after_ms: 3_000 }),
                w(0.08, Profile::Busy),
                w(0.05, Profile::Rejects { ring_ms: 4_000 }),
                w(0.09, Profile::NoAnswer),
                w(0.04, Profile::Off),
                w(0.03, Profile::Invalid),
                w(0.03, Profile::Unreachable),
                w(0.04, Profile::Voicemail { ring_ms: 18_000 }),
            ],
            numbers: BTreeMap::new(),
            time_scale: 1.0,
            call_back: 0.1,
        }
    }
}

impl Plan {
    /// The profile of a number: its own, else drawn from the mix, always the same for the same seed.
    pub fn profile_of(&self, number: &str) -> Profile {
        if let Some(own) = self.numbers.get(number) {
            return own.clone();
        }
        let total: f64 = self.mix.iter().map(|m| m.weight).sum();
        let mut at = Rng::of(self.seed, number).unit() * total;
        for m in &self.mix {
            at -= m.weight;
            if at < 0.0 {
                return m.profile.clone();
            }
        }
        self.mix.last().map_or(Profile::NoAnswer, |m| m.profile.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_met_and_stable() {
        let plan = Plan::default();
        let numbers: Vec<String> = (0..10_000).map(|i| format!("138{i:08}")).collect();
        let busy = numbers.iter().filter(|n| plan.profile_of(n) == Profile::Busy).count();
        assert!((700..900).contains(&busy), "busy {busy}");
        assert_eq!(plan.profile_of("13800138000"), plan.profile_of("13800138000"));
    }
}
