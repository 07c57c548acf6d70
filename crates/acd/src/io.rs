//! What enters the room and what it decides.

use model::calendar::Holidays;
use model::record::{
    Agent, CallerClass, Channel, DeskSettings, EntryOutcome, Membership, Need, Queue, QueueEntry, Seat, StateInterval, Target,
};
use model::{AgentId, AgentSessionId, At, CallId, QueueEntryId, QueueId, ReservationId, TenantId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A caller, or a message, that wants an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Made by whoever asks.
    pub entry: QueueEntryId,
    pub tenant: TenantId,
    pub queue: QueueId,
    pub channel: Channel,
    /// The call; for a message none.
    pub call: Option<CallId>,
    /// The number, in one form everywhere: a callback is told by it. Empty: withheld.
    pub caller: String,
    pub called: String,
    /// What was chosen before, as the flow names it, and when.
    pub service: Option<(String, At)>,
    pub classes: BTreeSet<CallerClass>,
    /// Besides the queue's own.
    pub needs: Vec<Need>,
    pub wishes: Wishes,
    /// Counts as if it had waited so much longer, besides what the classes give: a call that comes back, one that was dialled.
    pub head_start_ms: i64,
    /// Gives up sooner than the queue would: 2 000 for a person the dialer reached, who is offered to nobody but those whom the
    /// dialer may have. The call then goes to the second.
    pub patience: Option<(u32, Target)>,
}

/// Agents who suit a caller personally; whether and how they are asked is the queue's to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The seat assigned to a VIP.
    pub seat: Option<AgentId>,
    /// 客户归属
    pub owner: Option<AgentId>,
    /// Who works on the caller's open ticket.
    pub ticket: Option<AgentId>,
    /// Who talked with the caller last.
    pub last: Option<AgentId>,
}

/// How an agent is bound to a call that comes through no queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engagement {
    /// The agent dials.
    Dial,
    /// The agent's phone is to be rung: a colleague, a transfer, a consultation.
    Ring,
}

/// Why an offer came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    NoAnswer,
    Declined,
    Unreachable,
}

/// What a supervisor makes of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forced {
    Ready,
    Break(String),
    /// A call goes on until it ends or is released by the floor.
    Off,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed `next_timer`.
    Tick,

    // --- configuration, as stored; each replaces what was known before ---
    Desk {
        tenant: TenantId,
        settings: Arc<DeskSettings>,
        holidays: Arc<Holidays>,
    },
    Agent(Arc<Agent>),
    AgentGone {
        agent: AgentId,
    },
    Queue(Arc<Queue>),
    QueueGone {
        queue: QueueId,
    },
    /// All of a queue's. Agents that are not known are left out, as are those of another tenant.
    Members {
        queue: QueueId,
        members: Vec<Membership>,
    },
    /// What an agent did today before this process began.
    Tally {
        agent: AgentId,
        calls: u32,
        talk_ms: i64,
    },

    // --- agents ---
    /// Of an agent who is signed in already: the new seat takes over, state and work stay.
    SignIn {
        agent: AgentId,
        session: AgentSessionId,
        seat: Seat,
        ready: bool,
    },
    /// While talking: when the call is over. So it is with `Break`; `Ready` takes either back, and ends a wrap-up.
    SignOut {
        agent: AgentId,
    },
    Ready {
        agent: AgentId,
    },
    Break {
        agent: AgentId,
        reason: String,
    },
    /// More time for the wrap-up, from now on as long as the group gives.
    ExtendWrapUp {
        agent: AgentId,
    },
    Force {
        agent: AgentId,
        to: Forced,
        by: UserId,
    },
    /// The desk's connection was lost or came back.
    Link {
        agent: AgentId,
        up: bool,
    },

    // --- work ---
    /// The agent's phone rings.
    Rang {
        reservation: ReservationId,
    },
    /// They talk.
    Answered {
        reservation: ReservationId,
    },
    Failed {
        reservation: ReservationId,
        why: Failure,
    },
    Held {
        reservation: ReservationId,
        on: bool,
    },
    /// The agent is out of the call.
    Done {
        reservation: ReservationId,
    },
    /// To [`Output::CallBack`]: the caller is on the line, and the agent is offered to them.
    CallbackAnswered {
        reservation: ReservationId,
        call: CallId,
    },
    /// To [`Output::CallBack`]: not reached.
    CallbackFailed {
        reservation: ReservationId,
    },
    /// Answered by [`Output::Reserved`]. `queue`: whose customer it is, if any; its wrap-up follows.
    Engage {
        agent: AgentId,
        call: CallId,
        way: Engagement,
        queue: Option<QueueId>,
    },
    /// An agent who was only asked has the customer of this group now.
    Adopt {
        reservation: ReservationId,
        queue: QueueId,
    },
    /// Keeps a ready agent of a group for a call that is about to be dialled, at most so long: this one, or whoever is due.
    /// Answered by [`Output::Reserved`].
    Reserve {
        queue: QueueId,
        call: CallId,
        ms: u32,
        agent: Option<AgentId>,
    },
    /// Members of this group take nobody of their other groups while it is so.
    Dedicate {
        queue: QueueId,
        on: bool,
    },
    /// The kept agent is not needed.
    Release {
        reservation: ReservationId,
    },

    // --- callers ---
    Enqueue(Box<Ask>),
    /// The call is over. Its callback, if it left one, stays.
    CallerLeft {
        call: CallId,
    },
    /// A message was dealt with elsewhere, a callback is not wanted any more.
    Cancel {
        entry: QueueEntryId,
    },
    Key {
        entry: QueueEntryId,
        key: char,
    },
    /// The caller wants to be called back, at this number.
    Callback {
        entry: QueueEntryId,
        number: String,
    },
    /// A supervisor puts the caller first.
    MoveUp {
        entry: QueueEntryId,
    },
    /// 抢接: an agent takes a caller of one of their own groups who waits, or rings at a colleague's.
    PickUp {
        entry: QueueEntryId,
        agent: AgentId,
    },
    /// A supervisor gives a caller to an agent. Membership and skills are not asked for.
    Take {
        entry: QueueEntryId,
        agent: AgentId,
    },
}

/// Ring this agent for this caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub reservation: ReservationId,
    pub agent: AgentId,
    pub seat: Seat,
    pub entry: QueueEntryId,
    pub queue: QueueId,
    pub channel: Channel,
    pub call: Option<CallId>,
    /// From the first ring on.
    pub ring_ms: u32,
}

/// Why a reservation is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    NoAnswer,
    Unreachable,
    CallerLeft,
    /// Somebody else takes the caller, or a supervisor stepped in.
    Taken,
    /// Kept for the dialer for too long.
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Of the last half hour, percent.
    ServiceLevel {
        queue: QueueId,
        percent: u8,
        on: bool,
    },
    LongWait {
        queue: QueueId,
        entry: QueueEntryId,
        waited_ms: i64,
    },
    LongWrapUp {
        agent: AgentId,
    },
    LongBreak {
        agent: AgentId,
    },
}

/// Decided, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    Offer(Offer),
    /// Call this number while the agent is kept; answered by `CallbackAnswered` or `CallbackFailed`.
    CallBack {
        reservation: ReservationId,
        agent: AgentId,
        entry: QueueEntryId,
        queue: QueueId,
        number: String,
        ring_ms: u32,
    },
    Reserved {
        reservation: ReservationId,
        agent: AgentId,
        seat: Seat,
        call: CallId,
        queue: Option<QueueId>,
    },
    /// Stop ringing; what is dialled for it is hung up.
    Withdraw {
        reservation: ReservationId,
        agent: AgentId,
        why: Withdrawal,
    },
    /// Nobody is free: play music. Position counts from 1; the wait is none where it cannot be told.
    Waiting {
        entry: QueueEntryId,
        queue: QueueId,
        call: Option<CallId>,
        position: u32,
        wait_ms: Option<i64>,
    },
    /// Speak; `position` and `wait_ms` only where the queue says so.
    Announce {
        entry: QueueEntryId,
        call: Option<CallId>,
        position: Option<u32>,
        wait_ms: Option<i64>,
    },
    /// Read the queue's choices out; the key comes back as [`Input::Key`].
    Choices {
        entry: QueueEntryId,
        queue: QueueId,
        call: Option<CallId>,
    },
    /// The caller goes on elsewhere.
    Leave {
        entry: QueueEntryId,
        call: Option<CallId>,
        target: Target,
        outcome: EntryOutcome,
    },
    /// The place is kept for a callback to this number: say so and hang up. `entry` is the older one where there was one.
    CallbackKept {
        entry: QueueEntryId,
        call: Option<CallId>,
        number: String,
    },
    /// A fact: an agent's state began (`ended_at` none) or ended.
    Interval(StateInterval),
    /// A fact: a stay in a queue is over.
    Entry(Box<QueueEntry>),
    Alarm(Alarm),
}

/// Why an input was refused; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    UnknownAgent,
    UnknownQueue,
    UnknownEntry,
    /// The reservation is over.
    Gone,
    SignedOut,
    Disabled,
    /// The agent has work.
    Busy,
    /// No such reason of a break.
    UnknownReason,
    /// The state does not allow it.
    NotNow,
    /// The call, or the entry, waits already.
    AlreadyWaiting,
    /// Belongs to another tenant.
    Foreign,
    NoAgent,
    NoNumber,
    NoSuchChoice,
    /// One of the room's limits.
    Limit,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// For logs and problem documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownAgent => "unknown_agent",
            Self::UnknownQueue => "unknown_queue",
            Self::UnknownEntry => "unknown_entry",
            Self::Gone => "gone",
            Self::SignedOut => "signed_out",
            Self::Disabled => "disabled",
            Self::Busy => "busy",
            Self::UnknownReason => "unknown_reason",
            Self::NotNow => "not_now",
            Self::AlreadyWaiting => "already_waiting",
            Self::Foreign => "foreign",
            Self::NoAgent => "no_agent",
            Self::NoNumber => "no_number",
            Self::NoSuchChoice => "no_such_choice",
            Self::Limit => "limit",
        }
    }
}
