//! 播报: says its parts and goes on.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::part::{Part, parts_required};
use crate::run::{Next, Progress, Wake, Walk};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Play {
    parts: Vec<Part>,
    /// A key ends the speech and is kept for the next gather; without it keys are dropped.
    barge_in: bool,
    next: NodeId,
}

impl Play {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let parts = parts_required(fields, "parts");
        let barge_in = fields.flag("barge_in", false);
        Some(Self { parts, barge_in, next: fields.link_required("next")? })
    }

    fn on(&self, walk: &mut Walk, outcome: &str) -> Next {
        walk.trail(outcome);
        Next::To(self.next.clone())
    }
}

impl Act for Play {
    fn enter(&self, walk: &mut Walk) -> Next {
        if !self.barge_in {
            // What must be heard is not skipped by keys pressed earlier.
            walk.typed.clear();
        } else if !walk.typed.is_empty() {
            return self.on(walk, "skipped");
        }
        if walk.say(&self.parts, None) { Next::Wait(Progress::Plain) } else { self.on(walk, "nothing to say") }
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Spoken(true) => self.on(walk, "played"),
            Wake::Spoken(false) => {
                walk.error("could not be played");
                Next::To(self.next.clone())
            }
            Wake::Timeout => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                Next::To(self.next.clone())
            }
            Wake::Digit(digit) if self.barge_in => {
                walk.stop_speaking();
                walk.type_ahead(digit);
                self.on(walk, "interrupted")
            }
            _ => Next::Wait(progress),
        }
    }
}
