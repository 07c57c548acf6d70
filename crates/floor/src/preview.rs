//! Leads that agents see before they are dialled: shown to whoever is due, or asked for; dialled, skipped, or given back.

use crate::attempt::Path;
use crate::floor::{Floor, Pending};
use crate::io::Output;
use crate::party::{RING_MS, Way};
use crate::people::Bound;
use crate::session::{Session, Stage};
use crate::timer::Timer;
use call::{Call, Head};
use model::desk::{DeskNote, DeskRefusal, Preview, TaskBrief};
use model::fact::Fact;
use model::record::{Campaign, ClaimedLead, DialMode, Direction, PreviewEnd, Seat};
use model::telephony::{Action, Clip, Command};
use model::{AgentId, At, CallId, CampaignId, Disposition, QueueId, ReservationId};
use std::collections::{BTreeMap, VecDeque};

/// An agent is kept so much longer than a lead may be looked at: their phone and the callee's ring meanwhile.
const DIAL_MS: i64 = 180_000;
/// A lead goes back so long before its lease ends.
const LEASE_MARGIN_MS: i64 = 15_000;
/// Nobody sees a skipped lead again sooner.
const SKIPPED_MS: i64 = 10 * 60_000;
const HOUR_MS: i64 = 3_600_000;
/// Longer than a lead is looked at.
const WARM_MS: u32 = 880_000;
/// Agents whose own leads are asked for at once.
const OWN_AT_ONCE: usize = 100;
const REASON_MAX: usize = 200;

#[derive(Debug)]
pub(crate) struct Shown {
    campaign: CampaignId,
    lead: ClaimedLead,
    /// The call that will be, or is.
    call: CallId,
    reservation: ReservationId,
    queue: Option<QueueId>,
    since: At,
    until: Option<At>,
    /// The attempt is on its way.
    dialing: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Previews {
    shown: BTreeMap<AgentId, Shown>,
    /// Calls that will be, for which an agent is being kept.
    asked: BTreeMap<CallId, CampaignId>,
    skips: BTreeMap<AgentId, VecDeque<At>>,
}

impl Floor {
    pub(crate) fn preview_of(&self, agent: AgentId) -> Option<Preview> {
        let shown = self.people.previews.shown.get(&agent)?;
        let campaign = &self.campaigns.get(&shown.campaign)?.campaign;
        let skips_left = campaign.pacing.skips_per_hour_max.map(|max| max.saturating_sub(self.skips_of(agent)));
        Some(Preview {
            campaign_id: campaign.id,
            campaign_name: campaign.name.clone(),
            lead_id: shown.lead.id,
            number: shown.lead.phone.clone(),
            name: shown.lead.name.clone(),
            region: shown.lead.region.clone(),
            data: shown.lead.variables.clone(),
            attempts: shown.lead.attempts,
            shown_at: shown.since,
            until: shown.until.filter(|_| !shown.dialing),
            then: campaign.pacing.preview_end,
            skips_left,
            dialing: shown.dialing,
        })
    }

    /// Running tasks of the agent's groups.
    pub(crate) fn tasks_of(&self, agent: AgentId) -> Vec<TaskBrief> {
        let Some(groups) = self.people.groups.get(&agent) else { return Vec::new() };
        let own = |c: &Campaign| c.mode.has_agents() && c.queue_id.is_some_and(|q| groups.contains(&q));
        let running = self.campaigns.values().filter(|r| r.is_running()).map(|r| &r.campaign).filter(|c| own(c));
        running.map(|c| TaskBrief { campaign_id: c.id, name: c.name.clone(), mode: c.mode }).collect()
    }

    fn skips_of(&self, agent: AgentId) -> u32 {
        let hour = self.now.plus_ms(-HOUR_MS);
        let skips = self.people.previews.skips.get(&agent);
        u32::try_from(skips.map_or(0, |s| s.iter().filter(|at| **at > hour).count())).unwrap_or(u32::MAX)
    }

    // --- shown ---

    /// Shows one lead to an agent who is due. False: nobody is, or there is none.
    pub(crate) fn show_one(&mut self, id: CampaignId) -> bool {
        let s = self.snapshot(id);
        let Some(runtime) = self.campaigns.get(&id) else { return false };
        let wanted = match runtime.campaign.mode {
            DialMode::Preview => dialer::mode::preview::shows(&s),
            DialMode::PreviewConnect => dialer::mode::preview_connect::shows(&s),
            _ => 0,
        };
        if wanted == 0 {
            return false;
        }
        // Who may have a lead of their own waits for the answer; it is a moment.
        self.show_own(id) || (self.own_unknown(id).is_empty() && self.keep_agent(id, None).is_ok())
    }

    /// A lead that belongs to an agent who is due.
    fn show_own(&mut self, id: CampaignId) -> bool {
        let Some(runtime) = self.campaigns.get(&id) else { return false };
        let Some(queue) = runtime.campaign.queue_id else { return false };
        let mut ready = self.people.acd.ready_outbound(queue);
        let due = ready.find(|a| runtime.hand.iter().any(|l| l.agent_id == Some(*a)));
        drop(ready);
        due.is_some_and(|agent| self.keep_agent(id, Some(agent)).is_ok())
    }

    /// Agents who are due, and of whom it is not known whether they have a lead of their own.
    pub(crate) fn own_unknown(&self, id: CampaignId) -> Vec<AgentId> {
        let Some(runtime) = self.campaigns.get(&id).filter(|r| r.campaign.mode.shows_leads()) else { return Vec::new() };
        let Some(queue) = runtime.campaign.queue_id else { return Vec::new() };
        let known = |a: &AgentId| {
            runtime.own_none.get(a).is_some_and(|until| *until > self.now) || runtime.hand.iter().any(|l| l.agent_id == Some(*a))
        };
        self.people.acd.ready_outbound(queue).filter(|a| !known(a)).take(OWN_AT_ONCE).collect()
    }

    /// An agent of the group is kept for the next lead in hand.
    fn keep_agent(&mut self, id: CampaignId, agent: Option<AgentId>) -> Result<(), DeskRefusal> {
        let fits = |l: &ClaimedLead| l.agent_id.is_none() || l.agent_id == agent;
        let runtime = self.campaigns.get_mut(&id).filter(|r| r.hand.iter().any(fits)).ok_or(DeskRefusal::NotNow)?;
        runtime.waiting = None;
        let queue = runtime.campaign.queue_id.ok_or(DeskRefusal::UnknownQueue)?;
        let call = CallId(self.ids.next(self.now));
        self.people.previews.asked.insert(call, id);
        let ms = u32::try_from(self.limits.preview_lease_ms + DIAL_MS).unwrap_or(u32::MAX);
        let taken = self.acd(acd::Input::Reserve { queue, call, ms, agent });
        self.people.previews.asked.remove(&call);
        taken.map_err(crate::people::refusal)
    }

    /// The agent who is due has been found.
    pub(crate) fn kept_for_lead(
        &mut self,
        reservation: ReservationId,
        agent: AgentId,
        seat: &Seat,
        call: CallId,
        queue: Option<QueueId>,
    ) {
        let now = self.now;
        let campaign = self.people.previews.asked.remove(&call);
        let runtime = campaign.and_then(|c| self.campaigns.get_mut(&c));
        let found = runtime.and_then(|r| {
            let own = r.hand.iter().position(|l| l.agent_id == Some(agent));
            let place = own.or_else(|| r.hand.iter().position(|l| l.agent_id.is_none()))?;
            Some((r.campaign.clone(), r.hand.remove(place)?))
        });
        let Some((campaign, lead)) = found else { return self.tell_acd(acd::Input::Release { reservation }) };
        self.leads.insert(lead.id, call);
        let ends = campaign.pacing.preview_end != PreviewEnd::Wait && campaign.mode != DialMode::Manual;
        let until = ends.then(|| now.plus_ms(i64::from(campaign.pacing.preview_ms)));
        let lease = lead.lease_until.plus_ms(-LEASE_MARGIN_MS).max(now.plus_ms(1));
        self.timers.set(Timer::Preview(agent), until.map_or(lease, |at| at.min(lease)));
        let shown = Shown { campaign: campaign.id, lead, call, reservation, queue, since: now, until, dialing: false };
        self.people.previews.shown.insert(agent, shown);
        self.people.stale.insert(agent);
        if campaign.mode == DialMode::PreviewConnect {
            self.connect_first(agent, seat, &campaign);
        }
    }

    /// The agent's line stands before the lead is dialled.
    fn connect_first(&mut self, agent: AgentId, seat: &Seat, campaign: &Campaign) {
        let Some(shown) = self.people.previews.shown.get(&agent) else { return };
        let (call, reservation, queue) = (shown.call, shown.reservation, shown.queue);
        let head = Head {
            id: call,
            tenant: campaign.tenant_id,
            direction: Direction::Outbound,
            campaign: Some(campaign.id),
            lead: Some(shown.lead.id),
            attempt: None,
            name: shown.lead.name.clone(),
            caller: String::new(),
            called: shown.lead.phone.clone(),
            started_at: self.now,
        };
        let mut session = Session::new(campaign.tenant_id, Call::new(head), Stage::Waiting);
        session.talk.dialed_by = Some(agent);
        session.talk.queue = queue;
        session.call.queue = queue;
        self.admit(session);
        if !self.ring_agent(agent, seat, reservation, call, queue) {
            self.drop_session(call);
            self.forget_preview(agent);
            self.tell_acd(acd::Input::Failed { reservation, why: acd::Failure::Unreachable });
        }
    }

    fn ring_agent(
        &mut self,
        agent: AgentId,
        seat: &Seat,
        reservation: ReservationId,
        call: CallId,
        queue: Option<QueueId>,
    ) -> bool {
        self.people.bound.insert(agent, Bound { reservation, call, leg: None, queue });
        let draft = self.agent_draft(agent, reservation, queue, Way::Dial);
        let rings = self.ring_party(call, seat, draft, RING_MS);
        if !rings {
            self.people.bound.remove(&agent);
        }
        rings
    }

    /// Manual: the agent asks for the next one.
    pub(crate) fn next_lead(&mut self, agent: AgentId, id: CampaignId) -> Result<(), DeskRefusal> {
        let groups = self.people.groups.get(&agent).cloned().unwrap_or_default();
        let own = |c: &Campaign| c.mode == DialMode::Manual && c.queue_id.is_some_and(|q| groups.contains(&q));
        if !self.campaigns.get(&id).is_some_and(|r| r.is_running() && own(&r.campaign)) {
            return Err(DeskRefusal::NotNow);
        }
        self.keep_agent(id, Some(agent))
    }

    // --- dialled ---

    pub(crate) fn preview_dial(&mut self, agent: AgentId) -> Result<(), DeskRefusal> {
        let shown = self.people.previews.shown.get(&agent).filter(|s| !s.dialing).ok_or(DeskRefusal::NotNow)?;
        let (id, call, lead) = (shown.campaign, shown.call, shown.lead.clone());
        let runtime = self.campaigns.get(&id).filter(|r| r.is_running()).ok_or(DeskRefusal::NotNow)?;
        let campaign = runtime.campaign.clone();
        if runtime.in_flight() >= campaign.concurrency_max {
            return Err(DeskRefusal::Limit);
        }
        let connected = self.sessions.get(&call).map(|s| s.talk.talkers().next().is_some());
        if connected == Some(false) {
            return Err(DeskRefusal::NoPhone);
        }
        let routes = self.routes_to(&campaign, &lead.phone, lead.carrier, &lead.region);
        let (i, trunk, caller_id) =
            self.free_route(&campaign, runtime.turn, &routes, &lead.region).map_err(|_| DeskRefusal::NoRoute)?;
        let path = Path { trunk: Some(trunk), caller_id, left: routes.into_iter().skip(i + 1).collect() };
        let mut attempt = self.attempt_of(id, call, lead, path).ok_or(DeskRefusal::NotNow)?;
        if connected.is_some() {
            self.begin_in(call, attempt);
        } else {
            attempt.talk.dialed_by = Some(agent);
            attempt.talk.queue = campaign.queue_id;
            attempt.call.queue = campaign.queue_id;
            self.admit(attempt);
        }
        self.timers.clear(Timer::Preview(agent));
        if let Some(shown) = self.people.previews.shown.get_mut(&agent) {
            shown.dialing = true;
        }
        self.people.stale.insert(agent);
        Ok(())
    }

    /// The call with the agent on the line becomes the attempt.
    fn begin_in(&mut self, call: CallId, attempt: Session) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.call.head = attempt.call.head;
        session.search = attempt.search;
        session.script = attempt.script;
        session.stage = Stage::Beginning;
        session.dial = attempt.dial;
        let Some(dial) = &session.dial else { return };
        self.attempts.insert(dial.attempt, call);
        self.leads.insert(dial.lead.id, call);
        if let Some(runtime) = self.campaigns.get_mut(&dial.campaign.id) {
            runtime.calls.insert(call);
            runtime.enter(Stage::Beginning);
        }
    }

    /// The attempt is stored. An agent who wants the call is on the line before the callee is dialled.
    pub(crate) fn place_or_ring(&mut self, call: CallId) {
        let Some(agent) = self.sessions.get(&call).and_then(|s| s.talk.dialed_by) else { return self.place(call) };
        if !self.may_dial(call) {
            return;
        }
        self.park(call);
        self.set_stage(call, Stage::Waiting);
        if self.sessions.get(&call).is_some_and(|s| s.talk.talkers().next().is_some()) {
            return self.dial_wanted(call);
        }
        let shown = self.people.previews.shown.get(&agent).map(|s| (s.reservation, s.queue));
        let seat = self.people.acd.agent(agent).and_then(|a| a.seat);
        let rings =
            shown.zip(seat).is_some_and(|((reservation, queue), seat)| self.ring_agent(agent, &seat, reservation, call, queue));
        if !rings {
            if let Some((reservation, _)) = shown {
                self.tell_acd(acd::Input::Failed { reservation, why: acd::Failure::Unreachable });
            }
            self.far_gone(call, Disposition::Stopped);
        }
    }

    /// The line is not held while a phone of ours rings.
    fn park(&mut self, call: CallId) {
        let held = self.sessions.get(&call).and_then(|s| s.search.as_ref()).and_then(|s| s.held);
        self.drop_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.talk.parked = session.search.take();
        if let (Some(parked), Some(trunk)) = (session.talk.parked.as_mut(), held) {
            parked.left.push_front(trunk);
        }
    }

    /// The agent's phone is answered. True: they look at the lead still.
    pub(crate) fn waits_for_preview(&mut self, call: CallId) -> bool {
        let Some(agent) = self.sessions.get(&call).and_then(|s| s.talk.dialed_by) else { return false };
        let Some(shown) = self.people.previews.shown.get(&agent).filter(|s| s.call == call) else { return false };
        self.people.stale.insert(agent);
        if !shown.dialing {
            self.keep_warm(call);
            return true;
        }
        // From now on the call itself is what the desk shows.
        self.people.previews.shown.remove(&agent);
        false
    }

    /// Silence is sent, so that a phone that waits does not take the line for dead.
    fn keep_warm(&mut self, call: CallId) {
        let leg = self.sessions.get(&call).and_then(|s| s.talk.talkers().next()).map(|(leg, _)| leg);
        let Some(leg) = leg else { return };
        let op = self.ask(Pending::Aside(call, leg), self.limits.play_ms_max);
        self.command(Command::Play { leg, op, clips: vec![Clip::Silence { ms: WARM_MS }] });
    }

    // --- over ---

    pub(crate) fn preview_skip(&mut self, agent: AgentId, reason: &str) -> Result<(), DeskRefusal> {
        let shown = self.people.previews.shown.get(&agent).filter(|s| !s.dialing).ok_or(DeskRefusal::NotNow)?;
        let max = self.campaigns.get(&shown.campaign).and_then(|r| r.campaign.pacing.skips_per_hour_max);
        if !dialer::mode::preview::may_skip(self.skips_of(agent), max) {
            return Err(DeskRefusal::Limit);
        }
        let (now, hour) = (self.now, self.now.plus_ms(-HOUR_MS));
        let skips = self.people.previews.skips.entry(agent).or_default();
        skips.retain(|at| *at > hour);
        skips.push_back(now);
        self.put_off(agent, reason);
        Ok(())
    }

    /// The lead goes back, and nobody sees it for a while.
    fn put_off(&mut self, agent: AgentId, reason: &str) {
        let now = self.now;
        let Some(shown) = self.people.previews.shown.remove(&agent) else { return };
        self.timers.clear(Timer::Preview(agent));
        self.people.stale.insert(agent);
        self.leads.remove(&shown.lead.id);
        let reason = reason.chars().take(REASON_MAX).collect();
        let (campaign, lead, until) = (shown.campaign, shown.lead.id, now.plus_ms(SKIPPED_MS));
        self.keep(Fact::LeadSkipped { campaign, lead, agent, reason, until, at: now });
        self.claim_from(campaign, until);
        self.let_agent_go(shown.call, shown.reservation);
    }

    /// Nothing follows from the lead any more.
    fn let_agent_go(&mut self, call: CallId, reservation: ReservationId) {
        if self.sessions.contains_key(&call) {
            self.end_legs(call, Action::Normal);
        } else {
            self.tell_acd(acd::Input::Release { reservation });
        }
    }

    /// The countdown has ended, or the lease is about to.
    pub(crate) fn preview_timed_out(&mut self, agent: AgentId) {
        let Some(shown) = self.people.previews.shown.get(&agent).filter(|s| !s.dialing) else { return };
        let end = self.campaigns.get(&shown.campaign).map(|r| r.campaign.pacing.preview_end);
        let counted = shown.until.is_some_and(|at| at <= self.now);
        let dials = counted && end == Some(PreviewEnd::Dial) && self.preview_dial(agent).is_ok();
        if !dials {
            self.put_off(agent, "timeout");
        }
    }

    /// The agent is not kept any more: a lead that was not dialled goes back.
    pub(crate) fn forget_preview(&mut self, agent: AgentId) {
        let Some(shown) = self.people.previews.shown.remove(&agent) else { return };
        self.timers.clear(Timer::Preview(agent));
        self.people.stale.insert(agent);
        if !shown.dialing {
            self.leads.remove(&shown.lead.id);
            self.out.push_back(Output::Release { campaign: shown.campaign, leads: vec![shown.lead.id] });
            self.claim_from(shown.campaign, self.now);
        }
    }

    /// Whoever leaves decides over no lead any more.
    pub(crate) fn give_preview_back(&mut self, agent: AgentId) {
        let shown = self.people.previews.shown.get(&agent).filter(|s| !s.dialing);
        let Some((call, reservation)) = shown.map(|s| (s.call, s.reservation)) else { return };
        self.forget_preview(agent);
        self.let_agent_go(call, reservation);
    }

    /// The task is halted, or may not dial now: what is only looked at goes back.
    pub(crate) fn drop_previews(&mut self, id: CampaignId) {
        let shown = self.people.previews.shown.iter().filter(|(_, s)| s.campaign == id && !s.dialing);
        let agents: Vec<AgentId> = shown.map(|(a, _)| *a).collect();
        for agent in agents {
            self.give_preview_back(agent);
        }
    }

    /// A call that was to follow a lead shown is over; an agent whose phone never rang is free.
    pub(crate) fn preview_over(&mut self, call: CallId) {
        let own = self.people.previews.shown.iter().find(|(_, s)| s.call == call).map(|(a, s)| (*a, s.reservation));
        let Some((agent, reservation)) = own else { return };
        self.forget_preview(agent);
        if !self.people.bound.contains_key(&agent) {
            self.tell_acd(acd::Input::Release { reservation });
        }
    }

    /// The store could not write the attempt of a lead that was shown.
    pub(crate) fn preview_not_begun(&mut self, call: CallId) -> bool {
        let Some(session) = self.sessions.get_mut(&call).filter(|s| s.talk.dialed_by.is_some()) else { return false };
        let (Some(agent), stage) = (session.talk.dialed_by, session.stage) else { return false };
        let Some(dial) = session.dial.take() else { return false };
        session.stage = Stage::Waiting;
        let number = session.call.head.called.clone();
        self.timers.clear(Timer::Begin(call));
        self.drop_hold(call);
        let (campaign, lead) = (dial.campaign.id, dial.lead.id);
        self.attempts.remove(&dial.attempt);
        self.leads.remove(&lead);
        if let Some(runtime) = self.campaigns.get_mut(&campaign) {
            runtime.calls.remove(&call);
            runtime.leave(stage);
            runtime.today = runtime.today.saturating_sub(1);
        }
        self.out.push_back(Output::Release { campaign, leads: vec![lead] });
        self.back_off(campaign);
        self.note_desk(agent, DeskNote::DialFailed { disposition: Disposition::RouteFailed, number });
        if self.sessions.get(&call).is_some_and(|s| s.call.has_open_legs()) {
            self.far_gone(call, Disposition::Stopped);
        } else {
            self.drop_session(call);
            self.preview_over(call);
        }
        self.forget_campaign_if_over(campaign);
        true
    }

    /// A call for a lead of a task, or one that will be.
    pub(crate) fn is_task_call(&self, call: CallId) -> bool {
        self.sessions.get(&call).is_some_and(|s| s.dial.is_some()) || self.people.previews.shown.values().any(|s| s.call == call)
    }

    /// Leads that are looked at, for the books.
    pub(crate) fn previews_not_begun(&self) -> usize {
        self.people.previews.shown.values().filter(|s| !s.dialing).count()
    }
}
