//! The predictive pacer: how many calls to start now, so that agents talk as much as possible while at most a set share of
//! those who answer find nobody. Method and benchmark: docs/PACING.md; after Samuelson 1999 (Interfaces 29:5), Filho et al.
//! 2007, Fourati and Tabbane 2010 and US 5,640,445.
//!
//! Tell it what happens (`attempt_started` … `agent_left`) and ask [`Pacer::decide`] about twice a second. It keeps what rings
//! and who is busy itself; the rest comes in a [`Sight`]. All of it is a function of its inputs: no clock, no chance.

mod control;
mod decide;
mod hazard;
mod learn;
mod residual;
mod ring;
mod settings;
mod tally;
mod why;

pub use control::Controller;
pub use learn::Learner;
pub use settings::{PATIENCE_S, Settings};
pub use why::{Blind, Decision, Foresight, Limit, Sight, Why};

use decide::Desk;
use model::{AgentId, At, AttemptId};
use residual::Work;
use serde::{Deserialize, Serialize};
use settings::seconds;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug)]
struct Ringing {
    class: u8,
    /// Dialled.
    since: At,
    /// Rings at the far end.
    rings: Option<At>,
}

#[derive(Clone, Copy, Debug)]
struct Busy {
    work: Work,
    since: At,
}

/// What a restart should not lose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    learner: Learner,
    controller: Controller,
}

impl State {
    /// Grows when what is kept means something else than before.
    pub const VERSION: u32 = 1;
}

#[derive(Clone, Debug, Default)]
pub struct Pacer {
    settings: Settings,
    state: State,
    ringing: BTreeMap<AttemptId, Ringing>,
    busy: BTreeMap<AgentId, Busy>,
    /// Exposure is counted up to here.
    counted_to: Option<At>,
    desk: Desk,
}

impl Pacer {
    /// Begins at one call per ready agent.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Goes on where it was. Calls under way and busy agents are to be told anew.
    pub fn resume(settings: Settings, mut state: State) -> Self {
        state.learner.forget_the_moment();
        Self { settings, state, ..Self::default() }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// May be changed while calls are up.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    pub fn attempt_started(&mut self, at: At, attempt: AttemptId, class: u8) {
        self.count_to(at);
        self.state.learner.attempt_started(class, self.settings.memory);
        self.ringing.insert(attempt, Ringing { class, since: at, rings: None });
    }

    pub fn rings(&mut self, at: At, attempt: AttemptId) {
        if let Some(call) = self.ringing.get_mut(&attempt) {
            call.rings.get_or_insert(at);
        }
    }

    /// A person, as far as can be told: an agent is wanted.
    pub fn answered(&mut self, at: At, attempt: AttemptId) {
        self.ended(at, attempt, Some(true));
    }

    /// Came to nothing: not reached, a machine, the limit of ringing.
    pub fn failed(&mut self, at: At, attempt: AttemptId) {
        self.ended(at, attempt, Some(false));
    }

    /// Given up by us; says nothing about how it would have ended.
    pub fn cancelled(&mut self, at: At, attempt: AttemptId) {
        self.ended(at, attempt, None);
    }

    /// Answered and never with an agent.
    pub fn abandoned(&mut self, at: At) {
        self.state.controller.abandoned(at, &self.settings);
    }

    pub fn is_talking(&self, agent: AgentId) -> bool {
        self.busy.get(&agent).is_some_and(|b| b.work == Work::Talk)
    }

    /// `dialled`: with somebody the pacer's calls reached; not a caller of an inbound queue.
    pub fn talk_started(&mut self, at: At, agent: AgentId, dialled: bool) {
        if dialled {
            self.state.controller.connected(at, &self.settings);
        }
        self.busy.insert(agent, Busy { work: Work::Talk, since: at });
    }

    /// The wrap-up begins.
    pub fn talk_ended(&mut self, at: At, agent: AgentId) {
        if let Some(busy) = self.busy.insert(agent, Busy { work: Work::WrapUp, since: at })
            && busy.work == Work::Talk
        {
            self.state.learner.talks.ended(seconds(at.since_ms(busy.since)));
        }
    }

    /// Ready again.
    pub fn wrap_ended(&mut self, at: At, agent: AgentId) {
        self.work_ended(at, agent, false);
    }

    /// Signed out or on a break. Straight from a wrap-up or talk: told instead of `wrap_ended`.
    pub fn agent_left(&mut self, at: At, agent: AgentId) {
        self.work_ended(at, agent, true);
    }

    fn work_ended(&mut self, at: At, agent: AgentId, left: bool) {
        let Some(busy) = self.busy.remove(&agent) else { return };
        let span = seconds(at.since_ms(busy.since));
        match busy.work {
            Work::WrapUp => self.state.learner.wraps.ended(span),
            Work::Talk => self.state.learner.talks.ended(span),
        }
        self.state.learner.work_ended(left);
    }

    fn ended(&mut self, at: At, attempt: AttemptId, wants_agent: Option<bool>) {
        self.count_to(at);
        let Some(call) = self.ringing.remove(&attempt) else { return };
        if let Some(wants_agent) = wants_agent {
            self.state.learner.resolved(call.class, seconds(at.since_ms(call.since)), wants_agent, self.desk.expects());
        }
    }
}

#[cfg(test)]
mod tests;
