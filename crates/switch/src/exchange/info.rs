//! Digits sent as INFO requests, one after the other, for trunks that want them so.

use super::leg::Phase;
use super::timers::Timer;
use super::{Exchange, Owner};
use crate::sip::message::Response;
use crate::sip::port::TxId;
use model::telephony::Event;
use model::{LegId, OpId};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long each digit is said to have been pressed.
const DIGIT_MS: u32 = 160;
/// Between the answer to one digit and the next.
const GAP: Duration = Duration::from_millis(80);
/// What a comma means.
const PAUSE: Duration = Duration::from_millis(500);

/// Digits under way.
#[derive(Debug)]
pub struct InfoDigits {
    op: OpId,
    left: VecDeque<char>,
    waiting: Option<TxId>,
}

impl Exchange {
    /// A running sequence is replaced and counts as sent.
    pub(super) fn send_info_digits(&mut self, leg_id: LegId, op: OpId, digits: &str) {
        let left = digits.chars().filter(|d| "0123456789*#ABCDabcd,".contains(*d)).collect();
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let before = leg.info.replace(InfoDigits { op, left, waiting: None });
        if let Some(before) = before {
            self.emit(Event::DigitsSent { leg: leg_id, op: before.op });
        }
        self.next_info_digit(leg_id);
    }

    pub(super) fn next_info_digit(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get_mut(&leg_id).filter(|l| matches!(l.phase, Phase::Up)) else { return };
        let Some(info) = leg.info.as_mut().filter(|i| i.waiting.is_none()) else { return };
        match info.left.pop_front() {
            None => {
                let op = info.op;
                leg.info = None;
                self.emit(Event::DigitsSent { leg: leg_id, op });
            }
            Some(',') => self.timers.set(Timer::InfoDigit(leg_id), Instant::now() + PAUSE),
            Some(digit) => {
                let mut request = leg.dialog.request("INFO");
                request.headers.push("Content-Type", "application/dtmf-relay");
                request.body = format!("Signal={}\r\nDuration={DIGIT_MS}\r\n", digit.to_ascii_uppercase()).into_bytes();
                let target = leg.dialog.target;
                let tx = self.send(request, target, Owner::Info(leg_id, digit));
                if let Some(info) = self.legs.get_mut(&leg_id).and_then(|l| l.info.as_mut()) {
                    info.waiting = Some(tx);
                }
            }
        }
    }

    pub(super) fn on_info_response(&mut self, tx: TxId, leg_id: LegId, digit: char, response: &Response) {
        if !response.is_final() {
            return;
        }
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(info) = leg.info.as_mut().filter(|i| i.waiting == Some(tx)) else { return };
        info.waiting = None;
        let asked = matches!(response.code, 401 | 407) && leg.dialog.credentials.is_some();
        if asked && leg.dialog.auth.challenged(response.code, &response.headers) {
            info.left.push_front(digit);
        } else if !response.is_success() {
            return self.digits_as_events(leg_id, digit);
        }
        self.timers.set(Timer::InfoDigit(leg_id), Instant::now() + GAP);
    }

    /// The far end does not take INFO after all: this digit and the rest go as events in the stream.
    fn digits_as_events(&mut self, leg_id: LegId, digit: char) {
        let Some(info) = self.legs.get_mut(&leg_id).and_then(|l| l.info.take()) else { return };
        tracing::warn!(leg = %leg_id, "the far end refuses INFO; digits go as RFC 4733 events");
        let digits: String = std::iter::once(digit).chain(info.left).collect();
        self.media.send_digits(leg_id, info.op, &digits);
    }
}
