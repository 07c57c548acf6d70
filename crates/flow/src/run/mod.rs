//! One call walking through a flow.
//!
//! Every wait has a time limit, so a lost answer never hangs a call. Steps between waits and steps of a call are bounded, so a
//! flow that loops ends its own call and no other. After the far end has gone, work that needs nobody on the line (`set`,
//! `http`, `sms`, `branch`) is finished first; then the document's `on_hangup` branch runs.

mod walk;

pub(crate) use walk::{Awaited, Next, Progress, Wake, Walk, context};

use crate::fields::NodeId;
use crate::{Flow, In, Language, Out};
use model::{At, FlowId, Vars};
use std::sync::Arc;

/// What templates and expressions see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The lead's `phone`, `name` and own columns.
    pub lead: Vars,
    /// The campaign's `name` and variables.
    pub campaign: Vars,
    /// `caller`, `called`, `direction`, `started` (local text). The run adds `result`, the last result set.
    pub call: Vars,
    /// IANA zone in which points in time are read aloud.
    pub zone: String,
    pub language: Language,
}

/// Nodes entered without waiting in between.
const STEPS_BETWEEN_WAITS_MAX: u32 = 200;
/// Nodes entered in one call.
const STEPS_MAX: u32 = 2_000;
/// Jumps to another flow in one call.
pub(crate) const JUMPS_MAX: u32 = 20;
/// Nodes entered after the far end has gone, and how long all of them may take.
const STEPS_AFTER_HANGUP_MAX: u32 = 50;
const AFTER_HANGUP_MS_MAX: i64 = 60_000;

/// The state of one call in its flow.
#[derive(Clone, Debug)]
pub struct Run {
    walk: Walk,
    state: State,
    steps_since_wait: u32,
    steps: u32,
    /// The far end has gone; what is left to do must be done by then.
    gone: Option<Gone>,
}

#[derive(Clone, Debug)]
enum State {
    Idle,
    At { node: NodeId, progress: Progress },
    Over,
}

#[derive(Clone, Copy, Debug)]
struct Gone {
    until: At,
    steps: u32,
    /// The document's `on_hangup` branch has been entered.
    branched: bool,
}

impl Run {
    pub fn new(flow: Arc<Flow>, flow_id: FlowId, version: u32, scope: Scope) -> Self {
        Self { walk: Walk::new(flow, flow_id, version, scope), state: State::Idle, steps_since_wait: 0, steps: 0, gone: None }
    }

    /// Takes one input. The outputs it causes are ready at once.
    pub fn handle(&mut self, now: At, input: In) {
        self.walk.now = self.walk.now.max(now);
        match input {
            In::Start => self.start(),
            In::Tick => self.tick(),
            In::HungUp => self.hung_up(),
            In::Digit { digit } if is_digit(digit) => self.wake(Wake::Digit(digit.to_ascii_uppercase())),
            In::Digit { .. } => {}
            answer => {
                if let Some(wake) = self.walk.answered(answer) {
                    self.wake(wake);
                }
            }
        }
    }

    pub fn poll(&mut self) -> Option<Out> {
        self.walk.outs.pop_front()
    }

    /// When `In::Tick` is due; none before the start and after the end.
    pub fn next_deadline(&self) -> Option<At> {
        if !matches!(self.state, State::At { .. }) {
            return None;
        }
        let end = self.gone.map(|g| g.until);
        self.walk.deadline.into_iter().chain(end).min()
    }

    /// The flow being run now: another one after a jump.
    pub const fn flow_id(&self) -> FlowId {
        self.walk.flow_id
    }

    pub const fn version(&self) -> u32 {
        self.walk.version
    }

    /// `Out::Hangup` has been given; nothing follows.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Steps that went wrong and were stepped over.
    pub const fn errors(&self) -> u32 {
        self.walk.errors
    }

    fn start(&mut self) {
        if matches!(self.state, State::Idle) {
            let entry = self.walk.flow.entry().clone();
            self.advance(Next::To(entry));
        }
    }

    fn tick(&mut self) {
        let now = self.walk.now;
        if self.is_over() {
            return;
        }
        if self.gone.is_some_and(|g| g.until <= now) {
            self.walk.error("no time left after the far end hung up");
            self.finish();
        } else if self.walk.deadline.is_some_and(|d| d <= now) {
            self.walk.stop_waiting();
            self.wake(Wake::Timeout);
        }
    }

    fn hung_up(&mut self) {
        if self.gone.is_some() || self.is_over() {
            return;
        }
        self.gone = Some(Gone { until: self.walk.now.plus_ms(AFTER_HANGUP_MS_MAX), steps: 0, branched: false });
        self.walk.is_gone = true;
        let State::At { node, .. } = &self.state else { return self.finish() };
        if !self.walk.flow.node(node).is_some_and(crate::node::Node::is_silent) {
            self.wake(Wake::HungUp);
        }
    }

    fn wake(&mut self, wake: Wake) {
        let State::At { node, progress } = &self.state else { return };
        let (id, progress) = (node.clone(), progress.clone());
        let flow = self.walk.flow.clone();
        let Some(node) = flow.node(&id) else { return self.finish() };
        let next = node.wake(&mut self.walk, progress, wake);
        self.advance(next);
    }

    /// Goes on until something has to be waited for.
    fn advance(&mut self, mut next: Next) {
        loop {
            let to = match next {
                Next::Wait(progress) => {
                    self.steps_since_wait = 0;
                    if let State::At { progress: kept, .. } = &mut self.state {
                        *kept = progress;
                    }
                    return;
                }
                Next::To(to) => to,
                Next::LineLost => match self.after_hangup() {
                    Some(to) => to,
                    None => return self.finish(),
                },
                Next::End => return self.finish(),
            };
            self.walk.stop_waiting();
            let flow = self.walk.flow.clone();
            // Validation has seen every link; a document that was not validated ends its own call.
            let Some(node) = flow.node(&to) else { return self.finish() };
            if self.gone.is_some() && !node.is_silent() {
                next = Next::LineLost;
                continue;
            }
            if !node.hears() {
                self.walk.stop_hearing();
            }
            self.walk.node = to.clone();
            self.walk.kind = node.kind();
            if !self.may_step() {
                self.walk.error("the flow runs in circles: too many steps");
                return self.finish();
            }
            self.state = State::At { node: to, progress: Progress::Plain };
            next = node.enter(&mut self.walk);
        }
    }

    fn may_step(&mut self) -> bool {
        self.steps += 1;
        self.steps_since_wait += 1;
        let gone = self.gone.as_mut().map_or(0, |g| {
            g.steps += 1;
            g.steps
        });
        self.steps <= STEPS_MAX && self.steps_since_wait <= STEPS_BETWEEN_WAITS_MAX && gone <= STEPS_AFTER_HANGUP_MAX
    }

    /// The document's own branch, once.
    fn after_hangup(&mut self) -> Option<NodeId> {
        let gone = self.gone.as_mut().filter(|g| !g.branched)?;
        gone.branched = true;
        self.walk.flow.on_hangup().cloned()
    }

    fn finish(&mut self) {
        if !self.is_over() {
            self.walk.stop_waiting();
            self.walk.stop_hearing();
            self.state = State::Over;
            self.walk.outs.push_back(Out::Hangup);
        }
    }
}

const fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '*' | '#' | 'A'..='D' | 'a'..='d')
}
