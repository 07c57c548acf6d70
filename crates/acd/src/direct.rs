//! Work that comes through no queue: an agent dials or is called, and agents whom the dialer keeps for its own calls.

use crate::acd::Acd;
use crate::agent::{Agent, Next, Origin};
use crate::io::{Engagement, Output, Refusal};
use crate::state::Step;
use crate::strategy::{self, Candidate};
use model::record::AgentState;
use model::{AgentId, CallId, QueueId, ReservationId};

impl Agent {
    /// Whether a person may be given work by a person's will: signed in and without any.
    pub(crate) fn can_be_engaged(&self) -> Result<(), Refusal> {
        match (self.is_signed_in(), &self.work) {
            (false, _) => Err(Refusal::SignedOut),
            (true, Some(_)) => Err(Refusal::Busy),
            (true, None) => Ok(()),
        }
    }

    /// Who is engaged during a break goes back to it.
    pub(crate) fn resume_break(&mut self) {
        if let Some(interval) = self.interval.as_ref().filter(|i| i.state == AgentState::Break) {
            let reason = interval.reason.clone().unwrap_or_default();
            self.next = Some(Next::Break { reason, by: interval.set_by });
        }
    }
}

impl Acd {
    pub(crate) fn engage(&mut self, id: AgentId, call: CallId, way: Engagement, queue: Option<QueueId>) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        agent.can_be_engaged()?;
        agent.resume_break();
        let (tenant, outside) = (agent.record.tenant_id, agent.seat.as_ref().is_some_and(|s| s.is_outside()));
        let settings = self.house(tenant).settings;
        let (state, ms) = match way {
            Engagement::Dial => (AgentState::Dialing, settings.setup_ms_max_outside.saturating_add(settings.direct_ring_ms)),
            Engagement::Ring if outside => (AgentState::Reserved, settings.setup_ms_max_outside),
            Engagement::Ring => (AgentState::Reserved, settings.setup_ms_max),
        };
        self.keep(
            id,
            Origin::Direct,
            call,
            queue,
            Step::to(state).because("direct").on(queue, Some(call)).at_most(i64::from(ms.max(1))),
        );
        Ok(())
    }

    pub(crate) fn adopt(&mut self, reservation: ReservationId, queue: QueueId) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let work = self.agents.get_mut(&id).and_then(|a| a.work.as_mut()).ok_or(Refusal::Gone)?;
        work.queue.get_or_insert(queue);
        Ok(())
    }

    /// O1, blended: the best ready agent of the group by its strategy, unless its inbound queues would be left too bare.
    pub(crate) fn reserve(&mut self, id: QueueId, call: CallId, ms: u32, wanted: Option<AgentId>) -> Result<(), Refusal> {
        let queue = self.queues.get(&id).ok_or(Refusal::UnknownQueue)?;
        let suits = |agent: &AgentId| wanted.is_none_or(|w| w == *agent);
        let free = queue.members.iter().filter(|(agent, m)| m.active && m.record.outbound && suits(agent));
        let candidates = free.filter_map(|(agent, member)| {
            let a = self.agents.get(agent).filter(|a| a.is_free() && (wanted.is_some() || self.can_spare(a)))?;
            Some(Candidate {
                agent: *agent,
                place: member.record.place,
                calls: a.tally.calls,
                talk_ms: a.tally.talk_ms,
                idle_since: a.idle_since,
                skill: 0,
            })
        });
        let chosen = strategy::pick(queue.record.strategy, queue.cursor, candidates).ok_or(Refusal::NoAgent)?;
        if let Some(queue) = self.queues.get_mut(&id)
            && let Some(member) = queue.members.get(&chosen)
        {
            queue.cursor = Some((member.record.place, chosen));
        }
        let step = Step::to(AgentState::Reserved).because("outbound").on(Some(id), Some(call)).at_most(i64::from(ms.max(1)));
        self.keep(chosen, Origin::Outbound, call, Some(id), step);
        Ok(())
    }

    fn keep(&mut self, id: AgentId, origin: Origin, call: CallId, queue: Option<QueueId>, step: Step) {
        let reservation = self.bind(id, origin);
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if let Some(work) = agent.work.as_mut() {
            work.call = Some(call);
            work.queue = queue;
        }
        let Some(seat) = agent.seat.clone() else { return };
        self.enter(id, step);
        self.out.push_back(Output::Reserved { reservation, agent: id, seat, call, queue });
    }

    pub(crate) fn dedicate(&mut self, id: QueueId, on: bool) -> Result<(), Refusal> {
        let queue = self.queues.get_mut(&id).ok_or(Refusal::UnknownQueue)?;
        if queue.dedicated != on {
            queue.dedicated = on;
            // Callers of other groups may have an agent again.
            self.agents_stirred.extend(queue.members.keys());
        }
        Ok(())
    }

    /// A person whom the dialer reached goes to whoever the dialer may have, and whose phone answers at once.
    pub(crate) fn takes_dialled(&self, agent: &Agent, queue: QueueId) -> bool {
        let outbound = self.queues.get(&queue).and_then(|q| q.members.get(&agent.id())).is_some_and(|m| m.record.outbound);
        outbound && !agent.seat.as_ref().is_some_and(|s| s.is_outside())
    }

    /// Another group has the agent for itself.
    pub(crate) fn is_dedicated_elsewhere(&self, agent: &Agent, queue: QueueId) -> bool {
        let id = agent.id();
        let others = agent.queues.iter().filter(|q| **q != queue).filter_map(|q| self.queues.get(q));
        others.into_iter().any(|q| q.dedicated && q.is_member(id))
    }

    /// Each of the agent's queues that wants ready agents kept has enough besides this one.
    pub(crate) fn can_spare(&self, agent: &Agent) -> bool {
        let id = agent.id();
        agent.queues.iter().filter_map(|q| self.queues.get(q)).filter(|q| q.record.keep_ready > 0 && q.is_member(id)).all(|q| {
            let others = q.members.iter().filter(|(other, m)| **other != id && m.active);
            others.filter(|(other, _)| self.agents.get(other).is_some_and(|a| a.is_free())).count()
                >= q.record.keep_ready as usize
        })
    }

    /// Whether the agent is kept for the dialer and nothing rings yet.
    pub(crate) fn is_kept(&self, id: AgentId) -> bool {
        let work = self.agents.get(&id).and_then(|a| a.work.as_ref());
        work.is_some_and(|w| w.origin == Origin::Outbound && w.ringing_at.is_none() && w.talking_since.is_none())
    }

    pub(crate) fn release(&mut self, reservation: ReservationId) -> Result<(), Refusal> {
        let id = self.agent_of(reservation)?;
        let work = self.agents.get(&id).and_then(|a| a.work.as_ref()).ok_or(Refusal::Gone)?;
        if work.origin == Origin::Queue || work.talking_since.is_some() {
            return Err(Refusal::NotNow);
        }
        self.let_go(id);
        Ok(())
    }
}
