//! The end of a call: its books are closed once, and the facts are kept until the store has them.

use crate::floor::{Floor, Pending, Save};
use crate::io::Output;
use crate::session::{Session, Stage};
use crate::timer::Timer;
use call::Role;
use dialer::retry::{self, Outcome};
use dialer::{LeadNext, Refusal};
use flow::In;
use model::desk::DeskNote;
use model::fact::Fact;
use model::record::{AttemptEnd, Call, Direction, Recording};
use model::telephony::Action;
use model::{At, CallId, Disposition, LegId, TrunkId};

const SAVE_BACKOFF_MS: i64 = 1_000;
const SAVE_BACKOFF_MS_MAX: i64 = 30_000;

impl Floor {
    /// An attempt ends before, or instead of, its next INVITE.
    pub(crate) fn close_unsent(&mut self, call: CallId, disposition: Disposition, refusal: Refusal) {
        self.drop_hold(call);
        self.timers.clear(Timer::Begin(call));
        let Some(session) = self.sessions.get(&call) else { return };
        // A route tried before has the word: something was sent.
        if let Some(leg) = session.call.far().map(|l| l.id) {
            return self.far_gone(call, self.evidence(call, leg));
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if let Some(dial) = session.dial.as_mut() {
            dial.refusal = Some(refusal);
        }
        self.far_gone(call, disposition);
    }

    /// The party the call was with is gone, or was never reached.
    pub(crate) fn far_gone(&mut self, call: CallId, disposition: Disposition) {
        // Hung up while no agent was there: found nobody.
        if self.is_wanting(call) {
            self.abandoned(call);
        }
        self.far_left_talk(call);
        self.leave_room(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.disposition.get_or_insert(disposition);
        // Whoever dialled by hand, and has not hung up themselves, is told what it came to.
        let shown = session.dial.is_some() || session.talk.talkers().next().is_some();
        let waits = session.talk.since.is_none() && session.action.is_none() && shown;
        let dialed = session.talk.dialed_by.filter(|_| waits).map(|agent| (agent, session.call.head.called.clone()));
        if let Some((agent, number)) = dialed {
            self.note_desk(agent, DeskNote::DialFailed { disposition, number });
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let transfer: Option<LegId> = session.call.open_leg(Role::Transfer).map(|l| l.id);
        let speaking = session.run.as_ref().is_some_and(|r| !r.is_over());
        if let Some((_, op)) = session.speech.take() {
            self.answered(op);
        }
        self.end_words(call, model::telephony::PlayOutcome::Stopped);
        self.set_stage(call, Stage::Over);
        self.timers.clear(Timer::CallMax(call));
        self.timers.clear(Timer::Ears(call));
        self.drop_hold(call);
        if let Some(leg) = transfer {
            self.hang_up(call, leg, Action::Normal);
        }
        self.task_call_over(call);
        self.others_stay(call);
        self.preview_over(call);
        if speaking {
            self.timers.set(Timer::Epilogue(call), self.now.plus_ms(self.limits.epilogue_ms_max));
            self.feed(call, In::HungUp);
        }
        self.close_if_over(call);
    }

    /// The flow had its time.
    pub(crate) fn epilogue_timed_out(&mut self, call: CallId) {
        if let Some(session) = self.sessions.get_mut(&call) {
            session.run = None;
            session.talk.confirming = None;
        }
        self.close_if_over(call);
    }

    pub(crate) fn close_if_over(&mut self, call: CallId) {
        let over = self.sessions.get(&call).is_some_and(|s| {
            let quiet = s.run.as_ref().is_none_or(|r| r.is_over());
            // While the run is being driven its place is empty and it may not be over yet.
            // The flow the customer was sent away from still hears that they are gone.
            let heard = s.talk.confirming.as_ref().is_none_or(|c| c.before.is_none());
            s.stage == Stage::Over && !s.call.has_open_legs() && quiet && heard && !(s.driving)
        });
        if !over {
            return;
        }
        self.confirmation_over(call);
        if let Some(session) = self.drop_session(call) {
            self.save(call, session);
        }
    }

    /// Takes a session out of every table, with all it waited for.
    pub(crate) fn drop_session(&mut self, call: CallId) -> Option<Box<Session>> {
        self.drop_hold(call);
        let session = self.sessions.remove(&call)?;
        for op in &session.ops {
            self.pending.remove(op);
            self.timers.clear(Timer::Op(*op));
        }
        for leg in session.call.legs() {
            self.legs.remove(&leg.id);
            self.timers.clear(Timer::Leg(leg.id));
        }
        let of_call = [
            Timer::Begin,
            Timer::Slot,
            Timer::CallMax,
            Timer::Flow,
            Timer::Ears,
            Timer::Epilogue,
            Timer::Confirmed,
            Timer::Harbour,
        ];
        of_call.into_iter().for_each(|timer| self.timers.clear(timer(call)));
        if let Some(dial) = &session.dial {
            self.attempts.remove(&dial.attempt);
            if let Some(runtime) = self.campaigns.get_mut(&dial.campaign.id) {
                runtime.calls.remove(&call);
                runtime.wanting.remove(&call);
                runtime.served.remove(&call);
                runtime.leave(session.stage);
            }
            self.tell_pacer_of_end(&session);
            self.learn_from(&session);
        }
        self.inbound -= u32::from(session.call.head.direction == Direction::Inbound).min(self.inbound);
        self.stir = true;
        Some(session)
    }

    fn save(&mut self, id: CallId, session: Box<Session>) {
        let now = self.now;
        let disposition = session.disposition.unwrap_or(Disposition::Interrupted);
        let campaign = session.campaign_id();
        let lead = session.dial.as_ref().map(|d| d.lead.id);
        self.count_answer(&session, disposition);
        let next = self.next_of(&session, disposition);
        self.caller_id_ended(&session, disposition);
        let next_at = next.as_ref().map_or(now, |n| n.next_at);
        let fact = fact(*session, disposition, next, now);
        if let Some(runtime) = campaign.and_then(|c| self.campaigns.get_mut(&c)) {
            runtime.unsaved += 1;
        }
        self.saves.insert(id, Save { fact, tries: 0, op: None, campaign, lead, next_at });
        self.save_again(id);
    }

    /// What becomes of the lead, by the campaign's rules as they are now.
    fn next_of(&self, session: &Session, disposition: Disposition) -> Option<LeadNext> {
        let dial = session.dial.as_ref()?;
        let campaign = self.campaigns.get(&dial.campaign.id).map_or(&dial.campaign, |r| &r.campaign);
        // A missing route is dealt with by the policy like a line that failed.
        let refusal = dial.refusal.as_ref().filter(|_| disposition == Disposition::Blocked);
        let outcome = Outcome { disposition, result: session.result.as_deref(), refusal };
        let mut next = retry::settle(&campaign.retry, &campaign.results, &dial.lead, outcome, self.now);
        if next.state == model::record::LeadState::Retry {
            next.next_at = self.retry_at(campaign, &dial.lead, disposition, next.next_at);
        }
        Some(next)
    }

    pub(crate) fn save_again(&mut self, call: CallId) {
        let tries = self.saves.get(&call).map_or(0, |s| s.tries);
        // The second time the store may be slow rather than gone.
        let wait_ms = self.limits.save_ms_max * i64::from(tries.min(5) + 1);
        let op = self.ask(Pending::Save(call), wait_ms);
        let Some(save) = self.saves.get_mut(&call) else { return };
        save.op = Some(op);
        self.out.push_back(Output::Persist { op, ack: true, fact: Box::new(save.fact.clone()) });
    }

    pub(crate) fn save_failed(&mut self, call: CallId) {
        let Some(save) = self.saves.get_mut(&call) else { return };
        save.op = None;
        let ms = (SAVE_BACKOFF_MS << save.tries.min(5)).min(SAVE_BACKOFF_MS_MAX);
        save.tries += 1;
        self.timers.set(Timer::Save(call), self.now.plus_ms(ms));
    }

    pub(crate) fn saved(&mut self, call: CallId) {
        let Some(save) = self.saves.remove(&call) else { return };
        self.timers.clear(Timer::Save(call));
        if let Some(lead) = save.lead {
            self.leads.remove(&lead);
        }
        if let Some(id) = save.campaign {
            if let Some(runtime) = self.campaigns.get_mut(&id) {
                runtime.unsaved = runtime.unsaved.saturating_sub(1);
            }
            self.claim_from(id, save.next_at);
            self.forget_campaign_if_over(id);
        }
    }
}

fn fact(session: Session, disposition: Disposition, next: Option<LeadNext>, now: At) -> Fact {
    let callback_of = session.owner().filter(|_| session.dial.is_none());
    let failovers = Floor::failovers(&session);
    let Session { call, dial, result, found_nobody, .. } = session;
    let (Some(dial), Some(next)) = (dial, next) else {
        let (call, recordings) = call.close(now, disposition, result);
        return Fact::CallEnded { call: Box::new(call), recordings, callback_of };
    };
    let far = call.far();
    let (cause, stats) = far.map(|l| (l.cause.clone(), l.stats.clone())).unwrap_or_default();
    let trunk_id: Option<TrunkId> = call.trunk;
    let flow_id = call.flow.map(|f| f.0);
    let sent = far.is_some();
    let (call, recordings): (Call, Vec<Recording>) = call.close(now, disposition, result.clone());
    let end = AttemptEnd {
        id: dial.attempt,
        lead_id: dial.lead.id,
        campaign_id: dial.campaign.id,
        ended_at: now,
        disposition,
        cause,
        result,
        refusal: dial.refusal.map(|r| r.rule.code().to_owned()),
        trunk_id,
        failovers,
        lead_state: next.state,
        lead_note: next.note,
        number: next.number,
        next_at: next.next_at,
        stats,
        flow_id,
        abandoned: found_nobody,
    };
    Fact::AttemptEnded { end: Box::new(end), call: sent.then(|| Box::new(call)), recordings }
}
