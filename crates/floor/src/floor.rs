//! The floor itself: one input at a time, outputs in order.

use crate::config::{FloorConfig, Limits};
use crate::gauge::{CampaignGauge, Live};
use crate::io::{Input, Output};
use crate::line::Line;
use crate::runtime::Runtime;
use crate::session::{Session, Stage};
use crate::tenant::{Script, Tenant};
use crate::timer::{Timer, Timers};
use flow::io::Token;
use model::fact::Fact;
use model::record::Direction;
use model::telephony::{Command, TrunkState};
use model::{At, AttemptId, CallId, CampaignId, IdGen, LeadId, LegId, OpId, TenantId, TrunkId};
use std::collections::{BTreeMap, VecDeque};

/// Who waits for the answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Claim(CampaignId),
    Render(CallId, Token),
    Play(CallId, Token),
    Result(CallId, Token),
    Http(CallId, Token),
    Sms(CallId, Token),
    Appointment(CallId, Token),
    LookUp(CallId),
    Record(CallId),
    /// What the line says of a transfer it was asked for.
    Refer(CallId, Token),
    /// Music of somebody who waits, or words between it.
    Music(CallId),
    Words(CallId),
    /// Music of one of ours who waits.
    Aside(CallId, LegId),
    /// What is known of a number about to be dialled by hand.
    Callee,
    /// A fact that nothing later repeats.
    Keep,
    Save(CallId),
    Finish(CampaignId),
}

impl Pending {
    const fn call(self) -> Option<CallId> {
        match self {
            Self::Render(c, _)
            | Self::Play(c, _)
            | Self::Result(c, _)
            | Self::Http(c, _)
            | Self::Sms(c, _)
            | Self::Appointment(c, _)
            | Self::LookUp(c)
            | Self::Refer(c, _)
            | Self::Music(c)
            | Self::Words(c)
            | Self::Aside(c, _)
            | Self::Record(c) => Some(c),
            Self::Callee | Self::Keep | Self::Claim(_) | Self::Save(_) | Self::Finish(_) => None,
        }
    }
}

/// Facts of an ended call, kept until the store has them.
#[derive(Debug)]
pub(crate) struct Save {
    pub(crate) fact: Fact,
    pub(crate) tries: u32,
    pub(crate) op: Option<OpId>,
    pub(crate) campaign: Option<CampaignId>,
    pub(crate) lead: Option<LeadId>,
    /// When the lead may be due again.
    pub(crate) next_at: At,
}

/// One live contact center.
#[derive(Debug)]
pub struct Floor {
    pub(crate) limits: Limits,
    pub(crate) ids: IdGen,
    pub(crate) now: At,
    /// See [`Input::Clock`].
    pub(crate) behind_ms: i64,
    pub(crate) out: VecDeque<Output>,
    pub(crate) timers: Timers,
    pub(crate) tenants: BTreeMap<TenantId, Tenant>,
    pub(crate) lines: BTreeMap<TrunkId, Line>,
    /// States of trunks that are not configured yet, or no more.
    pub(crate) states: BTreeMap<TrunkId, TrunkState>,
    pub(crate) campaigns: BTreeMap<CampaignId, Runtime>,
    pub(crate) sessions: BTreeMap<CallId, Box<Session>>,
    pub(crate) attempts: BTreeMap<AttemptId, CallId>,
    /// Leads in a call, or in one whose facts are not stored yet.
    pub(crate) leads: BTreeMap<LeadId, CallId>,
    /// Legs that have not ended.
    pub(crate) legs: BTreeMap<LegId, CallId>,
    pub(crate) pending: BTreeMap<OpId, Pending>,
    pub(crate) saves: BTreeMap<CallId, Save>,
    /// The campaign served last; the next one comes first.
    pub(crate) served: CampaignId,
    pub(crate) people: crate::people::People,
    pub(crate) rooms: crate::rooms::Rooms,
    /// How each group with a predictive task is dialled for.
    pub(crate) paces: crate::paced::Paces,
    /// Numbers that callers chose, about which the store is asked before they are dialled.
    pub(crate) choices: BTreeMap<OpId, crate::outside::Choice>,
    pub(crate) drain: Option<At>,
    pub(crate) inbound: u32,
    /// The minute since 1970 and the minute of the day it was found to be.
    pub(crate) minute: std::cell::Cell<(i64, u32)>,
    /// When a ban was last told.
    pub(crate) ban_told: At,
    /// When the last alarm about a recording was given.
    pub(crate) record_told: Option<At>,
    /// Something changed that may let a call start.
    pub(crate) stir: bool,
}

impl Floor {
    pub fn new(config: FloorConfig) -> Self {
        Self {
            limits: config.limits,
            ids: config.ids,
            now: At(0),
            behind_ms: 0,
            out: VecDeque::new(),
            timers: Timers::default(),
            tenants: BTreeMap::new(),
            lines: BTreeMap::new(),
            states: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            sessions: BTreeMap::new(),
            attempts: BTreeMap::new(),
            leads: BTreeMap::new(),
            legs: BTreeMap::new(),
            pending: BTreeMap::new(),
            saves: BTreeMap::new(),
            served: CampaignId(0),
            people: crate::people::People::new(),
            rooms: crate::rooms::Rooms::default(),
            paces: crate::paced::Paces::default(),
            choices: BTreeMap::new(),
            drain: None,
            inbound: 0,
            minute: std::cell::Cell::new((i64::MIN, 0)),
            ban_told: At(0),
            record_told: None,
            stir: false,
        }
    }

    /// Takes one input. Then call [`Floor::poll_output`] until it is empty. A clock that steps back is held.
    pub fn handle(&mut self, now: At, input: Input) {
        self.now = self.now.max(now);
        while let Some(timer) = self.timers.pop_due(self.now) {
            self.fire(timer);
        }
        self.take(input);
        if self.stir {
            self.stir = false;
            self.pump();
        }
        self.tell_progress();
        self.show_stale();
    }

    /// What the clock on the wall shows: calling hours and days go by it.
    pub(crate) const fn wall(&self) -> At {
        self.now.plus_ms(-self.behind_ms)
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to hand in [`Input::Tick`] if nothing else comes before.
    pub fn next_deadline(&self) -> Option<At> {
        self.timers.next()
    }

    pub fn campaign_gauges(&self) -> BTreeMap<CampaignId, CampaignGauge> {
        self.campaigns.iter().map(|(id, r)| (*id, self.gauge(r))).collect()
    }

    pub fn live(&self) -> Live {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Live {
            campaigns: self.campaign_gauges(),
            calls: count(self.sessions.values().filter(|s| s.call.has_open_legs()).count()),
            inbound: self.inbound,
            unsaved: count(self.saves.len() + self.people.unsaved()),
        }
    }

    /// True when nothing is on the wire and nothing waits to be stored: a drained floor may be dropped.
    pub fn is_idle(&self) -> bool {
        self.sessions.is_empty()
            && self.saves.is_empty()
            && self.people.unsaved() == 0
            && self.campaigns.values().all(|r| r.hand.is_empty())
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Tick => {}
            Input::Settings { tenant, settings } => self.on_settings(tenant, settings),
            Input::Campaign { campaign, today_attempts } => self.on_campaign(campaign, today_attempts),
            Input::Pacer(kept) => self.on_kept_pacer(*kept),
            Input::Ledger { campaign, hours } => self.on_ledger(campaign, &hours),
            Input::CampaignGone { campaign } => self.on_campaign_gone(campaign),
            Input::Extensions { tenant, extensions } => self.on_extensions(tenant, extensions),
            Input::Trunks { tenant, trunks, routes, numbers } => self.on_trunks(tenant, trunks, routes, numbers),
            Input::CallerIds { tenant, uses, hours } => self.on_caller_ids(tenant, &uses, &hours),
            Input::Agents { tenant, agents, veiled } => self.on_agents(tenant, agents, &veiled),
            Input::Queues { tenant, queues, members } => self.on_queues(tenant, queues, members),
            Input::Tally { agent, calls, talk_ms } => self.tell_acd(acd::Input::Tally { agent, calls, talk_ms }),
            Input::Link { agent, up } => self.on_link(agent, up),
            Input::Desk { op, agent, command } => self.on_desk(op, agent, command),
            Input::Supervise { op, tenant, by, command } => self.on_supervise(op, tenant, by, command),
            Input::CalleeLookedUp { op, found } => self.on_callee(op, found.map(|f| *f)),
            Input::Flow { tenant, id, version, doc } => {
                self.tenants.entry(tenant).or_default().scripts.insert(id, Script { id, version, doc });
                self.stir = true;
            }
            Input::Past { tenant, attempts } => self.on_past(tenant, &attempts),
            Input::Prompts { tenant, files } => self.tenants.entry(tenant).or_default().prompts = files,
            Input::Claimed { op, campaign, leads, next_due, all_settled } => {
                self.on_claimed(op, campaign, leads, next_due, all_settled);
            }
            Input::ClaimFailed { op, .. } => self.on_op_failed(op),
            Input::Begun { attempt, facts } => self.on_begun(attempt, facts),
            Input::BeginFailed { attempt } => self.on_begin_failed(attempt),
            Input::Persisted { op, ok } => self.on_persisted(op, ok),
            Input::Rendered { op, clips } => self.on_rendered(op, clips),
            Input::CallerLookedUp { op, found } => self.on_caller(op, Some(*found)),
            Input::HttpDone { op, outcome } => self.on_http(op, outcome),
            Input::Appointed { op, outcome } => self.on_appointed(op, outcome),
            Input::SmsQueued { op, outcome } => self.on_sms(op, outcome.is_ok()),
            Input::Telephony(event) => self.on_telephony(event),
            Input::Clock { behind_ms } => {
                self.behind_ms = behind_ms;
                self.stir = true;
            }
            Input::Drain { until } => self.on_drain(until),
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Begin(call) => self.begin_timed_out(call),
            Timer::Slot(call) => self.originate(call),
            Timer::Leg(leg) => self.leg_timed_out(leg),
            Timer::CallMax(call) => self.end_legs(call, model::telephony::Action::TooLong),
            Timer::Flow(call) => self.feed(call, flow::In::Tick),
            Timer::Ears(call) => self.ears_timed_out(call),
            Timer::Confirmed(call) => self.confirmed(call),
            Timer::Epilogue(call) => self.epilogue_timed_out(call),
            Timer::Op(op) => self.on_op_failed(op),
            Timer::Save(call) => self.save_again(call),
            Timer::Pace(_) | Timer::Claim(_) => self.stir = true,
            Timer::Hand(campaign) => self.return_stale(campaign),
            Timer::Progress(_) => {}
            Timer::Harbour(call) => self.harbour(call),
            Timer::Pacer(queue) => self.pace(queue),
            Timer::Preview(agent) => self.preview_timed_out(agent),
            Timer::Acd => self.tell_acd(acd::Input::Tick),
            Timer::Back(agent) => self.back_timed_out(agent),
            Timer::Quiet(leg) => self.phone_is_dead(leg),
            Timer::Keep => self.keep_again(),
            Timer::Drain => self.drain_over(),
        }
    }

    // --- small tools of every module ---

    pub(crate) fn command(&mut self, command: Command) {
        self.out.push_back(Output::Telephony(command));
    }

    pub(crate) fn new_op(&mut self) -> OpId {
        OpId(self.ids.next(self.now))
    }

    /// A request whose answer is waited for, at most `ms`.
    pub(crate) fn ask(&mut self, pending: Pending, ms: i64) -> OpId {
        let op = self.new_op();
        self.pending.insert(op, pending);
        self.timers.set(Timer::Op(op), self.now.plus_ms(ms));
        if let Some(session) = pending.call().and_then(|c| self.sessions.get_mut(&c)) {
            session.ops.insert(op);
        }
        op
    }

    /// The answer has come, or is no longer wanted. None: it was not waited for.
    pub(crate) fn answered(&mut self, op: OpId) -> Option<Pending> {
        let pending = self.pending.remove(&op)?;
        self.timers.clear(Timer::Op(op));
        if let Some(session) = pending.call().and_then(|c| self.sessions.get_mut(&c)) {
            session.ops.remove(&op);
        }
        Some(pending)
    }

    /// Facts whose loss is bearable because a later one holds them too.
    pub(crate) fn note(&mut self, fact: Fact) {
        let op = self.new_op();
        self.out.push_back(Output::Persist { op, ack: false, fact: Box::new(fact) });
    }

    pub(crate) fn set_stage(&mut self, call: CallId, stage: Stage) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let old = std::mem::replace(&mut session.stage, stage);
        if let Some(runtime) = session.campaign_id().and_then(|c| self.campaigns.get_mut(&c)) {
            runtime.leave(old);
            runtime.enter(stage);
            self.stir |= stage == Stage::Over;
        }
    }

    /// Takes a new session in.
    pub(crate) fn admit(&mut self, session: Session) {
        let call = session.call.head.id;
        if let Some(dial) = &session.dial {
            self.attempts.insert(dial.attempt, call);
            self.leads.insert(dial.lead.id, call);
            if let Some(runtime) = self.campaigns.get_mut(&dial.campaign.id) {
                runtime.calls.insert(call);
                runtime.enter(session.stage);
            }
        }
        self.inbound += u32::from(session.call.head.direction == Direction::Inbound);
        self.sessions.insert(call, Box::new(session));
    }

    pub(crate) fn hold_line(&mut self, trunk: TrunkId) {
        if let Some(line) = self.lines.get_mut(&trunk) {
            line.calls += 1;
        }
    }

    pub(crate) fn free_line(&mut self, trunk: TrunkId) {
        if let Some(line) = self.lines.get_mut(&trunk) {
            line.calls = line.calls.saturating_sub(1);
        }
        self.stir = true;
    }

    /// A request failed or was not answered in time.
    pub(crate) fn on_op_failed(&mut self, op: OpId) {
        let Some(pending) = self.answered(op) else { return };
        match pending {
            Pending::Claim(campaign) => self.claim_failed(campaign),
            Pending::Render(call, token) | Pending::Play(call, token) => self.spoken(call, token, false),
            Pending::Result(call, token) => self.feed(call, flow::In::ResultSaved { token, ok: false }),
            Pending::Http(call, token) => {
                self.feed(call, flow::In::HttpDone { token, outcome: Err("no answer in time".into()) });
            }
            Pending::Appointment(call, token) => {
                self.feed(call, flow::In::Appointed { token, outcome: flow::AppointOutcome::Failed });
            }
            Pending::Sms(call, token) => self.feed(call, flow::In::SmsQueued { token, ok: false }),
            Pending::LookUp(call) => self.caller_known(call, None),
            Pending::Record(call) => self.recorder_lost(call, op),
            Pending::Refer(call, token) => {
                let outcome = flow::TransferOutcome::Failed { text: "the line did not say what became of it".into() };
                self.feed(call, flow::In::TransferDone { token, outcome });
            }
            Pending::Music(call) => self.music_over(call, true),
            // Whoever waits without music is not asked for it in a hot loop.
            Pending::Words(_) | Pending::Aside(..) => {}
            Pending::Callee => self.callee_known(op, None),
            Pending::Keep => self.keep_failed(op),
            Pending::Save(call) => self.save_failed(call),
            Pending::Finish(campaign) => self.finish_failed(campaign),
        }
    }

    fn on_persisted(&mut self, op: OpId, ok: bool) {
        if !ok {
            return self.on_op_failed(op);
        }
        match self.answered(op) {
            Some(Pending::Result(call, token)) => {
                self.has_confirmed(call);
                self.feed(call, flow::In::ResultSaved { token, ok: true });
            }
            Some(Pending::Save(call)) => self.saved(call),
            Some(Pending::Keep) => self.kept(op),
            _ => {}
        }
    }
}
