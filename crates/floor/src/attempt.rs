//! An attempt's life: begun in the store, allowed by the guard, sent over a route, and over the next one when a line fails.

use crate::floor::Floor;
use crate::io::Output;
use crate::session::{Dial, Search, Session, Stage};
use crate::timer::Timer;
use call::{Call, Head, Leg, Role};
use dialer::guard::{self, Ask, Clock};
use dialer::route::Called;
use dialer::{Refusal, Rule, Then, Verdict, wire, zone};
use flow::SpeechPart;
use model::fact::Begin;
use model::record::{ClaimedLead, DialFacts, Direction, Route};
use model::telephony::{Command, Originate};
use model::{At, AttemptId, CallId, CampaignId, Disposition, LegId, TrunkId, number};
use std::collections::VecDeque;

/// How a number is reached: the trunk that is tried first (none: no route leads to it), what is shown, and the trunks left.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) trunk: Option<TrunkId>,
    pub(crate) caller_id: String,
    pub(crate) left: VecDeque<TrunkId>,
}

/// A route that is there but cannot take the call is worth another try a little later.
const SOON_MS: i64 = 60_000;
/// What the store said of a number holds for so long: longer than an agent's phone rings.
const FACTS_MS_MAX: i64 = 120_000;

impl Floor {
    /// Writes the attempt of the lead at `place` in the hand. `trunk` none: no route leads to the number, which is noted.
    pub(crate) fn begin(
        &mut self,
        id: CampaignId,
        place: usize,
        trunk: Option<TrunkId>,
        caller_id: String,
        left: VecDeque<TrunkId>,
    ) {
        let call_id = CallId(self.ids.next(self.now));
        let Some(lead) = self.campaigns.get_mut(&id).and_then(|r| r.hand.remove(place)) else { return };
        let path = Path { trunk, caller_id, left };
        let Some(session) = self.attempt_of(id, call_id, lead, path) else { return };
        let held = session.search.as_ref().is_some_and(|s| s.held.is_some());
        self.admit(session);
        if held {
            self.render_ahead(call_id);
        }
        self.tell_pacer_of_start(id, call_id);
    }

    /// An attempt on its way into the store, over a route that is held for it.
    pub(crate) fn attempt_of(&mut self, id: CampaignId, call_id: CallId, lead: ClaimedLead, path: Path) -> Option<Session> {
        let now = self.now;
        let Path { trunk, caller_id, left } = path;
        let attempt = AttemptId(self.ids.next(now));
        let runtime = self.campaigns.get_mut(&id)?;
        runtime.rate.charge(now);
        runtime.turn = runtime.turn.wrapping_add(1);
        runtime.today += 1;
        let campaign = runtime.campaign.clone();
        let any = campaign.trunk_ids.first().copied();
        let shown = trunk.or(any).or_else(|| self.lines.keys().next().copied()).unwrap_or_default();
        let zone = self.zone_of(campaign.tenant_id, &lead);
        let midnight = model::calendar::midnight(self.wall(), &zone);
        let settings = self.tenants.get(&campaign.tenant_id).and_then(|t| t.settings.clone()).unwrap_or_default();
        let ring_ms_max = campaign.ring_ms_max.max(settings.compliance.ring_ms_min);
        let used = self.caller_id_shown(&campaign, &caller_id);
        let begin = Begin {
            attempt,
            call: call_id,
            tenant: campaign.tenant_id,
            campaign: id,
            lead: lead.id,
            ordinal: lead.ended.values().sum::<u32>() + 1,
            phone: lead.phone.clone(),
            caller_id: caller_id.clone(),
            trunk: shown,
            at: now,
            midnight,
            lockout_ms: i64::from(settings.compliance.lockout_h) * 3_600_000,
            lease_until: now.plus_ms(self.limits.call_ms_max + i64::from(ring_ms_max) + 120_000),
            used,
        };
        let mut session = Session::new(campaign.tenant_id, Call::new(head(&begin, &lead)), Stage::Beginning);
        session.search = Some(Search {
            e164: lead.phone.clone(),
            left,
            held: trunk,
            tried: 0,
            caller_id,
            ring_ms_max,
            replaces: String::new(),
            party: None,
        });
        session.script = self.tenants.get(&campaign.tenant_id).and_then(|t| t.scripts.get(&campaign.flow_id)).cloned();
        session.dial = Some(Dial { attempt, campaign, lead, facts: None, refusal: None, zone });
        if let Some(trunk) = trunk {
            self.hold_line(trunk);
            if let Some(line) = self.lines.get_mut(&trunk) {
                line.begins.charge(now);
            }
        }
        self.timers.set(Timer::Begin(call_id), now.plus_ms(self.limits.begin_ms_max));
        self.out.push_back(Output::Begin(Box::new(begin)));
        Some(session)
    }

    fn zone_of(&self, tenant: model::TenantId, lead: &ClaimedLead) -> String {
        match self.tenants.get(&tenant).and_then(|t| t.settings.as_ref()) {
            Some(settings) => zone::of(&lead.phone, &lead.region, &settings.compliance.region_zones).to_owned(),
            None => zone::HOME.to_owned(),
        }
    }

    /// The callee should not wait for the synthesiser.
    fn render_ahead(&mut self, call: CallId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let Some(script) = &session.script else { return };
        let mut parts = script.doc.ahead(&self.scope(session));
        parts.retain(|p| matches!(p, SpeechPart::Say { .. }));
        if parts.is_empty() {
            return;
        }
        let (tenant, op) = (session.tenant, self.new_op());
        self.out.push_back(Output::Render { op, tenant, parts, ahead: true });
    }

    pub(crate) fn on_begun(&mut self, attempt: AttemptId, facts: DialFacts) {
        let Some(call) = self.attempts.get(&attempt).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call).filter(|s| s.stage == Stage::Beginning) else { return };
        let Some(dial) = session.dial.as_mut() else { return };
        dial.facts = Some((self.now, facts));
        let lost = session.search.as_ref().is_none_or(|s| s.held.is_none());
        self.timers.clear(Timer::Begin(call));
        self.stir = true;
        if lost {
            // Not `Blocked`: the policy says how often a route that fails is tried again.
            self.close_unsent(call, Disposition::RouteFailed, Refusal { rule: Rule::NoRoute, then: Then::RetryAt(self.now) });
        } else {
            self.place_or_ring(call);
        }
    }

    pub(crate) fn on_begin_failed(&mut self, attempt: AttemptId) {
        let Some(call) = self.attempts.get(&attempt).copied() else { return };
        if self.sessions.get(&call).is_none_or(|s| s.stage != Stage::Beginning) {
            return;
        }
        if self.preview_not_begun(call) {
            return;
        }
        if let Some(session) = self.drop_session(call)
            && let Some(dial) = session.dial
        {
            let (campaign, lead) = (dial.campaign.id, dial.lead.id);
            self.leads.remove(&lead);
            if let Some(runtime) = self.campaigns.get_mut(&campaign) {
                runtime.today = runtime.today.saturating_sub(1);
            }
            self.out.push_back(Output::Release { campaign, leads: vec![lead] });
            self.back_off(campaign);
            self.forget_campaign_if_over(campaign);
        }
    }

    pub(crate) fn begin_timed_out(&mut self, call: CallId) {
        let then = Then::RetryAt(self.now.plus_ms(SOON_MS));
        self.close_unsent(call, Disposition::Blocked, Refusal { rule: Rule::BeginTimeout, then });
    }

    pub(crate) fn refuse_halted(&mut self, call: CallId) {
        self.close_unsent(call, Disposition::Blocked, Refusal { rule: Rule::Halted, then: Then::RetryAt(self.now) });
    }

    /// The held line's next slot, at once or later. The guard has the word before each INVITE.
    pub(crate) fn place(&mut self, call: CallId) {
        let Some(trunk) = self.held(call) else { return };
        if !self.may_dial(call) {
            return;
        }
        let now = self.now;
        let slot = self.lines.get_mut(&trunk).map_or(now, |line| line.invites.reserve(now));
        if slot > now {
            if self.sessions.get(&call).is_some_and(|s| s.dial.is_some() && s.stage != Stage::Up) {
                self.set_stage(call, Stage::Waiting);
            }
            self.timers.set(Timer::Slot(call), slot);
        } else {
            self.send_invite(call, trunk);
        }
    }

    /// The slot has come; hours, lists and the line may have changed meanwhile.
    pub(crate) fn originate(&mut self, call: CallId) {
        let Some(trunk) = self.held(call) else { return };
        if !self.may_dial(call) {
            return;
        }
        if self.lines.get(&trunk).is_some_and(|l| l.is_up(self.now)) {
            self.send_invite(call, trunk);
        } else {
            self.next_route(call, Disposition::RouteFailed);
        }
    }

    fn held(&self, call: CallId) -> Option<TrunkId> {
        self.sessions.get(&call)?.search.as_ref()?.held
    }

    /// Asks the guard where an attempt is to be dialled, and closes it where he says no. Transfers are part of a call that he
    /// has let through.
    pub(crate) fn may_dial(&mut self, call: CallId) -> bool {
        let Some(session) = self.sessions.get(&call) else { return false };
        let party = session.search.as_ref().is_some_and(|s| s.party.is_some());
        if session.dial.is_none() || session.transfer.is_some() || party {
            let by_hand = !party && session.transfer.is_none() && session.talk.dialed_by.is_some();
            let goes_on = session.action.is_none();
            // An agent's phone, or another line, may have rung past the hour.
            if by_hand && goes_on && !self.is_open_to(session.tenant, &session.call.head.called) {
                self.drop_hold(call);
                self.far_gone(call, Disposition::Blocked);
                return false;
            }
            return goes_on;
        }
        match self.verdict(call) {
            Verdict::Allow => true,
            Verdict::Refuse(refusal) => {
                self.remember(call, &refusal);
                self.close_unsent(call, Disposition::Blocked, refusal);
                false
            }
        }
    }

    fn verdict(&mut self, call: CallId) -> Verdict {
        let (now, talks) = (self.wall(), self.talks_by_hand(call));
        let halted = Verdict::Refuse(Refusal { rule: Rule::Halted, then: Then::RetryAt(now) });
        let Some(session) = self.sessions.get(&call) else { return halted };
        let (Some(dial), Some(search)) = (&session.dial, &session.search) else { return halted };
        let Some(runtime) = self.campaigns.get_mut(&dial.campaign.id) else { return halted };
        if !runtime.is_running() || self.drain.is_some() {
            return halted;
        }
        let tenant = self.tenants.get(&session.tenant);
        let Some(settings) = tenant.and_then(|t| t.settings.as_ref()) else {
            return Verdict::Refuse(Refusal { rule: Rule::Unreadable, then: Then::RetryAt(now.plus_ms(SOON_MS)) });
        };
        let line = search.held.and_then(|t| self.lines.get(&t));
        let campaign = runtime.campaign.clone();
        // This attempt has been counted when it was begun.
        let campaign_today = runtime.today.saturating_sub(1);
        let rules = &settings.compliance;
        let zones = zone::clocks(&dial.lead.phone, &dial.lead.region, &rules.region_zones);
        let clock = Clock { zones: &zones, schedule: &campaign.schedule, holidays: &settings.holidays, rules };
        let today = runtime.hours.by(now, &clock);
        // The clock may have jumped, or a line made it wait: what was true long ago may not be.
        let fresh = dial.facts.filter(|(read_at, _)| self.now.since_ms(*read_at) <= FACTS_MS_MAX);
        let facts = fresh.map(|(_, f)| DialFacts { number_in_call: f.number_in_call || talks, ..f });
        let ask = Ask {
            now,
            purpose: campaign.purpose,
            compliance: rules,
            task: &campaign.dial_rules,
            opening: today.opening,
            facts: facts.as_ref(),
            tomorrow: today.tomorrow,
            attempts: dial.lead.attempts,
            attempts_max: campaign.retry.attempts_max,
            campaign_today,
            caller_id_per_day_max: tenant.map_or(0, |t| t.caller_id_per_day_max(&search.caller_id)),
            trunk_per_day_max: line.map_or(0, |l| l.trunk.calls_per_day_max),
            caller_id_flagged: tenant.is_some_and(|t| t.is_flagged(&search.caller_id)),
        };
        guard::verdict(&ask, &clock)
    }

    /// An agent has called this number by hand and talks to it: the store learns of such a call when it is over.
    fn talks_by_hand(&self, call: CallId) -> bool {
        let Some(head) = self.sessions.get(&call).map(|s| &s.call.head) else { return false };
        let other = self.people.bound.values().filter(|b| b.call != call).filter_map(|b| self.sessions.get(&b.call));
        let mut by_hand = other.filter(|s| s.dial.is_none() && s.talk.dialed_by.is_some() && s.tenant == head.tenant);
        by_hand.any(|s| s.call.head.called == head.called)
    }

    /// A caller id or a line that has had its day is not chosen again until tomorrow.
    fn remember(&mut self, call: CallId, refusal: &Refusal) {
        let Some(session) = self.sessions.get(&call) else { return };
        let (Some(dial), Some(search)) = (&session.dial, &session.search) else { return };
        let tomorrow = model::calendar::midnight(self.now, zone::HOME).plus_ms(24 * 3_600_000);
        match refusal.rule {
            Rule::CallerIdPerDay => {
                if let Some(tenant) = self.tenants.get_mut(&dial.campaign.tenant_id) {
                    tenant.spent_caller_ids.insert(search.caller_id.clone(), tomorrow);
                }
            }
            Rule::TrunkPerDay => {
                if let Some(line) = search.held.and_then(|t| self.lines.get_mut(&t)) {
                    line.spent_until = tomorrow;
                }
            }
            _ => {}
        }
    }

    fn send_invite(&mut self, call: CallId, trunk: TrunkId) {
        let now = self.now;
        let leg = LegId(self.ids.next(now));
        let rate = self.rate_of(call, trunk);
        let Some(line) = self.lines.get(&trunk) else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(search) = session.search.as_mut() else { return };
        search.held = None;
        let (to, from) = (wire::to_trunk(&search.e164, &line.trunk), wire::shown(&search.caller_id, &line.trunk));
        let ring_ms_max = search.ring_ms_max;
        let replaces = search.replaces.clone();
        let party = search.party.clone();
        let role = if let Some(party) = &party {
            party.role()
        } else if let Some(transfer) = session.transfer.as_mut() {
            transfer.leg = Some(leg);
            Role::Transfer
        } else {
            session.call.head.caller.clone_from(&search.caller_id);
            Role::Callee
        };
        // Whoever is put through sees whom the caller had called.
        let forwarded = role == Role::Transfer && session.call.head.direction == Direction::Inbound;
        let diverted_from = if forwarded { wire::shown(&session.call.head.called, &line.trunk) } else { String::new() };
        let mut made = Leg::new(leg, role, trunk, from.clone(), to.clone(), now);
        made.rate = rate;
        session.call.add_leg(made);
        let context = match &session.dial {
            Some(d) if role == Role::Callee => {
                format!("call={call} attempt={} campaign={} lead={}", d.attempt, d.campaign.id, d.lead.id)
            }
            _ => format!("call={call} transfer"),
        };
        self.legs.insert(leg, call);
        if role == Role::Callee {
            self.set_stage(call, Stage::Trying);
        }
        if let Some(party) = party {
            self.party_made(call, leg, party);
        }
        self.timers.set(Timer::Leg(leg), now.plus_ms(i64::from(ring_ms_max) + self.limits.setup_grace_ms));
        self.command(Command::Originate(Originate { leg, trunk, to, from, ring_ms_max, context, diverted_from, replaces }));
        // Whom an agent calls, the agent hears.
        if role == Role::Callee && self.sessions.get(&call).is_some_and(|s| s.dial.is_some() && s.talk.dialed_by.is_none()) {
            self.put_ears_on(call, leg);
        }
    }

    /// What this trunk takes for the number that is being looked for.
    fn rate_of(&self, call: CallId, trunk: TrunkId) -> Option<Route> {
        let session = self.sessions.get(&call)?;
        let e164 = &session.search.as_ref()?.e164;
        let (carrier, region) = match &session.dial {
            Some(dial) if session.transfer.is_none() && session.search.as_ref().is_none_or(|s| s.party.is_none()) => {
                (dial.lead.carrier, dial.lead.region.as_str())
            }
            _ => (number::carrier_of(e164), number::region_name(e164)),
        };
        let called = Called { e164, carrier, region, minute: self.minute() };
        self.tenants.get(&session.tenant)?.routes.rate(called, trunk).cloned()
    }

    /// The line failed, not the callee: the next route, or the end as `last` says.
    pub(crate) fn next_route(&mut self, call: CallId, last: Disposition) {
        self.drop_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let transfer = session.transfer.is_some();
        let party = session.search.as_ref().is_some_and(|s| s.party.is_some());
        // A campaign that was halted meanwhile does not go on with the next route.
        let campaign = session.dial.as_ref().map(|d| d.campaign.clone());
        let region = session.dial.as_ref().map(|d| d.lead.region.clone()).unwrap_or_default();
        let turn = campaign.as_ref().and_then(|c| self.campaigns.get(&c.id)).map_or(0, |r| r.turn);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(search) = session.search.as_mut() else { return };
        let (mut left, kept) = (std::mem::take(&mut search.left), search.caller_id.clone());
        while let Some(trunk) = left.pop_front() {
            let Some(line) = self.lines.get(&trunk).filter(|l| l.is_up(self.now) && l.free() > 0) else { continue };
            let shown = match (&campaign, transfer || party) {
                (Some(c), false) => self.shown_on(c, turn, &line.trunk, &region, &kept),
                _ => self.sessions.get(&call).map(|s| self.transfer_caller_id(s, &line.trunk)),
            };
            let Some(caller_id) = shown else { continue };
            if let Some(c) = campaign.as_ref().filter(|_| !transfer && !party && caller_id != kept) {
                self.caller_id_shown(c, &caller_id);
            }
            self.hold_line(trunk);
            if let Some(search) = self.sessions.get_mut(&call).and_then(|s| s.search.as_mut()) {
                search.left = left;
                search.held = Some(trunk);
                search.tried += 1;
                search.caller_id = caller_id;
            }
            return self.place(call);
        }
        let draft = self.sessions.get_mut(&call).filter(|_| party).and_then(|s| s.search.take()?.party);
        if let Some(draft) = draft {
            self.party_unreached(call, draft, last);
        } else if transfer {
            self.transfer_failed(call, last);
        } else if self.sessions.get(&call).is_some_and(|s| s.call.legs().is_empty()) {
            let then = Then::RetryAt(self.now.plus_ms(SOON_MS));
            self.close_unsent(call, Disposition::RouteFailed, Refusal { rule: Rule::NoRoute, then });
        } else {
            self.far_gone(call, last);
        }
    }

    /// Gives back the place held for a leg that is not made.
    pub(crate) fn drop_hold(&mut self, call: CallId) {
        self.timers.clear(Timer::Slot(call));
        let held = self.sessions.get_mut(&call).and_then(|s| s.search.as_mut()).and_then(|s| s.held.take());
        if let Some(trunk) = held {
            self.free_line(trunk);
        }
    }

    /// Routes tried after the first.
    pub(crate) fn failovers(session: &Session) -> u32 {
        let legs = session.call.legs().iter().filter(|l| l.role == Role::Callee).count();
        u32::try_from(legs).unwrap_or(u32::MAX).saturating_sub(1)
    }
}

fn head(begin: &Begin, lead: &ClaimedLead) -> Head {
    Head {
        id: begin.call,
        tenant: begin.tenant,
        direction: Direction::Outbound,
        campaign: Some(begin.campaign),
        lead: Some(begin.lead),
        attempt: Some(begin.attempt),
        name: lead.name.clone(),
        caller: begin.caller_id.clone(),
        called: begin.phone.clone(),
        started_at: At(begin.at.0),
    }
}
