//! Faxes on legs: the command, the change to T.38 by either end, the way back to sound, and the result.
//!
//! A fax begins in G.711 and stays audible until both ends have agreed on T.38, so a refusal costs nothing: the sound goes
//! on. Whoever asked for T.38 asks for sound again when the fax is over.

use super::leg::Phase;
use super::timers::Timer;
use super::{Exchange, Found, Owner};
use crate::fax_line::{FaxLine, Order, Report};
use crate::rtp::SocketPair;
use crate::sdp::{self, Direction};
use crate::sip::message::{Request, Response};
use crate::sip::port::TxId;
use crate::t38::{self, Image, Ours};
use model::record::Codec;
use model::telephony::{
    Action, Command, Event, FaxEnd, FaxJob, FaxOutcome, FaxStage, FaxT38, FaxTransport, MediaStats, PlayOutcome,
};
use model::{LegId, OpId};
use rtrb::RingBuffer;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// A second of what is heard, two of what is said.
const HEARD: usize = 8_000;
const SAID: usize = 16_000;
/// Times a re-INVITE is tried again after 491 or while another is under way.
const TRIES_MAX: u8 = 6;

/// The stream of a fax is no Play of the floor's; ids of the floor are never negative.
pub const STREAM: OpId = OpId(i64::MIN);

/// The fax of a leg, from the command until the leg speaks again.
#[derive(Debug)]
pub struct LegFax {
    pub op: OpId,
    t38: FaxT38,
    line: FaxLine,
    carried: Carried,
    /// T.30 speaks: a hang-up waits for its last word.
    started: bool,
    /// The result has been told; only the way back to sound is left.
    done: bool,
    tries: u8,
    /// The leg is over and waits for the result.
    ended: Option<MediaStats>,
}

#[derive(Debug)]
enum Carried {
    Audio,
    /// Our offer of T.38 is out, on this socket.
    Asking {
        tx: TxId,
        request: Box<Request>,
        sockets: SocketPair,
    },
    T38 {
        asked_by_us: bool,
        port: u16,
    },
    /// Our offer of sound is out.
    Returning {
        tx: TxId,
        request: Box<Request>,
    },
}

impl LegFax {
    fn waits_for(&self, tx: TxId) -> bool {
        matches!(&self.carried, Carried::Asking { tx: t, .. } | Carried::Returning { tx: t, .. } if *t == tx)
    }
}

impl Exchange {
    pub(super) fn fax(&mut self, leg_id: LegId, op: OpId, job: FaxJob) {
        let running = self.legs.values().filter(|l| l.fax.as_ref().is_some_and(|f| !f.done)).count();
        let Some(leg) = self.legs.get(&leg_id).filter(|l| !l.ended()) else { return };
        let squeezed = leg.media.agreed.as_ref().is_some_and(|a| !matches!(a.codec, Codec::Pcma | Codec::Pcmu));
        let refusal = if !matches!(leg.phase, Phase::Up) {
            Some("the leg is not answered")
        } else if leg.fax.is_some() {
            Some("a fax runs on this leg already")
        } else if running >= self.limits.faxes_max {
            Some("as many faxes run as may")
        } else if squeezed && job.t38 == FaxT38::Never {
            Some("the codec of the leg carries no modem: a fax needs G.711 or T.38")
        } else {
            None
        };
        if let Some(text) = refusal {
            return self.fax_refused(leg_id, op, text);
        }
        let (tap, heard) = RingBuffer::new(HEARD);
        let (said, stream) = RingBuffer::new(SAID);
        let (found, asks) = (self.found.clone(), job.t38 == FaxT38::Ask);
        let t38 = job.t38;
        let report = move |report| {
            let _ = found.send(Found::Fax { leg: leg_id, op, report });
        };
        let line = match FaxLine::start(job, heard, said, report) {
            Ok(line) => line,
            Err(e) => return self.fax_refused(leg_id, op, &format!("no thread for a fax: {e}")),
        };
        self.media.leave(leg_id);
        self.media.steady(leg_id, true);
        self.media.tap(leg_id, tap);
        self.media.stream(leg_id, STREAM, stream);
        let fax = LegFax { op, t38, line, carried: Carried::Audio, started: false, done: false, tries: 0, ended: None };
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.fax = Some(Box::new(fax));
        }
        metrics::counter!("fengling_faxes_total").increment(1);
        if asks {
            self.ask_t38(leg_id);
        }
    }

    fn fax_refused(&self, leg: LegId, op: OpId, text: &str) {
        self.emit(Event::FaxDone { leg, op, outcome: Box::new(FaxOutcome::nothing(FaxEnd::Refused, text)) });
    }

    pub(super) fn stop_fax(&self, leg_id: LegId, op: OpId) {
        if let Some(fax) = self.legs.get(&leg_id).and_then(|l| l.fax.as_ref()).filter(|f| f.op == op) {
            fax.line.order(Order::Stop(FaxEnd::Stopped));
        }
    }

    /// While a fax has the leg's sound, nobody else gets it. True when the command was answered here.
    pub(super) fn fax_refuses(&self, command: &Command) -> bool {
        let busy = self.legs.get(&command.leg()).and_then(|l| l.fax.as_ref()).is_some_and(|f| !f.done);
        if !busy {
            return false;
        }
        match command {
            Command::Play { leg, op, .. } | Command::Announce { leg, op, .. } => {
                self.emit(Event::PlayDone { leg: *leg, op: *op, outcome: PlayOutcome::Failed, played_ms: 0 });
            }
            Command::SendDigits { leg, op, .. } => self.emit(Event::DigitsSent { leg: *leg, op: *op }),
            Command::StopPlay { .. } | Command::Bridge { .. } | Command::Join { .. } => {}
            _ => return false,
        }
        true
    }

    pub(super) fn on_fax(&mut self, leg_id: LegId, op: OpId, report: Report) {
        let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()).filter(|f| f.op == op && !f.done) else { return };
        match report {
            Report::Stage(stage) => {
                fax.started = true;
                self.emit(Event::FaxProgress { leg: leg_id, op, stage });
            }
            Report::Done(outcome) => self.fax_done(leg_id, *outcome),
        }
    }

    fn fax_done(&mut self, leg_id: LegId, outcome: FaxOutcome) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(fax) = leg.fax.as_mut() else { return };
        fax.done = true;
        let (op, stats, asked) = (fax.op, fax.ended.take(), matches!(fax.carried, Carried::T38 { asked_by_us: true, .. }));
        let idle = matches!(fax.carried, Carried::Audio);
        let up = matches!(leg.phase, Phase::Up);
        if idle {
            self.fax_over(leg_id);
        }
        metrics::counter!("fengling_faxes_ended_total", "end" => format!("{:?}", outcome.end)).increment(1);
        self.emit(Event::FaxDone { leg: leg_id, op, outcome: Box::new(outcome) });
        if let Some(stats) = stats {
            self.media_closed(leg_id, stats);
        } else if asked && up {
            self.ask_sound(leg_id);
        }
    }

    /// The leg is over on the wire: the session keeps what it has and says its last word.
    pub(super) fn fax_hung_up(&mut self, leg_id: LegId) {
        let Some(fax) = self.legs.get(&leg_id).and_then(|l| l.fax.as_ref()).filter(|f| !f.done) else { return };
        fax.line.order(Order::Stop(FaxEnd::HungUp));
        // A document that is still being rendered holds up nobody.
        if !fax.started {
            self.fax_done(leg_id, FaxOutcome::nothing(FaxEnd::HungUp, "the call ended before the fax began"));
        }
    }

    /// Keeps the leg's Ended back until the fax has said how it went. Gives the figures back when there is nothing to wait for.
    pub(super) fn fax_waits(&mut self, leg_id: LegId, stats: MediaStats) -> Option<MediaStats> {
        let fax = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()).filter(|f| !f.done);
        match fax {
            Some(fax) => {
                fax.ended = Some(stats);
                None
            }
            None => Some(stats),
        }
    }

    fn ours(&mut self, leg_id: LegId, port: u16) -> Option<Ours> {
        let media = &mut self.legs.get_mut(&leg_id)?.media;
        media.version += 1;
        Some(Ours { ip: media.ip, port, session: media.session, version: media.version })
    }

    pub(super) fn fax_timer(&mut self, leg_id: LegId) {
        let Some(fax) = self.legs.get(&leg_id).and_then(|l| l.fax.as_ref()) else { return };
        match (&fax.carried, fax.done) {
            (Carried::Audio, false) => self.ask_t38(leg_id),
            (Carried::T38 { asked_by_us: true, .. }, true) => self.ask_sound(leg_id),
            _ => {}
        }
    }

    /// Counts a try; another one comes after a pause. RFC 3261 §14.1: the owner of the Call-ID waits longer.
    fn fax_again(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        // Calls that came in are known by their merge key.
        let owner = leg.merge_key.is_none();
        let Some(fax) = leg.fax.as_mut() else { return };
        fax.tries += 1;
        if fax.tries > TRIES_MAX {
            return;
        }
        let spread = u64::from(rand::random::<u16>()) % 1_900;
        let pause = if owner { 2_100 + spread } else { 10 + spread };
        self.timers.set(Timer::Fax(leg_id), Instant::now() + Duration::from_millis(pause));
    }

    /// Offers T.38 in place of the sound.
    fn ask_t38(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get(&leg_id).filter(|l| matches!(l.phase, Phase::Up)) else { return };
        if leg.fax.as_ref().is_none_or(|f| f.line.settled()) {
            return;
        }
        if leg.refreshing.is_some() || leg.media.offered {
            return self.fax_again(leg_id);
        }
        let sockets = match self.media.open_pair() {
            Ok(sockets) => sockets,
            Err(e) => return tracing::warn!(leg = %leg_id, error = %e, "no port for T.38; the fax stays in G.711"),
        };
        let before = leg.media.written.clone();
        let Some(ours) = self.ours(leg_id, sockets.port()) else { return };
        let Some((tx, request)) = self.reinvite(leg_id, t38::offer(ours, &before)) else { return };
        if let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()) {
            fax.carried = Carried::Asking { tx, request: Box::new(request), sockets };
        }
    }

    /// Offers sound again when the fax is over.
    fn ask_sound(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get_mut(&leg_id).filter(|l| matches!(l.phase, Phase::Up)) else { return };
        if leg.refreshing.is_some() {
            return self.fax_again(leg_id);
        }
        leg.media.version += 1;
        let text = sdp::offer(&leg.media.local());
        let Some((tx, request)) = self.reinvite(leg_id, text) else { return };
        if let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()) {
            fax.carried = Carried::Returning { tx, request: Box::new(request) };
        }
    }

    fn reinvite(&mut self, leg_id: LegId, description: String) -> Option<(TxId, Request)> {
        let leg = self.legs.get_mut(&leg_id)?;
        let mut request = leg.dialog.request("INVITE");
        request.headers.push("Supported", "timer");
        if let Some(session) = leg.session {
            request.headers.push("Session-Expires", format!("{};refresher=uac", session.expires_s));
            request.headers.push("Min-SE", self.timing.session_min_s.to_string());
        }
        request.headers.push("Content-Type", "application/sdp");
        request.body = description.into_bytes();
        let tx = self.send_reinvite(leg_id, &request)?;
        Some((tx, request))
    }

    fn send_reinvite(&mut self, leg_id: LegId, request: &Request) -> Option<TxId> {
        let target = self.legs.get(&leg_id)?.dialog.target;
        let tx = self.send(request.clone(), target, Owner::InLeg(leg_id));
        self.legs.get_mut(&leg_id)?.refreshing = Some(tx);
        Some(tx)
    }

    /// A response to a re-INVITE of the fax's. False: it is somebody else's.
    pub(super) fn on_fax_response(&mut self, tx: TxId, leg_id: LegId, response: &Response) -> bool {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return false };
        if !leg.fax.as_ref().is_some_and(|f| f.waits_for(tx)) {
            return false;
        }
        if !response.is_final() {
            return true;
        }
        leg.refreshing = None;
        match response.code {
            200..=299 => {
                leg.dialog.auth.accepted();
                self.session_refreshed(leg_id, response);
                self.fax_answered(leg_id, response);
            }
            401 | 407 if leg.dialog.credentials.is_some() && leg.dialog.auth.challenged(response.code, &response.headers) => {
                self.fax_challenged(leg_id);
            }
            481 | 408 => self.session_expired(leg_id),
            491 => {
                self.fax_denied(leg_id);
                self.fax_again(leg_id);
            }
            _ => self.fax_denied(leg_id),
        }
        true
    }

    fn fax_challenged(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(fax) = leg.fax.as_mut() else { return };
        let (Carried::Asking { request, .. } | Carried::Returning { request, .. }) = &fax.carried else { return };
        let again = leg.dialog.repeat(request);
        let Some(new) = self.send_reinvite(leg_id, &again) else { return };
        let fax = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut());
        if let Some(Carried::Asking { tx, request, .. } | Carried::Returning { tx, request }) = fax.map(|f| &mut f.carried) {
            *tx = new;
            **request = again;
        }
    }

    /// The far end wants no change, or says nothing: what was before goes on.
    pub(super) fn fax_denied(&mut self, leg_id: LegId) {
        let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()) else { return };
        let op = fax.op;
        match &fax.carried {
            Carried::Asking { .. } => {
                fax.carried = Carried::Audio;
                metrics::counter!("fengling_fax_t38_refused_total").increment(1);
                let done = fax.done;
                if done {
                    self.fax_over(leg_id);
                } else {
                    let stage = FaxStage::Carried { transport: FaxTransport::G711 };
                    self.emit(Event::FaxProgress { leg: leg_id, op, stage });
                }
            }
            // The fax is over and there is no sound to go back to: a call that nobody hears is not kept.
            Carried::Returning { .. } => {
                self.fax_over(leg_id);
                self.hang_up(leg_id, Action::Normal);
            }
            _ => {}
        }
    }

    /// The library gave up on a re-INVITE of the fax's.
    pub(super) fn fax_unanswered(&mut self, leg_id: LegId, tx: TxId) {
        if self.legs.get(&leg_id).and_then(|l| l.fax.as_ref()).is_some_and(|f| f.waits_for(tx)) {
            self.fax_denied(leg_id);
        }
    }

    fn fax_answered(&mut self, leg_id: LegId, response: &Response) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let fallback = leg.dialog.target.addr.ip();
        let body = response.headers.get("Content-Type").and_then(|t| sdp::part_of(t, &response.body)).unwrap_or_default();
        let image = t38::image(body, fallback);
        let sound = sdp::parse(body).ok().and_then(|s| sdp::accept(&s, &leg.media.local(), fallback).ok());
        let Some(fax) = leg.fax.as_mut() else { return };
        match (std::mem::replace(&mut fax.carried, Carried::Audio), image, sound) {
            (Carried::Asking { request, sockets, .. }, Some(image), _) => {
                leg.media.written = String::from_utf8_lossy(&request.body).into_owned();
                let done = fax.done;
                self.over_t38(leg_id, sockets, image, true);
                if done {
                    self.ask_sound(leg_id);
                }
            }
            (Carried::Returning { request, .. }, _, Some(agreed)) => {
                leg.media.written = String::from_utf8_lossy(&request.body).into_owned();
                self.fax_over(leg_id);
                self.adopt(leg_id, agreed, true);
            }
            // An answer without T.38, or without sound: nothing has changed.
            (carried, _, _) => {
                if let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()) {
                    fax.carried = carried;
                }
                self.fax_denied(leg_id);
            }
        }
    }

    fn over_t38(&mut self, leg_id: LegId, sockets: SocketPair, image: Image, asked_by_us: bool) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(fax) = leg.fax.as_mut() else { return };
        fax.carried = Carried::T38 { asked_by_us, port: sockets.port() };
        fax.line.order(Order::T38 { sockets, image });
        // The sound rests: nothing is sent, and its silence is nobody's time-out.
        if let Some(agreed) = &mut leg.media.agreed {
            agreed.direction = Direction::Inactive;
        }
        self.connect_media(leg_id, true);
        metrics::counter!("fengling_fax_t38_total").increment(1);
    }

    /// The leg belongs to the floor again.
    fn fax_over(&mut self, leg_id: LegId) {
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.fax = None;
        }
        self.timers.clear(Timer::Fax(leg_id));
        self.media.steady(leg_id, false);
    }

    /// An offer of the far end that has T.38 in it. `None`: it has none, or the leg has no fax and the sound of the offer will do.
    pub(super) fn t38_offered(&mut self, leg_id: LegId, body: &[u8]) -> Option<Result<String, Response>> {
        let leg = self.legs.get(&leg_id)?;
        let fallback: IpAddr = leg.dialog.target.addr.ip();
        let image = t38::image(body, fallback)?;
        let refusal = |why: &str| Some(Err(Response::new(488).with("Warning", format!("304 fengling \"{why}\""))));
        let Some(fax) = leg.fax.as_ref().filter(|f| !f.done && f.t38 != FaxT38::Never) else {
            let has_sound = sdp::parse(body).is_ok_and(|s| sdp::answer(&s, &leg.media.local(), fallback).is_ok());
            return if has_sound { None } else { refusal("no fax over T.38 here") };
        };
        match &fax.carried {
            Carried::T38 { port, .. } => {
                let port = *port;
                fax.line.order(Order::Moved(image));
                let ours = self.ours(leg_id, port)?;
                self.answer_t38(leg_id, body, ours)
            }
            Carried::Audio if !fax.line.settled() => {
                let Ok(sockets) = self.media.open_pair() else { return refusal("no port is free") };
                let ours = self.ours(leg_id, sockets.port())?;
                let answer = self.answer_t38(leg_id, body, ours);
                self.over_t38(leg_id, sockets, image, false);
                self.timers.clear(Timer::Fax(leg_id));
                answer
            }
            _ => refusal("the fax has begun in G.711"),
        }
    }

    fn answer_t38(&mut self, leg_id: LegId, body: &[u8], ours: Ours) -> Option<Result<String, Response>> {
        let leg = self.legs.get_mut(&leg_id)?;
        let (text, _) = t38::answer(body, ours, leg.dialog.target.addr.ip())?;
        leg.media.written.clone_from(&text);
        Some(Ok(text))
    }

    /// The far end has gone back to sound, which has been agreed on.
    pub(super) fn fax_heard_again(&mut self, leg_id: LegId) {
        let Some(fax) = self.legs.get_mut(&leg_id).and_then(|l| l.fax.as_mut()) else { return };
        if !matches!(fax.carried, Carried::T38 { .. }) {
            return;
        }
        fax.carried = Carried::Audio;
        if fax.done {
            self.fax_over(leg_id);
        } else {
            fax.line.order(Order::Audio);
        }
    }

    /// What a refresh without an offer is answered with while T.38 runs: the same again.
    pub(super) fn t38_description(&self, leg_id: LegId) -> Option<String> {
        let leg = self.legs.get(&leg_id)?;
        let over_t38 = leg.fax.as_ref().is_some_and(|f| matches!(f.carried, Carried::T38 { .. }));
        over_t38.then(|| leg.media.written.clone())
    }
}
