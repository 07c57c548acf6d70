//! What a board, a screen and the dialer may see of the room.

use crate::acd::Acd;
use crate::agent::{Agent, Next};
use crate::queue::Queue;
use crate::timer::Timer;
use model::record::{AgentState, Seat};
use model::{AgentId, AgentSessionId, At, CallId, QueueEntryId, QueueId, ReservationId};

#[derive(Clone, Debug, PartialEq)]
pub struct AgentView {
    pub agent: AgentId,
    /// None before the first sign-in.
    pub session: Option<AgentSessionId>,
    pub seat: Option<Seat>,
    pub state: AgentState,
    pub reason: Option<String>,
    pub since: At,
    /// When the state times out: of ringing, wrap-up, a break with an end.
    pub until: Option<At>,
    /// What follows when the call is over.
    pub next: Option<AgentState>,
    pub link_up: bool,
    pub reservation: Option<ReservationId>,
    pub queue: Option<QueueId>,
    pub call: Option<CallId>,
    /// Today.
    pub calls: u32,
    pub talk_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    pub queue: QueueId,
    pub open: bool,
    /// Callbacks left out.
    pub waiting: u32,
    pub callbacks: u32,
    /// How long the first one has waited.
    pub longest_ms: i64,
    /// Members on shift and signed in.
    pub staffed: u32,
    /// Of them, whom the dialer may have, and who are not on a break.
    pub outbound: u32,
    /// Of those, whose phone answers at once: not an outside one.
    pub dialled: u32,
    /// Of the staffed, who may be offered a call now.
    pub ready: u32,
    /// Of them, whom the dialer may have.
    pub ready_outbound: u32,
    /// Of those, whose phone answers at once.
    pub ready_dialled: u32,
    pub busy: u32,
    pub wrapping_up: u32,
    pub on_break: u32,
    /// Of the last half hour, percent, and of how many callers.
    pub service_level: Option<(u8, u32)>,
    pub handle_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingView {
    pub entry: QueueEntryId,
    pub call: Option<CallId>,
    pub caller: String,
    pub came_at: At,
    pub position: u32,
    pub callback: bool,
    /// Waits for this agent alone.
    pub locked_to: Option<AgentId>,
}

impl Acd {
    pub fn agent(&self, id: AgentId) -> Option<AgentView> {
        self.agents.get(&id).map(|a| self.view(a))
    }

    pub fn agents(&self) -> impl Iterator<Item = AgentView> {
        self.agents.values().map(|a| self.view(a))
    }

    fn view(&self, a: &Agent) -> AgentView {
        let interval = a.interval.as_ref();
        AgentView {
            agent: a.id(),
            session: interval.map(|i| i.session_id),
            seat: a.seat.clone(),
            state: a.state(),
            reason: interval.and_then(|i| i.reason.clone()),
            since: interval.map_or(At(0), |i| i.started_at),
            until: self.timers.at(Timer::State(a.id())),
            next: a.next.as_ref().map(|n| match n {
                Next::Break { .. } => AgentState::Break,
                Next::Off { .. } => AgentState::Off,
            }),
            link_up: a.link_up,
            reservation: a.work.as_ref().map(|w| w.id),
            queue: interval.and_then(|i| i.queue_id),
            call: interval.and_then(|i| i.call_id),
            calls: a.tally.calls,
            talk_ms: a.tally.talk_ms,
        }
    }

    pub fn queue(&self, id: QueueId) -> Option<QueueView> {
        self.queues.get(&id).map(|q| self.board(q))
    }

    /// Whoever may be given a lead of the group's tasks now.
    pub fn ready_outbound(&self, queue: QueueId) -> impl Iterator<Item = AgentId> + '_ {
        let members = self.queues.get(&queue).into_iter().flat_map(|q| q.members.iter());
        let here = members.filter(|(_, m)| m.active && m.record.outbound).filter_map(|(id, _)| self.agents.get(id));
        here.filter(|a| a.is_free() && self.can_spare(a)).map(Agent::id)
    }

    pub fn queues(&self) -> impl Iterator<Item = QueueView> {
        self.queues.values().map(|q| self.board(q))
    }

    fn board(&self, q: &Queue) -> QueueView {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let waiting = || q.waiting.iter().filter_map(|(_, e)| self.entries.get(e));
        let callbacks = waiting().filter(|e| e.callback.is_some()).count();
        let came = waiting().filter(|e| e.callback.is_none()).map(|e| e.came_at).min();
        let here = || q.members.iter().filter(|(_, m)| m.active).filter_map(|(id, m)| Some((self.agents.get(id)?, m)));
        let works = || here().filter(|(a, _)| a.is_signed_in() && a.state() != AgentState::Break);
        let count = |f: &dyn Fn(&Agent) -> bool| number(here().filter(|(a, _)| f(a)).count());
        QueueView {
            queue: q.record.id,
            open: q.open,
            waiting: number(q.waiting.len() - callbacks),
            callbacks: number(callbacks),
            longest_ms: came.map_or(0, |at| self.now.since_ms(at)),
            staffed: count(&|a| a.is_signed_in()),
            outbound: number(works().filter(|(_, m)| m.record.outbound).count()),
            dialled: number(works().filter(|(a, _)| self.takes_dialled(a, q.record.id)).count()),
            ready: count(&|a| a.is_free()),
            ready_outbound: number(here().filter(|(a, m)| a.is_free() && m.record.outbound && self.can_spare(a)).count()),
            ready_dialled: number(
                here().filter(|(a, _)| a.is_free() && self.can_spare(a) && self.takes_dialled(a, q.record.id)).count(),
            ),
            busy: count(&|a| a.state().is_busy()),
            wrapping_up: count(&|a| a.state() == AgentState::WrapUp),
            on_break: count(&|a| a.state() == AgentState::Break),
            service_level: q.level.percent(self.now),
            handle_ms: q.handle_ms,
        }
    }

    /// In their order.
    pub fn waiting(&self, queue: QueueId) -> Vec<WaitingView> {
        let Some(queue) = self.queues.get(&queue) else { return Vec::new() };
        let entries = queue.waiting.iter().filter_map(|(_, e)| self.entries.get(e));
        (1..)
            .zip(entries)
            .map(|(position, e)| WaitingView {
                entry: e.id(),
                call: e.ask.call,
                caller: e.ask.caller.clone(),
                came_at: e.came_at,
                position,
                callback: e.callback.is_some(),
                locked_to: e.lock.map(|(agent, _)| agent),
            })
            .collect()
    }
}
