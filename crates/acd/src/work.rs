//! What becomes of a reservation: ringing, talk, hold, the end and the time for writing up.

use crate::acd::Acd;
use crate::agent::{Next, Origin};
use crate::io::{Failure, Refusal};
use crate::state::Step;
use crate::timer::Timer;
use model::record::{AgentState, EntryOutcome, RingEnd};
use model::{AgentId, ReservationId};

impl Acd {
    pub(crate) fn on_rang(&mut self, reservation: ReservationId) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let ring_ms = i64::from(self.ring_ms(id));
        let waits_for_caller = self.is_calling_back(id);
        let now = self.now;
        let agent = self.agents.get_mut(&id).ok_or(Refusal::Gone)?;
        let reserved = agent.state() == AgentState::Reserved;
        let (true, false, Some(work)) = (reserved, waits_for_caller, agent.work.as_mut()) else { return Err(Refusal::NotNow) };
        work.ringing_at = Some(now);
        let step = Step::to(AgentState::Ringing).on(work.queue, work.call).at_most(ring_ms);
        self.enter(id, step);
        Ok(())
    }

    pub(crate) fn on_answered(&mut self, reservation: ReservationId) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        if self.is_calling_back(id) {
            return Err(Refusal::NotNow);
        }
        let now = self.now;
        let agent = self.agents.get_mut(&id).ok_or(Refusal::Gone)?;
        let Some(work) = agent.work.as_mut().filter(|w| w.talking_since.is_none()) else { return Err(Refusal::NotNow) };
        work.talking_since = Some(now);
        agent.tally.calls = agent.tally.calls.saturating_add(1);
        let step = Step::to(AgentState::Talking).on(work.queue, work.call);
        let entry = work.entry.take();
        let work = work.clone();
        self.enter(id, step);
        if let Some(entry) = entry {
            self.note_rung(entry, &work, id, RingEnd::Answered);
            self.end_entry(entry, EntryOutcome::Answered, Some(id));
        }
        Ok(())
    }

    pub(crate) fn on_failed(&mut self, reservation: ReservationId, why: Failure) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let agent = self.agents.get(&id).ok_or(Refusal::Gone)?;
        if agent.work.as_ref().is_some_and(|w| w.talking_since.is_some()) || self.is_calling_back(id) {
            return Err(Refusal::NotNow);
        }
        self.unanswered(id, why);
        Ok(())
    }

    pub(crate) fn on_held(&mut self, reservation: ReservationId, on: bool) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let agent = self.agents.get(&id).ok_or(Refusal::Gone)?;
        let work = agent.work.as_ref().ok_or(Refusal::Gone)?;
        let (from, to) = if on { (AgentState::Talking, AgentState::Held) } else { (AgentState::Held, AgentState::Talking) };
        if agent.state() != from {
            return Err(Refusal::NotNow);
        }
        let step = Step::to(to).on(work.queue, work.call);
        self.enter(id, step);
        Ok(())
    }

    pub(crate) fn on_done(&mut self, reservation: ReservationId) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let work = self.agents.get(&id).and_then(|a| a.work.as_ref()).ok_or(Refusal::Gone)?;
        let Some(since) = work.talking_since else {
            // A direct call that was given up before it was answered. One from a queue has its own ways to end.
            if work.origin == Origin::Queue {
                return Err(Refusal::NotNow);
            }
            self.let_go(id);
            return Ok(());
        };
        let (queue, call) = (work.queue, work.call);
        let talk_ms = self.now.since_ms(since);
        self.unbind(id);
        let wrap_ms = self.wrap_up_ms(id, queue);
        if let Some(q) = queue.and_then(|q| self.queues.get_mut(&q)) {
            q.handled(talk_ms + wrap_ms);
        }
        let Some(agent) = self.agents.get_mut(&id) else { return Ok(()) };
        agent.tally.talk_ms = agent.tally.talk_ms.saturating_add(talk_ms);
        let leaves = matches!(agent.next, Some(Next::Off { .. }));
        if wrap_ms == 0 || leaves {
            self.settle(id, false);
        } else {
            self.enter(id, Step::to(AgentState::WrapUp).on(queue, call).at_most(wrap_ms));
        }
        Ok(())
    }

    pub(crate) fn extend_wrap_up(&mut self, id: AgentId) -> Result<(), Refusal> {
        let agent = self.agents.get(&id).ok_or(Refusal::UnknownAgent)?;
        if agent.state() != AgentState::WrapUp {
            return Err(Refusal::NotNow);
        }
        let queue = agent.interval.as_ref().and_then(|i| i.queue_id);
        let ms = self.wrap_up_ms(id, queue);
        self.timers.set(Timer::State(id), self.now.plus_ms(ms.max(1)));
        Ok(())
    }

    fn wrap_up_ms(&self, id: AgentId, queue: Option<model::QueueId>) -> i64 {
        let ms = match queue.and_then(|q| self.queues.get(&q)) {
            Some(q) => q.record.wrap_up_ms,
            None => self.agents.get(&id).map_or(0, |a| self.house(a.record.tenant_id).settings.direct_wrap_up_ms),
        };
        i64::from(ms)
    }

    /// The agent is bound no more, and nobody is to blame.
    pub(crate) fn let_go(&mut self, id: AgentId) {
        self.unbind(id);
        self.settle(id, true);
    }
}
