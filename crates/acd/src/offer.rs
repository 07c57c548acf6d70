//! A caller is offered to an agent, who rings, answers or does not.

use crate::acd::Acd;
use crate::agent::{Next, Origin, Work};
use crate::entry::Place;
use crate::io::{Failure, Offer, Output, Withdrawal};
use crate::state::Step;
use crate::wait::after;
use model::record::{AgentState, NoAnswer, RingEnd, Rung, break_reason};
use model::{AgentId, QueueEntryId, ReservationId};

impl Acd {
    /// Binds an agent to a new piece of work.
    pub(crate) fn bind(&mut self, agent: AgentId, origin: Origin) -> ReservationId {
        self.last_reservation += 1;
        let id = ReservationId(self.last_reservation);
        self.reservations.insert(id, agent);
        if let Some(agent) = self.agents.get_mut(&agent) {
            let work = Work {
                id,
                origin,
                entry: None,
                queue: None,
                call: None,
                offered_at: self.now,
                ringing_at: None,
                talking_since: None,
            };
            agent.work = Some(work);
        }
        id
    }

    pub(crate) fn unbind(&mut self, agent: AgentId) -> Option<Work> {
        let work = self.agents.get_mut(&agent)?.work.take()?;
        self.reservations.remove(&work.id);
        Some(work)
    }

    /// Takes the caller out of the waiting and binds the agent; the phone rings next, or a callback is dialled.
    pub(crate) fn offer(&mut self, id: QueueEntryId, agent: AgentId) {
        self.unlock(id);
        self.clear_timers(id);
        let reservation = self.bind(agent, Origin::Queue);
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.place = Place::Offered(agent, reservation);
        self.entries_stirred.remove(&(entry.rank, id));
        if let Some(queue) = self.queues.get_mut(&entry.queue) {
            queue.waiting.remove(&(entry.rank, id));
            if let Some(member) = queue.members.get(&agent) {
                queue.cursor = Some((member.record.place, agent));
            }
            // A menu that was being read is cut off, and comes anew should the caller wait again.
            if entry.choosing.take().is_some() {
                entry.longest_at = after(self.now, queue.record.longest_wait_ms);
            }
        }
        if let Some(work) = self.agents.get_mut(&agent).and_then(|a| a.work.as_mut()) {
            work.entry = Some(id);
            work.queue = Some(entry.queue);
            work.call = entry.ask.call;
        }
        match &entry.callback {
            Some(callback) => {
                let number = callback.number.clone();
                self.call_back(id, agent, reservation, number);
            }
            None => self.ring(id, agent, reservation),
        }
    }

    /// Rings the agent for a caller who is there.
    pub(crate) fn ring(&mut self, id: QueueEntryId, agent: AgentId, reservation: ReservationId) {
        let Some(entry) = self.entries.get(&id) else { return };
        let Some(seat) = self.agents.get(&agent).and_then(|a| a.seat.clone()) else { return };
        let settings = self.house(entry.ask.tenant).settings;
        let setup_ms = if seat.is_outside() { settings.setup_ms_max_outside } else { settings.setup_ms_max };
        let (queue, call, channel) = (entry.queue, entry.ask.call, entry.ask.channel);
        let ring_ms = self.ring_ms(agent);
        self.enter(agent, Step::to(AgentState::Reserved).on(Some(queue), call).at_most(i64::from(setup_ms.max(1))));
        self.out.push_back(Output::Offer(Offer { reservation, agent, seat, entry: id, queue, channel, call, ring_ms }));
    }

    pub(crate) fn ring_ms(&self, agent: AgentId) -> u32 {
        let Some(agent) = self.agents.get(&agent) else { return 1 };
        let queue = agent.work.as_ref().and_then(|w| w.queue).and_then(|q| self.queues.get(&q));
        let ms = match queue {
            Some(q) if agent.seat.as_ref().is_some_and(|s| s.is_outside()) => q.record.ring_ms_outside,
            Some(q) => q.record.ring_ms,
            None => self.house(agent.record.tenant_id).settings.direct_ring_ms,
        };
        ms.max(1)
    }

    /// D5: the agent did not take it. The caller waits on in their place; the agent as the queue has it.
    pub(crate) fn unanswered(&mut self, id: AgentId, why: Failure) {
        let Some(work) = self.unbind(id) else { return };
        let rule = work.queue.and_then(|q| self.queues.get(&q)).map(|q| q.record.no_answer);
        let (end, reason) = match why {
            Failure::NoAnswer => (RingEnd::NoAnswer, break_reason::NO_ANSWER),
            Failure::Declined => (RingEnd::Declined, break_reason::DECLINED),
            Failure::Unreachable => (RingEnd::Unreachable, break_reason::UNREACHABLE),
        };
        let skip_ms = match rule {
            Some(NoAnswer::Skip { ms }) if why != Failure::Unreachable => Some(i64::from(ms.max(1_000))),
            _ => None,
        };
        let stays = work.origin == Origin::Direct || skip_ms.is_some();
        if !stays && let Some(agent) = self.agents.get_mut(&id) {
            let rests = Next::Break { reason: reason.into(), by: None };
            agent.next = Some(agent.next.take().unwrap_or(rests));
        }
        if let Some(entry) = work.entry {
            if let (Some(ms), Some(entry)) = (skip_ms, self.entries.get_mut(&entry)) {
                entry.skipped.insert(id, self.now.plus_ms(ms));
            }
            self.took_back(entry, &work, id, end);
        }
        self.settle(id, true);
    }

    /// An offer is over without an answer: noted, and the caller waits on.
    pub(crate) fn took_back(&mut self, entry: QueueEntryId, work: &Work, agent: AgentId, end: RingEnd) {
        self.note_rung(entry, work, agent, end);
        self.wait_on(entry);
    }

    pub(crate) fn note_rung(&mut self, entry: QueueEntryId, work: &Work, agent: AgentId, end: RingEnd) {
        let now = self.now;
        let Some(entry) = self.entries.get_mut(&entry) else { return };
        entry.add_rung(Rung { agent_id: agent, offered_at: work.offered_at, ringing_at: work.ringing_at, ended_at: now, end });
    }

    /// Ends an offer for a reason that is not the agent's: they are free again, in their place among the idle. The caller is
    /// left without a place for whoever asked.
    pub(crate) fn withdraw(&mut self, agent: AgentId, why: Withdrawal) {
        self.void(agent, why);
        let Some(work) = self.unbind(agent) else { return };
        if let Some(entry) = work.entry {
            self.note_rung(entry, &work, agent, RingEnd::Withdrawn);
        }
        self.settle(agent, true);
    }
}
