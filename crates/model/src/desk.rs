//! 坐席台 and 班长台: what agents and supervisors ask of the floor, and what their screens see of it.

use crate::record::{AgentState, CallerClass, Channel, Confirmation, CustomerBrief, DialMode, Direction, PreviewEnd, Seat};
use crate::{AgentId, AgentSessionId, At, CallId, CampaignId, FlowId, LeadId, LegId, OrgUnitId, QueueEntryId, QueueId, Vars};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whom to bring into a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    Agent {
        agent: AgentId,
    },
    /// Blind transfers only: the caller waits there like any other.
    Queue {
        queue: QueueId,
    },
    /// A 工号, an extension or an outside number, as it was typed.
    Number {
        number: String,
    },
}

/// Asked by an agent, about themself and their own call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum DeskCommand {
    /// Again on another seat: takes over, state and work stay.
    SignIn {
        seat: Seat,
        #[serde(default)]
        ready: bool,
    },
    /// In a call: when it is over. So it is with `break`.
    SignOut,
    /// Ends a wrap-up, takes a reserved break back.
    Ready,
    Break {
        reason: String,
    },
    /// More time for the wrap-up: as long again as the queue gives.
    ExtendWrapUp,
    /// Not this one: the next agent is asked.
    Decline,
    /// The agent leaves the call; whoever stays with nobody to talk to goes on to the survey or is let go.
    HangUp,
    /// The customer hears music, and nobody hears the customer.
    Hold {
        on: bool,
    },
    /// The others do not hear the agent.
    Mute {
        on: bool,
    },
    /// `0-9*#A-D,` to the other parties, at most 32.
    Digits {
        digits: String,
    },
    /// The agent's phone is called first, then the number.
    Dial {
        number: String,
    },
    /// 咨询: the customer is held, somebody else is called.
    Consult {
        to: Destination,
    },
    /// To the other of the two.
    Swap,
    /// Whoever was consulted is let go, the customer is back.
    CancelConsult,
    /// The customer and whoever was consulted talk, the agent is out.
    CompleteTransfer,
    /// 盲转: the customer waits for `to`; when nobody answers they come back to the agent.
    Transfer {
        to: Destination,
    },
    /// Customer, agent and whoever was consulted hear each other; a further party is consulted and joined the same way.
    Conference,
    /// A party of the agent's call other than the agent is let go.
    Drop {
        leg: LegId,
    },
    /// 抢接: a caller who waits, or rings at a colleague's.
    PickUp {
        entry: QueueEntryId,
    },
    /// 二次确认: the customer goes into a flow (recorded) and comes back after it, or not.
    Confirm {
        flow: FlowId,
        #[serde(default = "yes")]
        back: bool,
    },
    Record {
        on: bool,
    },
    /// A lead of this task (手动) is shown.
    NextLead {
        campaign: CampaignId,
    },
    /// The lead that is shown is dialled.
    PreviewDial,
    /// It goes back to the list, or is put off.
    PreviewSkip {
        #[serde(default)]
        reason: String,
    },
}

const fn yes() -> bool {
    true
}

/// How a supervisor takes part in an agent's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// 监听: hears all, is heard by nobody.
    Listen,
    /// 密语: the agent alone hears them.
    Whisper,
    /// 强插: everybody hears them.
    Barge,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ForcedState {
    Ready,
    Break { reason: String },
    Off,
}

/// Asked by a supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum SupervisorCommand {
    Force {
        agent: AgentId,
        to: ForcedState,
    },
    /// Calls the supervisor's phone into the agent's call; while it is in one already, changes the mode or the agent.
    Monitor {
        agent: AgentId,
        mode: MonitorMode,
        seat: Seat,
    },
    StopMonitor,
    /// 强拆: the whole call ends.
    Release {
        agent: AgentId,
        /// 1–200 characters, kept in the audit.
        reason: String,
    },
    /// The agent's customer goes elsewhere.
    Transfer {
        agent: AgentId,
        to: Destination,
    },
    Record {
        agent: AgentId,
        on: bool,
    },
    /// Puts a caller first.
    MoveUp {
        entry: QueueEntryId,
    },
    /// Gives a caller to an agent.
    Assign {
        entry: QueueEntryId,
        agent: AgentId,
    },
}

/// Why something asked for was not done; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskRefusal {
    UnknownAgent,
    UnknownQueue,
    UnknownEntry,
    SignedOut,
    Disabled,
    /// The agent, or whoever is asked for, is in a call.
    Busy,
    UnknownReason,
    /// The state does not allow it.
    NotNow,
    NoCall,
    /// No such party, flow or number.
    NoSuchParty,
    BadNumber,
    /// A rule of dialling forbids the number: exempt, blocked, outside hours, a cap.
    Forbidden,
    NoPhone,
    NoRoute,
    Limit,
    /// The floor did not answer: it is stopping.
    Unavailable,
}

/// An agent as boards show one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AgentLive {
    pub agent_id: AgentId,
    pub number: String,
    pub name: String,
    /// 部门, if any.
    #[serde(default)]
    pub unit_id: Option<OrgUnitId>,
    pub state: AgentState,
    /// Of a break: its code.
    pub reason: Option<String>,
    pub since: At,
    /// When the state ends by itself: ringing, wrap-up, a break.
    pub until: Option<At>,
    /// What follows the call.
    pub next: Option<AgentState>,
    /// The desk's connection.
    pub link_up: bool,
    pub session_id: Option<AgentSessionId>,
    pub seat: Option<Seat>,
    /// Groups the agent belongs to.
    pub queues: Vec<QueueId>,
    /// The group the call came through.
    pub queue_id: Option<QueueId>,
    pub call_id: Option<CallId>,
    /// The far party's number.
    pub number_far: Option<String>,
    /// A supervisor takes part; the agent's own desk is told of one who speaks to all, and of no other.
    pub monitored: Option<MonitorMode>,
    pub monitors: Vec<Monitoring>,
    /// Today.
    pub calls: u32,
    pub talk_ms: i64,
}

/// A supervisor in the call of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Monitoring {
    pub user_id: crate::UserId,
    pub mode: MonitorMode,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WaitingLive {
    pub entry_id: QueueEntryId,
    pub call_id: Option<CallId>,
    pub caller: String,
    pub name: String,
    pub channel: Channel,
    pub came_at: At,
    /// From 1.
    pub position: u32,
    pub callback: bool,
    /// Rings at this agent, or waits for them alone.
    pub agent_id: Option<AgentId>,
}

/// A group as boards show one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QueueLive {
    pub queue_id: QueueId,
    pub name: String,
    pub open: bool,
    pub waiting: u32,
    pub callbacks: u32,
    /// When the first one who waits came.
    pub first_came_at: Option<At>,
    pub staffed: u32,
    pub ready: u32,
    pub busy: u32,
    pub wrapping_up: u32,
    pub on_break: u32,
    /// Of the last half hour, percent, and of how many callers.
    pub service_level: Option<u8>,
    pub served: u32,
    /// In their order, the first 200.
    pub callers: Vec<WaitingLive>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Customer,
    Agent,
    /// A colleague or somebody outside who was consulted or joined.
    Guest,
    Supervisor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartyState {
    Ringing,
    Talking,
    Held,
    /// Hears a flow: a confirmation, the survey, the queue's music.
    Flow,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Party {
    pub leg_id: LegId,
    pub kind: PartyKind,
    pub state: PartyState,
    pub number: String,
    pub name: String,
    pub agent_id: Option<AgentId>,
    pub muted: bool,
    /// Asked for advice, and not in the talk with the customer yet.
    pub consulted: bool,
    /// Of a supervisor.
    pub mode: Option<MonitorMode>,
    pub since: At,
}

/// What a desk is told beside its view, once: what its call came to, or what others arranged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeskNote {
    /// Whom the agent dialled was not reached. The number as it was dialled.
    DialFailed {
        disposition: crate::Disposition,
        number: String,
    },
    /// Whom the customer was transferred to did not take them; they are back.
    CameBack {
        number: String,
        name: String,
    },
    /// A supervisor ended the call.
    Released,
    /// A supervisor arranged what follows the call.
    SignedOutNext,
    BreakNext,
    /// By a supervisor.
    SignedOut,
}

/// An agent's call as the desk shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeskCall {
    pub call_id: CallId,
    pub direction: Direction,
    /// The far party's number and name.
    pub number: String,
    pub name: String,
    /// The number of ours that was dialled or is shown.
    pub called: String,
    pub queue_id: Option<QueueId>,
    /// What was chosen before, as the flow names it.
    pub service: Option<String>,
    pub campaign_id: Option<CampaignId>,
    pub campaign_name: Option<String>,
    pub lead_id: Option<LeadId>,
    /// The lead's columns, or what the flow gathered.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub data: Vars,
    /// Keys pressed and what was said before, newest last.
    pub digits: String,
    pub said: Vec<String>,
    pub classes: BTreeSet<CallerClass>,
    /// Whom the number may belong to.
    pub customers: Vec<CustomerBrief>,
    pub started_at: At,
    /// When the agent began to talk.
    pub answered_at: Option<At>,
    pub parties: Vec<Party>,
    /// A transfer, a consultation: whoever was held is the customer.
    pub consulting: bool,
    pub recording: bool,
    /// The queue's survey follows.
    pub survey: bool,
    /// 二次确认.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
}

/// A lead that an agent sees and has not dialled yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Preview {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub lead_id: LeadId,
    pub number: String,
    pub name: String,
    pub region: String,
    /// The lead's columns.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub data: Vars,
    /// Counted attempts before this one.
    pub attempts: u32,
    pub shown_at: At,
    /// When the countdown ends; none: it waits for the agent.
    pub until: Option<At>,
    /// What then.
    pub then: PreviewEnd,
    /// Leads that may be skipped in this hour; none: as many as the agent likes.
    pub skips_left: Option<u32>,
    /// Being dialled: neither skipped nor dialled again.
    pub dialing: bool,
}

/// A running task of the agent's groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TaskBrief {
    pub campaign_id: CampaignId,
    pub name: String,
    pub mode: DialMode,
}

/// Everything of one desk, server state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeskView {
    pub agent: AgentLive,
    /// None: no call. In wrap-up the call that was.
    pub call: Option<DeskCall>,
    #[serde(default)]
    pub preview: Option<Preview>,
    #[serde(default)]
    pub tasks: Vec<TaskBrief>,
}
