//! What a world is made of, whatever it was made from: invented ([`Staged`]) or counted ([`crate::history`]).

use crate::rng::Rng;
use crate::scenario::{self, Callee, Fate, Scenario};
use model::{AgentId, At};

/// An agent signs in, and leaves for good or for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    pub agent: AgentId,
    pub from: At,
    pub until: Option<At>,
}

/// What everybody keeps to, over and above what the dialler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In use at once, talks included.
    pub lines: u32,
    pub lines_per_agent: u32,
    /// Calls started at once.
    pub starts_max: u32,
}

pub(crate) trait Nature {
    /// Ids are 1 to so many.
    fn agents(&self) -> u32;

    fn shifts(&self) -> Vec<Shift>;

    /// Agents come and go by chance, besides their shifts.
    fn has_churn(&self) -> bool {
        false
    }

    /// Leads differ, and the dialler sees where they are from.
    fn is_scored(&self) -> bool;

    /// Where the next lead is from.
    fn segment(&self, at: At, rng: &mut Rng) -> u8;

    fn fate(&self, at: At, segment: u8, rng: &mut Rng) -> Fate;

    /// Talk and wrap-up, ms.
    fn work(&self, callee: Callee, rng: &mut Rng) -> (i64, i64);

    /// From the offer to the first word.
    fn connect_ms(&self) -> i64 {
        0
    }

    fn limits(&self) -> Limits {
        Limits { lines: u32::MAX, lines_per_agent: 10, starts_max: u32::MAX }
    }
}

/// A scenario of the benchmark with so many agents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staged {
    pub scenario: Scenario,
    pub agents: u32,
}

impl Nature for Staged {
    fn agents(&self) -> u32 {
        self.agents
    }

    fn shifts(&self) -> Vec<Shift> {
        (1..=i64::from(self.agents)).map(|a| Shift { agent: AgentId(a), from: At(0), until: None }).collect()
    }

    fn has_churn(&self) -> bool {
        self.scenario.has_churn()
    }

    fn is_scored(&self) -> bool {
        self.scenario.is_scored()
    }

    fn segment(&self, _: At, rng: &mut Rng) -> u8 {
        self.scenario.segment(rng)
    }

    fn fate(&self, at: At, segment: u8, rng: &mut Rng) -> Fate {
        scenario::fate(self.scenario, at, segment, rng)
    }

    fn work(&self, callee: Callee, rng: &mut Rng) -> (i64, i64) {
        scenario::work(self.scenario, callee, rng)
    }
}
