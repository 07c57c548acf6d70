//! Session timers (RFC 4028), both roles: a call whose far end has died without a word does not live for ever.

use super::leg::Session;
use super::timers::Timer;
use super::{Exchange, Owner};
use crate::sip::header;
use crate::sip::message::{Request, Response};
use crate::sip::port::TxId;
use model::LegId;
use model::telephony::{Cause, EndedBy};
use std::time::{Duration, Instant};

impl Exchange {
    /// What the 2xx to our INVITE says.
    pub(super) fn start_session_as_caller(&mut self, leg_id: LegId, response: &Response) {
        let session = header::session_expires(&response.headers).map(|(expires_s, refresher)| Session {
            expires_s: expires_s.max(1),
            we_refresh: refresher.as_deref() != Some("uas"),
        });
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.session = session;
        }
        self.arm_session(leg_id);
    }

    /// What we answer to an INVITE or UPDATE that asks for a timer.
    pub(super) fn session_as_callee(&self, request: &Request) -> Option<Session> {
        let (expires, refresher) = header::session_expires(&request.headers)?;
        let minimum = request.headers.get("Min-SE").and_then(|v| v.split(';').next()?.trim().parse::<u32>().ok()).unwrap_or(0);
        let expires_s = expires.min(self.timing.session_expires_s).max(minimum).max(self.timing.session_min_s);
        let they_can = request.headers.lists("Supported", "timer");
        Some(Session { expires_s, we_refresh: refresher.as_deref() == Some("uas") || !they_can })
    }

    /// A refresh that comes with too short an interval is refused like a first INVITE.
    pub(super) fn refuse_refresh(&self, request: &Request) -> Option<Response> {
        let (expires, _) = header::session_expires(&request.headers)?;
        (expires < self.timing.session_min_s && request.headers.lists("Supported", "timer"))
            .then(|| Response::new(422).with("Min-SE", self.timing.session_min_s.to_string()))
    }

    pub(super) fn arm_session(&mut self, leg_id: LegId) {
        let Some(session) = self.legs.get(&leg_id).and_then(|l| l.session) else { return };
        let (now, expires) = (Instant::now(), Duration::from_secs(session.expires_s.into()));
        if session.we_refresh {
            self.timers.set(Timer::Refresh(leg_id), now + expires / 2);
            self.timers.set(Timer::Expire(leg_id), now + expires);
        } else {
            self.timers.clear(Timer::Refresh(leg_id));
            // RFC 4028 §10: give up a little before the end, so that the BYE is still understood.
            self.timers.set(Timer::Expire(leg_id), now + expires - (expires / 3).min(Duration::from_secs(32)));
        }
    }

    pub(super) fn refresh_session(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(session) = leg.session else { return };
        if leg.ended() {
            return;
        }
        if leg.refreshing.is_some() {
            // Another request is under way; should it be refused, this one is still owed.
            return self.timers.set(Timer::Refresh(leg_id), Instant::now() + Duration::from_secs(1));
        }
        let by_update = leg.dialog.peer_allows_update;
        let mut request = leg.dialog.request(if by_update { "UPDATE" } else { "INVITE" });
        request.headers.push("Supported", "timer");
        request.headers.push("Session-Expires", format!("{};refresher=uac", session.expires_s));
        request.headers.push("Min-SE", self.timing.session_min_s.to_string());
        if !by_update {
            request.headers.push("Content-Type", "application/sdp");
            request.body = leg.media.written.clone().into_bytes();
        }
        let target = leg.dialog.target;
        let tx = self.send(request, target, Owner::InLeg(leg_id));
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.refreshing = Some(tx);
        }
    }

    /// What the 2xx to a request of ours inside the call says.
    pub(super) fn session_refreshed(&mut self, leg_id: LegId, response: &Response) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        leg.dialog.refresh(&response.headers);
        if let Some((expires_s, refresher)) = header::session_expires(&response.headers) {
            leg.session = Some(Session { expires_s: expires_s.max(1), we_refresh: refresher.as_deref() != Some("uas") });
        }
        self.arm_session(leg_id);
    }

    pub(super) fn on_refresh_response(&mut self, tx: TxId, leg_id: LegId, response: &Response) {
        if !response.is_final() {
            return;
        }
        let Some(leg) = self.legs.get_mut(&leg_id).filter(|l| l.refreshing == Some(tx)) else { return };
        leg.refreshing = None;
        match response.code {
            200..=299 => {
                leg.dialog.auth.accepted();
                self.session_refreshed(leg_id, response);
            }
            401 | 407 if leg.dialog.credentials.is_some() && leg.dialog.auth.challenged(response.code, &response.headers) => {
                self.timers.set(Timer::Refresh(leg_id), Instant::now());
            }
            // The far end knows nothing of this call any more.
            481 | 408 => self.session_expired(leg_id),
            491 | 500 | 503 => self.refresh_again(leg_id),
            422 => {
                let minimum = response.headers.get("Min-SE").and_then(|v| v.trim().parse::<u32>().ok());
                if let (Some(minimum), Some(session)) = (minimum, leg.session.as_mut()) {
                    session.expires_s = session.expires_s.max(minimum.min(86_400));
                    self.refresh_again(leg_id);
                }
            }
            // UPDATE not wanted after all: the next refresh is a re-INVITE.
            405 | 501 if leg.dialog.peer_allows_update => {
                leg.dialog.peer_allows_update = false;
                self.refresh_again(leg_id);
            }
            _ => {}
        }
    }

    /// After a pause, so that a far end that always refuses is not asked as fast as it answers.
    fn refresh_again(&mut self, leg_id: LegId) {
        let pause = Duration::from_millis(500 + u64::from(rand::random::<u16>()) % 2_000);
        self.timers.set(Timer::Refresh(leg_id), Instant::now() + pause);
    }

    pub(super) fn session_expired(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get(&leg_id).filter(|l| !l.ended()) else { return };
        let dialog = leg.dialog.clone();
        metrics::counter!("fengling_sip_sessions_expired_total").increment(1);
        self.send_bye(dialog, Some("Q.850;cause=102;text=\"session timer\""));
        let cause = Cause {
            by: EndedBy::Network,
            q850: Some(102),
            text: Some("nobody refreshed the session".into()),
            ..Cause::default()
        };
        self.end_leg(leg_id, cause);
    }
}
