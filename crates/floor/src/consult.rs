//! Asking others into a call and giving it away: consultation, transfer, conference, and the customer who comes back.

use crate::dial_out::{Errand, Wish, typed_number};
use crate::floor::Floor;
use crate::party::{Draft, Kind, RING_MS, Sound, Way};
use crate::session::Stage;
use model::desk::{DeskNote, DeskRefusal, Destination};
use model::record::Seat;
use model::{AgentId, CallId, ExtensionId, LegId, OpId, QueueId, ReservationId};

/// Whom a destination means.
#[derive(Debug)]
pub(crate) enum Target {
    Agent(AgentId),
    Queue(QueueId),
    Extension(ExtensionId, String, String),
    Outside(String),
}

impl Floor {
    pub(crate) fn target(&self, call: CallId, to: &Destination) -> Result<Target, DeskRefusal> {
        let tenant = self.sessions.get(&call).map(|s| s.tenant).ok_or(DeskRefusal::NoCall)?;
        match to {
            Destination::Agent { agent } => {
                let known = self.people.agents.get(agent).filter(|a| a.tenant_id == tenant);
                known.map(|a| Target::Agent(a.id)).ok_or(DeskRefusal::UnknownAgent)
            }
            Destination::Queue { queue } => {
                let known = self.people.queues.get(queue).filter(|q| q.tenant_id == tenant);
                known.map(|q| Target::Queue(q.id)).ok_or(DeskRefusal::UnknownQueue)
            }
            Destination::Number { number } => self.number_target(tenant, number),
        }
    }

    pub(crate) fn number_target(&self, tenant: model::TenantId, number: &str) -> Result<Target, DeskRefusal> {
        let number = number.trim();
        let agent = self.people.agents.values().find(|a| a.tenant_id == tenant && a.number == number);
        if let Some(agent) = agent.filter(|a| self.people.acd.agent(a.id).is_some_and(|v| v.seat.is_some())) {
            return Ok(Target::Agent(agent.id));
        }
        let extensions = self.tenants.get(&tenant).map(|t| t.extensions.as_slice()).unwrap_or_default();
        if let Some(e) = extensions.iter().find(|e| e.number == number) {
            return Ok(Target::Extension(e.id, e.number.clone(), e.name.clone()));
        }
        if let Some(agent) = agent {
            return Ok(Target::Agent(agent.id));
        }
        typed_number(number).map(Target::Outside).ok_or(DeskRefusal::BadNumber)
    }

    /// Calls somebody for this call. `Ok(true)`: done; `Ok(false)`: the store is asked first and the answer to `told` comes later.
    pub(crate) fn bring(&mut self, call: CallId, target: Target, way: Way, wish: Wish) -> Result<bool, DeskRefusal> {
        match target {
            Target::Queue(_) => Err(DeskRefusal::NotNow),
            Target::Agent(agent) => {
                self.engage(agent, call, way).map_err(crate::people::refusal)?;
                if self.is_asking(call) { Ok(true) } else { Err(DeskRefusal::NoPhone) }
            }
            Target::Extension(extension, number, name) => {
                let draft = Draft { kind: Kind::Guest, way, number, name };
                if self.ring_extension(call, extension, draft, RING_MS, true) { Ok(true) } else { Err(DeskRefusal::NoPhone) }
            }
            Target::Outside(number) => {
                self.ask_first(Errand { number, call: Some(call), way, wish, leg: self.people.refers });
                Ok(false)
            }
        }
    }

    /// An agent is bound to a call that comes through no queue.
    pub(crate) fn reserved(
        &mut self,
        reservation: ReservationId,
        agent: AgentId,
        seat: &Seat,
        call: CallId,
        queue: Option<QueueId>,
    ) {
        let Some(way) = self.people.engaging.remove(&(agent, call)) else {
            return self.kept_for_lead(reservation, agent, seat, call, queue);
        };
        self.people.bound.insert(agent, crate::people::Bound { reservation, call, leg: None, queue });
        let draft = self.agent_draft(agent, reservation, queue, way);
        if let Some(leg) = self.people.dialing_leg.take() {
            return self.take_dialing_phone(call, leg, draft);
        }
        if !self.ring_party(call, seat, draft, RING_MS) {
            self.people.bound.remove(&agent);
            self.tell_acd(acd::Input::Done { reservation });
            self.missed(call, way);
        }
    }

    /// Ring this agent for a caller who waits.
    pub(crate) fn offered(&mut self, offer: acd::Offer) {
        let acd::Offer { reservation, agent, seat, queue, call, ring_ms, .. } = offer;
        let unreachable = acd::Input::Failed { reservation, why: acd::Failure::Unreachable };
        let Some(call) = call.filter(|c| self.sessions.contains_key(c)) else { return self.tell_acd(unreachable) };
        let queue = Some(queue);
        self.people.bound.insert(agent, crate::people::Bound { reservation, call, leg: None, queue });
        let draft = self.agent_draft(agent, reservation, queue, Way::Offer);
        self.warm_greeting(agent, queue);
        if !self.ring_party(call, &seat, draft, ring_ms) {
            self.people.bound.remove(&agent);
            self.tell_acd(unreachable);
        }
    }

    fn warm_greeting(&mut self, agent: AgentId, queue: Option<QueueId>) {
        let Some(queue) = queue.and_then(|q| self.people.queues.get(&q)).filter(|q| !q.greeting.is_empty()) else { return };
        let Some(record) = self.people.agents.get(&agent) else { return };
        let number: Vec<String> = record.number.chars().map(|c| c.to_string()).collect();
        let text = queue.greeting.replace("{number}", &number.join(" "));
        let (tenant, op) = (record.tenant_id, self.new_op());
        let parts = vec![flow::SpeechPart::Say { text, voice: None }];
        self.out.push_back(crate::io::Output::Render { op, tenant, parts, ahead: true });
    }

    /// What rings for a reservation is not wanted any more.
    pub(crate) fn withdrawn(&mut self, reservation: ReservationId, agent: AgentId) {
        self.forget_preview(agent);
        let Some(bound) = self.people.bound.get(&agent).filter(|b| b.reservation == reservation) else {
            return self.callback_withdrawn(reservation);
        };
        let (call, leg) = (bound.call, bound.leg);
        self.people.bound.remove(&agent);
        self.people.stale.insert(agent);
        let returns = self.timers.is_set(crate::timer::Timer::Back(agent));
        self.timers.clear(crate::timer::Timer::Back(agent));
        let session = self.sessions.get(&call);
        let way = match leg {
            Some(leg) => session.and_then(|s| s.talk.parties.get(&leg)).filter(|p| !p.leaving).map(|p| p.way),
            // Neither rung nor sought: their phone was waited for.
            None => session.and_then(|s| s.search.as_ref()?.party.as_ref()).map(|d| d.way).or(returns.then_some(Way::Back)),
        };
        match leg {
            Some(leg) => self.let_party_go(call, leg),
            None => self.forget_search_for(call, agent),
        }
        if let Some(way) = way {
            self.missed(call, way);
        }
    }

    pub(crate) fn consult_answered(&mut self, call: CallId, asked: LegId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let asking: Vec<LegId> = session.talk.talkers().filter(|(_, p)| !p.consulted).map(|(leg, _)| leg).collect();
        if asking.is_empty() {
            // Whoever asked is not there any more: the customer is.
            if let Some(party) = session.talk.parties.get_mut(&asked) {
                party.consulted = false;
            }
            return self.talk_begins(call, asked);
        }
        for leg in asking {
            self.command(model::telephony::Command::StopPlay { leg });
        }
        if self.sessions.get(&call).is_some_and(|s| s.talk.inside && s.talk.since.is_none()) {
            return self.colleague_answered(call);
        }
        self.arrange(call);
    }

    /// Whoever was asked is gone, or was not reached: the customer is back.
    pub(crate) fn consult_over(&mut self, call: CallId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let asking: Vec<LegId> = session.talk.talkers().filter(|(_, p)| !p.consulted).map(|(leg, _)| leg).collect();
        if asking.is_empty() {
            return self.somebody_left(call);
        }
        for leg in asking {
            self.command(model::telephony::Command::StopPlay { leg });
        }
        self.hold_far(call, false);
        self.somebody_left(call);
    }

    /// Holds the customer with music, or takes them back.
    pub(crate) fn hold_far(&mut self, call: CallId, on: bool) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.talk.far_held.is_some() == on {
            return;
        }
        if on {
            session.talk.far_held = Some(self.now);
            self.tell_held(call, true);
        } else {
            self.end_hold(call);
        }
        self.sound(call, if on { Sound::Music } else { Sound::Nothing });
    }

    /// The customer is not on hold any more; what they hear instead is for whoever asks to say.
    pub(crate) fn end_hold(&mut self, call: CallId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(since) = session.talk.far_held.take() else { return };
        let talked = |p: &&mut crate::party::Party| matches!(p.kind, Kind::Agent { .. }) && p.answered_at.is_some();
        for party in session.talk.parties.values_mut().filter(talked) {
            party.held_ms += now.since_ms(since.max(party.answered_at.unwrap_or(since)));
        }
        self.tell_held(call, false);
    }

    fn tell_held(&mut self, call: CallId, on: bool) {
        let Some(session) = self.sessions.get(&call) else { return };
        let agents = session.talk.talkers().filter_map(|(_, p)| match p.kind {
            Kind::Agent { reservation, .. } => Some(reservation),
            _ => None,
        });
        for reservation in agents.collect::<Vec<_>>() {
            self.tell_acd(acd::Input::Held { reservation, on });
        }
    }

    pub(crate) fn somebody_left(&mut self, call: CallId) {
        self.who_stays(call, false);
    }

    /// Somebody is gone: who stays, and what do they hear? `lost`: not because the talk was over.
    pub(crate) fn who_stays(&mut self, call: CallId, lost: bool) {
        let Some(session) = self.sessions.get(&call) else { return };
        let talkers = session.talk.talkers().count();
        match session.stage {
            Stage::Up => {}
            Stage::Over if talkers < 2 => return self.let_all_go(call),
            Stage::Over => {
                // Of two that are left nobody asks the other.
                if talkers == 2 {
                    self.joined(call);
                }
                return self.arrange(call);
            }
            // Nobody has answered whom they wanted.
            _ => return self.give_up(call, model::Disposition::Stopped),
        }
        if session.talk.entry.is_some() || session.talk.confirming.is_some() {
            self.arrange(call);
            return self.keep_company(call);
        }
        if talkers > 0 {
            self.join_asked(call);
            return self.arrange(call);
        }
        let returns = self.is_returning(call);
        if session.talk.rings().is_some() || session.seeks() || session.talk.errand.is_some() || returns {
            self.turn_blind(call);
            self.arrange(call);
            return self.sound(call, if returns { Sound::Music } else { Sound::RingBack });
        }
        self.left_alone(call, lost);
    }

    /// The phone of an agent of this call is waited for.
    fn is_returning(&self, call: CallId) -> bool {
        self.people.bound.iter().any(|(agent, b)| b.call == call && self.timers.is_set(crate::timer::Timer::Back(*agent)))
    }

    /// Whoever was asked answers the customer now.
    fn turn_blind(&mut self, call: CallId) {
        self.end_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        for party in session.talk.parties.values_mut().filter(|p| p.way == Way::Consult) {
            party.way = Way::Blind;
            party.consulted = false;
        }
        if let Some(party) = session.search.as_mut().and_then(|s| s.party.as_mut()).filter(|p| p.way == Way::Consult) {
            party.way = Way::Blind;
        }
    }

    /// Nobody answered the transfer: the customer goes back to whoever gave them away, else into the queue again.
    pub(crate) fn come_back(&mut self, call: CallId) {
        let returns = self.is_returning(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talk = &mut session.talk;
        if talk.talkers().next().is_some() || talk.rings().is_some() || returns || talk.entry.is_some() || session.seeks() {
            return self.who_stays(call, true);
        }
        let Some(agent) = session.talk.back.filter(|_| session.stage == Stage::Up) else {
            return self.who_stays(call, true);
        };
        let leaves = self.people.bound.get(&agent).is_some_and(|b| b.call == call);
        self.sound(call, Sound::Music);
        if leaves {
            // Their phone has not hung up yet; when it has, this is asked again.
            return;
        }
        if let Some(session) = self.sessions.get_mut(&call) {
            session.talk.back = None;
        }
        let missed = self.sessions.get(&call).and_then(|s| s.talk.missed.clone());
        match self.engage(agent, call, Way::Back) {
            Ok(()) => {
                let (number, name) = missed.unwrap_or_default();
                self.note_desk(agent, DeskNote::CameBack { number, name });
            }
            Err(_) => self.who_stays(call, true),
        }
    }

    /// The customer has nobody but whoever gave them away.
    pub(crate) fn waits_for(&self, call: CallId, agent: AgentId) -> bool {
        let Some(session) = self.sessions.get(&call) else { return false };
        session.stage == Stage::Up && session.talk.back == Some(agent) && self.waits_for_nobody(call)
    }

    /// No agent, no queue, nobody who rings or is sought.
    pub(crate) fn waits_for_nobody(&self, call: CallId) -> bool {
        let Some(session) = self.sessions.get(&call) else { return false };
        let talk = &session.talk;
        talk.talkers().next().is_none()
            && talk.rings().is_none()
            && talk.entry.is_none()
            && talk.errand.is_none()
            && talk.callback.is_none()
            && !session.seeks()
            && !self.is_returning(call)
            && !self.is_in_room(call)
    }

    // --- what an agent asks for ---

    /// The customer is held, `to` is called.
    pub(crate) fn consult(&mut self, agent: AgentId, to: &Destination, told: OpId) -> Result<bool, DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        let begun = self.sessions.get(&call).is_some_and(|s| s.stage >= Stage::Up);
        if !begun || self.is_asking(call) {
            return Err(DeskRefusal::NotNow);
        }
        let target = self.target(call, to)?;
        if matches!(target, Target::Agent(other) if other == agent) {
            return Err(DeskRefusal::BadNumber);
        }
        let held = self.sessions.get(&call).is_some_and(|s| s.talk.far_held.is_some());
        self.hold_far(call, true);
        let brought = self.bring(call, target, Way::Consult, Wish { agent, told });
        match brought {
            Err(why) => {
                self.hold_far(call, held);
                self.arrange(call);
                return Err(why);
            }
            Ok(_) => self.ring_back(leg, RING_MS),
        }
        self.arrange(call);
        brought
    }

    pub(crate) fn is_asking(&self, call: CallId) -> bool {
        self.sessions.get(&call).is_some_and(|s| {
            s.talk.rings().is_some()
                || s.talk.errand.is_some()
                || s.seeks()
                || s.talk.parties.values().any(|p| p.consulted && !p.leaving)
                || s.talk.confirming.is_some()
        })
    }

    pub(crate) fn swap(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, _) = self.asking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        if !session.talk.talkers().any(|(_, p)| p.consulted) {
            return Err(DeskRefusal::NotNow);
        }
        let to_far = session.talk.far_held.is_some();
        let mut asked = Vec::new();
        for (leg, party) in session.talk.parties.iter_mut().filter(|(_, p)| p.consulted && p.answered_at.is_some()) {
            party.held = to_far;
            asked.push(*leg);
        }
        // Whoever waits hears music, the customer or the other.
        for leg in asked {
            self.music_for(call, leg, to_far);
        }
        self.hold_far(call, !to_far);
        self.arrange(call);
        Ok(())
    }

    pub(crate) fn cancel_consult(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, leg) = self.asking(agent)?;
        let Some(session) = self.sessions.get(&call) else { return Err(DeskRefusal::NoCall) };
        let asked: Vec<LegId> = session.talk.parties.iter().filter(|(_, p)| p.consulted && !p.leaving).map(|(l, _)| *l).collect();
        if asked.is_empty() && !session.seeks() && session.talk.errand.is_none() {
            return Err(DeskRefusal::NotNow);
        }
        self.forget_party_search(call);
        self.command(model::telephony::Command::StopPlay { leg });
        for leg in asked {
            self.let_party_go(call, leg);
        }
        self.hold_far(call, false);
        self.somebody_left(call);
        Ok(())
    }

    /// The agent leaves; whoever was asked, answered or still ringing, has the customer.
    pub(crate) fn complete(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, leg) = self.asking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        let asked = session.talk.parties.values().any(|p| p.consulted && !p.leaving);
        if !asked && !session.seeks() {
            return Err(DeskRefusal::NotNow);
        }
        session.talk.back = Some(agent);
        self.let_party_go(call, leg);
        self.somebody_left(call);
        Ok(())
    }

    /// 盲转
    pub(crate) fn give_away(&mut self, agent: AgentId, to: &Destination, told: OpId) -> Result<bool, DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        if self.is_asking(call) {
            return Err(DeskRefusal::NotNow);
        }
        if self.far_leg(call).is_none() {
            return Err(DeskRefusal::NoCall);
        }
        let target = self.target(call, to)?;
        match target {
            Target::Agent(other) if other == agent => Err(DeskRefusal::BadNumber),
            Target::Queue(queue) => {
                let capacity = self.people.queues.get(&queue).map_or(0, |q| q.capacity);
                let takes = |q: acd::QueueView| q.open && (q.ready > 0 || q.waiting + q.callbacks < capacity);
                if !self.people.acd.queue(queue).is_some_and(takes) {
                    return Err(DeskRefusal::NotNow);
                }
                let (from, since) = self.sessions.get(&call).map(|s| (s.talk.queue, s.talk.since)).unwrap_or_default();
                self.end_hold(call);
                if let Err(why) = self.enqueue(call, queue, Vec::new(), 0) {
                    if let Some(session) = self.sessions.get_mut(&call) {
                        session.talk.queue = from;
                        session.talk.since = since;
                        session.call.queue = from;
                    }
                    self.sound(call, Sound::Nothing);
                    self.arrange(call);
                    return Err(crate::people::refusal(why));
                }
                self.let_party_go(call, leg);
                Ok(true)
            }
            target => {
                if let Some(session) = self.sessions.get_mut(&call) {
                    session.talk.back = Some(agent);
                }
                let brought = self.bring(call, target, Way::Blind, Wish { agent, told });
                let Ok(done) = brought else {
                    if let Some(session) = self.sessions.get_mut(&call) {
                        session.talk.back = None;
                    }
                    return brought;
                };
                if done {
                    self.let_party_go(call, leg);
                    self.somebody_left(call);
                }
                Ok(done)
            }
        }
    }

    pub(crate) fn conference(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, _) = self.asking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        if !session.talk.talkers().any(|(_, p)| p.consulted) {
            return Err(DeskRefusal::NotNow);
        }
        self.joined(call);
        self.hold_far(call, false);
        self.arrange(call);
        Ok(())
    }

    /// The same, of who may say what becomes of whoever was asked: not they themselves.
    fn asking(&self, agent: AgentId) -> Result<(CallId, LegId), DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        let asked = self.sessions.get(&call).and_then(|s| s.talk.parties.get(&leg)).is_some_and(|p| p.consulted);
        if asked { Err(DeskRefusal::NotNow) } else { Ok((call, leg)) }
    }

    /// The call an agent talks in, and their leg.
    pub(crate) fn talking(&self, agent: AgentId) -> Result<(CallId, LegId), DeskRefusal> {
        let bound = self.people.bound.get(&agent).ok_or(DeskRefusal::NoCall)?;
        let leg = bound.leg.ok_or(DeskRefusal::NoCall)?;
        let party = self.sessions.get(&bound.call).and_then(|s| s.talk.parties.get(&leg)).ok_or(DeskRefusal::NoCall)?;
        if party.answered_at.is_none() || party.leaving {
            return Err(DeskRefusal::NotNow);
        }
        Ok((bound.call, leg))
    }
}
