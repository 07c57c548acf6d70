//! 听取: an open answer, recorded and turned into text (C8).

use super::{Act, or_next};
use crate::fields::{Fields, NodeId};
use crate::hearing::{self, TEXT_MS_MAX};
use crate::io::{HearAsk, Heard, Token};
use crate::part::{Part, parts};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::{Out, Problem, SpeechPart};
use serde_json::json;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listen {
    parts: Vec<Part>,
    /// Said before another try.
    silent: Vec<Part>,
    beep: bool,
    barge_in: bool,
    ask: HearAsk,
    /// How long the first word may take.
    silence_ms: u32,
    stop_digits: String,
    label: String,
    /// Gets `{text, file_name, duration_ms}`.
    into: Option<String>,
    retries: u32,
    on_silence: Option<NodeId>,
    on_error: Option<NodeId>,
    next: NodeId,
}

/// How far an answer has come.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    tries: u32,
    stage: Stage,
    /// The far end has begun to speak.
    spoke: bool,
    /// An utterance is over whose text has not come.
    owed: bool,
    text: String,
    file: Option<(String, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asking,
    Running(Token),
    Closing,
    /// The recording is there, its text is waited for.
    Text,
}

const BEEP: SpeechPart = SpeechPart::Tone { hz: 1000, ms: 300 };
const CLOSE_MS_MAX: u32 = 3_000;
/// Characters of one answer.
const TEXT_CHARS_MAX: usize = 4_000;

impl Listen {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        if fields.raw("label").is_none() {
            fields.missing("label");
        }
        let label = fields.name("label");
        let stop_digits = fields.text("stop_digits").unwrap_or("#");
        if stop_digits.len() > 16 || !stop_digits.chars().all(super::gather::is_key) {
            fields.error("stop_digits", Problem::Value, "应为 0–9、*、#、A–D 组成的按键", "must be keys: 0–9, *, #, A–D");
        }
        Some(Self {
            parts: parts(fields, "parts"),
            silent: parts(fields, "silent"),
            beep: fields.flag("beep", false),
            barge_in: fields.flag("barge_in", true),
            ask: hearing::ask(fields, 1_500, 60_000),
            silence_ms: fields.number("silence_ms", 1_000..=60_000, 6_000),
            stop_digits: stop_digits.to_owned(),
            label: label.unwrap_or_default(),
            into: fields.variable("into"),
            retries: fields.number("retries", 0..=10, 1),
            on_silence: fields.link("on_silence"),
            on_error: fields.link("on_error"),
            next: fields.link_required("next")?,
        })
    }

    fn ask(&self, walk: &mut Walk, tries: u32, before: &[Part]) -> Next {
        walk.typed.clear();
        let ahead = walk.hear(&self.ask);
        let answer = Answer { tries, stage: Stage::Asking, spoke: ahead, owed: false, text: String::new(), file: None };
        // Who speaks already has heard enough of the question.
        let said = !ahead && walk.say(before.iter().chain(&self.parts), self.beep.then_some(BEEP));
        if said { Next::Wait(Progress::Listen(answer)) } else { self.start(walk, answer) }
    }

    fn start(&self, walk: &mut Walk, mut answer: Answer) -> Next {
        let (label, ms_max) = (self.label.clone(), self.ask.utterance_ms_max);
        let token = walk.ask(Awaited::Recording, ms_max, |token| Out::StartRecording { token, label, ms_max });
        if !answer.spoke {
            walk.wait_ms(self.silence_ms);
        }
        answer.stage = Stage::Running(token);
        Next::Wait(Progress::Listen(answer))
    }

    fn stop(walk: &mut Walk, mut answer: Answer, token: Token) -> Next {
        walk.outs.push_back(Out::StopRecording { token });
        walk.await_again(Awaited::Recording, token);
        walk.wait_ms(CLOSE_MS_MAX);
        answer.stage = Stage::Closing;
        Next::Wait(Progress::Listen(answer))
    }

    fn heard(&self, walk: &mut Walk, mut answer: Answer, heard: Heard) -> Next {
        match heard {
            Heard::Started if answer.stage == Stage::Asking && !self.barge_in => {}
            Heard::Started => {
                answer.spoke = true;
                if answer.stage == Stage::Asking {
                    walk.stop_speaking();
                    return self.start(walk, answer);
                }
                if let Stage::Running(token) = answer.stage {
                    walk.await_again(Awaited::Recording, token);
                    walk.wait_ms(self.ask.utterance_ms_max);
                }
            }
            Heard::Ended if answer.spoke => {
                answer.owed = true;
                if let Stage::Running(token) = answer.stage {
                    return Self::stop(walk, answer, token);
                }
            }
            Heard::Text { text, is_final: true } if answer.spoke || !text.is_empty() => {
                answer.spoke |= answer.stage != Stage::Asking;
                answer.owed = false;
                let room = TEXT_CHARS_MAX.saturating_sub(answer.text.chars().count());
                answer.text.extend(text.chars().take(room));
                if answer.stage == Stage::Text {
                    return self.done(walk, answer);
                }
            }
            Heard::Failed(why) => {
                answer.owed = false;
                walk.error(&why);
                if answer.stage == Stage::Text {
                    return self.done(walk, answer);
                }
            }
            _ => {}
        }
        Next::Wait(Progress::Listen(answer))
    }

    /// The file is closed.
    fn recorded(&self, walk: &mut Walk, mut answer: Answer, duration_ms: u32, file_name: String) -> Next {
        answer.file = Some((file_name, duration_ms));
        if !answer.spoke && answer.text.is_empty() && !walk.is_gone {
            walk.trail("silence");
            return match &self.on_silence {
                _ if answer.tries < self.retries => self.ask(walk, answer.tries + 1, &self.silent),
                Some(to) => Next::To(to.clone()),
                None => or_next(&self.on_error, &self.next),
            };
        }
        if answer.owed && !walk.is_gone {
            walk.wait_ms(TEXT_MS_MAX);
            answer.stage = Stage::Text;
            return Next::Wait(Progress::Listen(answer));
        }
        self.done(walk, answer)
    }

    fn done(&self, walk: &mut Walk, answer: Answer) -> Next {
        let (file_name, duration_ms) = answer.file.unwrap_or_default();
        let outcome = if answer.text.is_empty() { format!("recorded {duration_ms} ms") } else { format!("said {}", answer.text) };
        if let Some(name) = &self.into {
            walk.set_var(name, json!({ "text": answer.text, "file_name": file_name, "duration_ms": duration_ms }));
        }
        walk.trail(&outcome);
        if walk.is_gone { Next::LineLost } else { Next::To(self.next.clone()) }
    }

    fn timed_out(&self, walk: &mut Walk, mut answer: Answer) -> Next {
        match answer.stage {
            Stage::Asking => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                self.start(walk, answer)
            }
            Stage::Running(token) => {
                answer.owed |= answer.spoke;
                Self::stop(walk, answer, token)
            }
            Stage::Closing => {
                walk.error("the recording was never closed");
                if walk.is_gone { Next::LineLost } else { or_next(&self.on_error, &self.next) }
            }
            Stage::Text => {
                walk.error("no text came for what was said");
                self.done(walk, answer)
            }
        }
    }
}

impl Act for Listen {
    fn enter(&self, walk: &mut Walk) -> Next {
        self.ask(walk, 0, &[])
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        let Progress::Listen(answer) = progress else { return Next::Wait(progress) };
        match (answer.stage, wake) {
            (Stage::Asking, Wake::Spoken(ok)) => {
                if !ok {
                    walk.error("could not be played");
                }
                self.start(walk, answer)
            }
            (Stage::Asking, Wake::HungUp) => {
                walk.trail("hung up");
                Next::LineLost
            }
            (Stage::Running(token), Wake::HungUp) => Self::stop(walk, answer, token),
            (Stage::Text, Wake::HungUp) => self.done(walk, answer),
            (Stage::Running(token), Wake::Digit(digit)) if self.stop_digits.contains(digit) => {
                let answer = Answer { owed: answer.owed || answer.spoke, ..answer };
                Self::stop(walk, answer, token)
            }
            (_, Wake::Timeout) => self.timed_out(walk, answer),
            (_, Wake::Heard(heard)) => self.heard(walk, answer, heard),
            (_, Wake::Recorded { duration_ms, file_name }) => self.recorded(walk, answer, duration_ms, file_name),
            _ => Next::Wait(Progress::Listen(answer)),
        }
    }

    fn hears(&self) -> bool {
        true
    }
}
