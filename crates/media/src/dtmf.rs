//! RFC 4733 telephone-events: one digit per event on the way in, well-timed packets on the way out.

use crate::FRAME;

/// Octets of one event payload.
pub const PAYLOAD_LEN: usize = 4;

const DIGITS: &[u8; 16] = b"0123456789*#ABCD";

/// The digit of an event code 0–15.
pub fn digit(code: u8) -> Option<char> {
    DIGITS.get(usize::from(code)).map(|d| char::from(*d))
}

/// The event code of a digit; lower-case letters are taken as upper-case ones.
pub fn code(digit: char) -> Option<u8> {
    let d = u8::try_from(digit).ok()?.to_ascii_uppercase();
    DIGITS.iter().position(|x| *x == d).map(|i| i as u8)
}

/// The two frequencies of a digit, for far ends without telephone-event.
pub fn frequencies(digit: char) -> Option<(u16, u16)> {
    let row = |i: usize| [697, 770, 852, 941][i];
    let column = |i: usize| [1209, 1336, 1477, 1633][i];
    const PAD: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];
    let d = u8::try_from(digit).ok()?.to_ascii_uppercase();
    PAD.iter().enumerate().find_map(|(r, keys)| keys.iter().position(|k| *k == d).map(|c| (row(r), column(c))))
}

/// One parsed event payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub code: u8,
    pub end: bool,
    /// In timestamp units.
    pub duration: u16,
}

impl Event {
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let p: &[u8; PAYLOAD_LEN] = payload.get(..PAYLOAD_LEN)?.try_into().ok()?;
        Some(Self { code: p[0], end: p[1] & 0x80 != 0, duration: u16::from_be_bytes([p[2], p[3]]) })
    }

    pub fn write(&self) -> [u8; PAYLOAD_LEN] {
        let [high, low] = self.duration.to_be_bytes();
        // −10 dBm0, as most gateways send.
        [self.code, if self.end { 0x8A } else { 0x0A }, high, low]
    }
}

#[derive(Clone, Copy, Debug)]
struct Running {
    ssrc: u32,
    timestamp: u32,
    code: u8,
    duration: u16,
    ended: bool,
}

/// Finds the digits in the event packets of one stream. Any packet of an event announces it, so lost start or end
/// packets cost nothing; every further packet of the same event is silent.
#[derive(Clone, Debug, Default)]
pub struct DigitReceiver {
    running: Option<Running>,
    pub rejects: u64,
}

impl DigitReceiver {
    /// A digit when this packet is the first one seen of its event.
    pub fn on_packet(&mut self, ssrc: u32, marker: bool, timestamp: u32, payload: &[u8]) -> Option<char> {
        let Some(event) = Event::parse(payload) else {
            self.rejects += 1;
            return None;
        };
        let seen = self.running.filter(|r| r.ssrc == ssrc);
        if let Some(r) = seen {
            let ahead = timestamp.wrapping_sub(r.timestamp) as i32;
            let same = ahead == 0 || (!marker && continues(&r, &event, ahead));
            // A packet overtaken by a later event; a jump back of more than a minute is a new clock instead.
            let stale = ahead < 0 && ahead > -60 * 8_000;
            if stale {
                return None;
            }
            if same {
                self.running = Some(Running {
                    timestamp,
                    duration: event.duration.max(if ahead == 0 { r.duration } else { 0 }),
                    ended: r.ended || event.end,
                    ..r
                });
                return None;
            }
        }
        self.running = Some(Running { ssrc, timestamp, code: event.code, duration: event.duration, ended: event.end });
        digit(event.code)
    }
}

/// Whether a packet with a later timestamp belongs to the running event all the same: the next segment of an event longer
/// than 8 s (RFC 4733 §2.5.1.3), or a sender that wrongly moves the timestamp along with the duration.
fn continues(r: &Running, event: &Event, ahead: i32) -> bool {
    if r.code != event.code || r.ended {
        return false;
    }
    let next_segment = r.duration >= 0xF000 && ahead == i32::from(r.duration);
    let grown = i32::from(event.duration) - i32::from(r.duration);
    let moving_timestamp = grown > 0 && ahead == grown;
    next_segment || moving_timestamp
}

/// What to send in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// An event packet instead of sound; `ago` is how far the event's timestamp lies behind this frame's.
    Event { event: Event, marker: bool, ago: u32 },
    /// The far end takes no events: this frame of the tone pair instead of sound.
    Tone { digit: char },
    /// Between digits.
    Pause,
}

const TONE_FRAMES: u32 = 5;
const GAP_FRAMES: u32 = 5;
const COMMA_FRAMES: u32 = 25;
const END_PACKETS: u32 = 3;
/// Most digits that may wait.
pub const QUEUE_MAX: usize = 256;

/// Spells digits out, one frame at a time.
#[derive(Clone, Debug)]
pub struct DigitSender {
    queue: [u8; QUEUE_MAX],
    len: usize,
    next: usize,
    frame: u32,
}

impl DigitSender {
    /// Characters that are neither digits nor a comma are left out, as is what exceeds [`QUEUE_MAX`].
    pub fn new(digits: &str) -> Self {
        let mut s = Self { queue: [0; QUEUE_MAX], len: 0, next: 0, frame: 0 };
        for c in digits.chars().filter(|c| *c == ',' || code(*c).is_some()).take(QUEUE_MAX) {
            s.queue[s.len] = c as u8;
            s.len += 1;
        }
        s
    }

    /// What to send in the next frame; `None` when everything was sent.
    pub fn next_frame(&mut self, as_tones: bool) -> Option<Sending> {
        let d = char::from(*self.queue[..self.len].get(self.next)?);
        let n = self.frame;
        self.frame += 1;
        let Some(code) = code(d) else {
            self.advance_after(COMMA_FRAMES);
            return Some(Sending::Pause);
        };
        self.advance_after(TONE_FRAMES + GAP_FRAMES);
        if as_tones {
            return Some(if n < TONE_FRAMES { Sending::Tone { digit: d } } else { Sending::Pause });
        }
        if n >= TONE_FRAMES + END_PACKETS - 1 {
            return Some(Sending::Pause);
        }
        let frames = (n + 1).min(TONE_FRAMES);
        let event = Event { code, end: n + 1 >= TONE_FRAMES, duration: (frames * FRAME as u32) as u16 };
        Some(Sending::Event { event, marker: n == 0, ago: n * FRAME as u32 })
    }

    const fn advance_after(&mut self, frames: u32) {
        if self.frame >= frames {
            self.frame = 0;
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All packets of one spelled string: (marker, timestamp, payload).
    fn spelled(digits: &str) -> Vec<(bool, u32, [u8; 4])> {
        let mut s = DigitSender::new(digits);
        let mut out = Vec::new();
        let mut now = 1_000_u32;
        while let Some(what) = s.next_frame(false) {
            if let Sending::Event { event, marker, ago } = what {
                out.push((marker, now.wrapping_sub(ago), event.write()));
            }
            now = now.wrapping_add(160);
        }
        out
    }

    fn heard(packets: &[(bool, u32, [u8; 4])]) -> String {
        let mut r = DigitReceiver::default();
        packets.iter().filter_map(|(m, t, p)| r.on_packet(1, *m, *t, p)).collect()
    }

    #[test]
    fn every_digit_has_one_marker_one_timestamp_growing_durations_and_three_ends() {
        let packets = spelled("5");
        assert_eq!(packets.len(), 7);
        assert_eq!(packets.iter().filter(|p| p.0).count(), 1);
        assert!(packets.iter().all(|p| p.1 == 1_000));
        let durations: Vec<u16> = packets.iter().map(|p| Event::parse(&p.2).unwrap().duration).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
        assert_eq!(packets.iter().filter(|p| Event::parse(&p.2).unwrap().end).count(), 3);
    }

    #[test]
    fn digits_come_back_as_spelled() {
        assert_eq!(heard(&spelled("0123456789*#ABCD")), "0123456789*#ABCD");
        assert_eq!(heard(&spelled("11,1x2")), "1112");
    }

    #[test]
    fn a_second_press_of_the_same_key_is_a_second_digit_even_when_ends_and_markers_are_lost() {
        let p = spelled("77");
        let survivors: Vec<_> = p.iter().filter(|p| !p.0 && !Event::parse(&p.2).unwrap().end).copied().collect();
        assert_eq!(heard(&survivors), "77");
    }

    #[test]
    fn eight_seconds_and_the_next_segment_are_one_digit() {
        let mut packets = Vec::new();
        let mut at = 0_u32;
        for i in 1..=409_u32 {
            packets.push((i == 1, 0, Event { code: 4, end: false, duration: (i * 160) as u16 }.write()));
            at = i * 160;
        }
        packets.push((false, at, Event { code: 4, end: false, duration: 160 }.write()));
        packets.push((false, at, Event { code: 4, end: true, duration: 320 }.write()));
        assert_eq!(heard(&packets), "4");
    }

    #[test]
    fn a_sender_that_moves_the_timestamp_presses_once() {
        let packets: Vec<_> = (0..6_u32)
            .map(|i| (i == 0, i * 160, Event { code: 9, end: i == 5, duration: (160 + i * 160) as u16 }.write()))
            .collect();
        assert_eq!(heard(&packets), "9");
    }

    #[test]
    fn reordered_and_repeated_packets_are_one_digit() {
        let mut p = spelled("12");
        p.swap(0, 3);
        p.swap(5, 8);
        let doubled: Vec<_> = p.iter().flat_map(|x| [*x, *x]).collect();
        assert_eq!(heard(&doubled), "12");
    }

    #[test]
    fn flash_and_rubbish_are_no_digits() {
        assert_eq!(heard(&[(true, 0, [16, 0x8A, 0, 160])]), "");
        let mut r = DigitReceiver::default();
        assert_eq!(r.on_packet(1, true, 0, &[1, 2]), None);
        assert_eq!(r.rejects, 1);
    }

    #[test]
    fn tones_stand_in_where_events_are_not_taken() {
        let mut s = DigitSender::new("1");
        let frames: Vec<_> = std::iter::from_fn(|| s.next_frame(true)).collect();
        assert_eq!(frames.iter().filter(|f| **f == Sending::Tone { digit: '1' }).count(), 5);
        assert_eq!(frames.len(), 10);
        assert_eq!(frequencies('1'), Some((697, 1209)));
        assert_eq!(frequencies('D'), Some((941, 1633)));
    }

    proptest! {
        #[test]
        fn each_digit_is_heard_once_while_one_packet_of_it_survives(
            digits in "[0-9*#A-D]{1,12}",
            keep in proptest::collection::vec(0_usize..7, 12),
            drop_rate in 0_u8..7,
            noise in proptest::collection::vec(any::<u8>(), 84),
        ) {
            let packets = spelled(&digits);
            let survivors: Vec<_> = packets
                .iter()
                .enumerate()
                .filter(|(i, _)| i % 7 == keep[(i / 7) % 12] || noise[i % noise.len()] % 7 >= drop_rate)
                .map(|(_, p)| *p)
                .collect();
            prop_assert_eq!(heard(&survivors), digits);
        }

        #[test]
        fn rubbish_never_panics(packets in proptest::collection::vec((any::<bool>(), any::<u32>(), proptest::collection::vec(any::<u8>(), 0..8)), 0..100)) {
            let mut r = DigitReceiver::default();
            for (m, t, p) in packets {
                r.on_packet(1, m, t, &p);
            }
        }
    }
}
