//! Who may dial next: campaigns in turn, each one call, until nobody can; then leads for those who hold too few.

use crate::floor::{Floor, Pending};
use crate::io::Output;
use crate::runtime::{Runtime, Waiting};
use crate::timer::Timer;
use dialer::mode::Snapshot;
use dialer::route::{self, Called, Line as Seen, RateTable};
use dialer::zone;
use model::calendar::Opening;
use model::fact::Fact;
use model::record::{Campaign, ClaimedLead, stricter};
use model::settings::Settings;
use model::{At, CampaignId, LeadId, TrunkId};
use std::collections::VecDeque;
use std::ops::Bound;
use std::sync::Arc;

/// Leads looked at for one whose line is free.
const LOOK_MAX: usize = 16;
const CLAIM_BACKOFF_MS: i64 = 1_000;
const CLAIM_BACKOFF_MS_MAX: i64 = 30_000;
/// Asked again at least this often, should nobody have told us of a change.
const CLAIM_POLL_MS: i64 = 30_000;
/// And not more often than this when nothing was due.
const CLAIM_PAUSE_MS: i64 = 500;
/// Leases are given back this long before they run out.
const LEASE_MARGIN_MS: i64 = 10_000;

/// A lead and how it may be dialled.
enum Pick {
    /// Its place in the hand, the line, the caller id and the routes left.
    Dial(usize, TrunkId, String, VecDeque<TrunkId>),
    /// No route leads to it.
    Lost(usize),
    Wait(Waiting, Option<At>),
}

impl Floor {
    pub(crate) fn pump(&mut self) {
        let after = (Bound::Excluded(self.served), Bound::Unbounded);
        let up_to = (Bound::Unbounded, Bound::Included(self.served));
        let mut able: Vec<CampaignId> =
            self.campaigns.range(after).chain(self.campaigns.range(up_to)).map(|(id, _)| *id).collect();
        able.retain(|id| self.is_able(*id));
        let mut turn = able.clone();
        let mut first = true;
        // Who could not start a call cannot start one later in the same round: lines and limits only fill up.
        while !turn.is_empty() {
            turn.retain(|id| {
                let started = (first || self.is_able(*id)) && self.dial_one(*id);
                if started {
                    self.served = *id;
                }
                started
            });
            first = false;
        }
        for id in able {
            self.claim(id);
        }
    }

    /// Whether a campaign may dial or ask for leads; where it may not, it says why and gives its leads back.
    fn is_able(&mut self, id: CampaignId) -> bool {
        if !self.campaigns.get(&id).is_some_and(|r| r.is_running() && !r.finishing) {
            return false;
        }
        if self.campaigns.get(&id).is_some_and(|r| !crate::paced::rings(&r.campaign)) {
            self.wait(id, None);
            return false;
        }
        match self.may_run(id) {
            Ok(()) => true,
            Err(why) => {
                self.wait(id, Some(why));
                self.release_hand(id);
                self.drop_previews(id);
                false
            }
        }
    }

    /// Whether a campaign may start calls at all now.
    fn may_run(&mut self, id: CampaignId) -> Result<(), Waiting> {
        let (now, behind_ms) = (self.wall(), self.behind_ms);
        if self.drain.is_some() {
            return Err(Waiting::Draining);
        }
        if self.saves.len() >= self.limits.unsaved_max {
            return Err(Waiting::Store);
        }
        let Some(runtime) = self.campaigns.get_mut(&id) else { return Err(Waiting::NoSettings) };
        let campaign = runtime.campaign.clone();
        let tenant = self.tenants.get(&campaign.tenant_id);
        let Some(settings) = tenant.and_then(|t| t.settings.clone()) else { return Err(Waiting::NoSettings) };
        if crate::paced::needs_flow(&campaign) && !tenant.is_some_and(|t| t.scripts.contains_key(&campaign.flow_id)) {
            return Err(Waiting::NoFlow);
        }
        self.has_agents(&campaign)?;
        let Some(runtime) = self.campaigns.get_mut(&id) else { return Err(Waiting::NoSettings) };
        let open = open_somewhere(runtime, &campaign, &settings, now);
        if let Err((why, opens)) = open {
            if let Some(opens) = opens {
                self.timers.set(Timer::Pace(id), opens.plus_ms(behind_ms));
            }
            return Err(why);
        }
        let cap = stricter(settings.compliance.campaign_per_day_max, campaign.dial_rules.campaign_per_day_max);
        if cap > 0 && runtime.today >= cap {
            let tomorrow = runtime.today_until;
            self.timers.set(Timer::Pace(id), tomorrow.plus_ms(behind_ms));
            return Err(Waiting::DailyCap);
        }
        if self.campaign_lines(&campaign).next().is_none() {
            let rests = self.rested_at(&campaign);
            if let Some(at) = rests {
                self.timers.set_earlier(Timer::Pace(id), at);
            }
            return Err(Waiting::NoTrunk);
        }
        Ok(())
    }

    /// Lines the campaign may use that are up.
    fn campaign_lines<'a>(&'a self, campaign: &'a Campaign) -> impl Iterator<Item = &'a crate::line::Line> {
        self.allowed_lines(campaign).filter(|l| l.is_up(self.now))
    }

    fn allowed_lines<'a>(&'a self, campaign: &'a Campaign) -> impl Iterator<Item = &'a crate::line::Line> {
        let allowed = move |id| campaign.trunk_ids.is_empty() || campaign.trunk_ids.contains(&id);
        self.lines.values().filter(move |l| l.trunk.tenant_id == campaign.tenant_id && allowed(l.trunk.id))
    }

    /// When the first line that only rests may be used again.
    fn rested_at(&self, campaign: &Campaign) -> Option<At> {
        let resting = self.allowed_lines(campaign).filter(|l| l.trunk.enabled && l.state.is_up());
        resting.map(|l| l.rest_until.max(l.spent_until)).filter(|at| *at > self.now).min()
    }

    /// Starts one call of a campaign that is able to, if there is a lead, a line and a slot for it.
    fn dial_one(&mut self, id: CampaignId) -> bool {
        let now = self.now;
        if self.campaigns.get(&id).is_some_and(|r| r.campaign.mode.shows_leads()) {
            return self.show_one(id);
        }
        if self.starts(id) == 0 {
            return false;
        }
        let Some(runtime) = self.campaigns.get_mut(&id) else { return false };
        if runtime.hand.is_empty() {
            if !matches!(runtime.waiting, Some(Waiting::RetryLater | Waiting::Store)) {
                runtime.waiting = None;
            }
            return false;
        }
        if runtime.in_flight() >= runtime.campaign.concurrency_max {
            runtime.waiting = None;
            return false;
        }
        if !runtime.rate.is_ready(now) {
            runtime.waiting = None;
            let at = runtime.rate.ready_at();
            self.timers.set(Timer::Pace(id), at);
            return false;
        }
        match self.pick(id) {
            Pick::Dial(place, trunk, caller_id, left) => {
                self.wait(id, None);
                self.begin(id, place, Some(trunk), caller_id, left);
                true
            }
            Pick::Lost(place) => {
                self.begin(id, place, None, String::new(), VecDeque::new());
                true
            }
            Pick::Wait(why, at) => {
                self.wait(id, Some(why));
                if let Some(at) = at {
                    self.timers.set(Timer::Pace(id), at.max(now.plus_ms(1)));
                }
                false
            }
        }
    }

    fn wait(&mut self, id: CampaignId, why: Option<Waiting>) {
        if let Some(runtime) = self.campaigns.get_mut(&id) {
            runtime.waiting = why;
        }
    }

    /// The first lead in hand that has a free line.
    fn pick(&self, id: CampaignId) -> Pick {
        let Some(runtime) = self.campaigns.get(&id) else { return Pick::Wait(Waiting::NoTrunk, None) };
        // Before any lead is looked at: this is asked after every event while the lines are full.
        let free = self.campaign_lines(&runtime.campaign).filter(|l| l.free() > 0).map(|l| l.begins.ready_at());
        match free.min() {
            None => return Pick::Wait(Waiting::TrunkBusy, None),
            Some(at) if at > self.now => return Pick::Wait(Waiting::TrunkBusy, Some(at)),
            Some(_) => {}
        }
        let mut wait = Pick::Wait(Waiting::TrunkBusy, None);
        for (place, lead) in runtime.hand.iter().enumerate().take(LOOK_MAX) {
            let routes = self.routes_to(&runtime.campaign, &lead.phone, lead.carrier, &lead.region);
            // Other lines of the campaign are up, else it would not be here: this number alone cannot be reached.
            if !routes.iter().any(|t| self.lines.get(t).is_some_and(|l| l.is_up(self.now))) {
                return Pick::Lost(place);
            }
            match self.free_route(&runtime.campaign, runtime.turn, &routes, &lead.region) {
                Ok((i, trunk, caller_id)) => {
                    return Pick::Dial(place, trunk, caller_id, routes.into_iter().skip(i + 1).collect());
                }
                Err((why, at)) => wait = Pick::Wait(why, at),
            }
        }
        wait
    }

    pub(crate) fn routes_to(&self, campaign: &Campaign, e164: &str, carrier: model::Carrier, region: &str) -> Vec<TrunkId> {
        let Some(tenant) = self.tenants.get(&campaign.tenant_id) else { return Vec::new() };
        let called = Called { e164, carrier, region, minute: self.minute() };
        self.candidates(campaign.tenant_id, &tenant.routes, called, &campaign.trunk_ids)
    }

    /// The minute of the day for the rate table; the day's arithmetic is done once a minute.
    pub(crate) fn minute(&self) -> u32 {
        let (at, known) = self.minute.get();
        let minute = self.now.0.div_euclid(60_000);
        if at == minute {
            return known;
        }
        let known = route::minute_of(self.now);
        self.minute.set((minute, known));
        known
    }

    pub(crate) fn candidates(
        &self,
        tenant: model::TenantId,
        routes: &RateTable,
        called: Called<'_>,
        allowed: &[TrunkId],
    ) -> Vec<TrunkId> {
        let own = self.lines.values().filter(|l| l.trunk.tenant_id == tenant);
        let lines: Vec<Seen<'_>> = own.map(|l| Seen { trunk: &l.trunk, calls: l.calls }).collect();
        let mut order = routes.candidates(called, &lines, allowed);
        order.truncate(self.limits.routes_max);
        order
    }

    /// The first route that takes a call this moment.
    pub(crate) fn free_route(
        &self,
        campaign: &Campaign,
        turn: usize,
        routes: &[TrunkId],
        region: &str,
    ) -> Result<(usize, TrunkId, String), (Waiting, Option<At>)> {
        let mut why = (Waiting::TrunkBusy, None);
        for (i, trunk) in routes.iter().enumerate() {
            let Some(line) = self.lines.get(trunk).filter(|l| l.is_up(self.now)) else { continue };
            if line.free() == 0 {
                continue;
            }
            let caller_id = match self.caller_id(campaign, turn, &line.trunk, region) {
                Ok(caller_id) => caller_id,
                Err(none) => {
                    why = none;
                    continue;
                }
            };
            if !line.begins.is_ready(self.now) {
                why = (Waiting::TrunkBusy, Some(line.begins.ready_at()));
                continue;
            }
            return Ok((i, *trunk, caller_id));
        }
        Err(why)
    }

    /// Asks for leads where a campaign holds too few.
    fn claim(&mut self, id: CampaignId) {
        let now = self.now;
        if self.campaigns.get(&id).is_none_or(|r| r.asked.is_some()) {
            return;
        }
        let (snapshot, own) = (self.snapshot(id), self.own_unknown(id));
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let mut n = dialer::mode::leads_wanted(runtime.campaign.mode, &snapshot);
        if n == 0 && own.is_empty() {
            return;
        }
        let rests = runtime.claim_at > now;
        if rests && runtime.claim_failures == 0 && !own.is_empty() {
            n = 0;
        } else if rests {
            if runtime.hand.is_empty() && runtime.in_flight() == 0 && runtime.waiting.is_none() {
                runtime.waiting = Some(Waiting::RetryLater);
            }
            let at = runtime.claim_at;
            self.timers.set(Timer::Claim(id), at);
            return;
        }
        runtime.claimed_at = now;
        let op = self.ask(Pending::Claim(id), self.limits.claim_ms_max);
        if let Some(runtime) = self.campaigns.get_mut(&id) {
            runtime.asked = Some((op, n));
            runtime.own_asked.clone_from(&own);
        }
        let shown = self.campaigns.get(&id).is_some_and(|r| r.campaign.mode.shows_leads());
        let lease_until = now.plus_ms(if shown { self.limits.preview_lease_ms } else { self.limits.lease_ms });
        self.out.push_back(Output::Claim { op, campaign: id, n, agents: own, lease_until });
    }

    pub(crate) fn snapshot(&self, id: CampaignId) -> Snapshot {
        let Some(runtime) = self.campaigns.get(&id) else { return Snapshot::default() };
        let campaign = &runtime.campaign;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut s = Snapshot {
            concurrency_max: campaign.concurrency_max,
            in_flight: runtime.in_flight(),
            in_hand: count(runtime.in_hand()),
            asked: runtime.asked.map_or(0, |(_, n)| n),
            calls_per_second_max: campaign.calls_per_second_max,
            hand_max: self.limits.hand_max,
            ..Snapshot::default()
        };
        for line in self.campaign_lines(campaign) {
            s.lines_up += 1;
            s.line_capacity_free = s.line_capacity_free.saturating_add(line.free());
            s.line_calls_per_second += line.trunk.calls_per_second_max;
        }
        self.count_agents(campaign, &mut s);
        s
    }

    pub(crate) fn on_claimed(
        &mut self,
        op: model::OpId,
        id: CampaignId,
        leads: Vec<ClaimedLead>,
        next_due: Option<At>,
        all_settled: bool,
    ) {
        let expected = matches!(self.pending.get(&op), Some(Pending::Claim(c)) if *c == id);
        if !expected {
            return self.give_back(id, &leads);
        }
        self.answered(op);
        let now = self.now;
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let asked = runtime.asked.take().map_or(0, |(_, n)| n);
        runtime.claim_failures = 0;
        if runtime.waiting == Some(Waiting::Store) {
            runtime.waiting = None;
        }
        let poll = now.plus_ms(CLAIM_POLL_MS);
        for agent in std::mem::take(&mut runtime.own_asked) {
            if leads.iter().any(|l| l.agent_id == Some(agent)) {
                runtime.own_none.remove(&agent);
            } else {
                runtime.own_none.insert(agent, poll);
            }
        }
        let got = leads.iter().filter(|l| l.agent_id.is_none()).count();
        let best_hour = crate::learned::chooses_hours(&runtime.campaign);
        if got < asked as usize {
            runtime.claim_at = next_due.unwrap_or(poll).clamp(now.plus_ms(CLAIM_PAUSE_MS), poll);
        } else if asked > 0 {
            runtime.claim_at = now;
        }
        let leads = if best_hour && asked > 1 && got >= asked as usize { self.await_better_hours(id, leads) } else { leads };
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        for lead in leads {
            // A lease that ran out and was given again must not put a lead into two calls.
            let known = self.leads.contains_key(&lead.id) || runtime.hand.iter().any(|l| l.id == lead.id);
            if !known {
                self.timers.set_earlier(Timer::Hand(id), lead.lease_until.plus_ms(-LEASE_MARGIN_MS).max(now.plus_ms(1)));
                runtime.hand.push_back(lead);
            }
        }
        self.stir = true;
        if all_settled && runtime.is_quiet() && runtime.is_running() {
            runtime.finishing = true;
            let op = self.ask(Pending::Finish(id), self.limits.save_ms_max);
            let fact = Box::new(Fact::CampaignFinished { campaign: id, at: now });
            self.out.push_back(Output::Persist { op, ack: true, fact });
        }
    }

    /// Leads that came when nobody waited for them any more; not those that are in use all the same.
    fn give_back(&mut self, id: CampaignId, leads: &[ClaimedLead]) {
        let hand = self.campaigns.get(&id).map(|r| &r.hand);
        let unused = |lead: &LeadId| !self.leads.contains_key(lead) && !hand.is_some_and(|h| h.iter().any(|l| l.id == *lead));
        let leads: Vec<LeadId> = leads.iter().map(|l| l.id).filter(unused).collect();
        if !leads.is_empty() {
            self.out.push_back(Output::Release { campaign: id, leads });
        }
    }

    pub(crate) fn claim_failed(&mut self, id: CampaignId) {
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        runtime.asked = None;
        self.back_off(id);
    }

    /// The store has trouble: ask later, and later still.
    pub(crate) fn back_off(&mut self, id: CampaignId) {
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let ms = (CLAIM_BACKOFF_MS << runtime.claim_failures.min(5)).min(CLAIM_BACKOFF_MS_MAX);
        runtime.claim_failures += 1;
        runtime.claim_at = self.now.plus_ms(ms);
        runtime.waiting = Some(Waiting::Store);
        self.stir = true;
    }

    /// Something of the campaign ended: a lead may be due from `at` on.
    pub(crate) fn claim_from(&mut self, id: CampaignId, at: At) {
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let at = at.max(runtime.claimed_at.plus_ms(CLAIM_PAUSE_MS)).max(self.now);
        if runtime.claim_failures == 0 {
            runtime.claim_at = runtime.claim_at.min(at);
        }
        self.stir = true;
    }

    pub(crate) fn finish_failed(&mut self, id: CampaignId) {
        if let Some(runtime) = self.campaigns.get_mut(&id) {
            runtime.finishing = false;
        }
        self.back_off(id);
    }

    /// Gives back what was held too long.
    pub(crate) fn return_stale(&mut self, id: CampaignId) {
        let now = self.now;
        let Some(runtime) = self.campaigns.get_mut(&id) else { return };
        let stale = |l: &ClaimedLead| l.lease_until <= now.plus_ms(LEASE_MARGIN_MS);
        let leads: Vec<LeadId> = runtime.hand.iter().filter(|l| stale(l)).map(|l| l.id).collect();
        runtime.hand.retain(|l| !stale(l));
        if let Some(next) = runtime.hand.iter().map(|l| l.lease_until).min() {
            self.timers.set(Timer::Hand(id), next.plus_ms(-LEASE_MARGIN_MS).max(now.plus_ms(1)));
        }
        if !leads.is_empty() {
            self.out.push_back(Output::Release { campaign: id, leads });
        }
        self.stir = true;
    }
}

/// By the clock of the campaign's home; each callee's own zone is looked at before the dial.
fn open_somewhere(
    runtime: &mut Runtime,
    campaign: &Arc<Campaign>,
    settings: &Settings,
    now: At,
) -> Result<(), (Waiting, Option<At>)> {
    let rules = &settings.compliance;
    let mut first: Option<At> = None;
    let mut why = None;
    let zones = std::iter::once(zone::HOME).chain(rules.region_zones.values().map(String::as_str));
    for zone in zones {
        let today = runtime.hours.today(now, zone, &campaign.schedule, &settings.holidays, rules);
        if zone == zone::HOME && now >= runtime.today_until {
            if runtime.today_until > At(0) {
                runtime.today = 0;
            }
            runtime.today_until = today.tomorrow;
        }
        match today.opening {
            Ok(Opening::Open { .. }) => return Ok(()),
            Ok(Opening::Closed { opens: Some(at) }) => {
                first = Some(first.map_or(at, |f| f.min(at)));
                why = Some(Waiting::OutsideHours);
            }
            Ok(Opening::Closed { opens: None }) => why = why.or(Some(Waiting::ScheduleOver)),
            Err(_) => why = why.or(Some(Waiting::ScheduleUnreadable)),
        }
    }
    Err((why.unwrap_or(Waiting::ScheduleUnreadable), first))
}
