//! Every change of an agent's state goes through here, so that the ledger of intervals has no gap and no state lacks its timer.

use crate::acd::Acd;
use crate::agent::Next;
use crate::io::{Alarm, Failure, Output, Withdrawal};
use crate::timer::Timer;
use model::record::{AgentState, StateInterval};
use model::{AgentId, AgentSessionId, CallId, QueueId, UserId};

/// A state to enter.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    state: AgentState,
    reason: Option<String>,
    by: Option<UserId>,
    queue: Option<QueueId>,
    call: Option<CallId>,
    /// Until it times out.
    ms: Option<i64>,
}

impl Step {
    pub(crate) const fn to(state: AgentState) -> Self {
        Self { state, reason: None, by: None, queue: None, call: None, ms: None }
    }

    pub(crate) fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    pub(crate) fn by(self, by: Option<UserId>) -> Self {
        Self { by, ..self }
    }

    pub(crate) fn on(self, queue: Option<QueueId>, call: Option<CallId>) -> Self {
        Self { queue, call, ..self }
    }

    pub(crate) fn at_most(self, ms: i64) -> Self {
        Self { ms: Some(ms), ..self }
    }
}

impl Acd {
    /// Ends the running interval and begins the next. Of a new session where one is given.
    pub(crate) fn begin_state(&mut self, id: AgentId, session: Option<AgentSessionId>, step: Step) {
        let now = self.now;
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let last = agent.interval.take();
        let Some(session_id) = session.or_else(|| last.as_ref().map(|l| l.session_id)) else { return };
        let ordinal = last.as_ref().filter(|l| l.session_id == session_id).map_or(0, |l| l.ordinal.saturating_add(1));
        if let Some(mut last) = last {
            last.ended_at = Some(now);
            self.out.push_back(Output::Interval(last));
        }
        let interval = StateInterval {
            tenant_id: agent.record.tenant_id,
            agent_id: id,
            session_id,
            ordinal,
            state: step.state,
            reason: step.reason,
            queue_id: step.queue,
            call_id: step.call,
            set_by: step.by,
            started_at: now,
            ended_at: None,
        };
        agent.interval = Some(interval.clone());
        self.out.push_back(Output::Interval(interval));
        match step.ms {
            Some(ms) => self.timers.set(Timer::State(id), now.plus_ms(ms)),
            None => self.timers.clear(Timer::State(id)),
        }
        match step.state {
            AgentState::Ready => {
                self.agents_stirred.insert(id);
                self.await_link(id);
            }
            AgentState::Break | AgentState::Off => self.unlock_all(id),
            _ => {}
        }
    }

    pub(crate) fn enter(&mut self, id: AgentId, step: Step) {
        self.begin_state(id, None, step);
    }

    /// Ready from now on; at the end of the line of the idle.
    pub(crate) fn enter_ready(&mut self, id: AgentId, by: Option<UserId>) {
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.idle_since = self.now;
        }
        self.enter(id, Step::to(AgentState::Ready).by(by));
    }

    pub(crate) fn enter_break(&mut self, id: AgentId, reason: String, by: Option<UserId>) {
        let Some(agent) = self.agents.get(&id) else { return };
        let house = self.house(agent.record.tenant_id);
        let known = house.settings.breaks.iter().find(|b| b.code == reason);
        let step = Step::to(AgentState::Break).because(reason).by(by);
        let ms_max = known.map_or(0, |b| b.ms_max);
        self.enter(id, if ms_max > 0 { step.at_most(i64::from(ms_max)) } else { step });
    }

    pub(crate) fn enter_off(&mut self, id: AgentId, by: Option<UserId>) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.seat = None;
        agent.link_up = true;
        let queues = agent.queues.clone();
        self.timers.clear(Timer::Link(id));
        self.enter(id, Step::to(AgentState::Off).by(by));
        for queue in queues {
            self.maybe_deserted(queue);
        }
    }

    /// The work is over: what was asked for meanwhile, else ready. Whose offer came to nothing keeps their place among the idle.
    pub(crate) fn settle(&mut self, id: AgentId, keep_idle: bool) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        match agent.next.take() {
            Some(Next::Off { by }) => self.enter_off(id, by),
            Some(Next::Break { reason, by }) => self.enter_break(id, reason, by),
            None if keep_idle => self.enter(id, Step::to(AgentState::Ready)),
            None => self.enter_ready(id, None),
        }
    }

    pub(crate) fn state_timed_out(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get(&id) else { return };
        let ringing = agent.state() == AgentState::Ringing;
        match agent.state() {
            AgentState::WrapUp => {
                let interval = agent.interval.as_ref().and_then(|i| i.queue_id);
                if interval.and_then(|q| self.queues.get(&q)).is_some_and(|q| q.record.wrap_up_manual) {
                    self.out.push_back(Output::Alarm(Alarm::LongWrapUp { agent: id }));
                } else {
                    self.settle(id, false);
                }
            }
            AgentState::Break => self.out.push_back(Output::Alarm(Alarm::LongBreak { agent: id })),
            AgentState::Reserved if self.is_calling_back(id) => {
                self.void(id, Withdrawal::Expired);
                self.not_reached(id);
            }
            AgentState::Reserved | AgentState::Ringing | AgentState::Dialing => {
                let kept = self.is_kept(id);
                let why = match (kept, ringing) {
                    (true, _) => Withdrawal::Expired,
                    (false, true) => Withdrawal::NoAnswer,
                    (false, false) => Withdrawal::Unreachable,
                };
                self.void(id, why);
                match kept {
                    true => self.let_go(id),
                    false => self.unanswered(id, if ringing { Failure::NoAnswer } else { Failure::Unreachable }),
                }
            }
            AgentState::Off | AgentState::Ready | AgentState::Talking | AgentState::Held => {}
        }
    }

    /// Tells that the agent's reservation is void.
    pub(crate) fn void(&mut self, id: AgentId, why: Withdrawal) {
        if let Some(work) = self.agents.get(&id).and_then(|a| a.work.as_ref()) {
            self.out.push_back(Output::Withdraw { reservation: work.id, agent: id, why });
        }
    }
}
