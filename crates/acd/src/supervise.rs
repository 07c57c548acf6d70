//! F1: what a supervisor does to agents, and callers taken by hand.

use crate::acd::Acd;
use crate::agent::Next;
use crate::entry::Place;
use crate::io::{Forced, Refusal, Withdrawal};
use model::record::AgentState;
use model::{AgentId, QueueEntryId, UserId};

impl Acd {
    /// An offer is taken back at once; a call that is up goes on, and what was forced follows it.
    pub(crate) fn force(&mut self, id: AgentId, to: Forced, by: UserId) -> Result<(), Refusal> {
        let by = Some(by);
        let agent = self.agents.get(&id).ok_or(Refusal::UnknownAgent)?;
        if !agent.is_signed_in() {
            return Err(Refusal::SignedOut);
        }
        let next = match to {
            Forced::Ready if agent.work.is_none() && agent.state() != AgentState::Ready => {
                if let Some(agent) = self.agents.get_mut(&id) {
                    agent.next = None;
                }
                self.enter_ready(id, by);
                return Ok(());
            }
            Forced::Ready => return self.change(id, None),
            Forced::Break(reason) => {
                let house = self.house(agent.record.tenant_id);
                if !house.settings.breaks.iter().any(|b| b.code == reason) {
                    return Err(Refusal::UnknownReason);
                }
                Next::Break { reason, by }
            }
            Forced::Off => Next::Off { by },
        };
        self.change(id, Some(next))?;
        let offered = self.agents.get(&id).and_then(|a| a.work.as_ref()).filter(|w| w.talking_since.is_none());
        if let Some(entry) = offered.map(|w| w.entry) {
            self.withdraw(id, Withdrawal::Taken);
            if let Some(entry) = entry {
                self.wait_on(entry);
            }
        }
        Ok(())
    }

    /// Who waits for a group is picked up by its members; a callback not before its time. Skills and VIP seats do not bind a
    /// person's own will.
    pub(crate) fn pick_up(&mut self, id: QueueEntryId, agent: AgentId) -> Result<(), Refusal> {
        let entry = self.entries.get(&id).ok_or(Refusal::UnknownEntry)?;
        if !self.queues.get(&entry.queue).is_some_and(|q| q.is_member(agent)) {
            return Err(Refusal::UnknownEntry);
        }
        if !self.is_due(entry) {
            return Err(Refusal::NotNow);
        }
        self.take_caller(id, agent)
    }

    /// E3 抢接: the caller goes to this agent, out of the queue or from a colleague's ringing phone.
    pub(crate) fn take_caller(&mut self, id: QueueEntryId, agent: AgentId) -> Result<(), Refusal> {
        let taker = self.agents.get(&agent).ok_or(Refusal::UnknownAgent)?;
        let entry = self.entries.get(&id).ok_or(Refusal::UnknownEntry)?;
        if taker.record.tenant_id != entry.ask.tenant {
            return Err(Refusal::Foreign);
        }
        taker.can_be_engaged()?;
        if let Place::Offered(other, _) = entry.place {
            self.withdraw(other, Withdrawal::Taken);
            self.wait_on(id);
        }
        if let Some(taker) = self.agents.get_mut(&agent) {
            taker.resume_break();
        }
        self.offer(id, agent);
        Ok(())
    }
}
