//! What must hold between any two inputs. For tests and simulations; costs a walk over everything that is there.

use crate::acd::Acd;
use crate::agent::Agent;
use crate::entry::{Entry, Place};
use crate::timer::Timer;
use model::record::AgentState;

impl Acd {
    /// # Errors
    /// The first thing found broken, for people.
    pub fn check_invariants(&self) -> Result<(), String> {
        self.agents.values().try_for_each(|a| self.check_agent(a))?;
        self.entries.values().try_for_each(|e| self.check_entry(e))?;
        self.check_tables()?;
        self.check_nobody_waits_in_vain()
    }

    fn check_agent(&self, a: &Agent) -> Result<(), String> {
        let (id, state) = (a.id(), a.state());
        let wrong = |what: &str| Err(format!("agent {id} in {}: {what}", state.code()));
        if a.is_signed_in() == (state == AgentState::Off) {
            return wrong("signed in and off, or neither");
        }
        if state.is_busy() != a.work.is_some() {
            return wrong("state and work disagree");
        }
        let timed = matches!(state, AgentState::Reserved | AgentState::Ringing | AgentState::Dialing);
        if timed && self.timers.at(Timer::State(id)).is_none() {
            return wrong("waits without a timer");
        }
        if state == AgentState::Ready && !a.link_up && self.timers.at(Timer::Link(id)).is_none() {
            return wrong("has no connection and nobody notices");
        }
        let Some(work) = &a.work else { return Ok(()) };
        if self.reservations.get(&work.id) != Some(&id) {
            return wrong("the reservation is not its own");
        }
        let up = state.is_talking();
        if up != work.talking_since.is_some() || (up && work.entry.is_some()) {
            return wrong("talks without talking");
        }
        let offered = |e| self.entries.get(e).is_some_and(|e: &Entry| e.place == Place::Offered(id, work.id));
        if !work.entry.as_ref().is_none_or(offered) {
            return wrong("rings for somebody who is elsewhere");
        }
        Ok(())
    }

    fn check_entry(&self, e: &Entry) -> Result<(), String> {
        let id = e.id();
        let wrong = |what: &str| Err(format!("entry {id} in queue {}: {what}", e.queue));
        let Some(queue) = self.queues.get(&e.queue) else { return wrong("no such queue") };
        if queue.waiting.contains(&(e.rank, id)) != e.is_waiting() {
            return wrong("not where it says it is");
        }
        match e.place {
            Place::Waiting if self.timers.at(Timer::WaitMax(id)).is_none() => return wrong("waits without a timer"),
            Place::Offered(agent, reservation) => {
                let work = self.agents.get(&agent).and_then(|a| a.work.as_ref());
                if !work.is_some_and(|w| w.id == reservation && w.entry == Some(id)) {
                    return wrong("offered to somebody who does not know");
                }
            }
            Place::Waiting => {}
        }
        if let Some((agent, _)) = e.lock
            && !(self.locks.contains(&(agent, e.rank, id)) && self.timers.at(Timer::Lock(id)).is_some() && e.is_waiting())
        {
            return wrong("locked beside the table");
        }
        if e.ask.call.is_some_and(|c| self.calls.get(&c) != Some(&id)) {
            return wrong("its call is another's");
        }
        match &e.callback {
            Some(c) if self.callbacks.get(&(e.ask.tenant, c.number.clone())) != Some(&id) => wrong("a callback twice"),
            Some(c) if e.is_waiting() && c.not_before > self.now && self.timers.at(Timer::Again(id)).is_none() => {
                wrong("is never called back")
            }
            Some(_) if e.ask.call.is_some() => wrong("waits to be called and is on the line"),
            _ => Ok(()),
        }
    }

    fn check_tables(&self) -> Result<(), String> {
        let waiting: usize = self.queues.values().map(|q| q.waiting.len()).sum();
        let should = [
            ("places", waiting, self.entries.values().filter(|e| e.is_waiting()).count()),
            ("calls", self.calls.len(), self.entries.values().filter(|e| e.ask.call.is_some()).count()),
            ("callbacks", self.callbacks.len(), self.entries.values().filter(|e| e.callback.is_some()).count()),
            ("locks", self.locks.len(), self.entries.values().filter(|e| e.lock.is_some()).count()),
            ("reservations", self.reservations.len(), self.agents.values().filter(|a| a.work.is_some()).count()),
        ];
        match should.into_iter().find(|(_, has, should)| has != should) {
            Some((what, has, should)) => Err(format!("{has} {what} where {should} should be")),
            None => Ok(()),
        }
    }

    fn check_nobody_waits_in_vain(&self) -> Result<(), String> {
        for queue in self.queues.values() {
            let free: Vec<_> = queue.members.keys().filter(|a| self.agents.get(a).is_some_and(|a| a.is_free())).collect();
            for entry in queue.waiting.iter().filter_map(|(_, e)| self.entries.get(e)) {
                if let Some(agent) = free.iter().find(|a| self.fits(entry, ***a)) {
                    return Err(format!("entry {} waits and agent {agent} is free", entry.id()));
                }
            }
        }
        Ok(())
    }
}
