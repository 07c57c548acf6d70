//! 坐席组与排队: who waits for whom, by which rules, and the record of each wait.

use super::codes;
use crate::calendar::Schedule;
use crate::{AgentId, At, CallId, FlowId, QueueEntryId, QueueId, SkillId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

// 循环 / 应答次数最少 / 通话时长最短 / 顺序 / 空闲最久 / 技能优先
codes!(Strategy {
    RoundRobin = "round_robin", FewestCalls = "fewest_calls", LeastTalk = "least_talk",
    FixedOrder = "fixed_order", LongestIdle = "longest_idle", SkillBased = "skill_based",
});

// VIP / 重要客户 / 长途 / 老年人
codes!(CallerClass { Vip = "vip", Important = "important", LongDistance = "long_distance", Elderly = "elderly" });

codes!(Channel { Call = "call", Sms = "sms", Mail = "mail" });

/// What an agent who suits this caller personally is worth: the owner, the last agent, the one of an open ticket, a VIP's seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Preference {
    Off,
    /// Asked first; others at once when busy.
    First,
    /// The caller waits for this agent alone, who is locked for them, at most so long; others at once when the agent takes a
    /// break or leaves.
    Wait {
        ms_max: u32,
    },
}

/// Where a caller goes who leaves a queue unanswered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// Keeps the time waited so far.
    Queue {
        queue: QueueId,
    },
    /// Outside numbers, one after the other until one answers.
    Numbers {
        numbers: Vec<String>,
    },
    Flow {
        flow: FlowId,
    },
    Voicemail,
    /// Back into the flow the caller came from.
    Resume,
    HangUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum OverflowWhen {
    /// Outside the queue's hours.
    Closed,
    /// As many wait as may.
    Full,
    /// Nobody of the group is signed in.
    NoAgents,
    /// On arrival, when the wait would probably be longer.
    Estimate {
        ms: u32,
    },
    Waited {
        ms: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Overflow {
    #[serde(flatten)]
    pub when: OverflowWhen,
    pub target: Target,
}

/// What a caller may choose who has waited long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum Choice {
    Keep,
    /// Hangs up and is called when their turn comes.
    Callback,
    Go {
        target: Target,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum NoAnswer {
    /// The agent is on a break until they say otherwise.
    Break,
    /// The agent stays ready, but is not offered this caller again for so long, at least 1 000.
    Skip { ms: u32 },
}

/// A skill a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Need {
    pub skill: SkillId,
    /// 1–10
    pub level_min: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Announcements {
    /// After so long; 0: none at all.
    pub first_ms: u32,
    /// At least 1 000; 0: once only.
    pub every_ms: u32,
    pub position: bool,
    pub wait: bool,
}

impl Default for Announcements {
    fn default() -> Self {
        Self { first_ms: 15_000, every_ms: 30_000, position: true, wait: false }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CallbackRules {
    pub enabled: bool,
    /// Tries to reach the caller, 1–10.
    pub attempts_max: u32,
    pub retry_ms: u32,
    /// How long the caller is rung while an agent is kept for them.
    pub ring_ms: u32,
    /// The request is dropped after so long.
    pub keep_ms: u32,
}

impl Default for CallbackRules {
    fn default() -> Self {
        Self { enabled: false, attempts_max: 3, retry_ms: 600_000, ring_ms: 30_000, keep_ms: 86_400_000 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ServiceLevel {
    /// Answered within so long is well served.
    pub within_ms: u32,
    /// 0–100; an alarm is raised below; 0: none.
    pub percent_min: u8,
    /// Who gives up sooner counts for nothing.
    pub short_ms: u32,
    /// An alarm is raised for a caller who waits longer; 0: none.
    pub long_wait_ms: u32,
}

impl Default for ServiceLevel {
    fn default() -> Self {
        Self { within_ms: 20_000, percent_min: 80, short_ms: 3_000, long_wait_ms: 120_000 }
    }
}

/// 坐席组 with its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Queue {
    pub id: QueueId,
    pub tenant_id: TenantId,
    pub name: String,
    pub strategy: Strategy,
    /// How fast this queue's waits weigh against those of others for shared agents, percent, 1–1 000.
    pub weight: u32,
    /// Callers who may wait; 0: who is not answered at once goes on.
    pub capacity: u32,
    /// None: always open.
    pub hours: Option<Schedule>,
    /// A class counts as if it had waited so many milliseconds longer; the largest of a caller's classes holds.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, i64>))]
    pub head_start_ms: BTreeMap<CallerClass, i64>,
    /// Asked of every caller of the queue, besides their own. At most 10.
    pub needs: Vec<Need>,
    /// After each such span of waiting, levels asked for sink by one, never below 1; 0: never.
    pub relax_ms: u32,
    pub vip_seat: Preference,
    pub owner: Preference,
    pub ticket_agent: Preference,
    pub last_agent: Preference,
    /// Until the next agent is tried.
    pub ring_ms: u32,
    pub ring_ms_outside: u32,
    pub no_answer: NoAnswer,
    /// 0: none.
    pub wrap_up_ms: u32,
    /// The agent ends it; an alarm is raised after `wrap_up_ms`.
    pub wrap_up_manual: bool,
    pub announcements: Announcements,
    /// After each such span, at least 1 000, the caller is offered `choices`; 0: never.
    pub longest_wait_ms: u32,
    /// By the key pressed, at most 10.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Choice>))]
    pub choices: BTreeMap<char, Choice>,
    pub choice_ms: u32,
    /// When no key comes.
    pub unchosen: Choice,
    /// Leaves the queue at any time.
    pub leave_key: Option<char>,
    pub leave_to: Target,
    /// Nobody waits longer, whatever they choose; at least 1 000.
    pub wait_ms_max: u32,
    pub at_wait_max: Target,
    /// The first that fits is taken. At most 20.
    pub overflow: Vec<Overflow>,
    pub callback: CallbackRules,
    pub service_level: ServiceLevel,
    /// The dialer may take an agent only while so many ready ones remain for this queue.
    pub keep_ready: u32,
    /// Prompt played to who waits; empty: the tenant's.
    pub music: String,
    /// 接通前报工号: what the caller hears before the talk, `{number}` for the 工号; empty: nothing.
    pub greeting: String,
    /// Calls are recorded.
    pub record: bool,
    pub created_at: At,
    pub revision: i64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            id: QueueId(0),
            tenant_id: TenantId(0),
            name: String::new(),
            strategy: Strategy::LongestIdle,
            weight: 100,
            capacity: 100,
            hours: None,
            head_start_ms: BTreeMap::from([
                (CallerClass::Vip, 86_400_000),
                (CallerClass::Important, 600_000),
                (CallerClass::Elderly, 600_000),
                (CallerClass::LongDistance, 120_000),
            ]),
            needs: Vec::new(),
            relax_ms: 0,
            vip_seat: Preference::First,
            owner: Preference::First,
            ticket_agent: Preference::First,
            last_agent: Preference::Off,
            ring_ms: 20_000,
            ring_ms_outside: 30_000,
            no_answer: NoAnswer::Break,
            wrap_up_ms: 30_000,
            wrap_up_manual: false,
            announcements: Announcements::default(),
            longest_wait_ms: 120_000,
            choices: BTreeMap::new(),
            choice_ms: 15_000,
            unchosen: Choice::Keep,
            leave_key: None,
            leave_to: Target::Resume,
            wait_ms_max: 1_800_000,
            at_wait_max: Target::Resume,
            overflow: Vec::new(),
            callback: CallbackRules::default(),
            service_level: ServiceLevel::default(),
            keep_ready: 0,
            music: String::new(),
            greeting: String::new(),
            record: true,
            created_at: At(0),
            revision: 0,
        }
    }
}

/// An agent in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Membership {
    pub queue_id: QueueId,
    pub agent_id: AgentId,
    /// Place in the fixed order and in the round, smallest first.
    pub place: u32,
    /// VIP 坐席: takes no other callers of this group.
    pub vip_only: bool,
    /// The dialer may take the agent for this group's campaigns.
    pub outbound: bool,
    /// None: at all times.
    pub schedule: Option<Schedule>,
}

// 接听 / 放弃 / 按键离开 / 溢出 / 超时 / 已满 / 非服务时间 / 并入已有回拨 / 客户又来电 / 回拨未通 / 取消
codes!(EntryOutcome {
    Answered = "answered", Abandoned = "abandoned", Left = "left", Overflowed = "overflowed", TimedOut = "timed_out",
    Full = "full", Closed = "closed", Merged = "merged", Superseded = "superseded",
    CallbackFailed = "callback_failed", Cancelled = "cancelled",
});

codes!(RingEnd {
    Answered = "answered", NoAnswer = "no_answer", Declined = "declined", Unreachable = "unreachable",
    Withdrawn = "withdrawn", CustomerNotReached = "customer_not_reached",
});

/// An agent who was offered a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rung {
    pub agent_id: AgentId,
    pub offered_at: At,
    /// None: the phone never rang.
    pub ringing_at: Option<At>,
    pub ended_at: At,
    pub end: RingEnd,
}

/// One stay in one queue. A caller who moves on has one more, under the same id with the next ordinal. Those that were not
/// answered make the list of lost calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QueueEntry {
    pub id: QueueEntryId,
    pub ordinal: u32,
    pub tenant_id: TenantId,
    pub queue_id: QueueId,
    pub channel: Channel,
    /// The call it ended with; none: a callback whose caller was never reached.
    pub call_id: Option<CallId>,
    pub caller: String,
    /// The access number.
    pub called: String,
    /// What was chosen before, as the flow names it, and when.
    pub service: Option<String>,
    pub service_at: Option<At>,
    #[cfg_attr(feature = "schema", schema(value_type = Vec<CallerClass>))]
    pub classes: BTreeSet<CallerClass>,
    /// When the wait began, in whichever queue.
    pub came_at: At,
    pub entered_at: At,
    pub ended_at: At,
    pub outcome: EntryOutcome,
    pub agent_id: Option<AgentId>,
    /// At most the last 20.
    pub rung: Vec<Rung>,
    /// The place was kept for a callback.
    pub callback: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_survives_its_document() {
        let to = Target::Queue { queue: QueueId(2) };
        let queue = Queue {
            needs: vec![Need { skill: SkillId(3), level_min: 4 }],
            last_agent: Preference::Wait { ms_max: 60_000 },
            choices: BTreeMap::from([('1', Choice::Keep), ('2', Choice::Callback), ('3', Choice::Go { target: to.clone() })]),
            leave_key: Some('*'),
            overflow: vec![
                Overflow { when: OverflowWhen::Waited { ms: 30_000 }, target: to },
                Overflow { when: OverflowWhen::NoAgents, target: Target::Numbers { numbers: vec!["+8610".into()] } },
            ],
            ..Queue::default()
        };
        let text = serde_json::to_string(&queue).unwrap();
        assert_eq!(serde_json::from_str::<Queue>(&text).unwrap(), queue);
        assert!(text.contains(r#""overflow":[{"when":"waited","ms":30000,"target":{"to":"queue","queue":2}}"#), "{text}");
        let few: Queue = serde_json::from_str(r#"{"id":7,"name":"咨询"}"#).unwrap();
        assert_eq!(few, Queue { id: QueueId(7), name: "咨询".into(), ..Queue::default() });
    }
}
