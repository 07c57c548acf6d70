//! The methods compared: the product's pacer, what others do, and oracles that know what nobody can.

use crate::scenario::class_of;
use crate::{Dialler, Seen};
use dialer::answers::{Answers, Lead};
use dialer::mode::{Snapshot, power, progressive};
use dialer::pacer::{Blind, Decision, Foresight, Pacer, Settings, Sight};
use model::{AgentId, At, AttemptId};
use std::collections::{BTreeMap, VecDeque};

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

/// Where the pacer has the score class of a lead from.
#[derive(Clone, Debug)]
pub enum Scores {
    /// All leads are alike to it.
    None,
    /// The class is known.
    Known,
    /// The class of each segment.
    Given(Vec<u8>),
    /// Learned from the attempts so far, by segment; with those that ring.
    Learned(Box<Answers>, BTreeMap<AttemptId, u8>),
}

/// The product's pacer.
pub struct Predictive {
    pub pacer: Pacer,
    knows: Knows,
    scores: Scores,
    /// Classes of the leads in hand: given when a lead comes into it.
    hand: VecDeque<u8>,
}

impl Predictive {
    pub fn new(settings: Settings, knows: Knows, scores: Scores) -> Self {
        Self { pacer: Pacer::new(settings), knows, scores, hand: VecDeque::new() }
    }

    fn class(&self, segment: u8) -> u8 {
        match &self.scores {
            Scores::None => 0,
            Scores::Known => class_of(segment),
            Scores::Given(classes) => classes.get(usize::from(segment)).copied().unwrap_or(0),
            Scores::Learned(answers, _) => lead(segment, |lead| Answers::class(answers.probability(lead))),
        }
    }

    fn learn(&mut self, attempt: AttemptId, answered: Option<bool>) {
        if let Scores::Learned(answers, ringing) = &mut self.scores
            && let Some(segment) = ringing.remove(&attempt)
            && let Some(answered) = answered
        {
            lead(segment, |lead| answers.learn(lead, answered));
        }
    }
}

/// A lead of a segment: its region, as the product would know it.
fn lead<T>(segment: u8, with: impl FnOnce(&Lead<'_>) -> T) -> T {
    with(&Lead { region: &format!("region {segment}"), ..Lead::default() })
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
        match seen {
            Seen::Dialled { attempt, segment } => {
                let class = self.hand.pop_front().unwrap_or_else(|| self.class(segment));
                if let Scores::Learned(_, ringing) = &mut self.scores {
                    ringing.insert(attempt, segment);
                }
                self.pacer.attempt_started(at, attempt, class);
                self.pacer.rings(at, attempt);
            }
            Seen::Answered(attempt) => {
                self.learn(attempt, Some(true));
                self.pacer.answered(at, attempt);
            }
            Seen::Failed(attempt) => {
                self.learn(attempt, Some(false));
                self.pacer.failed(at, attempt);
            }
            Seen::Cancelled(attempt) => {
                self.learn(attempt, None);
                self.pacer.cancelled(at, attempt);
            }
            Seen::Abandoned => self.pacer.abandoned(at),
            Seen::TalkStarted(agent) => self.pacer.talk_started(at, agent, true),
            Seen::TalkEnded(agent) => self.pacer.talk_ended(at, agent),
            Seen::WrapEnded(agent) => self.pacer.wrap_ended(at, agent),
            Seen::Left(agent) => self.pacer.agent_left(at, agent),
        }
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision {
        for segment in sight.next.iter().skip(self.hand.len()) {
            let class = self.class(*segment);
            self.hand.push_back(class);
        }
        let sight = Sight { next: self.hand.make_contiguous(), ..*sight };
        match self.knows {
            Knows::Nothing => self.pacer.decide(at, &sight, &Blind),
            Knows::Ends => self.pacer.decide(at, &sight, &Ends(truth)),
            Knows::Outcomes => self.pacer.decide(at, &sight, &Outcomes(truth)),
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
