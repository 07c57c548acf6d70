//! What goes in beside the observations, what is decided, and why: enough for a supervisor's screen.

use model::{AgentId, AttemptId};
use serde::{Deserialize, Serialize};

/// The room as it is at a decision.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight<'a> {
    /// Signed in and not on a break, whatever they do.
    pub agents: u32,
    /// Ready now.
    pub idle: u32,
    /// Answered and not yet with an agent.
    pub waiting: u32,
    /// Further calls that the campaign's and the lines' limits allow now.
    pub room: u32,
    /// Score classes of the leads in hand, next first; those beyond count as class 0.
    pub next: &'a [u8],
}

/// What is known for certain. In production nothing; the benchmark's oracles know.
pub trait Foresight {
    /// Seconds until this ringing call asks for an agent; infinite: never.
    fn answers_in_s(&self, _: AttemptId) -> Option<f64> {
        None
    }
    /// Seconds until this busy agent is ready; infinite: leaves.
    fn frees_in_s(&self, _: AgentId) -> Option<f64> {
        None
    }
}

/// Knows nothing.
pub struct Blind;

impl Foresight for Blind {}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Calls to start now, the leads in their order.
    pub dial: u32,
    /// Calls to give up, all of them ringing for as long as is fair.
    pub cancel: Vec<AttemptId>,
    pub why: Why,
}

/// What kept the pacer from dialling one more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Nobody is signed in.
    #[default]
    NoAgents,
    /// One call per ready agent until enough was seen.
    Learning,
    /// One more would be abandoned too likely.
    Risk,
    /// The same, and θ is held down: too many were abandoned in the window.
    Guard,
    /// Lines per agent.
    Lines,
    /// The campaign's or the lines' own limits.
    Room,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Why {
    pub limit: Limit,
    pub idle: u32,
    pub waiting: u32,
    /// Calls under way before this decision.
    pub in_flight: u32,
    /// Agents expected to be ready within ten seconds, those now idle counted.
    pub free_forecast: f64,
    /// Answers expected within ten seconds from the calls under way, after this decision.
    pub answers_forecast: f64,
    /// Probability that an answer of the next call would find nobody, 0–1.
    pub risk: f64,
    /// The risk accepted, 0–1.
    pub theta: f64,
    /// Answer probability of the next lead as it is now, 0–1.
    pub answer_probability: f64,
    /// Answers just now against the usual; 1 is as usual.
    pub phi: f64,
    /// Live answers in the window and those abandoned.
    pub window_answers: u64,
    pub window_abandoned: u64,
    /// Calls that may yet be abandoned in the window; below zero: too many were.
    pub budget_left: f64,
}
