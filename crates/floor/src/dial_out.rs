//! Numbers that people of ours dial, or want somebody brought from: the rules are asked before, as for any other dial.

use crate::floor::{Floor, Pending};
use crate::io::Output;
use crate::party::{Draft, Kind, RING_MS, Sound, Way};
use crate::session::{Search, Session, Stage};
use call::{Call, Head};
use dialer::guard::{self, Ask, Clock, Verdict};
use dialer::zone;
use model::calendar::{Schedule, Window};
use model::desk::DeskRefusal;
use model::fact::CalleeFacts;
use model::record::{DialRules, Direction, Purpose};
use model::telephony::Command;
use model::{AgentId, CallId, Disposition, LegId, OpId, QueueEntryId, QueueId, ReservationId, TenantId, number};

const FORBIDDEN: u16 = 403;
const OK: u16 = 200;
/// The store has this long to say what is known of a number.
pub(crate) const ASK_MS: i64 = 3_000;

/// Who wants somebody dialled, and who is told what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) agent: AgentId,
    pub(crate) told: OpId,
}

/// A number about to be dialled, while the store is asked about it.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    /// E.164
    pub(crate) number: String,
    /// None: a new call.
    pub(crate) call: Option<CallId>,
    pub(crate) way: Way,
    pub(crate) wish: Wish,
    /// The phone that dialled by its own keys, or asked for a transfer by REFER.
    pub(crate) leg: Option<LegId>,
}

/// A callback about to be made.
#[derive(Clone, Debug)]
pub(crate) struct Return {
    pub(crate) reservation: ReservationId,
    pub(crate) entry: QueueEntryId,
    pub(crate) queue: QueueId,
    pub(crate) number: String,
    pub(crate) ring_ms: u32,
    pub(crate) tenant: TenantId,
}

/// A number as people write it. Letters in it are no part of a number that could be left out.
pub(crate) fn typed_number(text: &str) -> Option<String> {
    let e164 = dialer::wire::from_trunk(text.trim());
    let digits = e164.chars().filter(char::is_ascii_digit).count();
    let written = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')');
    (text.chars().all(written) && (3..=20).contains(&digits)).then_some(e164)
}

impl Floor {
    /// The agent's phone first, then the number: when the rules allow it.
    pub(crate) fn dial(&mut self, agent: AgentId, to: &str, told: OpId) -> Result<bool, DeskRefusal> {
        let view = self.people.acd.agent(agent).filter(|v| v.seat.is_some()).ok_or(DeskRefusal::SignedOut)?;
        if view.reservation.is_some() {
            return Err(DeskRefusal::Busy);
        }
        if self.drain.is_some() {
            return Err(DeskRefusal::Unavailable);
        }
        let tenant = self.people.agents.get(&agent).map(|a| a.tenant_id).ok_or(DeskRefusal::UnknownAgent)?;
        if let Some(colleague) = self.colleague(tenant, to)? {
            return self.dial_colleague(agent, colleague, to);
        }
        let e164 = typed_number(to).ok_or(DeskRefusal::BadNumber)?;
        self.ask_first(Errand { number: e164, call: None, way: Way::Dial, wish: Wish { agent, told }, leg: None });
        Ok(false)
    }

    pub(crate) fn ask_first(&mut self, errand: Errand) {
        let Some(tenant) = self.people.agents.get(&errand.wish.agent).map(|a| a.tenant_id) else {
            return self.told(errand.wish.told, Err(DeskRefusal::UnknownAgent));
        };
        let (phone, call) = (errand.number.clone(), errand.call);
        let op = self.ask(Pending::Callee, ASK_MS);
        self.people.errands.insert(op, errand);
        if let Some(session) = call.and_then(|c| self.sessions.get_mut(&c)) {
            session.talk.errand = Some(op);
        }
        let midnight = model::calendar::midnight(self.now, &self.zone_of_number(tenant, &phone));
        self.out.push_back(Output::LookUpCallee { op, tenant, phone, midnight });
    }

    pub(crate) fn zone_of_number(&self, tenant: TenantId, phone: &str) -> String {
        let region = number::region_name(phone);
        match self.tenants.get(&tenant).and_then(|t| t.settings.as_ref()) {
            Some(settings) => zone::of(phone, region, &settings.compliance.region_zones).to_owned(),
            None => zone::HOME.to_owned(),
        }
    }

    pub(crate) fn on_callee(&mut self, op: OpId, found: Option<CalleeFacts>) {
        if let Some(Pending::Callee) = self.answered(op) {
            self.callee_known(op, found);
        }
    }

    /// None: not told in time; what cannot be read forbids.
    pub(crate) fn callee_known(&mut self, op: OpId, found: Option<CalleeFacts>) {
        if self.choice_known(op, found.as_ref()) {
            return;
        }
        if let Some(back) = self.people.returns.remove(&op) {
            return self.call_back_if_allowed(back, found);
        }
        let Some(errand) = self.people.errands.remove(&op) else { return };
        if let Some(session) = errand.call.and_then(|c| self.sessions.get_mut(&c)) {
            session.talk.errand = None;
        }
        let tenant = self.people.agents.get(&errand.wish.agent).map(|a| a.tenant_id);
        let allowed = tenant.is_some_and(|t| self.may_call(t, &errand.number, found.as_ref()));
        if !allowed {
            return self.errand_refused(errand, DeskRefusal::Forbidden);
        }
        match errand.call {
            None => self.dial_allowed(errand, found.unwrap_or_default()),
            Some(call) => self.bring_allowed(call, errand),
        }
    }

    pub(crate) fn refuse_errand(&mut self, op: OpId, why: DeskRefusal) {
        if let Some(errand) = self.people.errands.remove(&op) {
            self.told(errand.wish.told, Err(why));
        }
    }

    fn errand_refused(&mut self, errand: Errand, why: DeskRefusal) {
        self.told(errand.wish.told, Err(why));
        match (errand.leg, errand.call) {
            (Some(leg), None) => self.command(Command::Reject { leg, sip_code: FORBIDDEN, q850: None }),
            (Some(leg), Some(_)) => self.command(Command::ReferProgress { leg, sip_code: FORBIDDEN }),
            (None, _) => {}
        }
        let Some(call) = errand.call else { return };
        match errand.way {
            Way::Consult => self.consult_over(call),
            // The agent has kept the customer until the answer, unless they left meanwhile.
            _ => self.who_stays(call, true),
        }
        self.show_call(call);
    }

    fn bring_allowed(&mut self, call: CallId, errand: Errand) {
        let Errand { number, way, wish, leg: asked_by, .. } = errand;
        let draft = Draft { kind: Kind::Guest, way, number: number.clone(), name: String::new() };
        let leg = self.talking(wish.agent).ok().filter(|(c, _)| *c == call).map(|(_, leg)| leg);
        let reaches = !self.lines_to_is_empty(call, &number);
        if !reaches {
            return self.errand_refused(Errand { number, call: Some(call), way, wish, leg: asked_by }, DeskRefusal::NoRoute);
        }
        if !self.dial_party(call, &number, draft, RING_MS) || !self.is_asking(call) {
            return self.errand_refused(Errand { number, call: Some(call), way, wish, leg: asked_by }, DeskRefusal::NoRoute);
        }
        self.told(wish.told, Ok(()));
        if let Some(leg) = asked_by {
            self.command(Command::ReferProgress { leg, sip_code: OK });
        }
        if let (Way::Blind, Some(leg)) = (way, leg) {
            self.let_party_go(call, leg);
            self.somebody_left(call);
        }
        self.show_call(call);
    }

    fn lines_to_is_empty(&self, call: CallId, number: &str) -> bool {
        let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant) else { return true };
        let up = |t: &model::TrunkId| self.lines.get(t).is_some_and(|l| l.is_up(self.now));
        !self.lines_to(tenant, number).iter().any(up)
    }

    /// DESIGN's list of limits, for a call that a person makes: hours of the callee's region, lists, caps of the number.
    pub(crate) fn may_call(&self, tenant: TenantId, phone: &str, found: Option<&CalleeFacts>) -> bool {
        let Some(settings) = self.tenants.get(&tenant).and_then(|t| t.settings.as_ref()) else { return false };
        let in_call = self.sessions.values().any(|s| {
            let head = &s.call.head;
            s.tenant == tenant && s.stage != Stage::Over && head.direction == Direction::Outbound && head.called == phone
        });
        if in_call {
            return false;
        }
        let always = at_all_times();
        let task = DialRules::default();
        let zones = zone::clocks(phone, "", &settings.compliance.region_zones);
        let mut hours = guard::Hours::default();
        let clock = Clock { zones: &zones, schedule: &always, holidays: &settings.holidays, rules: &settings.compliance };
        let today = hours.by(self.wall(), &clock);
        let verdict = guard::check(&Ask {
            now: self.wall(),
            purpose: Purpose::Notice,
            compliance: &settings.compliance,
            task: &task,
            opening: today.opening,
            facts: found.map(|f| &f.dial),
            tomorrow: today.tomorrow,
            attempts: 0,
            attempts_max: u32::MAX,
            campaign_today: 0,
            caller_id_per_day_max: 0,
            trunk_per_day_max: 0,
            caller_id_flagged: false,
        });
        // Who keeps somebody off marketing lists is not called by hand either.
        verdict == Verdict::Allow && !found.is_some_and(|f| f.dial.exempt || f.dial.exempt_everywhere)
    }

    fn dial_allowed(&mut self, errand: Errand, facts: CalleeFacts) {
        if let Some(leg) = errand.leg.filter(|_| self.people.bound.contains_key(&errand.wish.agent)) {
            return self.phone_asks(leg, errand.wish.agent, &errand.number);
        }
        let Errand { number, wish, leg, .. } = errand.clone();
        let Some(tenant) = self.people.agents.get(&wish.agent).map(|a| a.tenant_id) else { return };
        let up = |t: &model::TrunkId| self.lines.get(t).is_some_and(|l| l.is_up(self.now));
        if !self.lines_to(tenant, &number).iter().any(up) {
            return self.errand_refused(errand, DeskRefusal::NoRoute);
        }
        let call = self.new_call(tenant, &number, &facts);
        if let Some(session) = self.sessions.get_mut(&call) {
            session.talk.dialed_by = Some(wish.agent);
        }
        self.people.dialing_leg = leg;
        let taken = self.engage(wish.agent, call, Way::Dial);
        self.people.dialing_leg = None;
        match taken {
            Ok(()) if self.sessions.contains_key(&call) => self.told(wish.told, Ok(())),
            Ok(()) => self.told(wish.told, Err(DeskRefusal::NoPhone)),
            Err(why) => {
                self.drop_session(call);
                self.errand_refused(errand, crate::people::refusal(why));
            }
        }
    }

    pub(crate) fn new_call(&mut self, tenant: TenantId, number: &str, facts: &CalleeFacts) -> CallId {
        let now = self.now;
        let id = CallId(self.ids.next(now));
        let name = facts.known.customers.first().map(|c| c.name.clone()).unwrap_or_default();
        let call = Call::new(Head {
            id,
            tenant,
            direction: Direction::Outbound,
            campaign: None,
            lead: None,
            attempt: None,
            name,
            caller: String::new(),
            called: number.to_owned(),
            started_at: now,
        });
        let mut session = Session::new(tenant, call, Stage::Waiting);
        session.talk.customers.clone_from(&facts.known.customers);
        session.talk.last_agent = facts.known.last_agent;
        if facts.known.vip {
            session.talk.classes.insert(model::record::CallerClass::Vip);
        }
        self.admit(session);
        id
    }

    /// The agent's own phone is answered: now the number they want.
    pub(crate) fn dial_wanted(&mut self, call: CallId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let number = session.call.head.called.clone();
        let leg = session.talk.talkers().next().map(|(leg, _)| leg);
        let colleague = self.sessions.get_mut(&call).and_then(|s| Some((s.talk.dialed_by?, s.talk.colleague.take()?)));
        if let (Some(leg), Some((agent, target))) = (leg, colleague) {
            return self.ring_colleague(call, leg, agent, target);
        }
        if self.waits_for_preview(call) {
            return;
        }
        if let Some(leg) = leg {
            self.ring_back(leg, RING_MS);
        }
        if let Some(session) = self.sessions.get_mut(&call).filter(|s| s.dial.is_some()) {
            session.search = session.talk.parked.take();
            return self.next_route(call, Disposition::RouteFailed);
        }
        self.search_far(call, &number, RING_MS);
    }

    /// By the law's hours alone, where the number rings.
    pub(crate) fn is_open_to(&self, tenant: TenantId, phone: &str) -> bool {
        let Some(settings) = self.tenants.get(&tenant).and_then(|t| t.settings.as_ref()) else { return false };
        let zones = zone::clocks(phone, "", &settings.compliance.region_zones);
        let (schedule, now) = (at_all_times(), self.wall());
        let clock = Clock { zones: &zones, schedule: &schedule, holidays: &settings.holidays, rules: &settings.compliance };
        clock.open_from(now) == Ok(Some(now))
    }

    fn search_far(&mut self, call: CallId, number: &str, ring_ms_max: u32) {
        let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant) else { return };
        let left = self.lines_to(tenant, number);
        if let Some(session) = self.sessions.get_mut(&call) {
            let (e164, caller_id, replaces) = (number.to_owned(), String::new(), String::new());
            session.search = Some(Search { e164, left, held: None, tried: 0, caller_id, ring_ms_max, replaces, party: None });
        }
        self.next_route(call, Disposition::RouteFailed);
    }

    /// The far party of a call that one of ours made is there.
    pub(crate) fn dialed_answered(&mut self, call: CallId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.talk.early = false;
        if let Some(reservation) = session.talk.callback.take() {
            if self.acd(acd::Input::CallbackAnswered { reservation, call }).is_err() {
                return self.end_legs(call, model::telephony::Action::Normal);
            }
            return self.sound(call, Sound::Music);
        }
        let dialed = session.talk.dialed_by.and_then(|a| Some((a, session.talk.leg_of(a)?)));
        session.talk.since = Some(now);
        let Some((agent, leg)) = dialed else { return self.end_legs(call, model::telephony::Action::Normal) };
        self.command(model::telephony::Command::StopPlay { leg });
        let reservation = self.people.bound.get(&agent).map(|b| b.reservation);
        if let Some(reservation) = reservation {
            self.tell_acd(acd::Input::Answered { reservation });
        }
        self.arrange(call);
        self.record_talk(call);
        self.show_call(call);
    }

    /// Before the answer the agent hears what the network says.
    pub(crate) fn dialed_early(&mut self, call: CallId, far: LegId) {
        let wanted = |s: &&mut Box<Session>| {
            s.talk.dialed_by.is_some() && s.stage != Stage::Up && s.call.far().is_some_and(|l| l.id == far)
        };
        let Some(session) = self.sessions.get_mut(&call).filter(wanted) else { return };
        session.talk.early = true;
        let leg = session.talk.talkers().next().map(|(leg, _)| leg);
        if let Some(leg) = leg {
            self.command(model::telephony::Command::StopPlay { leg });
        }
        self.arrange(call);
    }

    /// The line that spoke before the answer has failed: the agent hears the ring-back of the next one.
    pub(crate) fn early_over(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call).filter(|s| s.talk.early) else { return };
        session.talk.early = false;
        let leg = session.talk.talkers().next().map(|(leg, _)| leg);
        self.arrange(call);
        if let Some(leg) = leg {
            self.ring_back(leg, RING_MS);
        }
    }

    // --- callbacks ---

    pub(crate) fn call_back(
        &mut self,
        reservation: ReservationId,
        agent: AgentId,
        entry: QueueEntryId,
        queue: QueueId,
        number: &str,
        ring_ms: u32,
    ) {
        let tenant = self.people.agents.get(&agent).map(|a| a.tenant_id);
        let e164 = dialer::wire::from_trunk(number);
        let Some(tenant) = tenant.filter(|_| self.drain.is_none()) else {
            return self.tell_acd(acd::Input::CallbackFailed { reservation });
        };
        let op = self.ask(Pending::Callee, ASK_MS);
        self.people.returns.insert(op, Return { reservation, entry, queue, number: e164.clone(), ring_ms, tenant });
        let midnight = model::calendar::midnight(self.now, &self.zone_of_number(tenant, &e164));
        self.out.push_back(Output::LookUpCallee { op, tenant, phone: e164, midnight });
    }

    fn call_back_if_allowed(&mut self, back: Return, found: Option<CalleeFacts>) {
        // The customer asked for it: lists made for calls they did not ask for do not hold, hours and caps do.
        let found = found.map(|mut f| {
            f.dial.exempt = false;
            f
        });
        if !self.may_call(back.tenant, &back.number, found.as_ref()) {
            return self.tell_acd(acd::Input::CallbackFailed { reservation: back.reservation });
        }
        let call = self.new_call(back.tenant, &back.number, &found.unwrap_or_default());
        if let Some(session) = self.sessions.get_mut(&call) {
            session.talk.callback = Some(back.reservation);
            session.talk.entry = Some(back.entry);
            session.talk.queue = Some(back.queue);
            session.call.queue = Some(back.queue);
        }
        self.people.entries.insert(back.entry, call);
        self.search_far(call, &back.number, back.ring_ms);
    }

    /// The agent who was kept for a callback is not kept any more.
    pub(crate) fn callback_withdrawn(&mut self, reservation: ReservationId) {
        self.people.returns.retain(|_, back| back.reservation != reservation);
        let call = self.sessions.iter().find(|(_, s)| s.talk.callback == Some(reservation)).map(|(id, _)| *id);
        if let Some(call) = call {
            if let Some(session) = self.sessions.get_mut(&call) {
                session.talk.callback = None;
                if let Some(entry) = session.talk.entry.take() {
                    self.people.entries.remove(&entry);
                }
            }
            self.give_up(call, Disposition::Stopped);
        }
    }
}

/// A task's schedule for calls that belong to no task.
fn at_all_times() -> Schedule {
    Schedule { windows: vec![Window { from: "00:00".into(), to: "24:00".into() }], ..Schedule::default() }
}
