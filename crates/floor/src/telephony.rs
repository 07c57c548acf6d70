//! What the switch reports, leg by leg.

use crate::floor::Floor;
use crate::session::Stage;
use crate::timer::Timer;
use call::{LegState, Role};
use dialer::{Evidence, result};
use flow::In;
use model::fact::Fact;
use model::telephony::{Action, Cause, Command, EndedBy, Event, MediaStats};
use model::{CallId, LegId, OpId};

impl Floor {
    pub(crate) fn on_telephony(&mut self, event: Event) {
        match event {
            Event::Incoming { leg, trunk, from, to, replaces: Some(old), .. } => self.on_replacing(leg, trunk, &from, &to, old),
            Event::Incoming { leg, trunk, from, to, diverted_from, .. } => {
                self.on_incoming(leg, trunk, &from, &to, diverted_from.as_deref());
            }
            Event::Referred { leg, to, with, replaces } => self.on_referred(leg, &to, with, replaces),
            Event::Transferring { op, sip_code, done, .. } => self.on_transferring(op, sip_code, done),
            Event::Progress { leg, early_media, .. } => {
                self.on_progress(leg);
                if early_media && let Some(call) = self.legs.get(&leg).copied() {
                    self.dialed_early(call, leg);
                    self.hear_early(call, leg);
                }
            }
            Event::Answered { leg } => self.on_answered(leg),
            Event::Digit { leg, digit } => self.on_digit(leg, digit),
            Event::PlayDone { op, outcome, .. } => self.on_play_done(op, outcome),
            Event::RecordDone { op, duration_ms, bytes, .. } => self.on_record_done(op, duration_ms, bytes),
            Event::RecordFailed { leg, reason, .. } => self.on_record_failed(leg, &reason),
            Event::Heard { leg, heard } => self.on_heard(leg, heard),
            Event::Kept { leg, duration_ms, bytes, .. } => self.on_kept(leg, duration_ms, bytes),
            Event::Ended { leg, cause, stats } => self.on_ended(leg, cause, stats),
            Event::Trunk { trunk, state } => self.on_trunk_state(trunk, state),
            event @ (Event::SpeechStarted { .. }
            | Event::SpeechEnded { .. }
            | Event::Transcript { .. }
            | Event::HearingFailed { .. }) => self.on_hearing(event),
            Event::ExtensionCalls { leg, extension, to } => self.on_extension_calls(leg, extension, &to),
            Event::Extension { extension, phones } => self.on_extension_state(extension, phones),
            Event::Banned { address, reason, seconds } => self.on_banned(&address, reason, seconds),
            Event::Quiet { leg, on } => self.on_quiet(leg, on),
            Event::Held { leg, on } => {
                self.room_phone_holds(leg, on);
                self.on_phone_holds(leg, on);
            }
            Event::DigitsSent { .. } | Event::Activity { .. } => {}
            // No flow asks for a fax.
            Event::FaxProgress { .. } | Event::FaxDone { .. } => {}
        }
    }

    fn on_progress(&mut self, leg: LegId) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if !session.call.ringing(leg, self.now) {
            return;
        }
        let Some((role, trunk)) = session.call.leg(leg).map(|l| (l.role, l.trunk)) else { return };
        let ring_ms = session.search.as_ref().map_or(60_000, |s| i64::from(s.ring_ms_max));
        self.timers.set(Timer::Leg(leg), self.now.plus_ms(ring_ms + self.limits.ring_grace_ms));
        if let Some(line) = self.lines.get_mut(&trunk) {
            line.worked();
        }
        let referrer = session.transfer.as_ref().filter(|t| t.leg == Some(leg)).and_then(|t| t.referrer);
        if let Some(referrer) = referrer {
            self.command(Command::ReferProgress { leg: referrer, sip_code: 180 });
        }
        if matches!(role, Role::Agent | Role::Guest | Role::Supervisor) {
            return self.party_rings(call, leg);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if role == Role::Callee && session.stage == Stage::Trying {
            let ringing = session.dial.as_ref().map(|d| Fact::AttemptRinging {
                attempt: d.attempt,
                at: self.now,
                trunk,
                failovers: Self::failovers(session),
            });
            self.set_stage(call, Stage::Ringing);
            self.tell_pacer_of_ringing(call);
            if let Some(fact) = ringing {
                self.note(fact);
            }
        }
    }

    fn on_answered(&mut self, leg: LegId) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if !session.call.answered(leg, self.now) {
            return;
        }
        self.timers.clear(Timer::Leg(leg));
        let Some((role, trunk)) = session.call.leg(leg).map(|l| (l.role, l.trunk)) else { return };
        if let Some(line) = self.lines.get_mut(&trunk) {
            line.worked();
        }
        if role == Role::Transfer {
            return self.transfer_answered(call, leg);
        }
        if !role.is_far() {
            return self.party_answered(call, leg);
        }
        if let Some(attempt) = session.dial.as_ref().map(|d| d.attempt) {
            let at = self.now;
            self.note(Fact::AttemptAnswered { attempt, at });
        }
        // What was heard before belongs to the network.
        self.end_hearing(call);
        self.set_stage(call, Stage::Up);
        self.timers.set(Timer::CallMax(call), self.now.plus_ms(self.limits.call_ms_max));
        if role == Role::Callee && self.sessions.get(&call).is_some_and(|s| s.dial.is_none() || s.talk.dialed_by.is_some()) {
            return self.dialed_answered(call);
        }
        self.start_talk(call, leg);
    }

    fn on_digit(&mut self, leg: LegId, digit: char) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        // What the other side of a transfer presses is between the two.
        if session.call.leg(leg).is_some_and(|l| l.role.is_far() && l.state == LegState::Answered) {
            session.call.digit(digit);
            if self.room_key(call, digit) {
                return;
            }
            let Some(session) = self.sessions.get(&call) else { return };
            if let Some(entry) = session.talk.entry {
                return self.tell_acd(acd::Input::Key { entry, key: digit });
            }
            // Pressed in a talk it is no answer to what the flow asks after it.
            if session.talk.token.is_some() && session.talk.confirming.is_none() {
                return;
            }
            // Pressed into the silence it answers no question yet.
            if !self.key_decides(call) {
                self.feed(call, In::Digit { digit });
            }
        }
    }

    pub(crate) fn on_play_done(&mut self, op: OpId, outcome: model::telephony::PlayOutcome) {
        let failed = outcome == model::telephony::PlayOutcome::Failed;
        match self.answered(op) {
            Some(crate::floor::Pending::Play(call, token)) => {
                self.end_words(call, outcome);
                self.spoken(call, token, !failed);
            }
            Some(crate::floor::Pending::Music(call)) => self.music_over(call, failed),
            Some(crate::floor::Pending::Aside(call, leg)) if outcome != model::telephony::PlayOutcome::Stopped => {
                self.aside_over(call, leg, failed);
            }
            _ => {}
        }
    }

    fn on_ended(&mut self, leg: LegId, cause: Cause, stats: MediaStats) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some((role, trunk)) = session.call.leg(leg).map(|l| (l.role, l.trunk)) else { return };
        let bridged = session.call.bridged();
        let retry_after_s = cause.retry_after_s;
        if !session.call.ended(leg, cause, stats, self.now) {
            return;
        }
        self.legs.remove(&leg);
        self.timers.clear(Timer::Leg(leg));
        self.timers.clear(Timer::Quiet(leg));
        let disposition = self.evidence(call, leg);
        if result::is_route_failure(disposition)
            && let Some(line) = self.lines.get_mut(&trunk)
        {
            line.failed(retry_after_s, self.now);
        }
        self.free_line(trunk);
        if self.sessions.get(&call).is_some_and(|s| s.hearing.as_ref().is_some_and(|h| h.leg == leg)) {
            self.forget_hearing(call);
        }
        self.recorders_of_leg_lost(call, leg);
        match role {
            Role::Transfer => self.transfer_ended(call, leg, disposition, bridged),
            Role::Agent | Role::Guest | Role::Supervisor => self.party_ended(call, leg, disposition),
            Role::Callee if result::is_route_failure(disposition) && self.wants_route(call) => {
                self.early_over(call);
                self.next_route(call, disposition);
            }
            Role::Callee | Role::Caller => self.far_gone(call, disposition),
        }
    }

    /// Nothing of ours ended it, nobody has answered it.
    fn wants_route(&self, call: CallId) -> bool {
        self.sessions.get(&call).is_some_and(|s| s.action.is_none() && s.call.answered_at().is_none() && s.stage != Stage::Over)
    }

    pub(crate) fn evidence(&self, call: CallId, leg: LegId) -> model::Disposition {
        let Some(session) = self.sessions.get(&call) else { return model::Disposition::RouteFailed };
        let Some(leg) = session.call.leg(leg) else { return model::Disposition::RouteFailed };
        if !leg.role.is_far() && leg.role != Role::Transfer {
            // What was heard of the far party says nothing about one of ours.
            let (cause, rang, answered) = (leg.cause.clone(), leg.ringing_at.is_some(), leg.answered_at.is_some());
            return result::disposition(&Evidence { cause, rang, answered, heard: true, ..Evidence::default() });
        }
        let pressed = !session.call.digits().is_empty() || session.result.is_some();
        result::disposition(&Evidence {
            cause: leg.cause.clone(),
            rang: leg.ringing_at.is_some(),
            answered: leg.answered_at.is_some(),
            // Who presses keys is there, though nothing was heard.
            class: session.ears.class.filter(|c| !pressed || *c != model::Disposition::DeadAir),
            early: session.ears.early,
            heard: leg.stats.packets_received > 0 || pressed,
        })
    }

    /// Asks for the end of one leg; the switch answers with `Ended`, or the timer does.
    pub(crate) fn hang_up(&mut self, call: CallId, leg: LegId, action: Action) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.call.hanging_up(leg) {
            self.timers.set(Timer::Leg(leg), self.now.plus_ms(self.limits.hangup_ms_max));
            self.command(Command::Hangup { leg, action });
        }
    }

    /// Ends everything of a call that is still open.
    pub(crate) fn end_legs(&mut self, call: CallId, action: Action) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.stage == Stage::Waiting && session.dial.is_some() {
            return self.refuse_halted(call);
        }
        session.action.get_or_insert(action);
        let legs: Vec<LegId> = session.call.legs().iter().filter(|l| l.state < LegState::HangingUp).map(|l| l.id).collect();
        self.drop_hold(call);
        for leg in legs {
            self.hang_up(call, leg, action);
        }
    }

    pub(crate) fn leg_timed_out(&mut self, leg: LegId) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some((state, role)) = session.call.leg(leg).map(|l| (l.state, l.role)) else { return };
        match state {
            LegState::Starting | LegState::Ringing => {
                if role.is_far() {
                    session.action = Some(Action::RingTimeout);
                }
                self.hang_up(call, leg, Action::RingTimeout);
            }
            LegState::HangingUp => {
                let action = session.action.or(Some(Action::Normal));
                let cause = Cause {
                    by: EndedBy::Network,
                    action,
                    text: Some("the switch never said that the leg ended".into()),
                    ..Cause::default()
                };
                self.on_ended(leg, cause, MediaStats::default());
            }
            LegState::Answered | LegState::Ended => {}
        }
    }
}
