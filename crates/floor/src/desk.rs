//! What agents ask for at their desks. Each is about their own call; whoever has none is told so.

use crate::floor::Floor;
use crate::io::Output;
use crate::party::{Kind, Way};
use crate::tenant::Script;
use acd::Failure;
use model::desk::{DeskCommand, DeskRefusal};
use model::record::{Confirmation, Seat};
use model::telephony::{Action, Command};
use model::{AgentId, AgentSessionId, CallId, FlowId, LegId, OpId, QueueEntryId};

const DIGITS_MAX: usize = 32;

impl Floor {
    pub(crate) fn on_desk(&mut self, op: OpId, agent: AgentId, command: DeskCommand) {
        let outcome = self.desk(op, agent, command);
        self.people.stale.insert(agent);
        match outcome {
            Ok(true) => self.told(op, Ok(())),
            // The answer comes when the store has said what is known of the number.
            Ok(false) => {}
            Err(why) => self.told(op, Err(why)),
        }
    }

    pub(crate) fn told(&mut self, op: OpId, outcome: Result<(), DeskRefusal>) {
        self.out.push_back(Output::Told { op, outcome });
    }

    fn desk(&mut self, op: OpId, agent: AgentId, command: DeskCommand) -> Result<bool, DeskRefusal> {
        let done = |taken: Result<(), acd::Refusal>| taken.map(|()| true).map_err(crate::people::refusal);
        match command {
            DeskCommand::SignIn { seat, ready } => self.sign_in(agent, seat, ready).map(|()| true),
            DeskCommand::SignOut => {
                self.give_preview_back(agent);
                done(self.acd(acd::Input::SignOut { agent }))
            }
            DeskCommand::Ready => done(self.acd(acd::Input::Ready { agent })),
            DeskCommand::Break { reason } => {
                self.give_preview_back(agent);
                done(self.acd(acd::Input::Break { agent, reason }))
            }
            DeskCommand::ExtendWrapUp => done(self.acd(acd::Input::ExtendWrapUp { agent })),
            DeskCommand::Decline => self.decline(agent).map(|()| true),
            DeskCommand::HangUp => self.leave_call(agent).map(|()| true),
            DeskCommand::Hold { on } => self.hold(agent, on).map(|()| true),
            DeskCommand::Mute { on } => self.mute(agent, on).map(|()| true),
            DeskCommand::Digits { digits } => self.send_keys(agent, &digits).map(|()| true),
            DeskCommand::Dial { number } => self.dial(agent, &number, op),
            DeskCommand::Consult { to } => self.consult(agent, &to, op),
            DeskCommand::Swap => self.swap(agent).map(|()| true),
            DeskCommand::CancelConsult => self.cancel_consult(agent).map(|()| true),
            DeskCommand::CompleteTransfer => self.complete(agent).map(|()| true),
            DeskCommand::Transfer { to } => self.give_away(agent, &to, op),
            DeskCommand::Conference => self.conference(agent).map(|()| true),
            DeskCommand::Drop { leg } => self.drop_party(agent, leg).map(|()| true),
            DeskCommand::PickUp { entry } => self.pick_up(agent, entry).map(|()| true),
            DeskCommand::Confirm { flow, back } => self.confirm(agent, flow, back).map(|()| true),
            DeskCommand::Record { on } => self.record_on_demand(agent, on).map(|()| true),
            DeskCommand::NextLead { campaign } => self.next_lead(agent, campaign).map(|()| true),
            DeskCommand::PreviewDial => self.preview_dial(agent).map(|()| true),
            DeskCommand::PreviewSkip { reason } => self.preview_skip(agent, &reason).map(|()| true),
        }
    }

    fn sign_in(&mut self, agent: AgentId, seat: Seat, ready: bool) -> Result<(), DeskRefusal> {
        let tenant = self.people.agents.get(&agent).map(|a| a.tenant_id).ok_or(DeskRefusal::UnknownAgent)?;
        self.check_seat(tenant, &seat)?;
        let session = AgentSessionId(self.ids.next(self.now));
        let before = self.people.acd.agent(agent).and_then(|a| a.seat);
        let moves = matches!(seat, Seat::Browser { .. }) || before.as_ref().is_some_and(|b| *b != seat);
        self.acd(acd::Input::SignIn { agent, session, seat, ready }).map_err(crate::people::refusal)?;
        // A page that signs in anew knows nothing of the call its forerunner had: it is rung for it, and so is another phone.
        let old = self.people.bound.get(&agent).filter(|_| moves).and_then(|b| Some((b.call, b.leg?)));
        if let Some((call, leg)) = old
            && self.talking(agent).is_ok()
        {
            if self.is_asked(call, leg) {
                // Whoever asked has the customer on hold, and gets them back.
                self.part(call, leg);
                return Ok(());
            }
            self.set_leaving(call, leg, true);
            if self.wait_for_return(call, agent) {
                self.hang_up(call, leg, Action::Normal);
            } else {
                // Nobody waits for them: the old phone's end tells the rest.
                self.set_leaving(call, leg, false);
            }
        }
        Ok(())
    }

    /// Asked by somebody, and not in the talk yet.
    pub(crate) fn is_asked(&self, call: CallId, leg: LegId) -> bool {
        self.sessions.get(&call).and_then(|s| s.talk.parties.get(&leg)).is_some_and(|p| p.consulted)
    }

    fn set_leaving(&mut self, call: CallId, leg: LegId, leaving: bool) {
        if let Some(party) = self.sessions.get_mut(&call).and_then(|s| s.talk.parties.get_mut(&leg)) {
            party.leaving = leaving;
        }
    }

    fn pick_up(&mut self, agent: AgentId, entry: QueueEntryId) -> Result<(), DeskRefusal> {
        let tenant = self.people.agents.get(&agent).map(|a| a.tenant_id).ok_or(DeskRefusal::UnknownAgent)?;
        self.own_entry(tenant, entry)?;
        self.acd(acd::Input::PickUp { entry, agent }).map_err(crate::people::refusal)
    }

    pub(crate) fn check_seat(&self, tenant: model::TenantId, seat: &Seat) -> Result<(), DeskRefusal> {
        match seat {
            Seat::Browser { extension } | Seat::Phone { extension } => {
                let known = self.tenants.get(&tenant).is_some_and(|t| t.extensions.iter().any(|e| e.id == *extension));
                if known { Ok(()) } else { Err(DeskRefusal::NoPhone) }
            }
            Seat::Outside { number } => {
                let digits = number.chars().filter(char::is_ascii_digit).count();
                if (5..=20).contains(&digits) { Ok(()) } else { Err(DeskRefusal::BadNumber) }
            }
        }
    }

    fn decline(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let bound = self.people.bound.get(&agent).ok_or(DeskRefusal::NoCall)?;
        let (call, leg, reservation) = (bound.call, bound.leg, bound.reservation);
        let party = leg.and_then(|l| self.sessions.get(&call)?.talk.parties.get(&l));
        let Some((leg, way)) = leg.zip(party.filter(|p| p.answered_at.is_none() && !p.leaving).map(|p| p.way)) else {
            return Err(DeskRefusal::NotNow);
        };
        if way == Way::Offer {
            self.people.bound.remove(&agent);
            // Before the next agent is offered the caller: this one rings no more.
            self.let_party_go(call, leg);
            self.tell_acd(acd::Input::Failed { reservation, why: Failure::Declined });
            return Ok(());
        }
        self.part(call, leg);
        Ok(())
    }

    fn leave_call(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        match self.talking(agent) {
            Ok((call, leg)) => {
                let dials =
                    self.sessions.get(&call).is_some_and(|s| s.stage != crate::session::Stage::Up && s.talk.since.is_none());
                if dials {
                    self.end_legs(call, Action::Normal);
                } else {
                    self.part(call, leg);
                }
                Ok(())
            }
            Err(DeskRefusal::NotNow) => self.decline(agent),
            Err(why) => Err(why),
        }
    }

    pub(crate) fn hold(&mut self, agent: AgentId, on: bool) -> Result<(), DeskRefusal> {
        let (call, _) = self.talking(agent)?;
        if self.far_leg(call).is_none() || self.is_asking(call) {
            return Err(DeskRefusal::NotNow);
        }
        self.hold_far(call, on);
        self.arrange(call);
        self.show_call(call);
        Ok(())
    }

    /// A phone's own hold key.
    pub(crate) fn on_phone_holds(&mut self, leg: LegId, on: bool) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let kind = self.sessions.get(&call).and_then(|s| s.talk.parties.get(&leg)).map(|p| p.kind);
        if let Some(Kind::Agent { agent, .. }) = kind {
            // During a consultation the phone's own hold says nothing about the customer.
            let _not_now = self.hold(agent, on);
        }
    }

    fn mute(&mut self, agent: AgentId, on: bool) -> Result<(), DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        if let Some(party) = self.sessions.get_mut(&call).and_then(|s| s.talk.parties.get_mut(&leg)) {
            party.muted = on;
        }
        self.arrange(call);
        Ok(())
    }

    fn send_keys(&mut self, agent: AgentId, digits: &str) -> Result<(), DeskRefusal> {
        let (call, own) = self.talking(agent)?;
        let good = !digits.is_empty()
            && digits.len() <= DIGITS_MAX
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D' | ','));
        if !good {
            return Err(DeskRefusal::BadNumber);
        }
        let Some(session) = self.sessions.get(&call) else { return Err(DeskRefusal::NoCall) };
        let held = |leg: &LegId| session.talk.parties.get(leg).is_some_and(|p| p.held);
        let mut legs: Vec<LegId> = session.talk.talkers().map(|(leg, _)| leg).filter(|leg| *leg != own && !held(leg)).collect();
        legs.extend(self.far_leg(call).filter(|_| session.talk.far_held.is_none()));
        for leg in legs {
            let op = self.new_op();
            self.command(Command::SendDigits { leg, op, digits: digits.to_owned() });
        }
        Ok(())
    }

    fn drop_party(&mut self, agent: AgentId, leg: LegId) -> Result<(), DeskRefusal> {
        let (call, own) = self.talking(agent)?;
        if leg == own {
            return Err(DeskRefusal::NoSuchParty);
        }
        if self.far_leg(call) == Some(leg) {
            self.hang_up(call, leg, Action::Normal);
            return Ok(());
        }
        let Some(session) = self.sessions.get(&call) else { return Err(DeskRefusal::NoCall) };
        // A supervisor who listens is nobody's to drop.
        let there = session.talk.parties.get(&leg).is_some_and(|p| !p.leaving && !matches!(p.kind, Kind::Supervisor { .. }));
        if !there {
            return Err(DeskRefusal::NoSuchParty);
        }
        self.part(call, leg);
        self.show_call(call);
        Ok(())
    }

    // --- second confirmation ---

    fn confirm(&mut self, agent: AgentId, flow: FlowId, back: bool) -> Result<(), DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        // Of several, those who are not asked would be left without the customer, or without the agent.
        let several = self.sessions.get(&call).is_some_and(|s| s.talk.talkers().count() > 1);
        if self.far_leg(call).is_none() || self.is_asking(call) || several {
            return Err(DeskRefusal::NotNow);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        let script: Option<Script> = self.tenants.get(&session.tenant).and_then(|t| t.scripts.get(&flow)).cloned();
        let Some(script) = script else { return Err(DeskRefusal::NoSuchParty) };
        self.end_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        session.talk.confirming = Some(crate::party::Confirming { before: session.run.take(), back });
        session.script = Some(script);
        self.set_confirmation(call, Confirmation::Running);
        self.sound(call, crate::party::Sound::Nothing);
        self.arrange(call);
        if back {
            self.music_for(call, leg, true);
        } else {
            self.let_party_go(call, leg);
        }
        self.begin_flow(call);
        Ok(())
    }

    /// The flow of a confirmation has stored a result: that is what the key of those who agree leads to.
    pub(crate) fn has_confirmed(&mut self, call: CallId) {
        if self.sessions.get(&call).is_some_and(|s| s.talk.confirming.is_some()) {
            self.set_confirmation(call, Confirmation::Pressed);
        }
    }

    /// It is over, one way or the other.
    pub(crate) fn confirmation_over(&mut self, call: CallId) {
        if self.sessions.get(&call).is_some_and(|s| s.call.confirmation == Some(Confirmation::Running)) {
            self.set_confirmation(call, Confirmation::Missed);
        }
    }

    /// Who sent the customer on alone and writes the call up sees what becomes of it too.
    fn set_confirmation(&mut self, call: CallId, to: Confirmation) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.call.confirmation = Some(to);
        for (agent, last) in self.people.last_calls.iter_mut().filter(|(_, last)| last.call_id == call) {
            last.confirmation = Some(to);
            self.people.stale.insert(*agent);
        }
        self.show_call(call);
    }

    /// Not while that flow is being driven: its place is given to another.
    pub(crate) fn confirm_over(&mut self, call: CallId) {
        self.timers.set(crate::timer::Timer::Confirmed(call), self.now);
    }

    /// The flow the agent sent the customer into is over: back to the agent, or on where the call came from.
    pub(crate) fn confirmed(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(confirming) = session.talk.confirming.take() else { return };
        self.confirmation_over(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.run = confirming.before;
        session.inbox.clear();
        if session.stage != crate::session::Stage::Up {
            return self.far_gone_confirming(call);
        }
        let agents: Vec<LegId> = session.talk.talkers().map(|(leg, _)| leg).collect();
        if !confirming.back {
            for leg in agents {
                self.let_party_go(call, leg);
            }
            return self.who_stays(call, false);
        }
        for leg in agents {
            self.command(Command::StopPlay { leg });
        }
        self.who_stays(call, false);
        self.show_call(call);
    }

    /// The customer hung up on the confirmation: the flow they came from hears of it too.
    fn far_gone_confirming(&mut self, call: CallId) {
        if self.sessions.get(&call).and_then(|s| s.run.as_ref()).is_some_and(|r| !r.is_over()) {
            self.timers.set(crate::timer::Timer::Epilogue(call), self.now.plus_ms(self.limits.epilogue_ms_max));
            self.feed(call, flow::In::HungUp);
        }
        self.close_if_over(call);
    }

    // --- recording ---

    /// As the queue's and the tenant's rules have it.
    pub(crate) fn record_talk(&mut self, call: CallId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let of_queue = session.talk.queue.and_then(|q| self.people.queues.get(&q)).map(|q| q.record);
        let dialed = || self.tenants.get(&session.tenant).and_then(|t| t.settings.as_ref()).is_none_or(|s| s.desk.record_dialed);
        if of_queue.unwrap_or_else(dialed) {
            self.start_record(call);
        }
    }

    pub(crate) fn start_record(&mut self, call: CallId) {
        let whole = self.sessions.get(&call).is_some_and(|s| s.recorders.values().any(|r| r.token.is_none()));
        if let Some(leg) = self.far_leg(call).filter(|_| !whole) {
            self.record(call, leg, None, String::new());
        }
    }

    pub(crate) fn record_on_demand(&mut self, agent: AgentId, on: bool) -> Result<(), DeskRefusal> {
        let (call, _) = self.talking(agent)?;
        if on {
            self.start_record(call);
        } else {
            let Some(session) = self.sessions.get(&call) else { return Err(DeskRefusal::NoCall) };
            let whole: Vec<_> = session.recorders.iter().filter(|(_, r)| r.token.is_none()).map(|(op, r)| (*op, r.leg)).collect();
            for (op, leg) in whole {
                self.command(Command::StopRecord { leg, op });
            }
        }
        self.show_call(call);
        Ok(())
    }
}
