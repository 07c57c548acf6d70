//! 仿真: the benchmark of docs/PACING.md: a day of a call center in seconds, under virtual time and from a seed.
//!
//! PURE. May use `dialer`, `acd` and `model`. A [`Setup`] and a [`Dialler`] go into [`run`], an [`Outcome`] comes out; whoever
//! calls runs many of them on threads and times the decisions. A new scenario: a variant of [`Scenario`] and what differs in
//! `scenario.rs`. A new method to compare: an implementation of [`Dialler`] in `dialler.rs`. [`history`] replays the days of a
//! real task.

#![expect(clippy::cast_precision_loss, reason = "counts and milliseconds of days")]

mod adaptive;
mod dialler;
mod draw;
pub mod history;
mod method;
mod nature;
mod outcome;
pub mod plot;
mod rng;
mod routing;
mod scenario;
pub mod table;
mod timed;
mod world;

pub use adaptive::{Adaptive, AdaptiveSettings};
pub use dialler::{Knows, Predictive, Ratio, Scores};
pub use draw::{Drawn, Draws, Talk};
pub use method::Method;
pub use outcome::{Day, Estimate, Outcome};
pub use scenario::Scenario;
pub use timed::Timed;

use dialer::pacer::{Decision, Foresight, Sight};
use model::{AgentId, At, AttemptId};

/// Something a dialler is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Rings at once.
    Dialled {
        attempt: AttemptId,
        segment: u8,
    },
    /// By a person, as far as can be told.
    Answered(AttemptId),
    /// Not reached, or a machine that was detected.
    Failed(AttemptId),
    Cancelled(AttemptId),
    /// Two seconds after an answer nobody was ready.
    Abandoned,
    TalkStarted(AgentId),
    TalkEnded(AgentId),
    WrapEnded(AgentId),
    /// Instead of `WrapEnded` where the agent leaves after it.
    Left(AgentId),
}

/// A method under test.
pub trait Dialler {
    fn seen(&mut self, at: At, seen: Seen);

    /// Asked every half second. `sight.next` has the segments of the leads in hand; `truth` is for oracles alone.
    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub scenario: Scenario,
    /// Agents employed; fewer are signed in where there is churn.
    pub agents: u32,
    pub seed: u64,
    /// 24 in the benchmark.
    pub hours: u32,
}

impl Setup {
    const fn staged(&self) -> nature::Staged {
        nature::Staged { scenario: self.scenario, agents: self.agents }
    }

    fn end(&self) -> At {
        At(i64::from(self.hours) * scenario::HOUR_MS)
    }
}

/// One run, routed by the longest idle.
pub fn run(setup: &Setup, dialler: &mut dyn Dialler) -> Outcome {
    let routing = routing::Thin::default();
    world::World::new(&setup.staged(), setup.seed, setup.end(), routing, dialler).run(&|| false)
}

/// A part of a day, for comparison with what runs in real time: `span_ms` after a warm-up that is not counted.
pub fn run_span(setup: &Setup, warm_up_ms: i64, span_ms: i64, dialler: &mut dyn Dialler) -> Outcome {
    let staged = setup.staged();
    let world = world::World::new(&staged, setup.seed, setup.end(), routing::Thin::default(), dialler);
    world.between(At(warm_up_ms), At(warm_up_ms + span_ms)).run(&|| false)
}

/// The same over the product's `acd`: the same outcome, in more time.
pub fn run_over_acd(setup: &Setup, dialler: &mut dyn Dialler) -> Outcome {
    let routing = routing::Product::new(setup.agents);
    world::World::new(&setup.staged(), setup.seed, setup.end(), routing, dialler).run(&|| false)
}
