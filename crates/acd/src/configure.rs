//! What is configured, and what changes under those who work and wait.

use crate::acd::{Acd, House};
use crate::agent::{Agent, Next, Tally};
use crate::entry::Place;
use crate::io::{Refusal, Withdrawal};
use crate::queue::{Member, Queue};
use crate::timer::Timer;
use model::record::{EntryOutcome, Membership, Target};
use model::{AgentId, QueueEntryId, QueueId, TenantId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Acd {
    pub(crate) fn on_desk(&mut self, tenant: TenantId, house: House) {
        self.houses.insert(tenant, house);
        self.await_midnight(tenant);
        let queues: Vec<QueueId> = self.queues.values().filter(|q| q.record.tenant_id == tenant).map(|q| q.record.id).collect();
        for queue in queues {
            self.hours(queue);
            self.shifts(queue);
        }
    }

    fn shifts(&mut self, queue: QueueId) {
        let members: Vec<AgentId> = self.queues.get(&queue).map(|q| q.members.keys().copied().collect()).unwrap_or_default();
        for agent in members {
            self.shift(queue, agent);
        }
    }

    pub(crate) fn on_agent(&mut self, record: Arc<model::record::Agent>) -> Result<(), Refusal> {
        let id = record.id;
        if self.agents.get(&id).is_some_and(|a| a.record.tenant_id != record.tenant_id) {
            return Err(Refusal::Foreign);
        }
        if self.agents.len() >= self.limits.agents_max && !self.agents.contains_key(&id) {
            return Err(Refusal::Limit);
        }
        let enabled = record.enabled;
        let agent = self.agents.entry(id).or_insert_with(|| Agent::new(record.clone()));
        agent.record = record;
        let leaves = !enabled && agent.is_signed_in();
        self.agents_stirred.insert(id);
        if leaves { self.change(id, Some(Next::Off { by: None })) } else { Ok(()) }
    }

    /// As if signed out at once; a call that is up is the floor's alone.
    pub(crate) fn on_agent_gone(&mut self, id: AgentId) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        let signed_in = agent.is_signed_in();
        agent.next = Some(Next::Off { by: None });
        let (entry, talks) = (agent.work.as_ref().and_then(|w| w.entry), agent.state().is_talking());
        if agent.work.is_some() && !talks {
            self.withdraw(id, Withdrawal::Taken);
        } else if signed_in {
            self.unbind(id);
            self.settle(id, false);
        }
        if let Some(entry) = entry {
            self.wait_on(entry);
        }
        self.agents_stirred.remove(&id);
        let queues = self.agents.remove(&id).map(|a| a.queues).unwrap_or_default();
        for queue in queues {
            self.drop_member(queue, id);
        }
        Ok(())
    }

    fn drop_member(&mut self, queue: QueueId, agent: AgentId) {
        self.timers.clear(Timer::Shift(queue, agent));
        if let Some(queue) = self.queues.get_mut(&queue) {
            queue.members.remove(&agent);
        }
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.queues.remove(&queue);
        }
        self.unlock_from(queue, agent);
    }

    pub(crate) fn on_tally(&mut self, id: AgentId, calls: u32, talk_ms: i64) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        agent.tally = Tally { calls, talk_ms };
        Ok(())
    }

    pub(crate) fn on_queue(&mut self, record: Arc<model::record::Queue>) -> Result<(), Refusal> {
        let id = record.id;
        if self.queues.get(&id).is_some_and(|q| q.record.tenant_id != record.tenant_id) {
            return Err(Refusal::Foreign);
        }
        if self.queues.len() >= self.limits.queues_max && !self.queues.contains_key(&id) {
            return Err(Refusal::Limit);
        }
        let queue = self.queues.entry(id).or_insert_with(|| Queue::new(record.clone()));
        queue.record = record;
        let waiting = queue.waiting.clone();
        self.hours(id);
        for (_, entry) in &waiting {
            self.new_rules(*entry);
        }
        self.entries_stirred.extend(waiting);
        self.maybe_deserted(id);
        Ok(())
    }

    /// Needs and times waited for are read anew; a place is not.
    fn new_rules(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        entry.needs = queue.record.needs.iter().chain(&entry.ask.needs).copied().collect();
        self.arm(id);
    }

    /// Its callers go back into their flows.
    pub(crate) fn on_queue_gone(&mut self, id: QueueId) -> Result<(), Refusal> {
        if !self.queues.contains_key(&id) {
            return Err(Refusal::UnknownQueue);
        }
        let here: Vec<(QueueEntryId, Place)> =
            self.entries.values().filter(|e| e.queue == id).map(|e| (e.id(), e.place)).collect();
        for (entry, place) in here {
            if let Place::Offered(agent, _) = place {
                self.withdraw(agent, Withdrawal::Taken);
            }
            self.leave(entry, Target::Resume, EntryOutcome::Cancelled);
        }
        self.timers.clear(Timer::Hours(id));
        let members = self.queues.remove(&id).map(|q| q.members).unwrap_or_default();
        for agent in members.into_keys() {
            self.drop_member(id, agent);
        }
        Ok(())
    }

    pub(crate) fn on_members(&mut self, id: QueueId, members: Vec<Membership>) -> Result<(), Refusal> {
        let queue = self.queues.get(&id).ok_or(Refusal::UnknownQueue)?;
        if members.len() > self.limits.members_max {
            return Err(Refusal::Limit);
        }
        let tenant = queue.record.tenant_id;
        let house = self.house(tenant);
        let ours = |m: &Membership| self.agents.get(&m.agent_id).is_some_and(|a| a.record.tenant_id == tenant);
        let new: BTreeMap<AgentId, Member> = members
            .into_iter()
            .filter(ours)
            .map(|record| {
                let (active, _) = house.opening(record.schedule.as_ref(), self.now);
                (record.agent_id, Member { record, active })
            })
            .collect();
        let gone: BTreeSet<AgentId> = queue.members.keys().filter(|a| !new.contains_key(a)).copied().collect();
        for agent in gone {
            self.drop_member(id, agent);
        }
        for agent in new.keys() {
            if let Some(agent) = self.agents.get_mut(agent) {
                agent.queues.insert(id);
            }
        }
        if let Some(queue) = self.queues.get_mut(&id) {
            queue.members = new;
        }
        self.shifts(id);
        self.maybe_deserted(id);
        Ok(())
    }
}
