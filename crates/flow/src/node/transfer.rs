//! 转接: rings a number and joins it with the call.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::script::Template;
use crate::{Out, TransferOutcome};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transfer {
    to: Template,
    ring_ms_max: u32,
    talk_ms_max: u32,
    hand_over: bool,
    checked: bool,
    record: bool,
    on_done: Option<NodeId>,
    on_busy: Option<NodeId>,
    on_no_answer: Option<NodeId>,
    on_failed: Option<NodeId>,
}

/// Time for setting up and taking down around the ringing and the talk.
const SLACK_MS: u32 = 10_000;

impl Transfer {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.template_required("to");
        Some(Self {
            ring_ms_max: fields.number("ring_ms_max", 5_000..=120_000, 30_000),
            talk_ms_max: fields.number("talk_ms_max", 60_000..=14_400_000, 7_200_000),
            hand_over: fields.choice("via", &[("bridge", false), ("line", true)]).unwrap_or(false),
            checked: fields.flag("checked", false),
            record: fields.flag("record", false),
            on_done: fields.link("on_done"),
            on_busy: fields.link("on_busy"),
            on_no_answer: fields.link("on_no_answer"),
            on_failed: fields.link("on_failed"),
            to: to?,
        })
    }

    /// Its own branch, else that of any failure, else the end of the call.
    fn not_reached(&self, own: Option<&NodeId>) -> Next {
        own.or(self.on_failed.as_ref()).map_or(Next::End, |to| Next::To(to.clone()))
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        self.not_reached(None)
    }
}

impl Act for Transfer {
    fn enter(&self, walk: &mut Walk) -> Next {
        walk.typed.clear();
        let Some(to) = dialable(&walk.render(&self.to)) else {
            return self.failed(walk, "no number to transfer to");
        };
        if self.record {
            walk.outs.push_back(Out::RecordCall);
        }
        let (hand_over, checked) = (self.hand_over, self.checked);
        let (ring_ms_max, ms_max) = (self.ring_ms_max, self.ring_ms_max + self.talk_ms_max + SLACK_MS);
        walk.ask(Awaited::Transfer, ms_max, |token| Out::Transfer { token, to, ring_ms_max, hand_over, checked });
        Next::Wait(Progress::Plain)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Transferred(TransferOutcome::Completed { talk_ms }) => {
                walk.trail(&format!("talked {talk_ms} ms"));
                self.on_done.as_ref().map_or(Next::End, |to| Next::To(to.clone()))
            }
            Wake::Transferred(TransferOutcome::Busy) => {
                walk.trail("busy");
                self.not_reached(self.on_busy.as_ref())
            }
            Wake::Transferred(TransferOutcome::NoAnswer) => {
                walk.trail("no answer");
                self.not_reached(self.on_no_answer.as_ref())
            }
            Wake::Transferred(TransferOutcome::Failed { text }) => self.failed(walk, &format!("transfer failed: {text}")),
            Wake::Timeout => self.failed(walk, "the end of the transfer was never reported"),
            // What is pressed during a talk is meant for the other side.
            _ => Next::Wait(progress),
        }
    }
}

/// The number without what people write between digits; none when nothing is left to dial.
pub(super) fn dialable(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')')).collect();
    let good = number.len() <= 32
        && number.chars().any(|c| c.is_ascii_digit())
        && number.chars().enumerate().all(|(i, c)| c.is_ascii_digit() || "*#,".contains(c) || (i == 0 && c == '+'));
    good.then_some(number)
}
