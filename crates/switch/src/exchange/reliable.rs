//! Provisional responses sent reliably (RFC 3262): numbered, repeated until their PRACK comes, one at a time.

use super::Exchange;
use super::leg::Phase;
use super::timers::Timer;
use crate::sip::message::{Headers, Request, Response};
use crate::sip::port::ServerTx;
use model::LegId;
use model::telephony::Action;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Provisional responses that wait for the PRACK of the one before; the floor never sends so many.
const QUEUED_MAX: usize = 4;
/// RFC 3262 §3: given up after this many T1.
const GIVE_UP_T1: u32 = 64;

/// What the caller's INVITE says about 100rel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    #[default]
    No,
    Supported,
    Required,
}

impl Wish {
    pub fn of(headers: &Headers) -> Self {
        if headers.lists("Require", "100rel") {
            Self::Required
        } else if headers.lists("Supported", "100rel") {
            Self::Supported
        } else {
            Self::No
        }
    }
}

/// The provisional responses of one inbound leg.
#[derive(Debug, Default)]
pub struct Reliable {
    wish: Wish,
    /// CSeq of the INVITE they answer.
    invite: u32,
    /// RSeq of the newest one; 0: none was sent.
    last: u32,
    unacknowledged: Option<Unacknowledged>,
    queued: VecDeque<Response>,
    /// The floor has answered; the 200 waits until a description is acknowledged (RFC 3262 §5).
    answer_waits: bool,
    /// Offer and answer have been exchanged reliably: the 200 carries none any more (RFC 3261 §13.2.1).
    pub settled: bool,
}

#[derive(Debug)]
struct Unacknowledged {
    rseq: u32,
    response: Response,
    sent: Instant,
    wait: Duration,
}

impl Reliable {
    pub fn new(request: &Request) -> Self {
        Self { wish: Wish::of(&request.headers), invite: request.cseq(), ..Self::default() }
    }

    pub fn required(&self) -> bool {
        self.wish == Wish::Required
    }

    fn wanted_for(&self, response: &Response) -> bool {
        match self.wish {
            Wish::No => false,
            // A lost 180 costs nothing, a lost description costs the early media.
            Wish::Supported => !response.body.is_empty(),
            Wish::Required => true,
        }
    }

    /// True when the 200 must wait for a PRACK.
    pub fn holds_answer(&mut self) -> bool {
        self.answer_waits = self.unacknowledged.as_ref().is_some_and(|u| !u.response.body.is_empty());
        self.answer_waits
    }

    /// The next number and what is sent with it.
    fn number(&mut self, response: Response, now: Instant, wait: Duration) -> Response {
        // RFC 3262 §3: the first one is chosen freely, with room to count up.
        self.last = if self.last == 0 { rand::random::<u32>() % 0x3fff_ffff + 1 } else { self.last + 1 };
        let response = response.with("Require", "100rel").with("RSeq", self.last.to_string());
        self.unacknowledged = Some(Unacknowledged { rseq: self.last, response: response.clone(), sent: now, wait });
        response
    }

    /// The response this PRACK acknowledges.
    fn acknowledge(&mut self, rack: &str) -> Option<Response> {
        let mut words = rack.split_whitespace();
        let (rseq, cseq) = (words.next()?.parse::<u32>().ok()?, words.next()?.parse::<u32>().ok()?);
        let matches = cseq == self.invite && words.next().is_some_and(|m| m.eq_ignore_ascii_case("INVITE"));
        let unacknowledged = self.unacknowledged.take_if(|u| matches && u.rseq == rseq)?;
        Some(unacknowledged.response)
    }
}

impl Exchange {
    /// Sends a 18x to the caller, reliably where the caller wants it so.
    pub(super) fn send_provisional(&mut self, leg_id: LegId, response: Response) {
        let t1 = self.timing.t1;
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Phase::Incoming { server, .. } = &leg.phase else { return };
        if !leg.reliable.wanted_for(&response) {
            return server.respond(response, &leg.dialog.local_tag);
        }
        if leg.reliable.unacknowledged.is_some() {
            if leg.reliable.queued.len() < QUEUED_MAX {
                leg.reliable.queued.push_back(response);
            }
            return;
        }
        let now = Instant::now();
        let response = leg.reliable.number(response, now, t1);
        server.respond(response, &leg.dialog.local_tag);
        self.timers.set(Timer::Provisional(leg_id), now + t1);
    }

    /// No PRACK yet: once more, after twice the time, and in the end no call.
    pub(super) fn provisional_unacknowledged(&mut self, leg_id: LegId) {
        let limit = self.timing.t1 * GIVE_UP_T1;
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Phase::Incoming { server, .. } = &leg.phase else { return };
        let Some(u) = &mut leg.reliable.unacknowledged else { return };
        if u.sent.elapsed() >= limit {
            metrics::counter!("fengling_sip_provisional_unacknowledged_total").increment(1);
            return self.reject(leg_id, 504, None, Action::Refused);
        }
        server.respond(u.response.clone(), &leg.dialog.local_tag);
        u.wait *= 2;
        let at = Instant::now() + u.wait;
        self.timers.set(Timer::Provisional(leg_id), at);
    }

    pub(super) fn on_prack(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let rack = request.headers.get("RAck").unwrap_or_default();
        let Some(acknowledged) = leg.reliable.acknowledge(rack) else { return server.respond(Response::new(481), "") };
        self.timers.clear(Timer::Provisional(leg_id));
        if !matches!(leg.phase, Phase::Incoming { .. }) {
            // Answered meanwhile; only the PRACK wants its 200.
            return server.respond(Response::new(200), "");
        }
        let described = !acknowledged.body.is_empty();
        if leg.media.offered && described {
            // Our offer went out with the 18x: this is its answer.
            let kind = request.headers.get("Content-Type").unwrap_or("application/sdp").to_owned();
            server.respond(Response::new(200), "");
            if !self.take_late_answer(leg_id, &kind, &request.body) {
                return self.reject(leg_id, 488, None, Action::Refused);
            }
        } else if request.body.is_empty() {
            server.respond(Response::new(200), "");
        } else {
            let response = match self.renegotiate(leg_id, request) {
                Ok(body) => Response { body: body.into_bytes(), ..Response::new(200).with("Content-Type", "application/sdp") },
                Err(response) => response,
            };
            server.respond(response, "");
        }
        self.after_prack(leg_id, described);
    }

    fn after_prack(&mut self, leg_id: LegId, described: bool) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        leg.reliable.settled |= described;
        if std::mem::take(&mut leg.reliable.answer_waits) {
            self.answer_call(leg_id);
        } else if let Some(next) = leg.reliable.queued.pop_front() {
            self.send_provisional(leg_id, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_up_and_only_the_right_prack_counts() {
        let mut request = Request::new("INVITE", "sip:a@b");
        request.headers.push("CSeq", "7 INVITE");
        request.headers.push("Require", "100rel");
        let mut r = Reliable::new(&request);
        let (now, wait) = (Instant::now(), Duration::from_millis(1));
        let first = r.number(Response::new(183), now, wait);
        let rseq: u32 = first.headers.get("RSeq").unwrap().parse().unwrap();
        for wrong in ["", "x", &format!("{} 7 INVITE", rseq + 1), &format!("{rseq} 8 INVITE"), &format!("{rseq} 7 OPTIONS")] {
            assert!(r.acknowledge(wrong).is_none(), "{wrong}");
        }
        assert!(r.acknowledge(&format!("{rseq} 7 INVITE")).is_some());
        assert!(r.acknowledge(&format!("{rseq} 7 INVITE")).is_none(), "once");
        let second = r.number(Response::new(180), now, wait);
        assert_eq!(second.headers.get("RSeq"), Some((rseq + 1).to_string().as_str()));
        assert!(!r.holds_answer(), "a 180 without a description holds nothing up");
    }
}
