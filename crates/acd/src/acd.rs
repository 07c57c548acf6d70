//! The room itself: one input at a time, outputs in order.

use crate::agent::{Agent, Next};
use crate::entry::Entry;
use crate::io::{Input, Output, Refusal};
use crate::queue::Queue;
use crate::timer::{Timer, Timers};
use model::calendar::Holidays;
use model::record::DeskSettings;
use model::{AgentId, At, CallId, QueueEntryId, QueueId, ReservationId, TenantId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Tables do not grow beyond these.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub agents_max: usize,
    pub queues_max: usize,
    /// Of one queue.
    pub members_max: usize,
    /// Callers who wait, callbacks counted.
    pub entries_max: usize,
    /// Queues a caller may be led through.
    pub hops_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { agents_max: 10_000, queues_max: 2_000, members_max: 5_000, entries_max: 50_000, hops_max: 5 }
    }
}

/// What holds for all agents and queues of a tenant.
#[derive(Clone, Debug, Default)]
pub(crate) struct House {
    pub(crate) settings: Arc<DeskSettings>,
    pub(crate) holidays: Arc<Holidays>,
}

/// Agents and queues of all tenants of one floor.
#[derive(Debug)]
pub struct Acd {
    pub(crate) limits: Limits,
    pub(crate) now: At,
    pub(crate) out: VecDeque<Output>,
    pub(crate) timers: Timers,
    pub(crate) houses: BTreeMap<TenantId, House>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) entries: BTreeMap<QueueEntryId, Entry>,
    /// Calls of entries.
    pub(crate) calls: BTreeMap<CallId, QueueEntryId>,
    /// Entries that wait to be called, by number.
    pub(crate) callbacks: BTreeMap<(TenantId, String), QueueEntryId>,
    pub(crate) reservations: BTreeMap<ReservationId, AgentId>,
    /// Who is waited for, by whom, by rank.
    pub(crate) locks: BTreeSet<(AgentId, At, QueueEntryId)>,
    pub(crate) last_reservation: i64,
    /// May have become free.
    pub(crate) agents_stirred: BTreeSet<AgentId>,
    /// May have become due, by rank.
    pub(crate) entries_stirred: BTreeSet<(At, QueueEntryId)>,
}

impl Acd {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            now: At(0),
            out: VecDeque::new(),
            timers: Timers::default(),
            houses: BTreeMap::new(),
            agents: BTreeMap::new(),
            queues: BTreeMap::new(),
            entries: BTreeMap::new(),
            calls: BTreeMap::new(),
            callbacks: BTreeMap::new(),
            reservations: BTreeMap::new(),
            locks: BTreeSet::new(),
            last_reservation: 0,
            agents_stirred: BTreeSet::new(),
            entries_stirred: BTreeSet::new(),
        }
    }

    /// Takes one input. Then call [`Acd::poll_output`] until it is empty, also after a refusal: timers may have been due. A
    /// clock that steps back is held.
    ///
    /// # Errors
    /// Why the input changed nothing.
    pub fn handle(&mut self, now: At, input: Input) -> Result<(), Refusal> {
        self.now = self.now.max(now);
        // The whole calendar first: nobody is offered a call by a shift of which only one end was read.
        while let Some(timer) = self.timers.pop_due_calendar(self.now) {
            self.fire(timer);
        }
        self.pump();
        while let Some(timer) = self.timers.pop_due(self.now) {
            self.fire(timer);
            self.pump();
        }
        let taken = self.take(input);
        self.pump();
        taken
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to hand in [`Input::Tick`] if nothing else comes before.
    pub fn next_timer(&self) -> Option<At> {
        self.timers.next()
    }

    fn take(&mut self, input: Input) -> Result<(), Refusal> {
        match input {
            Input::Tick => Ok(()),
            Input::Desk { tenant, settings, holidays } => {
                self.on_desk(tenant, House { settings, holidays });
                Ok(())
            }
            Input::Agent(agent) => self.on_agent(agent),
            Input::AgentGone { agent } => self.on_agent_gone(agent),
            Input::Queue(queue) => self.on_queue(queue),
            Input::QueueGone { queue } => self.on_queue_gone(queue),
            Input::Members { queue, members } => self.on_members(queue, members),
            Input::Tally { agent, calls, talk_ms } => self.on_tally(agent, calls, talk_ms),
            Input::SignIn { agent, session, seat, ready } => self.sign_in(agent, session, seat, ready),
            Input::SignOut { agent } => self.change(agent, Some(Next::Off { by: None })),
            Input::Ready { agent } => self.change(agent, None),
            Input::Break { agent, reason } => self.take_break(agent, reason, None),
            Input::ExtendWrapUp { agent } => self.extend_wrap_up(agent),
            Input::Force { agent, to, by } => self.force(agent, to, by),
            Input::Link { agent, up } => self.on_link(agent, up),
            Input::Rang { reservation } => self.on_rang(reservation),
            Input::Answered { reservation } => self.on_answered(reservation),
            Input::Failed { reservation, why } => self.on_failed(reservation, why),
            Input::Held { reservation, on } => self.on_held(reservation, on),
            Input::Done { reservation } => self.on_done(reservation),
            Input::CallbackAnswered { reservation, call } => self.callback_answered(reservation, call),
            Input::CallbackFailed { reservation } => self.callback_failed(reservation),
            Input::Engage { agent, call, way, queue } => self.engage(agent, call, way, queue),
            Input::Adopt { reservation, queue } => self.adopt(reservation, queue),
            Input::Reserve { queue, call, ms, agent } => self.reserve(queue, call, ms, agent),
            Input::Dedicate { queue, on } => self.dedicate(queue, on),
            Input::Release { reservation } => self.release(reservation),
            Input::Enqueue(ask) => self.enqueue(*ask),
            Input::CallerLeft { call } => self.caller_left(call),
            Input::Cancel { entry } => self.cancel(entry),
            Input::Key { entry, key } => self.on_key(entry, key),
            Input::Callback { entry, number } => self.keep_for_callback(entry, number),
            Input::MoveUp { entry } => self.move_up(entry),
            Input::PickUp { entry, agent } => self.pick_up(entry, agent),
            Input::Take { entry, agent } => self.take_caller(entry, agent),
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::State(agent) => self.state_timed_out(agent),
            Timer::Link(agent) => self.link_timed_out(agent),
            Timer::WaitMax(entry) => self.wait_timed_out(entry),
            Timer::Longest(entry) => self.offer_choices(entry),
            Timer::Choice(entry) => self.choice_timed_out(entry),
            Timer::Lock(entry) => self.unlock(entry),
            Timer::Overflow(entry) => self.overflow_timed_out(entry),
            Timer::Relax(entry) => self.relax(entry),
            Timer::Again(entry) => self.try_again(entry),
            Timer::Announce(entry) => self.announce(entry),
            Timer::LongWait(entry) => self.long_wait(entry),
            Timer::Shift(queue, agent) => self.shift(queue, agent),
            Timer::Hours(queue) => self.hours(queue),
            Timer::Day(tenant) => self.new_day(tenant),
        }
    }

    pub(crate) fn house(&self, tenant: TenantId) -> House {
        self.houses.get(&tenant).cloned().unwrap_or_default()
    }

    pub(crate) fn agent_of(&self, reservation: ReservationId) -> Result<AgentId, Refusal> {
        self.reservations.get(&reservation).copied().ok_or(Refusal::Gone)
    }
}
