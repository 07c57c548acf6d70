//! D1, D3, D4: agents who suit a caller personally. Either they are asked first, or they are waited for and locked.

use crate::acd::Acd;
use crate::timer::Timer;
use model::record::{CallerClass, Preference};
use model::{AgentId, At, QueueEntryId};

pub(crate) enum Preferred {
    Agent(AgentId),
    /// The caller waits for one who is busy.
    Locked,
    Nobody,
}

impl Acd {
    /// In this order: the seat assigned to a VIP, the owner, the agent of the open ticket, the last one.
    pub(crate) fn preferred(&mut self, id: QueueEntryId) -> Preferred {
        let Some(entry) = self.entries.get(&id) else { return Preferred::Nobody };
        let Some(queue) = self.queues.get(&entry.queue) else { return Preferred::Nobody };
        let (wishes, rules) = (entry.ask.wishes, &queue.record);
        let seat = wishes.seat.filter(|_| entry.ask.classes.contains(&CallerClass::Vip));
        let asked = [
            (seat, rules.vip_seat),
            (wishes.owner, rules.owner),
            (wishes.ticket, rules.ticket_agent),
            (wishes.last, rules.last_agent),
        ];
        for (agent, preference) in asked {
            let Some(agent) = agent.filter(|_| preference != Preference::Off) else { continue };
            if self.fits(entry, agent) {
                return Preferred::Agent(agent);
            }
            let Preference::Wait { ms_max } = preference else { continue };
            let worth = self.agents.get(&agent).is_some_and(|a| a.is_worth_waiting());
            if worth && ms_max > 0 && !entry.lock_spent && self.is_due(entry) && self.suits(entry, agent) {
                self.lock(id, agent, self.now.plus_ms(i64::from(ms_max)));
                return Preferred::Locked;
            }
        }
        Preferred::Nobody
    }

    fn lock(&mut self, id: QueueEntryId, agent: AgentId, until: At) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.lock = Some((agent, until));
        entry.lock_spent = true;
        self.locks.insert((agent, entry.rank, id));
        self.timers.set(Timer::Lock(id), until);
    }

    /// Others may have the caller.
    pub(crate) fn unlock(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        if let Some((agent, _)) = entry.lock.take() {
            self.locks.remove(&(agent, entry.rank, id));
            self.timers.clear(Timer::Lock(id));
            self.entries_stirred.insert((entry.rank, id));
        }
    }

    /// The agent is not coming: whoever waits for them alone waits for all again.
    pub(crate) fn unlock_all(&mut self, agent: AgentId) {
        let locked =
            self.locks.range((agent, At(i64::MIN), QueueEntryId(i64::MIN))..=(agent, At(i64::MAX), QueueEntryId(i64::MAX)));
        let locked: Vec<QueueEntryId> = locked.map(|(_, _, e)| *e).collect();
        for entry in locked {
            self.unlock(entry);
        }
    }
}
