//! 录音: records an open answer after a beep.

use super::{Act, or_next};
use crate::fields::{Fields, NodeId};
use crate::io::Token;
use crate::part::{Part, parts};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::{Out, Problem, SpeechPart};
use serde_json::json;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    parts: Vec<Part>,
    /// Said before another try.
    too_short: Vec<Part>,
    beep: bool,
    ms_min: u32,
    ms_max: u32,
    stop_digits: String,
    label: String,
    /// Gets `{file_name, duration_ms}`.
    into: Option<String>,
    retries: u32,
    on_error: Option<NodeId>,
    next: NodeId,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Recording {
    tries: u32,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asking,
    Running(Token),
    Stopping,
}

const BEEP: SpeechPart = SpeechPart::Tone { hz: 1000, ms: 300 };
/// How long the switch may take to close the file.
const CLOSE_MS_MAX: u32 = 3_000;

impl Record {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        if fields.raw("label").is_none() {
            fields.missing("label");
        }
        let label = fields.name("label");
        let ms_max = fields.number("ms_max", 1_000..=600_000, 60_000);
        let ms_min = fields.number("ms_min", 0..=60_000, 0);
        if ms_min >= ms_max {
            fields.error("ms_min", Problem::Conflict, "必须小于 ms_max", "must be less than ms_max");
        }
        let stop_digits = fields.text("stop_digits").unwrap_or("#");
        if stop_digits.len() > 16 || !stop_digits.chars().all(super::gather::is_key) {
            fields.error("stop_digits", Problem::Value, "应为 0–9、*、#、A–D 组成的按键", "must be keys: 0–9, *, #, A–D");
        }
        let record = Self {
            parts: parts(fields, "parts"),
            too_short: parts(fields, "too_short"),
            beep: fields.flag("beep", true),
            ms_min,
            ms_max,
            stop_digits: stop_digits.to_owned(),
            label: label.unwrap_or_default(),
            into: fields.variable("into"),
            retries: fields.number("retries", 0..=10, 1),
            on_error: fields.link("on_error"),
            next: fields.link_required("next")?,
        };
        Some(record)
    }

    fn ask(&self, walk: &mut Walk, tries: u32, before: &[Part]) -> Next {
        walk.typed.clear();
        let said = walk.say(before.iter().chain(&self.parts), self.beep.then_some(BEEP));
        if said { waiting(tries, Stage::Asking) } else { self.start(walk, tries) }
    }

    fn start(&self, walk: &mut Walk, tries: u32) -> Next {
        let (label, ms_max) = (self.label.clone(), self.ms_max);
        let token = walk.ask(Awaited::Recording, ms_max, |token| Out::StartRecording { token, label, ms_max });
        waiting(tries, Stage::Running(token))
    }

    fn stop(walk: &mut Walk, recording: Recording, token: Token) -> Next {
        walk.outs.push_back(Out::StopRecording { token });
        walk.wait_ms(CLOSE_MS_MAX);
        waiting(recording.tries, Stage::Stopping)
    }

    fn recorded(&self, walk: &mut Walk, tries: u32, duration_ms: u32, file_name: &str) -> Next {
        if duration_ms < self.ms_min && !walk.is_gone {
            walk.trail(&format!("too short: {duration_ms} ms"));
            if tries < self.retries {
                return self.ask(walk, tries + 1, &self.too_short);
            }
            return or_next(&self.on_error, &self.next);
        }
        if let Some(name) = &self.into {
            walk.set_var(name, json!({ "file_name": file_name, "duration_ms": duration_ms }));
        }
        walk.trail(&format!("recorded {duration_ms} ms"));
        if walk.is_gone { Next::LineLost } else { Next::To(self.next.clone()) }
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        if walk.is_gone { Next::LineLost } else { or_next(&self.on_error, &self.next) }
    }
}

const fn waiting(tries: u32, stage: Stage) -> Next {
    Next::Wait(Progress::Record(Recording { tries, stage }))
}

impl Act for Record {
    fn enter(&self, walk: &mut Walk) -> Next {
        self.ask(walk, 0, &[])
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        let Progress::Record(recording) = progress else { return Next::Wait(progress) };
        match (recording.stage, wake) {
            (Stage::Asking, Wake::Spoken(ok)) => {
                if !ok {
                    walk.error("could not be played");
                }
                self.start(walk, recording.tries)
            }
            (Stage::Asking, Wake::Timeout) => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                self.start(walk, recording.tries)
            }
            (Stage::Asking, Wake::HungUp) => {
                walk.trail("hung up");
                Next::LineLost
            }
            (Stage::Running(token), Wake::HungUp) => Self::stop(walk, recording, token),
            // Waking at the time limit has given up the answer: ask for it again under the same token.
            (Stage::Running(token), Wake::Timeout) => {
                walk.await_again(Awaited::Recording, token);
                Self::stop(walk, recording, token)
            }
            (Stage::Running(token), Wake::Digit(digit)) if self.stop_digits.contains(digit) => Self::stop(walk, recording, token),
            (_, Wake::Recorded { duration_ms, file_name }) => self.recorded(walk, recording.tries, duration_ms, &file_name),
            (Stage::Stopping, Wake::Timeout) => self.failed(walk, "the recording was never closed"),
            _ => Next::Wait(progress),
        }
    }
}
