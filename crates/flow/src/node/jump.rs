//! 跳转: goes on in another flow, in its newest published version.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::run::{Awaited, JUMPS_MAX, Next, Progress, Wake, Walk};
use crate::{Out, Problem};
use model::FlowId;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Jump {
    flow: FlowId,
    /// When there is no such published flow.
    on_error: Option<NodeId>,
}

const LOAD_MS_MAX: u32 = 10_000;

impl Jump {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let on_error = fields.link("on_error");
        let Some(raw) = fields.raw("flow") else {
            fields.missing("flow");
            return None;
        };
        let Some(id) = raw.as_i64().filter(|id| *id > 0) else {
            fields.error("flow", Problem::Type, "应为流程编号（正整数）", "must be the id of a flow, a positive whole number");
            return None;
        };
        fields.report().seen.borrow_mut().jumps.insert(FlowId(id));
        Some(Self { flow: FlowId(id), on_error })
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        self.on_error.as_ref().map_or(Next::End, |to| Next::To(to.clone()))
    }
}

impl Act for Jump {
    fn enter(&self, walk: &mut Walk) -> Next {
        walk.jumps += 1;
        if walk.jumps > JUMPS_MAX {
            walk.error("too many jumps between flows");
            return Next::End;
        }
        let flow = self.flow;
        walk.ask(Awaited::Jump, LOAD_MS_MAX, |token| Out::Jump { token, flow });
        Next::Wait(Progress::Plain)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => Next::LineLost,
            Wake::Jumped(Some((id, version, flow))) => {
                walk.trail(&format!("flow {id} version {version}"));
                let entry = flow.entry().clone();
                walk.switch_to(id, version, flow);
                Next::To(entry)
            }
            Wake::Jumped(None) => self.failed(walk, &format!("flow {} is not published", self.flow)),
            Wake::Timeout => self.failed(walk, "the other flow was not loaded in time"),
            Wake::Digit(digit) => {
                walk.type_ahead(digit);
                Next::Wait(progress)
            }
            _ => Next::Wait(progress),
        }
    }
}
