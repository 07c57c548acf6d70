//! 电话会议: puts the caller into the room of a number, behind a PIN where there is one. Who hears whom, the words on entering
//! and the tones are the floor's; the node asks for the PIN and goes on when the caller has left.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::io::{ConferenceAsk, ConferenceOutcome};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::script::Template;
use crate::{Language, Out, Problem, SpeechPart};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conference {
    room: Template,
    pin: Option<Template>,
    muted: bool,
    leave_key: char,
    parties_max: u32,
    record: bool,
    on_left: Option<NodeId>,
    on_full: Option<NodeId>,
    on_wrong_pin: Option<NodeId>,
    on_failed: Option<NodeId>,
}

/// A caller before the door of a room with a PIN.
#[derive(Clone, Debug)]
pub(crate) struct Knocking {
    room: String,
    pin: String,
    digits: String,
    /// How often another PIN was given, or none.
    wrong: u32,
    speaking: bool,
}

/// The floor ends a call, and with it the stay in a room, long before.
const MS_MAX: u32 = 24 * 3_600_000;
const TRIES_MAX: u32 = 3;
const DIGITS_MAX: usize = 20;
/// Until the first key of the PIN, and between keys.
const TIMEOUT_MS: u32 = 8_000;
const INTER_DIGIT_MS: u32 = 4_000;

impl Conference {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let room = fields.template_required("room");
        check_number(fields, "room", true);
        let pin = fields.template("pin");
        check_number(fields, "pin", false);
        Some(Self {
            pin,
            muted: fields.flag("muted", false),
            leave_key: leave_key(fields),
            parties_max: fields.number("parties_max", 2..=100, 20),
            record: fields.flag("record", false),
            on_left: fields.link("on_left"),
            on_full: fields.link("on_full"),
            on_wrong_pin: fields.link("on_wrong_pin"),
            on_failed: fields.link("on_failed"),
            room: room?,
        })
    }

    /// Its own branch, else that of any failure, else the end of the call.
    fn kept_out(&self, own: Option<&NodeId>) -> Next {
        own.or(self.on_failed.as_ref()).map_or(Next::End, |to| Next::To(to.clone()))
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        self.kept_out(None)
    }

    fn ask_pin(walk: &mut Walk, knocking: Knocking) -> Next {
        let again = knocking.wrong > 0;
        let text = match (walk.language(), again) {
            (Language::Zh, false) => "请输入会议密码，按井号键结束。",
            (Language::Zh, true) => "密码不正确，请重新输入，按井号键结束。",
            (Language::En, false) => "Please enter the conference PIN, followed by the pound key.",
            (Language::En, true) => "That PIN is not correct. Please enter it again, followed by the pound key.",
        };
        let voice = walk.flow.voice().map(str::to_owned);
        let speaking = walk.say([], Some(SpeechPart::Say { text: text.into(), voice }));
        if !speaking {
            walk.wait_ms(TIMEOUT_MS);
        }
        Next::Wait(Progress::Conference(Knocking { digits: String::new(), speaking, ..knocking }))
    }

    fn pressed(&self, walk: &mut Walk, mut knocking: Knocking, digit: char) -> Next {
        if knocking.speaking {
            walk.stop_speaking();
            knocking.speaking = false;
        }
        if digit == '#' {
            return self.given(walk, knocking);
        }
        if knocking.digits.len() < DIGITS_MAX {
            knocking.digits.push(digit);
        }
        walk.wait_ms(INTER_DIGIT_MS);
        Next::Wait(Progress::Conference(knocking))
    }

    fn given(&self, walk: &mut Walk, mut knocking: Knocking) -> Next {
        if knocking.digits == knocking.pin {
            return self.go_in(walk, knocking.room);
        }
        // What was pressed instead may be another room's: it stays off the trail.
        walk.trail(if knocking.digits.is_empty() { "timeout" } else { "wrong pin" });
        walk.typed.clear();
        knocking.wrong += 1;
        if knocking.wrong < TRIES_MAX { Self::ask_pin(walk, knocking) } else { self.kept_out(self.on_wrong_pin.as_ref()) }
    }

    fn go_in(&self, walk: &mut Walk, room: String) -> Next {
        walk.typed.clear();
        if self.record {
            walk.outs.push_back(Out::RecordCall);
        }
        let Self { muted, leave_key, parties_max, .. } = *self;
        let ask = ConferenceAsk { room, muted, leave_key, parties_max };
        walk.ask(Awaited::Conference, MS_MAX, |token| Out::Conference { token, ask });
        Next::Wait(Progress::Plain)
    }

    fn over(&self, walk: &mut Walk, outcome: ConferenceOutcome) -> Next {
        match outcome {
            ConferenceOutcome::Left { ms } => {
                walk.trail(&format!("in conference {ms} ms"));
                self.on_left.as_ref().map_or(Next::End, |to| Next::To(to.clone()))
            }
            ConferenceOutcome::Full => {
                walk.trail("full");
                self.kept_out(self.on_full.as_ref())
            }
            ConferenceOutcome::Failed { text } => self.failed(walk, &format!("conference failed: {text}")),
        }
    }

    fn knocks(&self, walk: &mut Walk, mut knocking: Knocking, wake: Wake) -> Next {
        match wake {
            Wake::Digit(digit) => return self.pressed(walk, knocking, digit),
            Wake::Spoken(ok) => {
                if !ok {
                    walk.error("could not be played");
                }
                knocking.speaking = false;
                walk.wait_ms(TIMEOUT_MS);
            }
            Wake::Timeout if knocking.speaking => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                knocking.speaking = false;
                walk.wait_ms(TIMEOUT_MS);
            }
            Wake::Timeout => return self.given(walk, knocking),
            _ => {}
        }
        Next::Wait(Progress::Conference(knocking))
    }
}

impl Act for Conference {
    fn enter(&self, walk: &mut Walk) -> Next {
        let Some(room) = number(&walk.render(&self.room)) else {
            return self.failed(walk, "the room is not 1–20 digits");
        };
        let Some(pin) = &self.pin else { return self.go_in(walk, room) };
        let errors = walk.errors;
        let pin = walk.render(pin);
        if pin.trim().is_empty() {
            // A PIN that could not be found out opens no door.
            let known = walk.errors == errors;
            return if known { self.go_in(walk, room) } else { self.failed(walk, "the pin is not known") };
        }
        let Some(pin) = number(&pin) else { return self.failed(walk, "the pin is not 1–20 digits") };
        let knocking = Knocking { room, pin, digits: String::new(), wrong: 0, speaking: false };
        // Typed ahead, right behind the room's number.
        let typed: Vec<char> = walk.typed.drain(..).collect();
        if typed.is_empty() {
            return Self::ask_pin(walk, knocking);
        }
        let mut next = Next::Wait(Progress::Conference(knocking));
        for digit in typed {
            let Next::Wait(Progress::Conference(knocking)) = next else { break };
            next = self.pressed(walk, knocking, digit);
        }
        next
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match (progress, wake) {
            (_, Wake::HungUp) => {
                walk.trail("hung up");
                Next::LineLost
            }
            (Progress::Conference(knocking), wake) => self.knocks(walk, knocking, wake),
            (_, Wake::Conferred(outcome)) => self.over(walk, outcome),
            (_, Wake::Timeout) => self.failed(walk, "the end of the conference was never reported"),
            // What is pressed inside is the floor's to see.
            (progress, _) => Next::Wait(progress),
        }
    }
}

/// 1–20 digits, without what people write between them.
fn number(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let good = (1..=DIGITS_MAX).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    good.then_some(number)
}

/// What is written out must be a number; what is filled in later cannot be seen yet.
fn check_number(fields: &mut Fields<'_>, key: &'static str, required: bool) {
    let Some(text) = fields.raw(key).and_then(|v| v.as_str()) else { return };
    let empty = text.trim().is_empty();
    if (empty && !required) || text.contains('{') || number(text).is_some() {
        return;
    }
    fields.error(key, Problem::Value, "应为 1–20 位数字", "must be 1–20 digits");
}

fn leave_key(fields: &mut Fields<'_>) -> char {
    let Some(text) = fields.text("leave_key") else { return '*' };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(key), None) if super::gather::is_key(key) => key,
        _ => {
            fields.error("leave_key", Problem::Value, "应为一个按键：0–9、*、#、A–D", "must be one key: 0–9, *, #, A–D");
            '*'
        }
    }
}
