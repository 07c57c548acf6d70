//! 按键预约: offers times, takes the caller's choice, and has the appointment stored before the caller is told so.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::io::{AppointAsk, AppointOutcome, AppointTime};
use crate::part::{Part, parts_or};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::{Out, Problem};
use model::record::Medium;
use model::{At, CampaignId, number};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Appoint {
    /// None: the task of the call itself.
    task: Option<CampaignId>,
    medium: Medium,
    offers: BTreeMap<char, Offer>,
    parts: Vec<Part>,
    /// Asks for the hour.
    hour: Vec<Part>,
    /// Says the time and asks whether it is right.
    confirm: Vec<Part>,
    /// Said when a time cannot be had.
    full: Vec<Part>,
    /// Said when it is stored.
    thanks: Vec<Part>,
    timeout_ms: u32,
    /// Further tries after the first.
    retries: u32,
    /// Gets the time.
    into: String,
    /// No time could be agreed on.
    on_full: Option<NodeId>,
    /// This person is not to be called, or there is no such task.
    on_refused: Option<NodeId>,
    on_timeout: Option<NodeId>,
    next: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    Time(AppointTime),
    /// On this day at an hour that the caller keys in.
    Hour {
        days: u32,
    },
}

/// How far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Appointing {
    tries: u32,
    stage: Stage,
    speaking: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Choosing,
    /// Keyed in so far.
    Hour {
        days: u32,
        digits: String,
    },
    Checking,
    Confirming {
        due_at: At,
    },
    Storing,
    Thanking,
    /// It could not be had, and the question follows.
    Sorry,
}

const QUESTION: &str = "三十分钟后回访请按1，明天上午十点请按2，明天其他时间请按3。";
const HOUR: &str = "请按两位数的钟点，例如下午三点请按15。";
const FULL: &str = "这个时间约不了，请换一个时间。";
const VARIABLE: &str = "appointment_at";
const STORE_MS_MAX: u32 = 10_000;
const OFFERS_MAX: usize = 9;
const DAYS_MAX: u64 = 89;
const MINUTES_MAX: u64 = 89 * 1_440;

impl Appoint {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let task = task(fields);
        let media = [("phone", Medium::Phone), ("sms", Medium::Sms)];
        let medium = fields.choice("medium", &media).unwrap_or(Medium::Phone);
        let offers = offers(fields);
        let given = fields.raw("into").is_some();
        let into = fields.variable("into");
        if !given {
            fields.report().seen.borrow_mut().writes.insert(VARIABLE.to_owned());
        }
        let into = into.unwrap_or_else(|| VARIABLE.to_owned());
        let time = format!("{{{{ var.{into} | datetime }}}}");
        Some(Self {
            task,
            medium,
            parts: parts_or(fields, "parts", QUESTION),
            hour: parts_or(fields, "hour", HOUR),
            confirm: parts_or(fields, "confirm", &format!("您选的是{time}，确认请按1，重新选择请按2。")),
            full: parts_or(fields, "full", FULL),
            thanks: parts_or(fields, "thanks", &format!("已为您预约{time}，到时我们联系您。")),
            timeout_ms: fields.number("timeout_ms", 500..=120_000, 6_000),
            retries: fields.number("retries", 0..=10, 2),
            into,
            on_full: fields.link("on_full"),
            on_refused: fields.link("on_refused"),
            on_timeout: fields.link("on_timeout"),
            next: fields.link_required("next")?,
            offers: offers?,
        })
    }

    /// Says the parts and waits for a key; what is pressed meanwhile counts.
    fn ask(&self, walk: &mut Walk, tries: u32, stage: Stage, parts: &[Part]) -> Next {
        let speaking = walk.say(parts, None);
        if !speaking {
            walk.wait_ms(self.timeout_ms);
        }
        Next::Wait(Progress::Appoint(Appointing { tries, stage, speaking }))
    }

    fn request(&self, walk: &mut Walk, tries: u32, time: AppointTime, store: bool) -> Next {
        let (task, medium) = (self.task, self.medium);
        let ask = AppointAsk { task, medium, time, store };
        walk.ask(Awaited::Appointment, STORE_MS_MAX, |token| Out::Appoint { token, ask });
        let stage = if store { Stage::Storing } else { Stage::Checking };
        Next::Wait(Progress::Appoint(Appointing { tries, stage, speaking: false }))
    }

    fn leave(&self, own: Option<&NodeId>) -> Next {
        Next::To(own.unwrap_or(&self.next).clone())
    }

    /// Once more from the beginning, while there are tries left.
    fn again(&self, walk: &mut Walk, tries: u32, why: &str, last: Option<&NodeId>) -> Next {
        walk.typed.clear();
        walk.trail(why);
        if tries >= self.retries { self.leave(last) } else { self.ask(walk, tries + 1, Stage::Choosing, &self.parts) }
    }

    fn pressed(&self, walk: &mut Walk, at: Appointing, digit: char) -> Next {
        let Appointing { tries, stage, .. } = at;
        let timeout = self.on_timeout.as_ref();
        match stage {
            Stage::Choosing => match self.offers.get(&digit) {
                Some(Offer::Time(time)) => self.request(walk, tries, *time, false),
                Some(Offer::Hour { days }) => {
                    self.ask(walk, tries, Stage::Hour { days: *days, digits: String::new() }, &self.hour)
                }
                None => self.again(walk, tries, &format!("invalid {digit}"), timeout),
            },
            Stage::Hour { days, mut digits } => {
                digits.push(digit);
                if digits.len() < 2 {
                    walk.wait_ms(self.timeout_ms);
                    let stage = Stage::Hour { days, digits };
                    return Next::Wait(Progress::Appoint(Appointing { tries, stage, speaking: false }));
                }
                match digits.parse::<u32>().ok().filter(|hour| *hour < 24) {
                    Some(hour) => self.request(walk, tries, AppointTime::Day { days, minute: hour * 60 }, false),
                    None => self.again(walk, tries, &format!("invalid hour {digits}"), timeout),
                }
            }
            Stage::Confirming { due_at } if digit == '1' => self.request(walk, tries, AppointTime::At { at: due_at }, true),
            Stage::Confirming { .. } => self.again(walk, tries, &format!("not confirmed {digit}"), timeout),
            // What comes while the store is asked is for what follows.
            stage @ (Stage::Checking | Stage::Storing | Stage::Thanking | Stage::Sorry) => {
                walk.type_ahead(digit);
                Next::Wait(Progress::Appoint(Appointing { tries, stage, speaking: at.speaking }))
            }
        }
    }

    fn answered(&self, walk: &mut Walk, at: &Appointing, outcome: AppointOutcome) -> Next {
        let refused = self.on_refused.as_ref();
        match (outcome, &at.stage) {
            (AppointOutcome::Fine { due_at }, Stage::Storing) => {
                walk.trail(&format!("appointed {}", written(due_at)));
                walk.set_var(&self.into, written(due_at).into());
                if walk.say(&self.thanks, None) { waiting(at.tries, Stage::Thanking) } else { self.leave(None) }
            }
            (AppointOutcome::Fine { due_at }, _) => {
                walk.set_var(&self.into, written(due_at).into());
                walk.typed.clear();
                self.ask(walk, at.tries, Stage::Confirming { due_at }, &self.confirm)
            }
            (AppointOutcome::NoTime, _) => {
                walk.trail("no such time");
                if at.tries < self.retries && walk.say(&self.full, None) {
                    return waiting(at.tries, Stage::Sorry);
                }
                self.after_sorry(walk, at.tries)
            }
            (AppointOutcome::Refused, _) => {
                walk.trail("refused");
                self.leave(refused)
            }
            (AppointOutcome::Failed, _) => {
                walk.error("the appointment could not be stored");
                self.leave(refused.or(self.on_full.as_ref()))
            }
        }
    }

    fn after_sorry(&self, walk: &mut Walk, tries: u32) -> Next {
        walk.typed.clear();
        if tries >= self.retries {
            return self.leave(self.on_full.as_ref());
        }
        self.ask(walk, tries + 1, Stage::Choosing, &self.parts)
    }

    /// The speech is over, or its end was never reported.
    fn said(&self, walk: &mut Walk, at: Appointing) -> Next {
        match at.stage {
            Stage::Thanking => self.leave(None),
            Stage::Sorry => self.after_sorry(walk, at.tries),
            stage => {
                walk.wait_ms(self.timeout_ms);
                Next::Wait(Progress::Appoint(Appointing { speaking: false, stage, ..at }))
            }
        }
    }

    fn timed_out(&self, walk: &mut Walk, at: Appointing) -> Next {
        if matches!(at.stage, Stage::Checking | Stage::Storing) {
            return self.answered(walk, &at, AppointOutcome::Failed);
        }
        if at.speaking {
            walk.stop_speaking();
            walk.error("the end of the speech was never reported");
            return self.said(walk, at);
        }
        self.again(walk, at.tries, "timeout", self.on_timeout.as_ref())
    }
}

const fn waiting(tries: u32, stage: Stage) -> Next {
    Next::Wait(Progress::Appoint(Appointing { tries, stage, speaking: true }))
}

/// By the clock at home, with its offset: what reads it aloud brings it into the callee's zone.
fn written(at: At) -> String {
    let time = at.timestamp().in_tz(number::HOME_ZONE);
    time.map(|t| t.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()).unwrap_or_default()
}

impl Act for Appoint {
    fn enter(&self, walk: &mut Walk) -> Next {
        walk.typed.clear();
        self.ask(walk, 0, Stage::Choosing, &self.parts)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        let Progress::Appoint(at) = progress else { return Next::Wait(progress) };
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Spoken(ok) => {
                if !ok {
                    walk.error("could not be played");
                }
                self.said(walk, at)
            }
            Wake::Appointed(outcome) => self.answered(walk, &at, outcome),
            Wake::Timeout => self.timed_out(walk, at),
            Wake::Digit(digit) => {
                let asks = matches!(at.stage, Stage::Choosing | Stage::Hour { .. } | Stage::Confirming { .. });
                if at.speaking && asks {
                    walk.stop_speaking();
                }
                self.pressed(walk, at, digit)
            }
            _ => Next::Wait(Progress::Appoint(at)),
        }
    }
}

fn task(fields: &mut Fields<'_>) -> Option<CampaignId> {
    let raw = fields.raw("task")?;
    let id = raw.as_i64().filter(|id| *id > 0);
    if id.is_none() {
        let code = if raw.is_number() { Problem::Value } else { Problem::Type };
        fields.error("task", code, "应为预约任务的编号（正整数）", "must be the id of a task, a positive whole number");
    }
    let id = CampaignId(id?);
    fields.report().seen.borrow_mut().tasks.insert(id);
    Some(id)
}

/// `{"1": {"in_min": 30}, "2": {"day": 1, "at": "10:00"}, "3": {"day": 1}}`; none given: as the usual question says.
fn offers(fields: &mut Fields<'_>) -> Option<BTreeMap<char, Offer>> {
    if fields.raw("offers").is_none() {
        let tomorrow = AppointTime::Day { days: 1, minute: 600 };
        let usual = [
            ('1', Offer::Time(AppointTime::In { ms: 30 * 60_000 })),
            ('2', Offer::Time(tomorrow)),
            ('3', Offer::Hour { days: 1 }),
        ];
        return Some(BTreeMap::from(usual));
    }
    let given = fields.object("offers");
    if given.is_empty() || given.len() > OFFERS_MAX {
        fields.error("offers", Problem::Value, "须有 1–9 个时间可选", "needs 1–9 times to choose from");
        return None;
    }
    let mut offers = BTreeMap::new();
    for (key, value) in given {
        let path = format!("offers.{key}");
        let mut chars = key.chars();
        let digit = chars.next().filter(|c| c.is_ascii_digit() && chars.next().is_none());
        if digit.is_none() {
            fields.error(&path, Problem::Value, "应为一个数字键 0–9", "must be one key, 0–9");
        }
        let offer = offer(value);
        if offer.is_none() {
            let (zh, en) = (
                "应为 {\"in_min\": 分钟数}、{\"day\": 天数, \"at\": \"HH:MM\"} 或 {\"day\": 天数}（由来电者按钟点）",
                "must be {\"in_min\": minutes}, {\"day\": days, \"at\": \"HH:MM\"} or {\"day\": days}, whose hour the caller keys in",
            );
            fields.error(&path, Problem::Value, zh, en);
        }
        if let (Some(digit), Some(offer)) = (digit, offer) {
            offers.insert(digit, offer);
        }
    }
    Some(offers)
}

fn offer(value: &Value) -> Option<Offer> {
    let object = value.as_object()?;
    let number = |key: &str, max: u64| object.get(key)?.as_u64().filter(|n| *n <= max);
    let keys: Vec<&str> = object.keys().map(String::as_str).collect();
    match keys.as_slice() {
        ["in_min"] => {
            let minutes = number("in_min", MINUTES_MAX).filter(|n| *n > 0)?;
            Some(Offer::Time(AppointTime::In { ms: i64::try_from(minutes).ok()? * 60_000 }))
        }
        ["day"] => Some(Offer::Hour { days: u32::try_from(number("day", DAYS_MAX)?).ok()? }),
        ["at", "day"] | ["day", "at"] => {
            let days = u32::try_from(number("day", DAYS_MAX)?).ok()?;
            let (hour, minute) = object.get("at")?.as_str()?.split_once(':')?;
            let written =
                (1..=2).contains(&hour.len()) && minute.len() == 2 && !hour.starts_with('+') && !minute.starts_with('+');
            let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
            (written && hour < 24 && minute < 60).then_some(Offer::Time(AppointTime::Day { days, minute: hour * 60 + minute }))
        }
        _ => None,
    }
}
