//! 挂机: ends the call, after a last word where there is one.

use super::Act;
use crate::fields::Fields;
use crate::part::{Part, parts};
use crate::run::{Next, Progress, Wake, Walk};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hangup {
    parts: Vec<Part>,
}

impl Hangup {
    #[expect(clippy::unnecessary_wraps, reason = "all nodes are read the same way")]
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { parts: parts(fields, "parts") })
    }
}

impl Act for Hangup {
    fn enter(&self, walk: &mut Walk) -> Next {
        if walk.say(&self.parts, None) {
            return Next::Wait(Progress::Plain);
        }
        walk.trail("hang up");
        Next::End
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Spoken(ok) => {
                if !ok {
                    walk.error("could not be played");
                }
                walk.trail("hang up");
                Next::End
            }
            Wake::Timeout => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                Next::End
            }
            _ => Next::Wait(progress),
        }
    }
}
