//! Calls that come in: who may, what they want, and what the floor says to it.

use super::dialog::{self, Dialog, token};
use super::leg::{Leg, LegMedia, Phase};
use super::reliable::Reliable;
use super::timers::Timer;
use super::{Exchange, Waiting, identity, refuse};
use crate::InboundPolicy;
use crate::sdp;
use crate::sip::gate;
use crate::sip::header;
use crate::sip::message::{Headers, Request, Response};
use crate::sip::port::{ServerTx, Target, TxId};
use model::telephony::{Action, Cause, EndedBy, Event};
use model::{ExtensionId, LegId, TrunkId};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Extensions a caller may require of us.
const EXTENSIONS: [&str; 3] = ["timer", "100rel", "replaces"];
/// An inbound call that the floor lets ring ends after this.
const RING_IN: Duration = Duration::from_secs(300);

impl Exchange {
    pub(super) fn on_request(&mut self, server: ServerTx, request: Request, source: Target, extension: Option<ExtensionId>) {
        if request.method == "REGISTER" {
            return self.on_register_request(&server, &request, (source, extension));
        }
        if let Some(response) = extensions_missing(&request) {
            refuse(&server, response);
            return;
        }
        if dialog::to_tag(&request.headers).is_some() {
            self.on_in_dialog(&server, &request);
            return;
        }
        match request.method.as_str() {
            "INVITE" => self.on_invite(server, &request, source, extension),
            "OPTIONS" => {
                let code = if self.draining.is_some() { 503 } else { 200 };
                server.respond(capabilities(code), &token(10));
            }
            "REFER" => refuse(&server, Response::new(603)),
            _ => refuse(&server, Response::new(481)),
        }
    }

    fn on_invite(&mut self, server: ServerTx, request: &Request, source: Target, extension: Option<ExtensionId>) {
        match self.caller(request, source, extension).and_then(|trunk| self.admit(request, (trunk, extension))) {
            Ok((trunk, replaces)) => {
                self.take_call(server, request, self.back_to(trunk, source), (trunk, replaces, extension));
            }
            Err(response) => refuse(&server, response),
        }
    }

    /// The trunk a call comes by (0: a phone of ours, or anyone where anyone may), or the refusal it gets.
    fn caller(&mut self, request: &Request, source: Target, extension: Option<ExtensionId>) -> Result<TrunkId, Response> {
        if let Some(id) = extension {
            return if self.extensions.contains_key(&id) { Ok(TrunkId(0)) } else { Err(Response::new(403)) };
        }
        match (self.trunk_of(source.addr, &identity::parties(request).1), self.inbound) {
            (Some(trunk), _) => Ok(trunk),
            (None, InboundPolicy::Anyone) => Ok(TrunkId(0)),
            (None, InboundPolicy::TrunksOnly) => {
                self.stranger(source);
                Err(Response::new(403))
            }
        }
    }

    /// Whether there is room for one more call, and the leg it replaces.
    fn admit(
        &mut self,
        request: &Request,
        (trunk, extension): (TrunkId, Option<ExtensionId>),
    ) -> Result<(TrunkId, Option<LegId>), Response> {
        if self.merges.contains_key(&merge_key(request)) {
            return Err(Response::new(482));
        }
        if self.draining.is_some()
            || self.legs.len() >= self.limits.legs_max
            || self.pending_in >= self.limits.incoming_pending_max
        {
            metrics::counter!("fengling_sip_overload_total").increment(1);
            return Err(Response::new(503).with("Retry-After", self.limits.retry_after_s.to_string()));
        }
        if let Some((expires, _)) = header::session_expires(&request.headers)
            && expires < self.timing.session_min_s
            && request.headers.lists("Supported", "timer")
        {
            return Err(Response::new(422).with("Min-SE", self.timing.session_min_s.to_string()));
        }
        if extension.is_none() {
            self.has_place(trunk)?;
        }
        Ok((trunk, self.replaces(trunk, &request.headers)?))
    }

    fn stranger(&mut self, source: Target) {
        metrics::counter!("fengling_sip_strangers_total").increment(1);
        if self.last_stranger_log.is_none_or(|at| at.elapsed() > Duration::from_secs(60)) {
            self.last_stranger_log = Some(Instant::now());
            tracing::warn!(source = %source.addr, "calls from an address of no trunk are refused with 403 (told once a minute)");
        }
    }

    fn take_call(
        &mut self,
        server: ServerTx,
        request: &Request,
        source: Target,
        (trunk, replaces, extension): (TrunkId, Option<LegId>, Option<ExtensionId>),
    ) {
        let codecs = extension.map_or_else(|| self.codecs_of(trunk), |id| self.codecs_of_extension(id));
        let ip = self.local_ip(source.addr.ip());
        let secrets = sdp::Secrets::new(self.media.fingerprint().clone());
        let media = LegMedia::new(ip, codecs, self.srtp_of(trunk), secrets);
        let offer = match read_offer(request, &media.local(), source.addr.ip()) {
            Ok(offer) => offer,
            Err(response) => return refuse(&server, response),
        };
        let authority = self.authority(source);
        let Some(mut dialog) = Dialog::incoming(request, source, authority, token(12)) else {
            return refuse(&server, Response::new(400));
        };
        dialog.credentials = self.credentials_of(trunk);
        dialog.pin(extension.map(|_| source));
        let id = self.new_leg_id();
        let session = self.session_as_callee(request);
        server.respond(Response::new(100), "");
        let (from, to) = identity::parties(request);
        let key = merge_key(request);
        self.merges.insert(key.clone(), id);
        self.port.trace().claim(&dialog.call_id);
        self.dialogs.insert((dialog.call_id.clone(), dialog.local_tag.clone()), id);
        self.waiting.insert(server.id, Waiting::Incoming(id));
        self.timers.set(Timer::Decision(id), Instant::now() + self.timing.decision);
        self.pending_in += 1;
        let phase = Phase::Incoming { server, offer, early: false };
        let leg = Leg {
            trunk,
            extension,
            session,
            merge_key: Some(key),
            reliable: Reliable::new(request),
            ..Leg::new(id, phase, dialog, media)
        };
        self.legs.insert(id, Box::new(leg));
        self.count_leg(trunk);
        metrics::counter!("fengling_sip_legs_total", "direction" => "in").increment(1);
        let diverted_from = identity::diverted_from(&request.headers);
        self.emit(match extension {
            Some(extension) => Event::ExtensionCalls { leg: id, extension, to },
            None => Event::Incoming { leg: id, trunk, from, to, diverted_from, replaces },
        });
    }

    /// 180.
    pub(super) fn ring(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let Phase::Incoming { offer, early, .. } = &leg.phase else { return };
        // Where every response is reliable and the caller left the offer to us, the first one must carry it (RFC 3261 §13.2.1).
        if leg.reliable.required() && offer.is_none() && !early {
            return self.describe_early(leg_id, 180);
        }
        let response = provisional(180, &leg.dialog);
        self.send_provisional(leg_id, response);
        self.decided(leg_id);
    }

    fn decided(&mut self, leg: LegId) {
        self.timers.clear(Timer::Decision(leg));
        self.timers.set(Timer::RingIn(leg), Instant::now() + RING_IN);
    }

    /// 183 with a description, so that the caller hears us before the answer.
    pub(super) fn early_media(&mut self, leg_id: LegId) {
        self.describe_early(leg_id, 183);
    }

    fn describe_early(&mut self, leg_id: LegId, code: u16) {
        let Some(body) = self.describe(leg_id, false) else { return };
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Phase::Incoming { early, .. } = &mut leg.phase else { return };
        *early = true;
        let mut response = provisional(code, &leg.dialog);
        // What has been exchanged reliably is not repeated.
        if !leg.reliable.settled {
            response = response.with("Content-Type", "application/sdp");
            response.body = body.into_bytes();
        }
        self.send_provisional(leg_id, response);
        self.decided(leg_id);
    }

    /// 200, once what was described before is acknowledged.
    pub(super) fn answer_call(&mut self, leg_id: LegId) {
        if self.legs.get_mut(&leg_id).is_some_and(|l| l.reliable.holds_answer()) {
            return self.decided(leg_id);
        }
        let Some(body) = self.describe(leg_id, true) else { return };
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Phase::Incoming { server, .. } = &leg.phase else { return };
        let server = server.clone();
        let mut response = capabilities(200).with("Contact", leg.dialog.contact());
        if let Some(session) = leg.session {
            let refresher = if session.we_refresh { "uas" } else { "uac" };
            response = response.with("Session-Expires", format!("{};refresher={refresher}", session.expires_s));
            if !session.we_refresh {
                response = response.with("Require", "timer");
            }
        }
        if !leg.reliable.settled {
            response = response.with("Content-Type", "application/sdp");
            response.body = body.into_bytes();
        }
        server.respond(response, &leg.dialog.local_tag);
        leg.phase = Phase::Accepting { server };
        self.pending_in = self.pending_in.saturating_sub(1);
        self.timers.clear(Timer::Decision(leg_id));
        self.timers.clear(Timer::RingIn(leg_id));
        self.timers.clear(Timer::Provisional(leg_id));
    }

    /// Opens media on first use and gives the description to send. `None`: the leg has ended for want of media.
    fn describe(&mut self, leg_id: LegId, answered: bool) -> Option<String> {
        let leg = self.legs.get_mut(&leg_id)?;
        let Phase::Incoming { offer, early, .. } = &leg.phase else { return None };
        let (offer, early) = (offer.clone(), *early);
        if leg.media.port.is_none() {
            match self.media.open(leg_id) {
                Ok(local) => leg.media.port = Some(local.port),
                Err(e) => {
                    tracing::error!(leg = %leg_id, error = %e, "no media for an inbound call");
                    self.reject(leg_id, 503, None, Action::Refused);
                    return None;
                }
            }
        }
        if early {
            self.connect_media(leg_id, answered);
            return self.legs.get(&leg_id).map(|l| l.media.written.clone());
        }
        let Some(offer) = offer else { return Some(self.make_offer(leg_id)) };
        let leg = self.legs.get_mut(&leg_id)?;
        let fallback = leg.dialog.target.addr.ip();
        let (text, agreed) = sdp::answer(&offer, &leg.media.local(), fallback).ok()?;
        leg.media.written.clone_from(&text);
        self.adopt(leg_id, agreed, answered);
        Some(text)
    }

    pub(super) fn on_ack(&mut self, tx: TxId, content_type: &str, body: &[u8]) {
        match self.waiting.get(&tx) {
            Some(Waiting::Incoming(leg)) => {
                let leg = *leg;
                self.waiting.remove(&tx);
                self.confirmed(leg, content_type, body);
            }
            Some(Waiting::Reinvite(leg)) => {
                let leg = *leg;
                self.waiting.remove(&tx);
                if self.legs.get(&leg).is_some_and(|l| l.media.offered) {
                    self.take_late_answer(leg, content_type, body);
                }
            }
            Some(Waiting::Hung(_)) => self.hang_after_ack(tx),
            None => {}
        }
    }

    fn confirmed(&mut self, leg_id: LegId, content_type: &str, body: &[u8]) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        if !matches!(leg.phase, Phase::Accepting { .. }) {
            return;
        }
        leg.phase = Phase::Up;
        if leg.media.offered && !self.take_late_answer(leg_id, content_type, body) {
            self.hang_up(leg_id, Action::Refused);
            return;
        }
        self.arm_session(leg_id);
        self.emit(Event::Answered { leg: leg_id });
    }

    fn hang_after_ack(&mut self, tx: TxId) {
        if let Some(Waiting::Hung(dialog)) = self.waiting.remove(&tx) {
            self.send_bye(*dialog, Some("Q.850;cause=16"));
        }
    }

    pub(super) fn on_server_done(&mut self, tx: TxId) {
        match self.waiting.get(&tx) {
            Some(Waiting::Hung(_)) => self.hang_after_ack(tx),
            Some(Waiting::Incoming(leg) | Waiting::Reinvite(leg)) => {
                let leg = *leg;
                self.waiting.remove(&tx);
                self.unacknowledged(leg, tx);
            }
            None => {}
        }
    }

    /// 64 × T1 and no ACK: whoever called is gone (RFC 3261 §13.3.1.4).
    fn unacknowledged(&mut self, leg_id: LegId, tx: TxId) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let lost = match &leg.phase {
            Phase::Accepting { server } => server.id == tx,
            Phase::Up => true,
            _ => false,
        };
        if lost {
            let dialog = leg.dialog.clone();
            self.send_bye(dialog, None);
            let cause =
                Cause { by: EndedBy::Network, text: Some("our answer was never acknowledged".into()), ..Cause::default() };
            self.end_leg(leg_id, cause);
        }
    }

    /// The caller gives up. The library has answered the CANCEL itself.
    pub(super) fn on_cancel(&mut self, tx: TxId, headers: &Headers) {
        let Some(Waiting::Incoming(leg_id)) = self.waiting.get(&tx) else { return };
        let leg_id = *leg_id;
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let Phase::Incoming { server, .. } = &leg.phase else { return };
        server.respond(Response::new(487), &leg.dialog.local_tag);
        let (q850, text) = header::reason(headers);
        self.end_leg(leg_id, Cause { by: EndedBy::Far, sip_code: Some(487), q850, text, ..Cause::default() });
    }
}

fn provisional(code: u16, dialog: &Dialog) -> Response {
    Response::new(code).with("Contact", dialog.contact()).with("Allow", gate::ALLOW)
}

/// 420 where something is required that we cannot (RFC 3261 §8.2.2.3).
fn extensions_missing(request: &Request) -> Option<Response> {
    let unknown: Vec<&str> = header::list(&request.headers, "Require")
        .into_iter()
        .filter(|tag| !EXTENSIONS.iter().any(|e| e.eq_ignore_ascii_case(tag)))
        .collect();
    (!unknown.is_empty()).then(|| Response::new(420).with("Unsupported", unknown.join(", ")))
}

/// The offer of an INVITE; `None` where it has none.
fn read_offer(request: &Request, local: &sdp::Local<'_>, fallback: IpAddr) -> Result<Option<sdp::Sdp>, Response> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let kind = request.headers.get("Content-Type").unwrap_or("application/sdp");
    let body = sdp::part_of(kind, &request.body).ok_or_else(|| Response::new(415).with("Accept", "application/sdp"))?;
    let offer = sdp::parse(body).map_err(|e| Response::new(400).with("Warning", format!("399 fengling \"{e}\"")))?;
    match sdp::answer(&offer, local, fallback) {
        Ok(_) => Ok(Some(offer)),
        Err(e) => Err(Response::new(488).with("Warning", format!("304 fengling \"{e}\""))),
    }
}

fn merge_key(request: &Request) -> super::leg::MergeKey {
    (request.call_id().to_owned(), dialog::from_tag(&request.headers).unwrap_or_default(), request.cseq())
}

/// What we can do, for OPTIONS and 200.
pub(super) fn capabilities(code: u16) -> Response {
    Response::new(code).with("Allow", gate::ALLOW).with("Accept", "application/sdp").with("Supported", "100rel, timer, replaces")
}
