//! Tasks whose calls are for agents: how many to start for whoever is there, and what becomes of a person who answers.

use crate::floor::Floor;
use crate::runtime::{Runtime, Waiting};
use crate::session::{Session, Stage};
use crate::timer::Timer;
use crate::waiting::{BACK_HEAD_START_MS, built_in};
use dialer::mode::{Snapshot, power, predictive, progressive};
use dialer::pacer::{Blind, Limit, Pacer, Settings, Sight, Why};
use model::ledger::{Ledger, Sum};
use model::record::{
    AbandonedEnd, AgentState, Campaign, DialMode, KeptPacer, LedgerHour, Medium, PacingLimit, PacingLive, StateInterval, Target,
};
use model::telephony::Action;
use model::{At, AttemptId, CallId, CampaignId, Disposition, QueueId, TenantId};
use std::collections::{BTreeMap, BTreeSet};

/// The pacer decides so often.
const PACE_MS: i64 = 500;
/// Whom the ears took long to know is offered to an agent all the same.
const OFFER_MS: i64 = 300;
/// The longest that a person who answered may wait.
const WAIT_MS_MAX: u32 = 2_000;
/// Leads whose chances are looked at in one decision.
const NEXT_MAX: usize = 64;
/// Nobody may set more, percent.
const PERCENT_MAX: f64 = 3.0;
/// Answers from which on a task is held to its share.
const GUARDED_FROM: u32 = 100;

const HARBOUR: &str = "您好，这里是{{ campaign.name }}。刚才给您致电，因坐席正忙未能及时为您服务，给您带来不便，敬请谅解。再见。";

/// How one group is dialled for: its predictive tasks share a pacer, for they share its agents.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) tenant: TenantId,
    pub(crate) pacer: Pacer,
    /// When its state was handed out last.
    pub(crate) kept_at: At,
    /// Calls that it decided on and that were not started.
    allowed: u32,
    why: Why,
}

#[derive(Debug, Default)]
pub(crate) struct Paces {
    pub(crate) of_queue: BTreeMap<QueueId, Pace>,
    /// States of groups that are not dialled for, or not yet.
    pub(crate) kept: BTreeMap<QueueId, KeptPacer>,
    /// Groups whose members take nobody else.
    dedicated: BTreeSet<QueueId>,
}

/// An answer is for an agent at once.
pub(crate) const fn wants_agent(mode: DialMode) -> bool {
    matches!(mode, DialMode::Progressive | DialMode::Power | DialMode::Predictive)
}

/// A person hears a flow first, or alone.
pub(crate) fn needs_flow(campaign: &Campaign) -> bool {
    match campaign.mode {
        DialMode::Ivr | DialMode::PlayAgent => true,
        DialMode::Appointment => rings(campaign),
        _ => false,
    }
}

/// Whether it calls anybody at all: appointments by message are not the floor's.
pub(crate) fn rings(campaign: &Campaign) -> bool {
    campaign.mode != DialMode::Appointment || campaign.booking.offers(Medium::Phone)
}

impl Floor {
    /// Whether there is anybody to dial for.
    pub(crate) fn has_agents(&self, campaign: &Campaign) -> Result<(), Waiting> {
        if !campaign.mode.has_agents() {
            return Ok(());
        }
        let view = campaign.queue_id.and_then(|q| self.people.acd.queue(q)).ok_or(Waiting::NoGroup)?;
        match (view.outbound, view.dialled) {
            (0, _) => Err(Waiting::NoAgents),
            (_, 0) if wants_agent(campaign.mode) => Err(Waiting::OutsideSeats),
            _ => Ok(()),
        }
    }

    /// Calls that this task may start now, as far as its agents go.
    pub(crate) fn starts(&self, id: CampaignId) -> u32 {
        let Some(runtime) = self.campaigns.get(&id) else { return 0 };
        let mode = runtime.campaign.mode;
        match mode {
            DialMode::Ivr | DialMode::Appointment => u32::MAX,
            DialMode::Progressive => progressive::starts(&self.snapshot(id)),
            // Too many found nobody: one call for every ready agent until that is past.
            DialMode::Power | DialMode::PlayAgent | DialMode::Predictive if self.is_guarded(runtime) => {
                progressive::starts(&self.snapshot(id))
            }
            DialMode::Power | DialMode::PlayAgent => power::starts(&self.snapshot(id)),
            DialMode::Predictive => predictive::starts(&self.snapshot(id)),
            DialMode::Manual | DialMode::Preview | DialMode::PreviewConnect => 0,
        }
    }

    /// The task's own cap is passed, over a day or over thirty; a handful of answers proves nothing.
    fn is_guarded(&self, runtime: &Runtime) -> bool {
        let max = runtime.campaign.pacing.abandon_percent_max.min(PERCENT_MAX);
        let passed = |sum: Sum| sum.answers >= GUARDED_FROM && sum.is_over(max);
        passed(runtime.ledger.day(self.now)) || passed(runtime.ledger.month(self.now))
    }

    pub(crate) fn on_ledger(&mut self, id: CampaignId, hours: &[LedgerHour]) {
        let Some(runtime) = self.campaigns.get_mut(&id).filter(|r| !r.ledger_known) else { return };
        runtime.ledger_known = true;
        runtime.ledger = Ledger::load(hours);
    }

    /// A call of a task is over: whether a person answered, and found nobody.
    pub(crate) fn count_answer(&mut self, session: &Session, disposition: Disposition) {
        let abandoned = disposition == Disposition::Abandoned;
        let Some(runtime) = session.campaign_id().and_then(|c| self.campaigns.get_mut(&c)) else { return };
        if abandoned || disposition == Disposition::Human {
            runtime.ledger.count(session.call.answered_at().unwrap_or(self.now), abandoned);
        }
    }

    /// What a mode must know of the agents. Calls of all tasks of the group are counted: they are for the same people.
    pub(crate) fn count_agents(&self, campaign: &Campaign, s: &mut Snapshot) {
        if !campaign.mode.has_agents() {
            return;
        }
        let Some((id, view)) = campaign.queue_id.and_then(|q| Some((q, self.people.acd.queue(q)?))) else { return };
        s.agents = if wants_agent(campaign.mode) { view.dialled } else { view.outbound };
        s.ready = if wants_agent(campaign.mode) { view.ready_dialled } else { view.ready_outbound };
        for runtime in self.tasks_of_group(id) {
            s.ringing = s.ringing.saturating_add(runtime.unanswered());
            s.waiting = s.waiting.saturating_add(self.waiting_of(runtime));
        }
        s.ratio = campaign.pacing.ratio;
        s.allowed = self.paces.of_queue.get(&id).map_or(0, |p| p.allowed);
    }

    fn tasks_of_group(&self, queue: QueueId) -> impl Iterator<Item = &Runtime> {
        self.campaigns.values().filter(move |r| r.campaign.queue_id == Some(queue) && r.campaign.mode.has_agents())
    }

    /// Persons for whom nobody rings yet.
    fn waiting_of(&self, runtime: &Runtime) -> u32 {
        let waits = |c: &&CallId| self.sessions.get(c).is_some_and(|s| s.talk.rings().is_none());
        u32::try_from(runtime.wanting.iter().filter(waits).count()).unwrap_or(u32::MAX)
    }

    // --- the pacer ---

    /// After a task came, went or changed.
    pub(crate) fn set_paces(&mut self) {
        let mut settings: BTreeMap<QueueId, Settings> = BTreeMap::new();
        let (mut running, mut dedicated) = (BTreeSet::new(), BTreeSet::new());
        for r in self.campaigns.values().filter(|r| !r.gone) {
            let c = &r.campaign;
            let Some(queue) = c.queue_id.filter(|_| c.mode.has_agents()) else { continue };
            if r.is_running() && !c.pacing.blended {
                dedicated.insert(queue);
            }
            if c.mode != DialMode::Predictive {
                continue;
            }
            if r.is_running() {
                running.insert(queue);
            }
            let own = Settings::of(&c.pacing, c.ring_ms_max);
            settings.entry(queue).and_modify(|s| *s = stricter(s, &own)).or_insert(own);
        }
        let over: Vec<QueueId> = self.paces.of_queue.keys().filter(|q| !settings.contains_key(q)).copied().collect();
        over.into_iter().for_each(|queue| self.lay_aside(queue));
        for (queue, settings) in settings {
            match self.paces.of_queue.get_mut(&queue) {
                Some(pace) => pace.pacer.set(settings),
                None => self.new_pace(queue, settings),
            }
            if running.contains(&queue) {
                self.timers.set_earlier(Timer::Pacer(queue), self.now.plus_ms(1));
            }
        }
        let before = std::mem::replace(&mut self.paces.dedicated, dedicated.clone());
        for queue in before.symmetric_difference(&dedicated) {
            self.tell_acd(acd::Input::Dedicate { queue: *queue, on: dedicated.contains(queue) });
        }
    }

    fn new_pace(&mut self, queue: QueueId, settings: Settings) {
        let Some(tenant) = self.tasks_of_group(queue).next().map(|r| r.campaign.tenant_id) else { return };
        let mut pacer = self.resumed(queue, settings);
        // Who talks already is busy, whoever called them.
        for agent in self.people.acd.agents().filter(|a| a.state.is_talking()) {
            if self.people.groups.get(&agent.agent).is_some_and(|g| g.contains(&queue)) {
                pacer.talk_started(agent.since, agent.agent, false);
            }
        }
        self.paces.of_queue.insert(queue, Pace { tenant, pacer, kept_at: self.now, allowed: 0, why: Why::default() });
    }

    /// Twice a second: how many to start, and whom to give up.
    pub(crate) fn pace(&mut self, queue: QueueId) {
        let now = self.now;
        let own = |r: &&Runtime| r.campaign.mode == DialMode::Predictive && r.is_running();
        let ids: Vec<CampaignId> = self.tasks_of_group(queue).filter(own).map(|r| r.campaign.id).collect();
        let Some(view) = self.people.acd.queue(queue).filter(|_| !ids.is_empty()) else {
            if let Some(pace) = self.paces.of_queue.get_mut(&queue) {
                pace.allowed = 0;
            }
            return;
        };
        self.timers.set(Timer::Pacer(queue), now.plus_ms(PACE_MS));
        self.keep_pace_now_and_then(queue);
        let (mut waiting, mut others) = (0, 0);
        for r in self.tasks_of_group(queue) {
            waiting += self.waiting_of(r);
            // Calls of tasks in other modes have an agent coming to them.
            others += if r.campaign.mode == DialMode::Predictive { 0 } else { r.unanswered() };
        }
        let room = ids.iter().map(|id| self.snapshot(*id).room()).fold(0, u32::saturating_add);
        let agents = view.dialled;
        let next = self.next_classes(&ids);
        let idle = view.ready_dialled.saturating_sub(others);
        let Some(pace) = self.paces.of_queue.get_mut(&queue) else { return };
        let decision = pace.pacer.decide(now, &Sight { agents, idle, waiting, room, next: &next }, &Blind);
        pace.allowed = decision.dial;
        pace.why = decision.why;
        for attempt in decision.cancel {
            self.cancel_ringing(queue, attempt);
        }
        for id in ids {
            if let Some(runtime) = self.campaigns.get_mut(&id) {
                runtime.pacing_told = false;
            }
        }
        self.stir = true;
    }

    /// Score classes of the leads that are dialled next; the tasks take turns.
    fn next_classes(&self, ids: &[CampaignId]) -> Vec<u8> {
        let runtimes: Vec<&Runtime> = ids.iter().filter_map(|id| self.campaigns.get(id)).collect();
        let longest = runtimes.iter().map(|r| r.hand.len()).max().unwrap_or(0).min(NEXT_MAX);
        let places = (0..longest).flat_map(|i| runtimes.iter().filter_map(move |r| Some((r.campaign.tenant_id, r.hand.get(i)?))));
        places.take(NEXT_MAX).map(|(tenant, lead)| self.class_of(tenant, lead)).collect()
    }

    /// Given up for want of an agent, after as long as is fair.
    fn cancel_ringing(&mut self, queue: QueueId, attempt: AttemptId) {
        let now = self.now;
        if let Some(pace) = self.paces.of_queue.get_mut(&queue) {
            pace.pacer.cancelled(now, attempt);
        }
        let Some(call) = self.attempts.get(&attempt).copied() else { return };
        let Some(session) = self.sessions.get(&call).filter(|s| s.stage == Stage::Ringing) else { return };
        let Some(campaign) = session.campaign_id() else { return };
        if let Some(runtime) = self.campaigns.get_mut(&campaign) {
            runtime.cancelled += 1;
        }
        self.end_legs(call, Action::PacingCancel);
    }

    fn pacer_of(&mut self, campaign: &Campaign) -> Option<&mut Pacer> {
        let queue = campaign.queue_id.filter(|_| campaign.mode == DialMode::Predictive)?;
        self.paces.of_queue.get_mut(&queue).map(|p| &mut p.pacer)
    }

    pub(crate) fn tell_pacer_of_start(&mut self, id: CampaignId, call: CallId) {
        let now = self.now;
        let dial = self.sessions.get(&call).and_then(|s| s.dial.as_ref());
        let Some((attempt, class)) = dial.map(|d| (d.attempt, self.class_of(d.campaign.tenant_id, &d.lead))) else { return };
        let Some(campaign) = self.campaigns.get(&id).map(|r| r.campaign.clone()) else { return };
        let queue = campaign.queue_id.filter(|_| campaign.mode == DialMode::Predictive);
        if let Some(pace) = queue.and_then(|q| self.paces.of_queue.get_mut(&q)) {
            pace.allowed = pace.allowed.saturating_sub(1);
            pace.pacer.attempt_started(now, attempt, class);
        }
    }

    pub(crate) fn tell_pacer_of_ringing(&mut self, call: CallId) {
        let now = self.now;
        let dial = self.sessions.get(&call).and_then(|s| s.dial.as_ref()).map(|d| (d.campaign.clone(), d.attempt));
        if let Some((campaign, attempt)) = dial
            && let Some(pacer) = self.pacer_of(&campaign)
        {
            pacer.rings(now, attempt);
        }
    }

    /// Of an attempt that nobody had for an agent. One that was never sent, or that our own lines failed, says nothing of people.
    pub(crate) fn tell_pacer_of_end(&mut self, session: &Session) {
        let now = self.now;
        let Some(dial) = &session.dial else { return };
        let ours = matches!(session.disposition, Some(Disposition::Congestion | Disposition::RouteFailed));
        let sent = session.call.far().is_some() && !ours;
        let Some(pacer) = self.pacer_of(&dial.campaign) else { return };
        if sent { pacer.failed(now, dial.attempt) } else { pacer.cancelled(now, dial.attempt) }
    }

    /// An agent's state began.
    pub(crate) fn tell_pacers(&mut self, interval: &StateInterval) {
        if interval.ended_at.is_some() || self.paces.of_queue.is_empty() {
            return;
        }
        let (agent, at) = (interval.agent_id, interval.started_at);
        let session = interval.call_id.and_then(|c| self.sessions.get(&c));
        let of = session.filter(|s| s.wants_agent()).and_then(|s| s.campaign()).filter(|c| c.mode == DialMode::Predictive);
        let of = of.and_then(|c| c.queue_id);
        let groups = self.people.groups.get(&agent).cloned().unwrap_or_default();
        for queue in groups {
            let Some(pace) = self.paces.of_queue.get_mut(&queue) else { continue };
            let pacer = &mut pace.pacer;
            match interval.state {
                AgentState::Talking if !pacer.is_talking(agent) => pacer.talk_started(at, agent, of == Some(queue)),
                AgentState::Talking | AgentState::Held => {}
                AgentState::WrapUp => pacer.talk_ended(at, agent),
                AgentState::Off | AgentState::Break => pacer.agent_left(at, agent),
                _ => pacer.wrap_ended(at, agent),
            }
        }
    }

    // --- a person answered ---

    pub(crate) fn is_wanting(&self, call: CallId) -> bool {
        let campaign = self.sessions.get(&call).and_then(|s| s.campaign_id());
        campaign.and_then(|c| self.campaigns.get(&c)).is_some_and(|r| r.wanting.contains(&call))
    }

    /// The callee is a person, as far as can be told, and the task has agents for them. False: the flow speaks.
    pub(crate) fn want_agent(&mut self, call: CallId) -> bool {
        let now = self.now;
        let Some(session) = self.sessions.get(&call).filter(|s| s.wants_agent() && s.disposition.is_none()) else { return false };
        let Some(dial) = &session.dial else { return false };
        let (campaign, attempt) = (dial.campaign.clone(), dial.attempt);
        let Some(runtime) = self.campaigns.get(&campaign.id) else { return false };
        if runtime.served.contains(&call) || runtime.wanting.contains(&call) {
            return false;
        }
        if matches!(session.ears.class, Some(Disposition::Machine | Disposition::Assistant)) {
            // A message is left where the task has one.
            let silent = session.script.is_none();
            if silent {
                self.end_legs(call, Action::Normal);
            }
            return silent;
        }
        let answered_at = session.call.answered_at().unwrap_or(now);
        let until = answered_at.plus_ms(i64::from(campaign.pacing.wait_ms_max.min(WAIT_MS_MAX))).max(now.plus_ms(OFFER_MS));
        if let Some(runtime) = self.campaigns.get_mut(&campaign.id) {
            runtime.wanting.insert(call);
        }
        if let Some(pacer) = self.pacer_of(&campaign) {
            pacer.answered(now, attempt);
        }
        self.timers.set(Timer::Harbour(call), until);
        let queue = campaign.queue_id.unwrap_or_default();
        if self.enqueue(call, queue, Vec::new(), BACK_HEAD_START_MS).is_err() {
            self.harbour(call);
        }
        true
    }

    /// Whom the dialer reached is offered only to whom the dialer may have.
    pub(crate) fn patience(&self, call: CallId) -> Option<(u32, Target)> {
        self.is_wanting(call).then_some((WAIT_MS_MAX * 2, Target::HangUp))
    }

    /// An agent is there.
    pub(crate) fn served(&mut self, call: CallId) {
        self.timers.clear(Timer::Harbour(call));
        let campaign = self.sessions.get(&call).and_then(|s| s.campaign_id());
        if let Some(runtime) = campaign.and_then(|c| self.campaigns.get_mut(&c)) {
            runtime.wanting.remove(&call);
            runtime.served.insert(call);
        }
    }

    /// Nobody was there in time: the person hears who called and why nobody speaks.
    pub(crate) fn harbour(&mut self, call: CallId) {
        self.timers.clear(Timer::Harbour(call));
        if !self.is_wanting(call) {
            return;
        }
        self.abandoned(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let text = session.dial.as_ref().map(|d| d.campaign.pacing.harbour.trim().to_owned()).filter(|t| !t.is_empty());
        if let Some(entry) = session.talk.entry.take() {
            self.people.entries.remove(&entry);
            self.tell_acd(acd::Input::CallerLeft { call });
        }
        match built_in(&harbour_flow(text.as_deref().unwrap_or(HARBOUR))) {
            Some(script) => {
                if let Some(end) = self.sessions.get_mut(&call).and_then(|s| s.found_nobody.as_mut()) {
                    end.message = true;
                }
                self.run_script(call, script);
            }
            None => self.end_legs(call, Action::Normal),
        }
    }

    /// Answered, and no agent came.
    pub(crate) fn abandoned(&mut self, call: CallId) {
        let now = self.now;
        self.timers.clear(Timer::Harbour(call));
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.disposition = Some(Disposition::Abandoned);
        let waited_ms = session.call.answered_at().map_or(0, |at| now.since_ms(at));
        session.found_nobody = Some(AbandonedEnd { waited_ms, message: false });
        let Some(campaign) = session.dial.as_ref().map(|d| d.campaign.clone()) else { return };
        if let Some(runtime) = self.campaigns.get_mut(&campaign.id) {
            runtime.wanting.remove(&call);
        }
        if let Some(pacer) = self.pacer_of(&campaign) {
            pacer.abandoned(now);
        }
    }

    /// The far party is gone.
    pub(crate) fn task_call_over(&mut self, call: CallId) {
        self.timers.clear(Timer::Harbour(call));
        let campaign = self.sessions.get(&call).and_then(|s| s.campaign_id());
        if let Some(runtime) = campaign.and_then(|c| self.campaigns.get_mut(&c)) {
            runtime.wanting.remove(&call);
            runtime.served.remove(&call);
        }
    }

    // --- why ---

    /// Of a running task with agents.
    pub(crate) fn pacing_live(&self, runtime: &Runtime) -> Option<PacingLive> {
        let campaign = &runtime.campaign;
        if !runtime.is_running() || !campaign.mode.has_agents() {
            return None;
        }
        let s = self.snapshot(campaign.id);
        let why = campaign.queue_id.and_then(|q| self.paces.of_queue.get(&q)).map(|p| p.why);
        let why = why.filter(|_| campaign.mode == DialMode::Predictive);
        let guarded = campaign.mode != DialMode::Progressive && self.is_guarded(runtime);
        let limit = match (campaign.mode, why) {
            _ if s.agents == 0 => PacingLimit::NoAgents,
            _ if guarded => PacingLimit::Guard,
            (_, Some(why)) => limit_of(why.limit),
            _ if s.room() == 0 => PacingLimit::Room,
            (DialMode::Power | DialMode::PlayAgent, _) => PacingLimit::Ratio,
            _ => PacingLimit::Ready,
        };
        let why = why.unwrap_or_default();
        let (day, month) = (runtime.ledger.day(self.now), runtime.ledger.month(self.now));
        let max = campaign.pacing.abandon_percent_max.min(PERCENT_MAX);
        Some(PacingLive {
            limit,
            agents: s.agents,
            ready: s.ready,
            waiting: s.waiting,
            in_flight: runtime.unanswered(),
            cancelled: runtime.cancelled,
            free_forecast: why.free_forecast,
            answers_forecast: why.answers_forecast,
            risk: why.risk,
            risk_max: why.theta,
            answer_probability: why.answer_probability,
            trend: why.phi,
            answers_24h: u64::from(day.answers),
            abandoned_24h: u64::from(day.abandoned),
            answers_30d: u64::from(month.answers),
            abandoned_30d: u64::from(month.abandoned),
            budget_left: max / 100.0 * f64::from(day.answers) - f64::from(day.abandoned),
        })
    }
}

const fn limit_of(limit: Limit) -> PacingLimit {
    match limit {
        Limit::NoAgents => PacingLimit::NoAgents,
        Limit::Learning => PacingLimit::Learning,
        Limit::Risk => PacingLimit::Risk,
        Limit::Guard => PacingLimit::Guard,
        Limit::Lines => PacingLimit::Lines,
        Limit::Room => PacingLimit::Room,
    }
}

/// Of two tasks that share agents.
fn stricter(a: &Settings, b: &Settings) -> Settings {
    Settings {
        abandon_max: a.abandon_max.min(b.abandon_max),
        target: a.target.min(b.target),
        cancel_after_ms: a.cancel_after_ms.zip(b.cancel_after_ms).map(|(a, b)| a.max(b)),
        ring_ms_max: a.ring_ms_max.max(b.ring_ms_max),
        lines_per_agent_max: a.lines_per_agent_max.min(b.lines_per_agent_max),
        ..*a
    }
}

fn harbour_flow(text: &str) -> String {
    serde_json::json!({
        "schema": "fengling.flow/1", "name": "harbour", "entry": "say",
        "nodes": { "say": { "type": "play", "parts": [{ "say": text }], "next": "bye" }, "bye": { "type": "hangup" } },
    })
    .to_string()
}

impl Runtime {
    /// Under way, and no agent is wanted or there yet.
    pub(crate) fn unanswered(&self) -> u32 {
        let before = [Stage::Beginning, Stage::Waiting, Stage::Trying, Stage::Ringing].map(|s| self.count(s)).iter().sum::<u32>();
        let met = u32::try_from(self.wanting.len() + self.served.len()).unwrap_or(u32::MAX);
        before + self.count(Stage::Up).saturating_sub(met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_the_house_is_a_flow() {
        assert!(built_in(&harbour_flow(HARBOUR)).is_some());
    }

    #[test]
    fn tasks_that_share_agents_keep_to_the_stricter_rule() {
        let own = Settings { abandon_max: 0.02, cancel_after_ms: None, ring_ms_max: 20_000, ..Settings::default() };
        let s = stricter(&Settings::default(), &own);
        assert!((s.abandon_max - 0.02).abs() < 1e-9 && s.cancel_after_ms.is_none() && s.ring_ms_max == 30_000);
    }
}
