//! 排队转坐席: waits in a queue for an agent, and goes on after the talk or without it. It says nothing itself: music and
//! announcements are the queue's own.

use super::Act;
use crate::fields::{Fields, NodeId, clipped};
use crate::run::{Awaited, JUMPS_MAX, Next, Progress, Wake, Walk};
use crate::script::Template;
use crate::{Out, Problem, QueueAsk, QueueOutcome};
use model::record::{EntryOutcome, Need};
use model::{QueueId, SkillId};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Queue {
    queue: QueueId,
    service: Option<Template>,
    needs: Vec<Need>,
    head_start_ms: u32,
    on_done: Option<NodeId>,
    on_left: Option<NodeId>,
    on_timeout: Option<NodeId>,
    on_closed: Option<NodeId>,
    on_full: Option<NodeId>,
    on_failed: Option<NodeId>,
}

/// The longest wait and the longest talk together.
const MS_MAX: u32 = 4 * 3_600_000;
const NEEDS_MAX: usize = 10;
const SERVICE_CHARS_MAX: usize = 100;
const HEAD_START_S_MAX: u32 = 86_400;

impl Queue {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let queue = queue(fields);
        let service = fields.template("service");
        let needs = needs(fields);
        let head_start_ms = fields.number("head_start_s", 0..=HEAD_START_S_MAX, 0) * 1_000;
        Some(Self {
            service,
            needs,
            head_start_ms,
            on_done: fields.link("on_done"),
            on_left: fields.link("on_left"),
            on_timeout: fields.link("on_timeout"),
            on_closed: fields.link("on_closed"),
            on_full: fields.link("on_full"),
            on_failed: fields.link("on_failed"),
            queue: queue?,
        })
    }

    /// Its own branch, else that of any failure, else the end of the call.
    fn unserved(&self, own: Option<&NodeId>) -> Next {
        own.or(self.on_failed.as_ref()).map_or(Next::End, |to| Next::To(to.clone()))
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        self.unserved(None)
    }

    fn over(&self, walk: &mut Walk, outcome: QueueOutcome) -> Next {
        match outcome {
            QueueOutcome::Talked { talk_ms } => {
                walk.trail(&format!("talked {talk_ms} ms"));
                self.on_done.as_ref().map_or(Next::End, |to| Next::To(to.clone()))
            }
            // The queue's rules may lead in circles just as jumps may.
            QueueOutcome::Go { flow, version, doc } => {
                walk.jumps += 1;
                if walk.jumps > JUMPS_MAX {
                    walk.error("too many jumps between flows");
                    return Next::End;
                }
                walk.trail(&format!("flow {flow} version {version}"));
                let entry = doc.entry().clone();
                walk.switch_to(flow, version, doc);
                Next::To(entry)
            }
            QueueOutcome::NotServed { why } => {
                walk.trail(&format!("left: {}", why.code()));
                self.unserved(match why {
                    EntryOutcome::Left => self.on_left.as_ref(),
                    EntryOutcome::TimedOut => self.on_timeout.as_ref(),
                    EntryOutcome::Closed => self.on_closed.as_ref(),
                    EntryOutcome::Full => self.on_full.as_ref(),
                    _ => None,
                })
            }
            QueueOutcome::Failed { text } => self.failed(walk, &format!("queue failed: {text}")),
        }
    }
}

impl Act for Queue {
    fn enter(&self, walk: &mut Walk) -> Next {
        // What was pressed before is answered; what is pressed from now on is the queue's or the agent's.
        walk.typed.clear();
        let service = self.service.as_ref().map(|s| walk.render(s)).unwrap_or_default();
        let ask = QueueAsk {
            queue: self.queue,
            service: clipped(service.trim(), SERVICE_CHARS_MAX),
            needs: self.needs.clone(),
            head_start_ms: self.head_start_ms,
        };
        walk.ask(Awaited::Queue, MS_MAX, |token| Out::Queue { token, ask });
        Next::Wait(Progress::Plain)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Queued(outcome) => self.over(walk, outcome),
            Wake::Timeout => self.failed(walk, "the end of the stay in the queue was never reported"),
            _ => Next::Wait(progress),
        }
    }
}

fn queue(fields: &mut Fields<'_>) -> Option<QueueId> {
    let Some(raw) = fields.raw("queue") else {
        fields.missing("queue");
        return None;
    };
    let Some(id) = raw.as_i64().filter(|id| *id > 0) else {
        let (zh, en) = ("应为坐席组编号（正整数）", "must be the id of a queue, a positive whole number");
        fields.error("queue", if raw.is_number() { Problem::Value } else { Problem::Type }, zh, en);
        return None;
    };
    fields.report().seen.borrow_mut().queues.insert(QueueId(id));
    Some(QueueId(id))
}

fn needs(fields: &mut Fields<'_>) -> Vec<Need> {
    let given = fields.object("skills");
    if given.len() > NEEDS_MAX {
        let (zh, en) = (format!("最多 {NEEDS_MAX} 项技能"), format!("at most {NEEDS_MAX} skills"));
        fields.error("skills", Problem::Value, zh, en);
    }
    let mut needs = Vec::new();
    for (key, value) in given {
        let path = format!("skills.{key}");
        // In its plain form only, so that no skill stands there twice.
        let skill = key.parse().ok().filter(|id: &i64| *id > 0 && id.to_string() == key);
        if skill.is_none() {
            let (zh, en) = ("应为技能编号（正整数）", "must be the id of a skill, a positive whole number");
            fields.error(&path, Problem::Value, zh, en);
        }
        let level = level(value);
        if level.is_none() {
            let code = if value.is_number() { Problem::Value } else { Problem::Type };
            let (zh, en) = ("技能等级应为 1–10 之间的整数", "a level must be a whole number from 1 to 10");
            fields.error(&path, code, zh, en);
        }
        if let (Some(id), Some(level_min)) = (skill, level) {
            fields.report().seen.borrow_mut().skills.insert(SkillId(id));
            needs.push(Need { skill: SkillId(id), level_min });
        }
    }
    needs
}

fn level(value: &Value) -> Option<u8> {
    value.as_u64().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=10).contains(n))
}
