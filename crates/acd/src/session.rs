//! E1, E2: sign-in and out, ready and breaks, and a desk that loses its connection.

use crate::acd::Acd;
use crate::agent::Next;
use crate::io::Refusal;
use crate::state::Step;
use crate::timer::Timer;
use model::record::{AgentState, Seat, break_reason};
use model::{AgentId, AgentSessionId, UserId};

impl Acd {
    pub(crate) fn sign_in(&mut self, id: AgentId, session: AgentSessionId, seat: Seat, ready: bool) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        if !agent.record.enabled {
            return Err(Refusal::Disabled);
        }
        if agent.is_signed_in() {
            agent.seat = Some(seat);
            return self.on_link(id, true);
        }
        agent.seat = Some(seat);
        agent.link_up = true;
        agent.next = None;
        agent.idle_since = self.now;
        let step = if ready { Step::to(AgentState::Ready) } else { Step::to(AgentState::Break).because(break_reason::SIGNED_IN) };
        self.begin_state(id, Some(session), step);
        Ok(())
    }

    /// What the agent, or a supervisor, wants to be: at once, or when the call is over. `None`: ready.
    pub(crate) fn change(&mut self, id: AgentId, to: Option<Next>) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        if !agent.is_signed_in() {
            return Err(Refusal::SignedOut);
        }
        if agent.work.is_some() {
            let leaves = to.is_some();
            agent.next = to;
            if leaves {
                self.unlock_all(id);
            }
            return Ok(());
        }
        if to.is_none() && agent.state() == AgentState::Ready {
            return Ok(());
        }
        agent.next = to;
        self.settle(id, false);
        Ok(())
    }

    pub(crate) fn take_break(&mut self, id: AgentId, reason: String, by: Option<UserId>) -> Result<(), Refusal> {
        let agent = self.agents.get(&id).ok_or(Refusal::UnknownAgent)?;
        let house = self.house(agent.record.tenant_id);
        if !house.settings.breaks.iter().any(|b| b.code == reason) {
            return Err(Refusal::UnknownReason);
        }
        self.change(id, Some(Next::Break { reason, by }))
    }

    pub(crate) fn on_link(&mut self, id: AgentId, up: bool) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(&id).ok_or(Refusal::UnknownAgent)?;
        if !agent.is_signed_in() {
            return Err(Refusal::SignedOut);
        }
        if up {
            agent.link_up = true;
            if matches!(&agent.next, Some(Next::Break { reason, .. }) if reason == break_reason::LINK_LOST) {
                agent.next = None;
            }
            self.timers.clear(Timer::Link(id));
            self.agents_stirred.insert(id);
        } else if agent.link_up {
            agent.link_up = false;
            self.await_link(id);
        }
        Ok(())
    }

    /// A desk without connection that is not waited for already is, from now on.
    pub(crate) fn await_link(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get(&id).filter(|a| !a.link_up) else { return };
        let grace_ms = i64::from(self.house(agent.record.tenant_id).settings.link_grace_ms);
        if self.timers.at(Timer::Link(id)).is_none() {
            self.timers.set(Timer::Link(id), self.now.plus_ms(grace_ms));
        }
    }

    /// Nobody sits there any more: no calls until somebody says otherwise. One that is up goes on.
    pub(crate) fn link_timed_out(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let lost = Next::Break { reason: break_reason::LINK_LOST.into(), by: None };
        if agent.work.is_some() {
            if agent.next.is_none() {
                agent.next = Some(lost);
                self.unlock_all(id);
            }
        } else if matches!(agent.state(), AgentState::Ready | AgentState::WrapUp) {
            agent.next = Some(lost);
            self.settle(id, false);
        }
    }
}
