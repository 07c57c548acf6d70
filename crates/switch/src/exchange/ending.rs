//! How legs end: every way leads through [`Exchange::end_leg`], so each ends exactly once.

use super::dialog::{Dialog, token};
use super::leg::Phase;
use super::timers::Timer;
use super::{Exchange, Owner, Waiting};
use crate::sip::message::Response;
use crate::sip::port::TxId;
use model::LegId;
use model::telephony::{Action, Cause, EndedBy, Event, MediaStats};
use std::time::{Duration, Instant};

/// A leg that was recorded ends when its file is complete; not later than this, for its partner and its line wait.
const CLOSING_MAX: Duration = Duration::from_secs(3);

impl Exchange {
    /// The leg is over on the wire. Its Ended follows when the media threads have let go of it.
    pub(super) fn end_leg(&mut self, leg_id: LegId, cause: Cause) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        if leg.ended() {
            return;
        }
        if matches!(leg.phase, Phase::Incoming { .. }) {
            self.pending_in = self.pending_in.saturating_sub(1);
        }
        let with_media = leg.media.port.is_some();
        let was_up = matches!(leg.phase, Phase::Up);
        leg.phase = Phase::Ending { cause: cause.clone() };
        let key = (leg.dialog.call_id.clone(), leg.dialog.local_tag.clone());
        if let Some(merge) = leg.merge_key.take() {
            self.merges.remove(&merge);
        }
        if self.dialogs.get(&key) == Some(&leg_id) {
            self.dialogs.remove(&key);
        }
        let trunk = leg.trunk;
        self.uncount_leg(trunk);
        self.close_trace(leg_id, was_up, &cause);
        self.timers.clear_leg(leg_id);
        self.fax_hung_up(leg_id);
        if with_media {
            self.media.close(leg_id);
            self.timers.set(Timer::Closing(leg_id), Instant::now() + CLOSING_MAX);
        } else {
            self.legs.remove(&leg_id);
            self.emit(Event::Ended { leg: leg_id, cause, stats: MediaStats::default() });
        }
    }

    /// Ends a leg in whatever state it is.
    pub(super) fn hang_up(&mut self, leg_id: LegId, action: Action) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let ours = Cause { by: EndedBy::Us, action: Some(action), ..Cause::default() };
        match &leg.phase {
            Phase::Calling { .. } => self.cancel_call(leg_id, action),
            Phase::Incoming { server, .. } => {
                let code = if action == Action::Shutdown { 503 } else { 480 };
                server.respond(Response::new(code), &leg.dialog.local_tag);
                self.end_leg(leg_id, Cause { sip_code: Some(code), ..ours });
            }
            Phase::Accepting { server } => {
                // RFC 3261 §15: no BYE before the ACK, or before it can no longer come.
                let (tx, dialog) = (server.id, Box::new(leg.dialog.clone()));
                self.waiting.insert(tx, Waiting::Hung(dialog));
                self.end_leg(leg_id, ours);
            }
            Phase::Up => {
                let dialog = leg.dialog.clone();
                self.send_bye(dialog, Some("Q.850;cause=16"));
                self.end_leg(leg_id, ours);
            }
            Phase::Ending { .. } => {}
        }
    }

    pub(super) fn send_bye(&mut self, mut dialog: Dialog, reason: Option<&str>) {
        let mut bye = dialog.request("BYE");
        if let Some(reason) = reason {
            bye.headers.push("Reason", reason);
        }
        let target = dialog.target;
        self.send(bye.clone(), target, Owner::Bye { dialog: Box::new(dialog), request: Box::new(bye) });
    }

    pub(super) fn on_bye_response(&mut self, tx: TxId, response: &Response) {
        if response.code != 401 && response.code != 407 {
            return;
        }
        let Some(Owner::Bye { mut dialog, request }) = self.owners.remove(&tx) else { return };
        if dialog.credentials.is_some() && dialog.auth.challenged(response.code, &response.headers) {
            let again = dialog.repeat(&request);
            let target = dialog.target;
            self.send(again.clone(), target, Owner::Bye { dialog, request: Box::new(again) });
        }
    }

    /// The floor says no, or says nothing.
    pub(super) fn reject(&mut self, leg_id: LegId, code: u16, q850: Option<u8>, action: Action) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let Phase::Incoming { server, .. } = &leg.phase else { return };
        let code = if (400..700).contains(&code) { code } else { 480 };
        let mut response = Response::new(code);
        if let Some(cause) = q850 {
            response = response.with("Reason", format!("Q.850;cause={cause}"));
        }
        if code == 503 {
            response = response.with("Retry-After", self.limits.retry_after_s.to_string());
        }
        let tag = if leg.dialog.local_tag.is_empty() { token(10) } else { leg.dialog.local_tag.clone() };
        server.respond(response, &tag);
        let cause = Cause { by: EndedBy::Us, sip_code: Some(code), q850, action: Some(action), ..Cause::default() };
        self.end_leg(leg_id, cause);
    }

    pub(super) fn undecided(&mut self, leg: LegId) {
        metrics::counter!("fengling_sip_incoming_undecided_total").increment(1);
        self.reject(leg, 503, None, Action::Refused);
    }

    pub(super) fn rang_too_long(&mut self, leg: LegId) {
        self.reject(leg, 480, None, Action::RingTimeout);
    }
}
