//! D5: who does not want to wait is called when their turn comes. The place is kept, and a number has one callback at most:
//! asked for twice it stays one, and who calls again takes its place on the line.

use crate::acd::Acd;
use crate::entry::{Callback, Place};
use crate::io::{Ask, Output, Refusal};
use crate::state::Step;
use crate::wait::after;
use model::record::{AgentState, Channel, EntryOutcome, RingEnd};
use model::{AgentId, At, CallId, QueueEntryId, ReservationId};

/// The line must be free again before it is called.
const PAUSE_MS: i64 = 10_000;
const NUMBER_MAX: usize = 40;

impl Acd {
    pub(crate) fn keep_for_callback(&mut self, id: QueueEntryId, number: String) -> Result<(), Refusal> {
        let now = self.now;
        let entry = self.entries.get_mut(&id).ok_or(Refusal::UnknownEntry)?;
        let queue = self.queues.get(&entry.queue).ok_or(Refusal::UnknownQueue)?;
        let rules = &queue.record.callback;
        if !rules.enabled {
            return Err(Refusal::NoSuchChoice);
        }
        if !entry.is_waiting() || entry.callback.is_some() || entry.ask.channel != Channel::Call {
            return Err(Refusal::NotNow);
        }
        if number.is_empty() || number.len() > NUMBER_MAX {
            return Err(Refusal::NoNumber);
        }
        let call = entry.ask.call;
        let key = (entry.ask.tenant, number.clone());
        if let Some(older) = self.callbacks.get(&key).copied() {
            self.end_entry(id, EntryOutcome::Merged, None);
            self.out.push_back(Output::CallbackKept { entry: older, call, number });
            return Ok(());
        }
        entry.callback = Some(Callback { number: number.clone(), attempts: 0, not_before: now.plus_ms(PAUSE_MS) });
        entry.was_callback = true;
        entry.choosing = None;
        entry.ask.call = None;
        entry.wait_until = now.plus_ms(i64::from(rules.keep_ms.max(1)));
        self.callbacks.insert(key, id);
        if let Some(call) = call {
            self.calls.remove(&call);
        }
        self.unlock(id);
        self.arm(id);
        self.out.push_back(Output::CallbackKept { entry: id, call, number });
        Ok(())
    }

    /// Who calls again is called back no more, and has the place of their callback where it is for the same queue. Gives when
    /// it came and its rank.
    pub(crate) fn supersede(&mut self, ask: &Ask) -> Option<(At, At)> {
        if ask.channel != Channel::Call || ask.caller.is_empty() {
            return None;
        }
        let older = *self.callbacks.get(&(ask.tenant, ask.caller.clone()))?;
        let open = self.queues.get(&ask.queue).is_some_and(|q| q.open);
        let entry = self.entries.get(&older).filter(|e| e.queue == ask.queue && open)?;
        let kept = (entry.came_at, entry.rank);
        self.take_out(older, EntryOutcome::Superseded);
        Some(kept)
    }

    /// Its turn has come: the agent is kept while the caller is rung.
    pub(crate) fn call_back(&mut self, id: QueueEntryId, agent: AgentId, reservation: ReservationId, number: String) {
        let Some(queue) = self.entries.get(&id).map(|e| e.queue) else { return };
        let ring_ms = self.queues.get(&queue).map_or(1, |q| q.record.callback.ring_ms.max(1));
        self.enter(agent, Step::to(AgentState::Reserved).because("callback").on(Some(queue), None).at_most(i64::from(ring_ms)));
        self.out.push_back(Output::CallBack { reservation, agent, entry: id, queue, number, ring_ms });
    }

    /// Whether the agent is kept for somebody who is being called back.
    pub(crate) fn is_calling_back(&self, agent: AgentId) -> bool {
        let entry = self.agents.get(&agent).and_then(|a| a.work.as_ref()).and_then(|w| w.entry);
        entry.and_then(|e| self.entries.get(&e)).is_some_and(|e| e.callback.is_some())
    }

    fn called_back(&self, reservation: ReservationId) -> Result<(AgentId, QueueEntryId), Refusal> {
        let agent = self.agent_of(reservation)?;
        let work = self.agents.get(&agent).and_then(|a| a.work.as_ref()).ok_or(Refusal::Gone)?;
        match work.entry {
            Some(entry) if self.is_calling_back(agent) => Ok((agent, entry)),
            _ => Err(Refusal::NotNow),
        }
    }

    /// The caller is on the line: from now on they wait as anybody, with the agent offered to them.
    pub(crate) fn callback_answered(&mut self, reservation: ReservationId, call: CallId) -> Result<(), Refusal> {
        let (agent, id) = self.called_back(reservation)?;
        if self.calls.contains_key(&call) {
            return Err(Refusal::AlreadyWaiting);
        }
        let now = self.now;
        let entry = self.entries.get_mut(&id).ok_or(Refusal::Gone)?;
        if let Some(callback) = entry.callback.take() {
            self.callbacks.remove(&(entry.ask.tenant, callback.number));
        }
        entry.ask.call = Some(call);
        self.calls.insert(call, id);
        if let Some(queue) = self.queues.get(&entry.queue) {
            entry.wait_until = now.plus_ms(i64::from(queue.record.wait_ms_max.max(1)));
            entry.longest_at = after(now, queue.record.longest_wait_ms);
            entry.announce_at = after(now, queue.record.announcements.first_ms);
            entry.long_wait_at = after(now, queue.record.service_level.long_wait_ms);
        }
        if let Some(work) = self.agents.get_mut(&agent).and_then(|a| a.work.as_mut()) {
            work.call = Some(call);
        }
        self.ring(id, agent, reservation);
        Ok(())
    }

    pub(crate) fn callback_failed(&mut self, reservation: ReservationId) -> Result<(), Refusal> {
        let (agent, _) = self.called_back(reservation)?;
        self.not_reached(agent);
        Ok(())
    }

    /// Later again, in the same place, as often as the queue allows.
    pub(crate) fn not_reached(&mut self, agent: AgentId) {
        let Some(work) = self.unbind(agent) else { return };
        if let Some(id) = work.entry {
            self.note_rung(id, &work, agent, RingEnd::CustomerNotReached);
            self.later(id);
        }
        self.settle(agent, true);
    }

    fn later(&mut self, id: QueueEntryId) {
        let now = self.now;
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        let rules = &queue.record.callback;
        let Some(callback) = entry.callback.as_mut() else { return };
        callback.attempts += 1;
        callback.not_before = now.plus_ms(i64::from(rules.retry_ms.max(1_000)));
        if callback.attempts >= rules.attempts_max {
            self.end_entry(id, EntryOutcome::CallbackFailed, None);
        } else {
            debug_assert!(matches!(entry.place, Place::Offered(..)));
            self.wait_on(id);
        }
    }
}
