//! Asking others into a call and giving it away: consultation, transfer, conference, and the customer who comes back.

use crate::dial_out::{Errand, Wish};
use crate::floor::Floor;
use crate::party::{Draft, Kind, RING_MS, Sound, Way};
use crate::session::Stage;
use acd::Engagement;
use call::LegState;
use dialer::wire;
use model::desk::{DeskRefusal, Destination};
use model::record::Seat;
use model::{AgentId, CallId, ExtensionId, LegId, OpId, QueueId, ReservationId};

/// Whom a destination means.
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

    fn number_target(&self, tenant: model::TenantId, number: &str) -> Result<Target, DeskRefusal> {
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
        let e164 = wire::from_trunk(number);
        let digits = e164.chars().filter(char::is_ascii_digit).count();
        if (3..=20).contains(&digits) && e164.chars().all(|c| c.is_ascii_digit() || c == '+') {
            Ok(Target::Outside(e164))
        } else {
            Err(DeskRefusal::BadNumber)
        }
    }

    /// Calls somebody for this call. `Ok(true)`: done; `Ok(false)`: the store is asked first and the answer to `told` comes later.
    pub(crate) fn bring(&mut self, call: CallId, target: Target, way: Way, wish: Wish) -> Result<bool, DeskRefusal> {
        match target {
            Target::Queue(_) => Err(DeskRefusal::NotNow),
            Target::Agent(agent) => {
                self.people.engaging = Some(way);
                let taken = self.acd(acd::Input::Engage { agent, call, way: Engagement::Ring });
                self.people.engaging = None;
                taken.map(|()| true).map_err(crate::people::refusal)
            }
            Target::Extension(extension, number, name) => {
                let draft = Draft { kind: Kind::Guest, way, number, name };
                if self.ring_extension(call, extension, draft, RING_MS, true) { Ok(true) } else { Err(DeskRefusal::NoPhone) }
            }
            Target::Outside(number) => {
                self.ask_first(Errand { number, call: Some(call), way, wish });
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
        let Some(way) = self.people.engaging else {
            // Nobody asked: the dialer's own modes reserve by themselves.
            return self.tell_acd(acd::Input::Release { reservation });
        };
        self.people.bound.insert(agent, crate::people::Bound { reservation, call, leg: None, queue });
        let draft = self.agent_draft(agent, reservation, queue, way);
        if !self.ring_party(call, seat, draft, RING_MS) {
            self.people.bound.remove(&agent);
            self.tell_acd(acd::Input::Done { reservation });
            self.after_no_phone(call, way);
        }
    }

    fn after_no_phone(&mut self, call: CallId, way: Way) {
        match way {
            Way::Consult => self.consult_over(call),
            Way::Blind => self.come_back(call),
            Way::Back => self.left_alone(call, true),
            Way::Dial => self.give_up(call, model::Disposition::RouteFailed),
            Way::Offer | Way::Monitor => {}
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
        let Some(bound) = self.people.bound.get(&agent).filter(|b| b.reservation == reservation) else {
            return self.callback_withdrawn(reservation);
        };
        let (call, leg) = (bound.call, bound.leg);
        self.people.bound.remove(&agent);
        self.people.stale.insert(agent);
        let way = leg.and_then(|l| self.sessions.get(&call)?.talk.parties.get(&l)).map(|p| p.way);
        if let Some(leg) = leg {
            self.let_party_go(call, leg);
        } else {
            self.forget_party_search(call);
        }
        match way {
            Some(Way::Dial) => self.give_up(call, model::Disposition::NoAnswer),
            Some(Way::Offer) | None => {}
            // Its end tells the rest.
            Some(_) => {}
        }
    }

    pub(crate) fn consult_answered(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let asking: Vec<LegId> = session.talk.talkers().filter(|(_, p)| !p.consulted).map(|(leg, _)| leg).collect();
        for leg in asking {
            self.command(model::telephony::Command::StopPlay { leg });
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
        self.arrange(call);
    }

    /// Holds the customer with music, or takes them back.
    pub(crate) fn hold_far(&mut self, call: CallId, on: bool) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talk = &mut session.talk;
        if talk.far_held.is_some() == on {
            return;
        }
        let since = std::mem::replace(&mut talk.far_held, on.then_some(now));
        if let Some(since) = since {
            for party in talk.parties.values_mut().filter(|p| matches!(p.kind, Kind::Agent { .. }) && p.answered_at.is_some()) {
                party.held_ms += now.since_ms(since);
            }
        }
        let agents: Vec<ReservationId> = talk
            .talkers()
            .filter_map(|(_, p)| if let Kind::Agent { reservation, .. } = p.kind { Some(reservation) } else { None })
            .collect();
        for reservation in agents {
            self.tell_acd(acd::Input::Held { reservation, on });
        }
        self.sound(call, if on { Sound::Music } else { Sound::Nothing });
    }

    /// Somebody who talked is gone: who stays, and what do they hear?
    pub(crate) fn somebody_left(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talkers: Vec<LegId> = session.talk.talkers().map(|(leg, _)| leg).collect();
        let (far_up, rings) = (session.stage == Stage::Up, session.talk.rings());
        let dials = session.search.as_ref().is_some_and(|s| s.party.is_some()) || session.talk.errand.is_some();
        let returns = self.people.bound.values().any(|b| b.call == call && b.leg.is_none());
        if !far_up {
            let far_open = session.call.far().is_some_and(|l| l.state != LegState::Ended);
            if far_open {
                return self.end_legs(call, model::telephony::Action::Normal);
            }
            if talkers.len() < 2 {
                self.let_all_go(call);
            }
            return self.arrange(call);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if !talkers.is_empty() {
            // Whoever was asked has the customer now.
            let only_asked = session.talk.talkers().all(|(_, p)| p.consulted);
            if only_asked {
                session.talk.parties.values_mut().for_each(|p| {
                    p.consulted = false;
                    p.held = false;
                });
                self.hold_far(call, false);
            }
            return self.arrange(call);
        }
        if rings.is_some() || dials || returns {
            for party in session.talk.parties.values_mut().filter(|p| p.way == Way::Consult) {
                party.way = Way::Blind;
                party.consulted = false;
            }
            if let Some(party) = session.search.as_mut().and_then(|s| s.party.as_mut()).filter(|p| p.way == Way::Consult) {
                party.way = Way::Blind;
            }
            session.talk.far_held = None;
            self.arrange(call);
            return self.sound(call, if returns { Sound::Music } else { Sound::RingBack });
        }
        self.left_alone(call, false);
    }

    /// Nobody answered the transfer: the customer goes back to whoever gave them away, else into the queue again.
    pub(crate) fn come_back(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.stage != Stage::Up || session.talk.talkers().next().is_some() || session.talk.rings().is_some() {
            return;
        }
        let Some(agent) = session.talk.back.take() else { return self.left_alone(call, true) };
        self.sound(call, Sound::Music);
        self.people.engaging = Some(Way::Back);
        let taken = self.acd(acd::Input::Engage { agent, call, way: Engagement::Ring });
        self.people.engaging = None;
        if taken.is_err() {
            self.left_alone(call, true);
        }
    }

    // --- what an agent asks for ---

    /// The customer is held, `to` is called.
    pub(crate) fn consult(&mut self, agent: AgentId, to: &Destination, told: OpId) -> Result<bool, DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        if self.is_asking(call) {
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
                || s.search.as_ref().is_some_and(|s| s.party.is_some())
                || s.talk.parties.values().any(|p| p.consulted)
                || s.talk.confirming.is_some()
        })
    }

    pub(crate) fn swap(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, _) = self.talking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        if !session.talk.talkers().any(|(_, p)| p.consulted) {
            return Err(DeskRefusal::NotNow);
        }
        let to_far = session.talk.far_held.is_some();
        for party in session.talk.parties.values_mut().filter(|p| p.consulted) {
            party.held = to_far;
        }
        self.hold_far(call, !to_far);
        self.arrange(call);
        Ok(())
    }

    pub(crate) fn cancel_consult(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        if !self.is_asking(call) {
            return Err(DeskRefusal::NotNow);
        }
        let Some(session) = self.sessions.get(&call) else { return Err(DeskRefusal::NoCall) };
        let asked: Vec<LegId> = session.talk.parties.iter().filter(|(_, p)| p.consulted && !p.leaving).map(|(l, _)| *l).collect();
        self.forget_party_search(call);
        self.command(model::telephony::Command::StopPlay { leg });
        for leg in asked {
            self.let_party_go(call, leg);
        }
        self.hold_far(call, false);
        self.arrange(call);
        Ok(())
    }

    /// The agent leaves; whoever was asked, answered or still ringing, has the customer.
    pub(crate) fn complete(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, leg) = self.talking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        let asked = session.talk.parties.values().any(|p| p.consulted && !p.leaving);
        let dials = session.search.as_ref().is_some_and(|s| s.party.is_some());
        if !asked && !dials {
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
                let open = self.people.acd.queue(queue).is_some_and(|q| q.open);
                if !open {
                    return Err(DeskRefusal::NotNow);
                }
                if let Some(session) = self.sessions.get_mut(&call) {
                    session.talk.far_held = None;
                }
                self.let_party_go(call, leg);
                self.enqueue(call, queue, Vec::new(), 0).map_err(crate::people::refusal)?;
                Ok(true)
            }
            target => {
                if let Some(session) = self.sessions.get_mut(&call) {
                    session.talk.back = Some(agent);
                }
                let done = self.bring(call, target, Way::Blind, Wish { agent, told })?;
                if done {
                    self.let_party_go(call, leg);
                    self.somebody_left(call);
                }
                Ok(done)
            }
        }
    }

    pub(crate) fn conference(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let (call, _) = self.talking(agent)?;
        let Some(session) = self.sessions.get_mut(&call) else { return Err(DeskRefusal::NoCall) };
        if !session.talk.talkers().any(|(_, p)| p.consulted) {
            return Err(DeskRefusal::NotNow);
        }
        for party in session.talk.parties.values_mut() {
            party.consulted = false;
            party.held = false;
        }
        self.hold_far(call, false);
        self.arrange(call);
        Ok(())
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
