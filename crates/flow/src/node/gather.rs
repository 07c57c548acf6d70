//! 收键: asks and collects keys, with retries for silence and for input that fits nothing.

use super::Act;
use crate::Problem;
use crate::fields::{Fields, NodeId};
use crate::hearing::{Spoken, TEXT_MS_MAX};
use crate::io::Heard;
use crate::part::{Part, parts};
use crate::run::{Next, Progress, Wake, Walk};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gather {
    parts: Vec<Part>,
    /// Said before the question is asked again.
    timeout: Vec<Part>,
    invalid: Vec<Part>,
    digits_min: usize,
    digits_max: usize,
    terminator: Option<char>,
    timeout_ms: u32,
    inter_digit_ms: u32,
    /// Further tries after the first.
    retries: u32,
    barge_in: bool,
    clear_digits: bool,
    into: Option<String>,
    branches: BTreeMap<String, NodeId>,
    otherwise: Option<NodeId>,
    speech: Option<Spoken>,
    on_timeout: NodeId,
    on_invalid: NodeId,
}

/// How far the input has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathering {
    digits: String,
    tries: u32,
    speaking: bool,
    voice: Voice,
    /// Words understood so far that lead nowhere yet.
    words: String,
}

/// Where the far end's speech stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Voice {
    #[default]
    Silent,
    Talking,
    /// It has ended and its text is waited for.
    Understanding,
}

/// A text may come in pieces; the next one comes within this of the end of speech.
const PIECE_MS_MAX: u32 = 1_500;
/// Characters of one answer.
const WORDS_MAX: usize = 1_000;
/// A talker is given this much longer than the longest utterance, which the switch ends.
const TALK_SLACK_MS: u32 = 5_000;

const DIGITS_MAX: u32 = 32;

impl Gather {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let branches = branches(fields);
        let longest = branches.keys().map(String::len).max().unwrap_or(1);
        let otherwise = fields.link("otherwise");
        let speech = Spoken::read(fields);
        if branches.is_empty() && otherwise.is_none() && fields.raw("speech").is_none() {
            let (zh, en) = ("branches、otherwise、speech 至少要有一个", "needs branches, otherwise or speech");
            fields.error("otherwise", Problem::Missing, zh, en);
        }
        let digits_max = fields.number("digits_max", 1..=DIGITS_MAX, u32::try_from(longest).unwrap_or(1));
        let digits_min = fields.number("digits_min", 1..=DIGITS_MAX, 1);
        if digits_min > digits_max {
            let (zh, en) = ("不能大于 digits_max", "must not be more than digits_max");
            fields.error("digits_min", Problem::Conflict, zh, en);
        }
        let terminator = terminator(fields, &branches);
        let on_timeout = fields.link_required("on_timeout");
        let on_invalid = fields.link("on_invalid").or_else(|| on_timeout.clone());
        for key in branches.keys().filter(|k| k.len() > digits_max as usize) {
            let (zh, en) = ("按键比 digits_max 长，永远不会匹配", "is longer than digits_max and can never be entered");
            fields.error(&format!("branches.{key}"), Problem::Conflict, zh, en);
        }
        Some(Self {
            parts: parts(fields, "parts"),
            timeout: parts(fields, "timeout"),
            invalid: parts(fields, "invalid"),
            digits_min: digits_min as usize,
            digits_max: digits_max as usize,
            terminator,
            timeout_ms: fields.number("timeout_ms", 500..=120_000, 5_000),
            inter_digit_ms: fields.number("inter_digit_ms", 500..=60_000, 3_000),
            retries: fields.number("retries", 0..=10, 2),
            barge_in: fields.flag("barge_in", true),
            clear_digits: fields.flag("clear_digits", false),
            into: fields.variable("into"),
            branches,
            otherwise,
            speech,
            on_timeout: on_timeout?,
            on_invalid: on_invalid?,
        })
    }

    /// Asks, or takes what has been typed ahead.
    fn listen(&self, walk: &mut Walk, tries: u32, before: &[Part]) -> Next {
        let mut gathering = Gathering { tries, ..Gathering::default() };
        if !walk.typed.is_empty() {
            while let Some(digit) = walk.typed.pop_front() {
                if let Some(next) = self.take(walk, &mut gathering, digit) {
                    return next;
                }
            }
            return Next::Wait(Progress::Gather(gathering));
        }
        if self.speech.as_ref().is_some_and(|s| walk.hear(&s.ask)) {
            // Who speaks already has heard enough of the question.
            return self.talking(walk, gathering);
        }
        gathering.speaking = walk.say(before.iter().chain(&self.parts), None);
        if !gathering.speaking {
            walk.wait_ms(self.timeout_ms);
        }
        Next::Wait(Progress::Gather(gathering))
    }

    /// One more digit; none when more may follow.
    fn take(&self, walk: &mut Walk, gathering: &mut Gathering, digit: char) -> Option<Next> {
        if Some(digit) == self.terminator {
            return Some(self.complete(walk, gathering));
        }
        gathering.digits.push(digit);
        if gathering.digits.len() >= self.digits_max || self.is_final(&gathering.digits) {
            return Some(self.complete(walk, gathering));
        }
        walk.wait_ms(self.inter_digit_ms);
        None
    }

    /// A branch that no longer input could turn into another.
    fn is_final(&self, digits: &str) -> bool {
        self.otherwise.is_none()
            && self.branches.contains_key(digits)
            && !self.branches.keys().any(|k| k.len() > digits.len() && k.starts_with(digits))
    }

    fn complete(&self, walk: &mut Walk, gathering: &Gathering) -> Next {
        let digits = gathering.digits.as_str();
        let other = self.otherwise.as_ref().filter(|_| digits.len() >= self.digits_min);
        let Some(to) = self.branches.get(digits).or(other) else {
            let seen = if digits.is_empty() { "nothing" } else { digits };
            return self.again(walk, gathering.tries, &format!("invalid {seen}"), &self.invalid, &self.on_invalid);
        };
        if let Some(name) = &self.into {
            walk.set_var(name, digits.into());
        }
        walk.trail(digits);
        Next::To(to.clone())
    }

    fn again(&self, walk: &mut Walk, tries: u32, why: &str, before: &[Part], last: &NodeId) -> Next {
        walk.typed.clear();
        walk.trail(why);
        if tries >= self.retries { Next::To(last.clone()) } else { self.listen(walk, tries + 1, before) }
    }

    fn talking(&self, walk: &mut Walk, mut gathering: Gathering) -> Next {
        gathering.voice = Voice::Talking;
        walk.wait_ms(self.speech.as_ref().map_or(0, |s| s.ask.utterance_ms_max) + TALK_SLACK_MS);
        Next::Wait(Progress::Gather(gathering))
    }

    fn heard(&self, walk: &mut Walk, mut gathering: Gathering, heard: Heard) -> Next {
        let Some(speech) = &self.speech else { return Next::Wait(Progress::Gather(gathering)) };
        // Keys have been pressed: they decide.
        let deaf = !gathering.digits.is_empty() || (gathering.speaking && !speech.barge_in);
        match heard {
            Heard::Started if !deaf => {
                if gathering.speaking {
                    walk.stop_speaking();
                    gathering.speaking = false;
                }
                return self.talking(walk, gathering);
            }
            Heard::Ended if gathering.voice == Voice::Talking => {
                gathering.voice = Voice::Understanding;
                walk.wait_ms(if gathering.words.is_empty() { TEXT_MS_MAX } else { PIECE_MS_MAX });
            }
            Heard::Text { text, is_final: true } if !deaf => {
                if gathering.words.len() + text.len() <= WORDS_MAX {
                    gathering.words.push_str(&text);
                }
                let fits = speech.case(&gathering.words).is_some();
                // While the question is being said only an answer to it counts.
                if fits || (gathering.voice != Voice::Talking && !gathering.speaking) {
                    return self.understood(walk, gathering);
                }
                if gathering.speaking {
                    gathering.words.clear();
                }
            }
            Heard::Failed(why) => {
                walk.error(&why);
                if gathering.voice == Voice::Understanding {
                    return self.understood(walk, gathering);
                }
            }
            _ => {}
        }
        Next::Wait(Progress::Gather(gathering))
    }

    /// All has been said: the words decide.
    fn understood(&self, walk: &mut Walk, gathering: Gathering) -> Next {
        let Some(speech) = &self.speech else { return Next::Wait(Progress::Gather(gathering)) };
        let words = gathering.words;
        let case = speech.case(&words).filter(|_| !words.is_empty());
        let Some(to) = case.map(|c| &c.next).or(speech.otherwise.as_ref().filter(|_| !words.is_empty())) else {
            let why = if words.is_empty() { "not understood".to_owned() } else { format!("no match {words}") };
            return self.again(walk, gathering.tries, &why, &self.invalid, &self.on_invalid);
        };
        if gathering.speaking {
            walk.stop_speaking();
        }
        if let Some(name) = &speech.into {
            walk.set_var(name, words.as_str().into());
        }
        if let Some(name) = &self.into {
            walk.set_var(name, case.and_then(|c| c.value.as_deref()).unwrap_or(&words).into());
        }
        walk.trail(&format!("said {words}"));
        Next::To(to.clone())
    }

    fn timed_out(&self, walk: &mut Walk, mut gathering: Gathering) -> Next {
        if gathering.speaking {
            walk.stop_speaking();
            walk.error("the end of the speech was never reported");
            gathering.speaking = false;
            walk.wait_ms(self.timeout_ms);
            return Next::Wait(Progress::Gather(gathering));
        }
        if gathering.voice != Voice::Silent {
            if gathering.words.is_empty() {
                walk.error("no text came for what was said");
            }
            return self.understood(walk, gathering);
        }
        if gathering.digits.is_empty() {
            return self.again(walk, gathering.tries, "timeout", &self.timeout, &self.on_timeout);
        }
        self.complete(walk, &gathering)
    }
}

impl Act for Gather {
    fn enter(&self, walk: &mut Walk) -> Next {
        if self.clear_digits || !self.barge_in {
            walk.typed.clear();
        }
        self.listen(walk, 0, &[])
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        let Progress::Gather(mut gathering) = progress else { return Next::Wait(progress) };
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                return Next::LineLost;
            }
            Wake::Spoken(ok) => {
                if !ok {
                    walk.error("could not be played");
                }
                gathering.speaking = false;
                walk.wait_ms(self.timeout_ms);
            }
            Wake::Timeout => return self.timed_out(walk, gathering),
            Wake::Heard(heard) => return self.heard(walk, gathering, heard),
            Wake::Digit(digit) if !gathering.speaking || self.barge_in => {
                if gathering.speaking {
                    walk.stop_speaking();
                    gathering.speaking = false;
                }
                // A key says more than what is being said.
                gathering.voice = Voice::Silent;
                gathering.words.clear();
                if let Some(next) = self.take(walk, &mut gathering, digit) {
                    return next;
                }
            }
            _ => {}
        }
        Next::Wait(Progress::Gather(gathering))
    }

    fn hears(&self) -> bool {
        self.speech.is_some()
    }
}

fn branches(fields: &mut Fields<'_>) -> BTreeMap<String, NodeId> {
    let mut out = BTreeMap::new();
    for (key, value) in fields.object("branches") {
        let path = format!("branches.{key}");
        let good = (1..=DIGITS_MAX as usize).contains(&key.len()) && key.chars().all(is_key);
        if !good {
            fields.error(&path, Problem::Value, "应为 0–9、*、#、A–D 组成的按键", "must be keys: 0–9, *, #, A–D");
        } else if let Some(to) = value.as_str() {
            out.insert(key.to_owned(), fields.link_to(&fields.at(&path), to));
        } else {
            fields.error(&path, Problem::Type, "应为节点编号", "must be the id of a node");
        }
    }
    out
}

/// `#` unless a branch needs it; the empty text: none.
fn terminator(fields: &mut Fields<'_>, branches: &BTreeMap<String, NodeId>) -> Option<char> {
    let used = |c: char| branches.keys().any(|k| k.contains(c));
    let Some(text) = fields.text("terminator") else { return Some('#').filter(|c| !used(*c)) };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => None,
        (Some(c), None) if is_key(c) => {
            if used(c) {
                let (zh, en) = ("结束键不能同时出现在 branches 中", "must not also stand in branches");
                fields.error("terminator", Problem::Conflict, zh, en);
            }
            Some(c)
        }
        _ => {
            fields.error("terminator", Problem::Value, "应为一个按键，或空", "must be one key, or empty");
            None
        }
    }
}

pub(super) const fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | '*' | '#' | 'A'..='D')
}
