//! 满意度评价: asks what the caller thinks of the talk and takes one key: 1 satisfied, 2 not satisfied, 3 so-so.

use super::{Act, or_next};
use crate::Out;
use crate::fields::{Fields, NodeId};
use crate::part::{Part, parts, parts_or};
use crate::run::{Next, Progress, Wake, Walk};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rate {
    parts: Vec<Part>,
    thanks: Vec<Part>,
    timeout_ms: u32,
    /// Further tries after the first.
    retries: u32,
    /// Gets the score.
    variable: String,
    on_timeout: Option<NodeId>,
    next: NodeId,
}

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rating {
    tries: u32,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asking,
    Waiting,
    Thanking,
}

const QUESTION: &str = "请对本次服务作出评价，满意请按1，不满意请按2，一般请按3。";
const VARIABLE: &str = "satisfaction";

impl Rate {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let given = fields.raw("variable").is_some();
        let variable = fields.variable("variable");
        if !given {
            fields.report().seen.borrow_mut().writes.insert(VARIABLE.to_owned());
        }
        Some(Self {
            parts: parts_or(fields, "parts", QUESTION),
            thanks: parts(fields, "thanks"),
            timeout_ms: fields.number("timeout_ms", 500..=120_000, 5_000),
            retries: fields.number("retries", 0..=3, 1),
            variable: variable.unwrap_or_else(|| VARIABLE.to_owned()),
            on_timeout: fields.link("on_timeout"),
            next: fields.link_required("next")?,
        })
    }

    fn ask(&self, walk: &mut Walk, tries: u32) -> Next {
        walk.typed.clear();
        if walk.say(&self.parts, None) { waiting(tries, Stage::Asking) } else { self.wait(walk, tries) }
    }

    fn wait(&self, walk: &mut Walk, tries: u32) -> Next {
        walk.wait_ms(self.timeout_ms);
        waiting(tries, Stage::Waiting)
    }

    fn again(&self, walk: &mut Walk, tries: u32, why: &str) -> Next {
        walk.trail(why);
        if tries >= self.retries { or_next(&self.on_timeout, &self.next) } else { self.ask(walk, tries + 1) }
    }

    fn pressed(&self, walk: &mut Walk, rating: Rating, digit: char) -> Next {
        if rating.stage == Stage::Asking {
            walk.stop_speaking();
        }
        let Some(score) = digit.to_digit(10).filter(|n| (1..=3).contains(n)) else {
            return self.again(walk, rating.tries, &format!("invalid {digit}"));
        };
        walk.outs.push_back(Out::Rate { score });
        walk.set_var(&self.variable, score.into());
        walk.trail(&format!("rated {score}"));
        if walk.say(&self.thanks, None) { waiting(rating.tries, Stage::Thanking) } else { self.on() }
    }

    fn on(&self) -> Next {
        Next::To(self.next.clone())
    }

    /// The speech is over, or its end was never reported.
    fn said(&self, walk: &mut Walk, rating: Rating) -> Next {
        if rating.stage == Stage::Thanking { self.on() } else { self.wait(walk, rating.tries) }
    }
}

const fn waiting(tries: u32, stage: Stage) -> Next {
    Next::Wait(Progress::Rate(Rating { tries, stage }))
}

impl Act for Rate {
    fn enter(&self, walk: &mut Walk) -> Next {
        // A key pressed before the question is no answer to it: `ask` forgets it.
        self.ask(walk, 0)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        let Progress::Rate(rating) = progress else { return Next::Wait(progress) };
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Spoken(ok) => {
                if !ok {
                    walk.error("could not be played");
                }
                self.said(walk, rating)
            }
            Wake::Timeout if rating.stage == Stage::Waiting => self.again(walk, rating.tries, "timeout"),
            Wake::Timeout => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                self.said(walk, rating)
            }
            Wake::Digit(digit) if rating.stage != Stage::Thanking => self.pressed(walk, rating, digit),
            _ => Next::Wait(progress),
        }
    }
}
