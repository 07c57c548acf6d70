//! Descriptions offered and answered over the life of a leg.

use super::Exchange;
use super::leg::Phase;
use crate::sdp::{self, Agreed, SdpError};
use crate::sip::message::Response;
use model::LegId;
use model::telephony::Event;
use std::net::IpAddr;

impl Exchange {
    /// Takes the answer in a response to our INVITE; `early` is what this branch agreed to before. True when media is connected
    /// by the response.
    pub(super) fn take_answer(&mut self, leg_id: LegId, response: &Response, early: Option<Agreed>, confirmed: bool) -> bool {
        let Some(leg) = self.legs.get(&leg_id).filter(|l| matches!(l.phase, Phase::Calling { .. })) else { return false };
        let fallback = leg.dialog.target.addr.ip();
        let body = response.headers.get("Content-Type").and_then(|t| sdp::part_of(t, &response.body));
        let read = body.map(|b| sdp::parse(b).and_then(|s| sdp::accept(&s, &leg.media.local(), fallback)));
        let refused = read.as_ref().and_then(|r| r.as_ref().err().copied());
        let agreed = read.and_then(Result::ok);
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.media.refused = refused;
        }
        let Some(leg) = self.legs.get(&leg_id) else { return false };
        let connected = agreed.is_some();
        // A 200 without a description keeps what a provisional response of its branch agreed, or, where a far end changes its
        // tag on the way, what was agreed last.
        if let Some(agreed) = agreed.or(early).or_else(|| leg.media.agreed.clone().filter(|_| confirmed)) {
            self.adopt(leg_id, agreed, confirmed);
        }
        connected
    }

    /// Makes an agreement the leg's own: media follows it, and a change of hold is told.
    pub(super) fn adopt(&mut self, leg_id: LegId, agreed: Agreed, answered: bool) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        leg.media.offered = false;
        let held = agreed.held();
        let changed = std::mem::replace(&mut leg.media.held, held) != held;
        let was_up = matches!(leg.phase, Phase::Up);
        leg.media.agreed = Some(agreed);
        self.connect_media(leg_id, answered);
        if changed && was_up {
            self.emit(Event::Held { leg: leg_id, on: held });
        }
    }

    /// Answers an offer that came in. Gives the description to send.
    ///
    /// # Errors
    /// When nothing in it suits us; the session stays as it was.
    pub(super) fn answer_offer(&mut self, leg_id: LegId, body: &[u8], answered: bool) -> Result<String, SdpError> {
        let offer = sdp::parse(body)?;
        let Some(leg) = self.legs.get_mut(&leg_id) else { return Err(SdpError::NoCommonCodec) };
        let fallback: IpAddr = leg.dialog.target.addr.ip();
        leg.media.follow_ice(&offer);
        let (text, agreed) = sdp::answer(&offer, &leg.media.local(), fallback)?;
        let text = remember(&mut leg.media, text, |local| sdp::answer(&offer, local, fallback).map(|a| a.0).unwrap_or_default());
        self.adopt(leg_id, agreed, answered);
        Ok(text)
    }

    /// An offer of ours where the far end sent none.
    pub(super) fn make_offer(&mut self, leg_id: LegId) -> String {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return String::new() };
        leg.media.offered = true;
        let text = sdp::offer(&leg.media.local());
        remember(&mut leg.media, text, sdp::offer)
    }

    /// The answer to such an offer, in an ACK. False when there is none.
    pub(super) fn take_late_answer(&mut self, leg_id: LegId, content_type: &str, body: &[u8]) -> bool {
        let Some(leg) = self.legs.get(&leg_id) else { return false };
        let fallback = leg.dialog.target.addr.ip();
        let answer = sdp::part_of(content_type, body).and_then(|b| sdp::parse(b).ok());
        let Some(agreed) = answer.and_then(|s| sdp::accept(&s, &leg.media.local(), fallback).ok()) else { return false };
        self.adopt(leg_id, agreed, true);
        true
    }
}

/// A description that differs from the last one gets the next version (RFC 3264 §8).
fn remember(media: &mut super::leg::LegMedia, text: String, again: impl FnOnce(&sdp::Local<'_>) -> String) -> String {
    let text = if media.written.is_empty() || media.written == text {
        text
    } else {
        media.version += 1;
        again(&media.local())
    };
    media.written.clone_from(&text);
    text
}
