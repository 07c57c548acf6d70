//! The people of a call besides the far party: agents, whoever they ask or join, supervisors. Their phones ring, are answered,
//! and leave; what that means for the others is decided here.

use crate::floor::Floor;
use crate::session::Search;
use crate::timer::Timer;
use call::{Leg, Role};
use dialer::route::Called;
use dialer::wire;
use flow::io::Token;
use model::desk::{DeskNote, MonitorMode};
use model::record::{AgentTalk, CallerClass, CustomerBrief, Direction, Seat};
use model::telephony::{Action, CallExtension, Command, Role as MixRole};
use model::{
    AgentId, At, CallId, Disposition, ExtensionId, LegId, OpId, QueueEntryId, QueueId, ReservationId, TrunkId, UserId, number,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const NO_TRUNK: TrunkId = TrunkId(0);
/// How long a phone that is called by hand rings.
pub(crate) const RING_MS: u32 = 60_000;

/// Why somebody is called into a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Out of a queue.
    Offer,
    /// Asked by an agent while the customer is on hold.
    Consult,
    /// The customer waits for them: a blind transfer.
    Blind,
    /// The agent's own phone, before the number they want is dialled.
    Dial,
    /// To an agent whose phone was lost, or whose transfer came to nothing.
    Back,
    Monitor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Agent { agent: AgentId, reservation: ReservationId, queue: Option<QueueId> },
    Guest,
    Supervisor { user: UserId, mode: MonitorMode, agent: AgentId },
}

impl Kind {
    const fn role(self) -> Role {
        match self {
            Self::Agent { .. } => Role::Agent,
            Self::Guest => Role::Guest,
            Self::Supervisor { .. } => Role::Supervisor,
        }
    }
}

impl Draft {
    pub(crate) const fn role(&self) -> Role {
        self.kind.role()
    }
}

/// Somebody to be called.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) way: Way,
    pub(crate) number: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) kind: Kind,
    pub(crate) way: Way,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) made_at: At,
    pub(crate) answered_at: Option<At>,
    pub(crate) held: bool,
    pub(crate) muted: bool,
    /// Asked while the customer waits, and not joined yet.
    pub(crate) consulted: bool,
    /// Hangs up because we said so: not lost.
    pub(crate) leaving: bool,
    /// How long the customer was on hold for this agent.
    pub(crate) held_ms: i64,
}

/// What the far party hears that is no talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sound {
    #[default]
    Nothing,
    Music,
    RingBack,
}

/// The talk of a call.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    /// The flow's node that waits for the end of it.
    pub(crate) token: Option<Token>,
    /// The wait in a queue, until an agent answers.
    pub(crate) entry: Option<QueueEntryId>,
    pub(crate) queue: Option<QueueId>,
    pub(crate) service: String,
    pub(crate) parties: BTreeMap<LegId, Party>,
    pub(crate) far_held: Option<At>,
    /// The far party is with a flow while an agent waits; a flow that was there before is kept.
    pub(crate) confirming: Option<Confirming>,
    pub(crate) sound: Sound,
    /// What is being played to the far party.
    pub(crate) playing: Option<OpId>,
    /// Words being rendered that belong between this sound.
    pub(crate) words: Option<OpId>,
    /// The prompt that should be the music cannot be played.
    pub(crate) plain: bool,
    pub(crate) arranged: crate::arrange::Arrangement,
    pub(crate) flags: BTreeMap<LegId, (bool, bool)>,
    /// Who gets the customer back when a transfer comes to nothing.
    pub(crate) back: Option<AgentId>,
    /// Who was called last and did not come: number and name.
    pub(crate) missed: Option<(String, String)>,
    pub(crate) since: Option<At>,
    /// Dialled by this agent.
    pub(crate) dialed_by: Option<AgentId>,
    /// Between people of ours, without a far party.
    pub(crate) inside: bool,
    /// Whom to ring as soon as whoever dialled has picked up.
    pub(crate) colleague: Option<crate::consult::Target>,
    /// How to reach the callee, once the agent who wants the call is on the line.
    pub(crate) parked: Option<Search>,
    /// The callback this call is.
    pub(crate) callback: Option<ReservationId>,
    /// What is asked of the store before somebody is dialled for this call.
    pub(crate) errand: Option<OpId>,
    /// The far party has sound before the answer.
    pub(crate) early: bool,
    pub(crate) classes: BTreeSet<CallerClass>,
    pub(crate) customers: Vec<CustomerBrief>,
    pub(crate) last_agent: Option<AgentId>,
}

#[derive(Debug)]
pub(crate) struct Confirming {
    pub(crate) before: Option<Box<flow::Run>>,
    pub(crate) back: bool,
}

impl Talk {
    pub(crate) fn leg_of(&self, agent: AgentId) -> Option<LegId> {
        let own = |p: &Party| matches!(p.kind, Kind::Agent { agent: a, .. } if a == agent) && !p.leaving;
        self.parties.iter().find(|(_, p)| own(p)).map(|(leg, _)| *leg)
    }

    /// Agents and guests who have answered and stay.
    pub(crate) fn talkers(&self) -> impl Iterator<Item = (LegId, &Party)> {
        let stays = |p: &Party| p.answered_at.is_some() && !p.leaving && !matches!(p.kind, Kind::Supervisor { .. });
        self.parties.iter().filter(move |(_, p)| stays(p)).map(|(leg, p)| (*leg, p))
    }

    /// Somebody who has not answered yet and is wanted.
    pub(crate) fn rings(&self) -> Option<LegId> {
        let rings = |p: &Party| p.answered_at.is_none() && !p.leaving && !matches!(p.kind, Kind::Supervisor { .. });
        self.parties.iter().find(|(_, p)| rings(p)).map(|(leg, _)| *leg)
    }
}

impl Floor {
    /// Rings a phone of ours, or dials an outside one. False: no phone, or somebody else is being dialled for this call.
    pub(crate) fn ring_party(&mut self, call: CallId, seat: &Seat, draft: Draft, ring_ms_max: u32) -> bool {
        match seat {
            Seat::Browser { extension } | Seat::Phone { extension } => {
                // The page shows who calls; its phone need not know the number.
                let shown = matches!(seat, Seat::Phone { .. });
                self.ring_extension(call, *extension, draft, ring_ms_max, shown)
            }
            Seat::Outside { number } => {
                let number = number.clone();
                self.dial_party(call, &number, draft, ring_ms_max)
            }
        }
    }

    pub(crate) fn ring_extension(
        &mut self,
        call: CallId,
        extension: ExtensionId,
        draft: Draft,
        ring_ms_max: u32,
        shown: bool,
    ) -> bool {
        let now = self.now;
        let leg = LegId(self.ids.next(now));
        let Some(session) = self.sessions.get_mut(&call) else { return false };
        let head = &session.call.head;
        let (ours, far) = match head.direction {
            // Whoever is called sees who calls; no customer is in it.
            Direction::Outbound if session.talk.inside && draft.way != Way::Dial => (head.caller.clone(), head.caller.clone()),
            Direction::Inbound => (head.called.clone(), head.caller.clone()),
            Direction::Outbound => (head.caller.clone(), head.called.clone()),
        };
        // What they dialled themselves they know.
        let veiled =
            draft.way != Way::Dial && matches!(draft.kind, Kind::Agent { agent, .. } if self.people.veiled.contains(&agent));
        let from = if shown && !veiled { far } else { ours };
        let from_name = if shown && !session.talk.inside { head.name.clone() } else { String::new() };
        let context = format!("call={call} {:?}", draft.way);
        let auto_answer = draft.way == Way::Dial || (draft.way == Way::Offer && session.wants_agent());
        session.call.add_leg(Leg::new(leg, draft.kind.role(), NO_TRUNK, from.clone(), draft.number.clone(), now));
        self.legs.insert(leg, call);
        self.timers.set(Timer::Leg(leg), now.plus_ms(i64::from(ring_ms_max) + self.limits.setup_grace_ms));
        self.party_made(call, leg, draft);
        self.command(Command::CallExtension(CallExtension {
            leg,
            extension,
            from,
            from_name,
            ring_ms_max,
            context,
            auto_answer,
        }));
        true
    }

    /// Over the routes, as any number.
    pub(crate) fn dial_party(&mut self, call: CallId, to: &str, draft: Draft, ring_ms_max: u32) -> bool {
        let e164 = wire::from_trunk(to);
        let Some(session) = self.sessions.get(&call) else { return false };
        if session.search.as_ref().is_some_and(|s| s.held.is_some() || s.party.is_some()) {
            return false;
        }
        let left = self.lines_to(session.tenant, &e164);
        let Some(session) = self.sessions.get_mut(&call) else { return false };
        let (caller_id, replaces) = (String::new(), String::new());
        session.search = Some(Search { e164, left, held: None, tried: 0, caller_id, ring_ms_max, replaces, party: Some(draft) });
        self.next_route(call, Disposition::RouteFailed);
        true
    }

    pub(crate) fn lines_to(&self, tenant: model::TenantId, e164: &str) -> VecDeque<TrunkId> {
        let (carrier, region) = (number::carrier_of(e164), number::region_name(e164));
        let called = Called { e164, carrier, region, minute: self.minute() };
        let routes = self.tenants.get(&tenant).map(|t| t.routes.clone()).unwrap_or_default();
        self.candidates(tenant, &routes, called, &[]).into()
    }

    /// Somebody who talked in another call talks in this one from now on.
    pub(crate) fn take_guest(&mut self, call: CallId, leg: Leg) {
        let (id, number, made_at, answered_at) = (leg.id, leg.to.clone(), leg.started_at, leg.answered_at);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.call.add_leg(leg);
        let (kind, way) = (Kind::Guest, Way::Consult);
        let party = Party {
            kind,
            way,
            number,
            name: String::new(),
            made_at,
            answered_at,
            held: false,
            muted: false,
            consulted: false,
            leaving: false,
            held_ms: 0,
        };
        session.talk.parties.insert(id, party);
        self.hold_far(call, false);
        self.arrange(call);
        self.show_call(call);
    }

    /// The phone of an agent that has dialled by its own keys: answered, it waits for the number it wants.
    pub(crate) fn take_dialing_phone(&mut self, call: CallId, leg: LegId, draft: Draft) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let to = session.call.head.called.clone();
        session.call.add_leg(Leg::new(leg, Role::Agent, NO_TRUNK, draft.number.clone(), to, now));
        session.call.ringing(leg, now);
        self.legs.insert(leg, call);
        self.timers.set(Timer::Leg(leg), now.plus_ms(self.limits.answer_ms_max));
        self.party_made(call, leg, draft);
        self.command(Command::Answer { leg });
    }

    /// A leg has been made for somebody.
    pub(crate) fn party_made(&mut self, call: CallId, leg: LegId, draft: Draft) {
        let Draft { kind, way, number, name } = draft;
        if let Kind::Agent { agent, .. } = kind
            && let Some(bound) = self.people.bound.get_mut(&agent)
        {
            bound.leg = Some(leg);
        }
        if let Kind::Supervisor { user, .. } = kind {
            self.people.supervisors.insert(user, leg);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let consulted = way == Way::Consult;
        let party = Party {
            kind,
            way,
            number,
            name,
            made_at: self.now,
            answered_at: None,
            held: false,
            muted: false,
            consulted,
            leaving: false,
            held_ms: 0,
        };
        session.talk.parties.insert(leg, party);
        self.show_call(call);
    }

    pub(crate) fn party_rings(&mut self, call: CallId, leg: LegId) {
        let party = self.sessions.get(&call).and_then(|s| s.talk.parties.get(&leg));
        if let Some(Party { kind: Kind::Agent { reservation, .. }, way, .. }) = party
            && *way != Way::Dial
        {
            let reservation = *reservation;
            self.tell_acd(acd::Input::Rang { reservation });
        }
        self.show_call(call);
    }

    pub(crate) fn party_answered(&mut self, call: CallId, leg: LegId) {
        let now = self.now;
        let Some(party) = self.sessions.get_mut(&call).and_then(|s| s.talk.parties.get_mut(&leg)) else {
            return self.hang_up(call, leg, Action::Normal);
        };
        party.answered_at = Some(now);
        let (kind, way) = (party.kind, party.way);
        self.end_party_search(call, leg);
        if let Kind::Agent { agent, reservation, .. } = kind
            && way != Way::Dial
        {
            self.timers.clear(Timer::Back(agent));
            match self.acd(acd::Input::Answered { reservation }) {
                Ok(()) => {}
                // Whose phone was lost talks all the time as far as the room is concerned.
                Err(acd::Refusal::NotNow) if way == Way::Back => {}
                // Taken back while the answer was on its way.
                Err(_) => {
                    self.let_party_go(call, leg);
                    return self.missed(call, way);
                }
            }
        }
        match way {
            Way::Dial => self.dial_wanted(call),
            Way::Offer | Way::Blind | Way::Back => self.talk_begins(call, leg),
            Way::Consult => self.consult_answered(call, leg),
            Way::Monitor => self.arrange(call),
        }
        self.show_call(call);
    }

    /// Somebody is there for the customer.
    pub(crate) fn talk_begins(&mut self, call: CallId, leg: LegId) {
        let now = self.now;
        if self.back_to_asking(call, leg) {
            return;
        }
        self.end_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talk = &mut session.talk;
        if let Some(entry) = talk.entry.take() {
            self.people.entries.remove(&entry);
        }
        talk.since.get_or_insert(now);
        talk.back = None;
        self.served(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talk = &mut session.talk;
        let first = talk.talkers().count() == 1;
        let offered = talk.parties.get(&leg).is_some_and(|p| p.way == Way::Offer);
        if let Some(Kind::Agent { queue: Some(queue), .. }) = talk.parties.get(&leg).map(|p| p.kind) {
            talk.queue = Some(queue);
            session.call.queue = Some(queue);
        }
        if talk_confirms(&session.talk) {
            return self.arrange(call);
        }
        self.sound(call, Sound::Nothing);
        self.arrange(call);
        if first {
            self.record_talk(call);
        }
        if first && offered {
            self.greet(call, leg);
        }
    }

    /// One of ours is out of the call, or was never reached.
    pub(crate) fn party_ended(&mut self, call: CallId, leg: LegId, disposition: Disposition) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.talk.flags.remove(&leg);
        let Some(party) = session.talk.parties.remove(&leg) else { return self.close_if_over(call) };
        if party.answered_at.is_none() && !party.leaving {
            session.talk.missed = Some((party.number.clone(), party.name.clone()));
            let inside = session.talk.dialed_by.filter(|_| session.talk.inside && party.way == Way::Consult);
            if let Some(agent) = inside {
                self.note_desk(agent, DeskNote::DialFailed { disposition, number: party.number.clone() });
            }
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let dialed = session.call.leg(leg).is_some_and(|l| l.trunk != NO_TRUNK);
        let line_failed = dialed
            && session.search.as_ref().is_some_and(|s| s.party.is_some())
            && dialer::result::is_route_failure(disposition)
            && session.action.is_none()
            && party.answered_at.is_none()
            && !party.leaving;
        if line_failed {
            self.unseat(leg, &party);
            return self.next_route(call, disposition);
        }
        self.end_party_search(call, leg);
        self.note_talk(call, leg, &party);
        match party.kind {
            Kind::Agent { agent, .. } => self.agent_ended(call, leg, agent, &party, disposition),
            Kind::Guest => self.guest_ended(call, &party),
            Kind::Supervisor { user, agent, .. } => {
                if self.people.supervisors.get(&user) == Some(&leg) {
                    self.people.supervisors.remove(&user);
                }
                self.people.stale.insert(agent);
                self.arrange(call);
            }
        }
        self.show_call(call);
        self.close_if_over(call);
    }

    /// The next line is tried for somebody; until then no phone of theirs rings.
    fn unseat(&mut self, leg: LegId, party: &Party) {
        match party.kind {
            Kind::Agent { agent, .. } => {
                if let Some(bound) = self.people.bound.get_mut(&agent).filter(|b| b.leg == Some(leg)) {
                    bound.leg = None;
                }
            }
            Kind::Supervisor { user, .. } if self.people.supervisors.get(&user) == Some(&leg) => {
                self.people.supervisors.remove(&user);
            }
            Kind::Supervisor { .. } | Kind::Guest => {}
        }
    }

    /// A line was found for somebody: they have answered, or will not.
    pub(crate) fn end_party_search(&mut self, call: CallId, leg: LegId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let dialed = session.call.leg(leg).is_some_and(|l| l.trunk != NO_TRUNK);
        if dialed && session.search.as_ref().is_some_and(|s| s.party.is_some() && s.held.is_none()) {
            session.search = None;
        }
    }

    /// No line is left to somebody who was to be dialled.
    pub(crate) fn party_unreached(&mut self, call: CallId, draft: Draft, why: Disposition) {
        let Draft { kind, way, number, name } = draft;
        let now = self.now;
        let party = Party {
            kind,
            way,
            number,
            name,
            made_at: now,
            answered_at: None,
            held: false,
            muted: false,
            consulted: way == Way::Consult,
            leaving: false,
            held_ms: 0,
        };
        match kind {
            Kind::Agent { agent, .. } => self.agent_ended(call, LegId(0), agent, &party, why),
            Kind::Guest => self.guest_ended(call, &party),
            Kind::Supervisor { .. } => {}
        }
        self.show_call(call);
        self.close_if_over(call);
    }

    fn note_talk(&mut self, call: CallId, leg: LegId, party: &Party) {
        let Kind::Agent { agent, queue, .. } = party.kind else { return };
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        // Whoever dialled talks from the far party's answer on.
        let far_at = session.call.answered_at().or(session.talk.since.filter(|_| session.talk.inside));
        let answered_at = party.answered_at.and_then(|at| if party.way == Way::Dial { far_at } else { Some(at) });
        session.call.talks.push(AgentTalk {
            agent_id: agent,
            leg_id: leg,
            queue_id: queue,
            rung_at: party.made_at,
            answered_at,
            ended_at: now,
            held_ms: u32::try_from(party.held_ms).unwrap_or(u32::MAX),
        });
    }

    fn agent_ended(&mut self, call: CallId, leg: LegId, agent: AgentId, party: &Party, why: Disposition) {
        let Kind::Agent { reservation, .. } = party.kind else { return };
        let bound = self.people.bound.get(&agent).filter(|b| b.reservation == reservation);
        // Another phone of the agent has taken this one's place, or will.
        if leg.0 != 0 && bound.is_some_and(|b| b.leg != Some(leg)) {
            return self.arrange(call);
        }
        let own = bound.is_some();
        if own && !party.leaving && self.may_return(call, leg, agent, party, why) {
            return;
        }
        if own {
            // A page that was closed or loaded anew while it rang has not ignored the call.
            let why = if self.was_lost(call, leg) { acd::Failure::Unreachable } else { failure(why) };
            // Whose phone is not there for a lead is not given the next one at once.
            let asked = party.way == Way::Offer || (party.way == Way::Dial && self.is_task_call(call));
            self.unbind(agent, reservation, (asked && party.answered_at.is_none()).then_some(why));
        }
        if party.leaving {
            // Whoever let them go has seen to the others, but for one who was not reached before their phone had hung up.
            self.arrange(call);
            if self.waits_for(call, agent) {
                self.come_back(call);
            }
            return;
        }
        match party.answered_at {
            Some(_) if party.consulted => self.consult_over(call),
            Some(_) => self.somebody_left(call),
            None => self.missed(call, party.way),
        }
    }

    /// The agent is out of the call, or never came into it.
    pub(crate) fn unbind(&mut self, agent: AgentId, reservation: ReservationId, failed: Option<acd::Failure>) {
        self.people.bound.remove(&agent);
        self.timers.clear(Timer::Back(agent));
        self.people.stale.insert(agent);
        self.forget_preview(agent);
        match failed {
            Some(why) => self.tell_acd(acd::Input::Failed { reservation, why }),
            None => self.tell_acd(acd::Input::Done { reservation }),
        }
    }

    fn guest_ended(&mut self, call: CallId, party: &Party) {
        if party.leaving {
            return self.arrange(call);
        }
        match party.answered_at {
            Some(_) if party.consulted => self.consult_over(call),
            Some(_) => self.somebody_left(call),
            None => self.missed(call, party.way),
        }
    }

    /// Somebody who was called does not come.
    pub(crate) fn missed(&mut self, call: CallId, way: Way) {
        match way {
            Way::Offer | Way::Monitor => {}
            Way::Dial => self.give_up(call, Disposition::Stopped),
            Way::Consult => self.consult_over(call),
            Way::Blind => self.come_back(call),
            Way::Back => self.who_stays(call, true),
        }
    }

    /// Where no agent is left but those who were asked, they have the customer now: a guest has no desk to take them back by.
    pub(crate) fn join_asked(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.talk.talkers().any(|(_, p)| !p.consulted && matches!(p.kind, Kind::Agent { .. })) {
            return;
        }
        session.talk.back = None;
        self.joined(call);
        self.hold_far(call, false);
    }

    /// Nobody is asked any more, nobody waits for their turn: all are in the talk.
    pub(crate) fn joined(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let (mut waited, mut adopts) = (Vec::new(), Vec::new());
        let of = session.talk.queue;
        for (leg, party) in &mut session.talk.parties {
            if let (true, Kind::Agent { reservation, queue, .. }, Some(of)) = (party.consulted, &mut party.kind, of)
                && queue.is_none()
            {
                *queue = Some(of);
                adopts.push(acd::Input::Adopt { reservation: *reservation, queue: of });
            }
            party.consulted = false;
            if std::mem::take(&mut party.held) && !party.leaving {
                waited.push(*leg);
            }
        }
        for adopt in adopts {
            self.tell_acd(adopt);
        }
        for leg in waited {
            self.music_for(call, leg, false);
        }
    }

    pub(crate) fn people_phones(&self, extension: ExtensionId) -> u32 {
        self.people.phones.get(&extension).copied().unwrap_or(0)
    }

    pub(crate) fn agent_draft(&self, agent: AgentId, reservation: ReservationId, queue: Option<QueueId>, way: Way) -> Draft {
        let record = self.people.agents.get(&agent);
        let (number, name) = record.map(|a| (a.number.clone(), a.name.clone())).unwrap_or_default();
        Draft { kind: Kind::Agent { agent, reservation, queue }, way, number, name }
    }

    /// The part a leg has in a mix.
    pub(crate) fn mix_role(&self, call: CallId, kind: Kind) -> MixRole {
        match kind {
            Kind::Agent { .. } | Kind::Guest => MixRole::Talker,
            Kind::Supervisor { mode: MonitorMode::Barge, .. } => MixRole::Talker,
            Kind::Supervisor { mode: MonitorMode::Listen, .. } => MixRole::Listener,
            Kind::Supervisor { mode: MonitorMode::Whisper, agent, .. } => {
                let to = self.sessions.get(&call).and_then(|s| s.talk.leg_of(agent));
                to.map_or(MixRole::Listener, |to| MixRole::Whisperer { to })
            }
        }
    }
}

/// The customer is with a flow meanwhile, which is not talked into.
pub(crate) const fn talk_confirms(talk: &Talk) -> bool {
    talk.confirming.is_some()
}

pub(crate) const fn failure(why: Disposition) -> acd::Failure {
    match why {
        Disposition::NoAnswer => acd::Failure::NoAnswer,
        Disposition::Busy | Disposition::Rejected => acd::Failure::Declined,
        _ => acd::Failure::Unreachable,
    }
}
