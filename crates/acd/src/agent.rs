//! An agent as the room sees them: record, seat, state, work, tallies.

use model::record::{AgentState, Seat, StateInterval};
use model::{AgentId, At, CallId, QueueEntryId, QueueId, ReservationId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What follows when the work is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Break { reason: String, by: Option<UserId> },
    Off { by: Option<UserId> },
}

/// Where a piece of work comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Queue,
    /// Dialled by the agent, or rung by a colleague.
    Direct,
    /// Kept for the dialer.
    Outbound,
}

#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) id: ReservationId,
    pub(crate) origin: Origin,
    /// While it is offered.
    pub(crate) entry: Option<QueueEntryId>,
    pub(crate) queue: Option<QueueId>,
    pub(crate) call: Option<CallId>,
    pub(crate) offered_at: At,
    pub(crate) ringing_at: Option<At>,
    pub(crate) talking_since: Option<At>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: u32,
    pub(crate) talk_ms: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) record: Arc<model::record::Agent>,
    /// None: signed out.
    pub(crate) seat: Option<Seat>,
    /// The running one; none before the first sign-in.
    pub(crate) interval: Option<StateInterval>,
    pub(crate) next: Option<Next>,
    pub(crate) work: Option<Work>,
    pub(crate) link_up: bool,
    /// Ready since, interruptions that came to nothing left out.
    pub(crate) idle_since: At,
    pub(crate) tally: Tally,
    /// Where a member, active or not.
    pub(crate) queues: BTreeSet<QueueId>,
}

impl Agent {
    pub(crate) fn new(record: Arc<model::record::Agent>) -> Self {
        Self {
            record,
            seat: None,
            interval: None,
            next: None,
            work: None,
            link_up: true,
            idle_since: At(0),
            tally: Tally::default(),
            queues: BTreeSet::new(),
        }
    }

    pub(crate) fn id(&self) -> AgentId {
        self.record.id
    }

    pub(crate) fn state(&self) -> AgentState {
        self.interval.as_ref().map_or(AgentState::Off, |i| i.state)
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.seat.is_some()
    }

    /// May be offered work. A desk that lost its connection has no phone; one beside it still rings.
    pub(crate) fn is_free(&self) -> bool {
        let reachable = self.link_up || !matches!(self.seat, Some(Seat::Browser { .. }));
        self.state() == AgentState::Ready && self.work.is_none() && reachable
    }

    /// Will be ready before long: works, and has asked for nothing else.
    pub(crate) fn is_worth_waiting(&self) -> bool {
        self.next.is_none() && (self.work.is_some() || self.state() == AgentState::WrapUp)
    }

    /// Works or is ready to, so that callers may hope.
    pub(crate) fn is_serving(&self) -> bool {
        !matches!(self.state(), AgentState::Off | AgentState::Break)
    }
}
