//! The methods compared: the product's pacer, what others do, and oracles that know what nobody can.

use crate::{Dialler, Seen};
use dialer::mode::{Snapshot, power, progressive};
use dialer::pacer::{Blind, Decision, Foresight, Pacer, Settings, Sight};
use model::{AgentId, At, AttemptId};

/// What an oracle knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Knows {
    #[default]
    Nothing,
    /// When every busy agent will be ready.
    Ends,
    /// How every ringing call will end.
    Outcomes,
}

/// The product's pacer.
pub struct Predictive {
    pub pacer: Pacer,
    pub knows: Knows,
    agents: u32,
}

impl Predictive {
    pub fn new(settings: Settings, knows: Knows) -> Self {
        Self { pacer: Pacer::new(settings), knows, agents: 0 }
    }
}

/// Only when agents end.
struct Ends<'a>(&'a dyn Foresight);

impl Foresight for Ends<'_> {
    fn frees_in_s(&self, agent: AgentId) -> Option<f64> {
        self.0.frees_in_s(agent)
    }
}

/// Only how calls end.
struct Outcomes<'a>(&'a dyn Foresight);

impl Foresight for Outcomes<'_> {
    fn answers_in_s(&self, attempt: AttemptId) -> Option<f64> {
        self.0.answers_in_s(attempt)
    }
}

impl Dialler for Predictive {
    fn seen(&mut self, at: At, seen: Seen) {
        let pacer = &mut self.pacer;
        match seen {
            Seen::Dialled { attempt, class } => {
                pacer.attempt_started(at, attempt, class);
                pacer.rings(at, attempt);
            }
            Seen::Answered(attempt) => pacer.answered(at, attempt),
            Seen::Failed(attempt) => pacer.failed(at, attempt),
            Seen::Cancelled(attempt) => pacer.cancelled(at, attempt),
            Seen::Abandoned => pacer.abandoned(at),
            Seen::TalkStarted(agent) => pacer.talk_started(at, agent, true),
            Seen::TalkEnded(agent) => pacer.talk_ended(at, agent),
            Seen::WrapEnded(agent) => pacer.wrap_ended(at, agent),
            Seen::Left(agent) => pacer.agent_left(at, agent),
        }
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision {
        self.agents = sight.agents;
        match self.knows {
            Knows::Nothing => self.pacer.decide(at, sight, &Blind),
            Knows::Ends => self.pacer.decide(at, sight, &Ends(truth)),
            Knows::Outcomes => self.pacer.decide(at, sight, &Outcomes(truth)),
        }
    }
}

/// A fixed number of calls per ready agent; 1: progressive.
pub struct Ratio {
    pub per_idle: f64,
    ringing: u32,
}

impl Ratio {
    pub const fn new(per_idle: f64) -> Self {
        Self { per_idle, ringing: 0 }
    }
}

impl Dialler for Ratio {
    fn seen(&mut self, _: At, seen: Seen) {
        match seen {
            Seen::Dialled { .. } => self.ringing += 1,
            Seen::Answered(_) | Seen::Failed(_) | Seen::Cancelled(_) => self.ringing -= 1,
            _ => {}
        }
    }

    fn decide(&mut self, _: At, sight: &Sight<'_>, _: &dyn Foresight) -> Decision {
        let snapshot = Snapshot {
            agents: sight.agents,
            ready: sight.idle,
            waiting: sight.waiting,
            ringing: self.ringing,
            ratio: self.per_idle,
            concurrency_max: u32::MAX,
            line_capacity_free: u32::MAX,
            ..Snapshot::default()
        };
        let dial = if self.per_idle > 1.0 { power::starts(&snapshot) } else { progressive::starts(&snapshot) };
        Decision { dial, ..Decision::default() }
    }
}
