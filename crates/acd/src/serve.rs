//! Who gets whom. Both ways: a caller looks for an agent, an agent who became free for a caller. Between two inputs no caller
//! waits while an agent is free who fits.

use crate::acd::Acd;
use crate::entry::Entry;
use crate::prefer::Preferred;
use crate::strategy::{self, Candidate};
use model::record::CallerClass;
use model::{AgentId, At, QueueEntryId};

impl Acd {
    /// Settles everything that was stirred. Agents first: whoever waits longest for them comes before one who only came back.
    pub(crate) fn pump(&mut self) {
        loop {
            if let Some(agent) = self.agents_stirred.pop_first() {
                while self.agents.get(&agent).is_some_and(|a| a.is_free()) {
                    let Some(entry) = self.most_urgent(agent) else { break };
                    // Not placed and not waiting for somebody else either: nothing would change.
                    if !self.place(entry) && self.entries.get(&entry).is_none_or(|e| e.lock.is_none()) {
                        break;
                    }
                }
            } else if let Some((_, entry)) = self.entries_stirred.pop_first() {
                self.place(entry);
            } else {
                return;
            }
        }
    }

    /// Offers a waiting caller to the agent who is due, if any is free.
    pub(crate) fn place(&mut self, id: QueueEntryId) -> bool {
        let Some(entry) = self.entries.get(&id).filter(|e| e.is_waiting()) else { return false };
        let chosen = match entry.lock {
            Some((agent, _)) => Some(agent).filter(|a| self.fits(entry, *a)),
            None => match self.preferred(id) {
                Preferred::Agent(agent) => Some(agent),
                Preferred::Locked => None,
                Preferred::Nobody => self.best_agent(id),
            },
        };
        let Some(agent) = chosen else { return false };
        self.offer(id, agent);
        true
    }

    fn best_agent(&self, id: QueueEntryId) -> Option<AgentId> {
        let entry = self.entries.get(&id)?;
        let queue = self.queues.get(&entry.queue)?;
        let candidates = queue.members.iter().filter(|(agent, _)| self.fits(entry, **agent)).filter_map(|(id, member)| {
            let agent = self.agents.get(id)?;
            let skill = entry.needs.iter().filter_map(|n| agent.record.skills.get(&n.skill)).map(|l| u32::from(*l)).sum();
            Some(Candidate {
                agent: *id,
                place: member.record.place,
                calls: agent.tally.calls,
                talk_ms: agent.tally.talk_ms,
                idle_since: agent.idle_since,
                skill,
            })
        });
        strategy::pick(queue.record.strategy, queue.cursor, candidates)
    }

    /// Whom a free agent should take: first who waits for them alone, then the most urgent of their queues. A wait weighs as
    /// its queue says, so that queues that share too few agents wait in that ratio.
    fn most_urgent(&self, id: AgentId) -> Option<QueueEntryId> {
        let locked = self.locks.range((id, At(i64::MIN), QueueEntryId(i64::MIN))..=(id, At(i64::MAX), QueueEntryId(i64::MAX)));
        let mut locked = locked.map(|(_, _, e)| *e);
        if let Some(entry) = locked.find(|e| self.entries.get(e).is_some_and(|e| self.fits(e, id))) {
            return Some(entry);
        }
        let agent = self.agents.get(&id)?;
        let heads = agent.queues.iter().filter_map(|q| {
            let queue = self.queues.get(q).filter(|q| q.is_member(id))?;
            let (rank, entry) = queue.waiting.iter().find(|(_, e)| self.entries.get(e).is_some_and(|e| self.fits(e, id)))?;
            let waited = self.now.ms().saturating_sub(rank.ms());
            Some((waited.saturating_mul(i64::from(queue.record.weight)), *rank, *entry))
        });
        heads.max_by_key(|(urgency, rank, entry)| (*urgency, std::cmp::Reverse((*rank, *entry)))).map(|(_, _, entry)| entry)
    }

    /// Whether this caller may be offered to this agent now.
    pub(crate) fn fits(&self, entry: &Entry, id: AgentId) -> bool {
        entry.is_waiting()
            && self.agents.get(&id).is_some_and(|a| a.is_free())
            && entry.lock.is_none_or(|(locked, _)| locked == id)
            && self.is_due(entry)
            && entry.skipped.get(&id).is_none_or(|until| *until <= self.now)
            && self.suits(entry, id)
    }

    /// Whether a caller may be offered at all now. Nobody is called back before the time, or while the queue is closed.
    pub(crate) fn is_due(&self, entry: &Entry) -> bool {
        let open = || self.queues.get(&entry.queue).is_some_and(|q| q.open);
        entry.callback.as_ref().is_none_or(|c| c.not_before <= self.now && open())
    }

    /// Membership, VIP seats and skills, whatever the agent does now.
    pub(crate) fn suits(&self, entry: &Entry, id: AgentId) -> bool {
        let Some(agent) = self.agents.get(&id) else { return false };
        let Some(member) = self.queues.get(&entry.queue).and_then(|q| q.members.get(&id)) else { return false };
        let able = |n: &model::record::Need| agent.record.skills.get(&n.skill).is_some_and(|have| *have >= entry.level(*n));
        let vip = !member.record.vip_only || entry.ask.classes.contains(&CallerClass::Vip);
        let dialled = entry.ask.patience.is_none() || self.takes_dialled(agent, entry.queue);
        let here = !self.is_dedicated_elsewhere(agent, entry.queue);
        member.active && vip && dialled && here && entry.needs.iter().all(able)
    }
}
