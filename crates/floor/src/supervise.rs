//! What supervisors ask for: agents' states, calls of others heard and joined, callers moved.

use crate::floor::Floor;
use crate::party::{Draft, Kind, RING_MS, Way};
use crate::session::Stage;
use acd::Forced;
use model::desk::{DeskNote, DeskRefusal, ForcedState, MonitorMode, SupervisorCommand};
use model::record::Seat;
use model::telephony::Action;
use model::{AgentId, CallId, LegId, OpId, TenantId, UserId};

impl Floor {
    pub(crate) fn on_supervise(&mut self, op: OpId, tenant: TenantId, by: UserId, command: SupervisorCommand) {
        let outcome = self.supervise(op, tenant, by, command);
        match outcome {
            Ok(true) => self.told(op, Ok(())),
            Ok(false) => {}
            Err(why) => self.told(op, Err(why)),
        }
    }

    fn supervise(&mut self, op: OpId, tenant: TenantId, by: UserId, command: SupervisorCommand) -> Result<bool, DeskRefusal> {
        let done = |taken: Result<(), acd::Refusal>| taken.map(|()| true).map_err(crate::people::refusal);
        match command {
            SupervisorCommand::Force { agent, to } => {
                self.own_agent(tenant, agent)?;
                let busy = self.people.bound.contains_key(&agent);
                let (to, note) = match to {
                    ForcedState::Ready => (Forced::Ready, None),
                    ForcedState::Break { reason } => (Forced::Break(reason), busy.then_some(DeskNote::BreakNext)),
                    ForcedState::Off => (Forced::Off, Some(if busy { DeskNote::SignedOutNext } else { DeskNote::SignedOut })),
                };
                let taken = done(self.acd(acd::Input::Force { agent, to, by }));
                self.people.stale.insert(agent);
                if let Some(note) = note.filter(|_| taken.is_ok()) {
                    self.note_desk(agent, note);
                }
                taken
            }
            SupervisorCommand::Monitor { agent, mode, seat } => {
                self.own_agent(tenant, agent)?;
                self.monitor(tenant, by, agent, mode, &seat).map(|()| true)
            }
            SupervisorCommand::StopMonitor => {
                let leg = self.people.supervisors.get(&by).copied().ok_or(DeskRefusal::NoCall)?;
                let call = self.legs.get(&leg).copied().ok_or(DeskRefusal::NoCall)?;
                self.let_party_go(call, leg);
                Ok(true)
            }
            SupervisorCommand::Release { agent, .. } => {
                self.own_agent(tenant, agent)?;
                let call = self.people.bound.get(&agent).map(|b| b.call).ok_or(DeskRefusal::NoCall)?;
                self.note_desk(agent, DeskNote::Released);
                self.far_left_talk(call);
                self.let_all_go(call);
                self.end_call(call);
                Ok(true)
            }
            SupervisorCommand::Transfer { agent, to } => {
                self.own_agent(tenant, agent)?;
                self.give_away(agent, &to, op)
            }
            SupervisorCommand::Record { agent, on } => {
                self.own_agent(tenant, agent)?;
                self.record_on_demand(agent, on).map(|()| true)
            }
            SupervisorCommand::MoveUp { entry } => {
                self.own_entry(tenant, entry)?;
                done(self.acd(acd::Input::MoveUp { entry }))
            }
            SupervisorCommand::Assign { entry, agent } => {
                self.own_entry(tenant, entry)?;
                self.own_agent(tenant, agent)?;
                done(self.acd(acd::Input::Take { entry, agent }))
            }
        }
    }

    /// 强拆: nothing of the call goes on.
    fn end_call(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.action.get_or_insert(Action::Stopped);
        // One whose far party is not dialled yet has no leg that would end it.
        let far_open = session.call.far().is_some_and(|l| l.state != call::LegState::Ended);
        if session.stage != Stage::Over && !far_open {
            return self.far_gone(call, model::Disposition::Stopped);
        }
        self.end_legs(call, Action::Stopped);
    }

    fn own_agent(&self, tenant: TenantId, agent: AgentId) -> Result<(), DeskRefusal> {
        let own = self.people.agents.get(&agent).is_some_and(|a| a.tenant_id == tenant);
        if own { Ok(()) } else { Err(DeskRefusal::UnknownAgent) }
    }

    pub(crate) fn own_entry(&self, tenant: TenantId, entry: model::QueueEntryId) -> Result<(), DeskRefusal> {
        let call = self.people.entries.get(&entry);
        let foreign = call.and_then(|c| self.sessions.get(c)).is_some_and(|s| s.tenant != tenant);
        let known = call.is_some() || self.people.acd.queues().any(|q| self.waits_in(q.queue, tenant, entry));
        if known && !foreign { Ok(()) } else { Err(DeskRefusal::UnknownEntry) }
    }

    fn waits_in(&self, queue: model::QueueId, tenant: TenantId, entry: model::QueueEntryId) -> bool {
        self.people.queues.get(&queue).is_some_and(|q| q.tenant_id == tenant)
            && self.people.acd.waiting(queue).iter().any(|w| w.entry == entry)
    }

    /// A phone that is in another call of the house already is moved there; else it is rung.
    fn monitor(
        &mut self,
        tenant: TenantId,
        user: UserId,
        agent: AgentId,
        mode: MonitorMode,
        seat: &Seat,
    ) -> Result<(), DeskRefusal> {
        let (call, _) = self.talking(agent).map_err(|_| DeskRefusal::NoCall)?;
        let kind = Kind::Supervisor { user, mode, agent };
        if let Some(leg) = self.people.supervisors.get(&user).copied() {
            return self.move_supervisor(leg, call, kind);
        }
        self.check_seat(tenant, seat)?;
        let own = self.people.acd.agents().find(|a| self.people.agents.get(&a.agent).is_some_and(|r| r.user_id == Some(user)));
        if own.is_some_and(|a| a.reservation.is_some()) {
            return Err(DeskRefusal::Busy);
        }
        let draft = Draft { kind, way: Way::Monitor, number: String::new(), name: String::new() };
        if self.ring_party(call, seat, draft, RING_MS) { Ok(()) } else { Err(DeskRefusal::NotNow) }
    }

    fn move_supervisor(&mut self, leg: LegId, to: CallId, kind: Kind) -> Result<(), DeskRefusal> {
        let from = self.legs.get(&leg).copied().ok_or(DeskRefusal::NoCall)?;
        if from == to {
            if let Some(party) = self.sessions.get_mut(&to).and_then(|s| s.talk.parties.get_mut(&leg)) {
                party.kind = kind;
            }
            self.arrange(to);
            self.show_call(to);
            return Ok(());
        }
        let released = self.sessions.get_mut(&from).and_then(|s| {
            let moved = s.call.release(leg)?;
            s.talk.flags.remove(&leg);
            Some((moved, s.talk.parties.remove(&leg)?))
        });
        // One that still rings stays where it rings.
        let Some((moved, mut party)) = released else { return Err(DeskRefusal::NotNow) };
        party.kind = kind;
        self.legs.insert(leg, to);
        if let Some(session) = self.sessions.get_mut(&to) {
            session.call.add_leg(moved);
            session.talk.parties.insert(leg, party);
        }
        for call in [from, to] {
            self.arrange(call);
            self.show_call(call);
        }
        self.close_if_over(from);
        Ok(())
    }
}
