//! One call walking through a flow.

use crate::{Flow, In, Language, Out};
use model::{At, FlowId, Vars};
use std::collections::VecDeque;
use std::sync::Arc;

/// What templates and expressions see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The lead's `phone`, `name` and own columns.
    pub lead: Vars,
    /// The campaign's `name` and variables.
    pub campaign: Vars,
    /// `caller`, `called`, `direction`, `started` (local text).
    pub call: Vars,
    /// IANA zone in which points in time are read aloud.
    pub zone: String,
    pub language: Language,
}

/// The state of one call in its flow.
#[derive(Clone, Debug)]
pub struct Run {
    flow_id: FlowId,
    version: u32,
    outs: VecDeque<Out>,
}

impl Run {
    pub fn new(_flow: Arc<Flow>, flow_id: FlowId, version: u32, _scope: Scope) -> Self {
        Self { flow_id, version, outs: VecDeque::new() }
    }

    /// Takes one input. Outputs it causes are ready at once.
    pub fn handle(&mut self, _now: At, _input: In) {}

    pub fn poll(&mut self) -> Option<Out> {
        self.outs.pop_front()
    }

    /// When `In::Tick` is due; none when nothing is waited for.
    pub fn next_deadline(&self) -> Option<At> {
        None
    }

    /// The flow being run now: another one after a jump.
    pub const fn flow_id(&self) -> FlowId {
        self.flow_id
    }

    pub const fn version(&self) -> u32 {
        self.version
    }

    /// `Out::Hangup` has been given; nothing follows.
    pub const fn is_over(&self) -> bool {
        false
    }

    /// Steps that went wrong and were stepped over.
    pub const fn errors(&self) -> u32 {
        0
    }
}
