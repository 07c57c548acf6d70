//! RTCP (RFC 3550 §6.4–6.6). Sent: a sender report (or a receiver report while we send nothing) with a CNAME. Read: what the
//! far end says about our stream, when it said it, and its goodbye.

use crate::rtp::ReportBlock;

/// Longest report written by [`write_report`].
pub const REPORT_LEN_MAX: usize = 28 + 24 + 28;

/// What a sender report says about our own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Wall clock as NTP: seconds since 1900 in the upper half.
    pub ntp: u64,
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// Answer to the last sender report that came in, from which its sender computes the round trip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// The middle 32 bits of that report's NTP time; 0: there was none.
    pub last_report: u32,
    /// How long ago it came, in 1/65 536 s.
    pub delay: u32,
}

/// What the far end says about the stream it gets from us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reception {
    /// Packets lost since the start; duplicates may make it negative.
    pub lost: i32,
    /// In timestamp units of our stream.
    pub jitter: u32,
    pub echo: Echo,
}

impl Reception {
    /// Milliseconds to the far end and back; `ntp` is when the report arrived. `None` when nothing was echoed or the sum
    /// makes no sense (a clock that was set meanwhile).
    pub fn round_trip_ms(&self, ntp: u64) -> Option<f32> {
        if self.echo.last_report == 0 {
            return None;
        }
        let span = middle(ntp).wrapping_sub(self.echo.last_report).wrapping_sub(self.echo.delay) as i32;
        // A tick or two below zero is rounding.
        let ticks = if (-100..0).contains(&span) { 0 } else { span };
        (0..ROUND_TRIP_MAX).contains(&ticks).then(|| ticks as f32 * 1_000.0 / 65_536.0)
    }
}

/// 30 s in 1/65 536 s.
const ROUND_TRIP_MAX: i32 = 30 << 16;

/// The middle 32 bits of an NTP time, as reports quote it.
pub const fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// What one compound packet said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// The middle 32 bits of the NTP time of its sender report.
    pub sender_report: Option<u32>,
    /// Its block about our stream.
    pub reception: Option<Reception>,
    /// The source says that it leaves.
    pub bye: bool,
}

/// Reads a compound packet; blocks about other sources than `ssrc` are skipped. `None` when it is not RTCP. What is cut off
/// or unknown is left out.
pub fn parse(datagram: &[u8], ssrc: u32) -> Option<Incoming> {
    let mut incoming = Incoming::default();
    let mut rest = datagram;
    let mut first = true;
    while let [head, kind, high, low, ..] = *rest {
        let len = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
        if head >> 6 != 2 || !(192..=223).contains(&kind) || (first && rest.len() < len) {
            return (!first).then_some(incoming);
        }
        let packet = &rest[..len.min(rest.len())];
        let count = usize::from(head & 0x1F);
        match kind {
            200 => {
                incoming.sender_report = word(packet, 8).zip(word(packet, 12)).map(|(s, f)| (s << 16) | (f >> 16));
                incoming.reception = reception(packet, 28, count, ssrc).or(incoming.reception);
            }
            201 => incoming.reception = reception(packet, 8, count, ssrc).or(incoming.reception),
            203 => incoming.bye = true,
            _ => {}
        }
        first = false;
        rest = &rest[packet.len()..];
    }
    (!first).then_some(incoming)
}

fn word(packet: &[u8], at: usize) -> Option<u32> {
    packet.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes)
}

fn reception(packet: &[u8], at: usize, count: usize, ssrc: u32) -> Option<Reception> {
    (0..count).map(|n| at + n * 24).find(|at| word(packet, *at) == Some(ssrc)).and_then(|at| {
        // 24 bits with a sign.
        let lost = ((word(packet, at + 4)? << 8) as i32) >> 8;
        let echo = Echo { last_report: word(packet, at + 16)?, delay: word(packet, at + 20)? };
        Some(Reception { lost, jitter: word(packet, at + 12)?, echo })
    })
}

/// Writes one compound packet and returns its length.
pub fn write_report(
    ssrc: u32,
    sent: Option<Sent>,
    block: Option<ReportBlock>,
    echo: Echo,
    out: &mut [u8; REPORT_LEN_MAX],
) -> usize {
    let mut w = Writer { out, at: 0 };
    let blocks = u8::from(block.is_some());
    w.bytes(&[0x80 | blocks, if sent.is_some() { 200 } else { 201 }]);
    let words = 1 + if sent.is_some() { 5 } else { 0 } + u16::from(blocks) * 6;
    w.bytes(&words.to_be_bytes());
    w.word(ssrc);
    if let Some(s) = sent {
        w.bytes(&s.ntp.to_be_bytes());
        w.word(s.timestamp);
        w.word(s.packets);
        w.word(s.octets);
    }
    if let Some(b) = block {
        w.word(b.ssrc);
        w.word((u32::from(b.fraction_lost) << 24) | (b.lost & 0xFF_FFFF));
        w.word(b.highest);
        w.word(b.jitter);
        w.word(echo.last_report);
        w.word(echo.delay);
    }
    w.source_description(ssrc);
    w.at
}

struct Writer<'a> {
    out: &'a mut [u8; REPORT_LEN_MAX],
    at: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, b: &[u8]) {
        self.out[self.at..self.at + b.len()].copy_from_slice(b);
        self.at += b.len();
    }

    fn word(&mut self, w: u32) {
        self.bytes(&w.to_be_bytes());
    }

    /// One chunk with a CNAME made of the SSRC: unique, and it names nobody.
    fn source_description(&mut self, ssrc: u32) {
        self.bytes(&[0x81, 202, 0, 5]);
        self.word(ssrc);
        self.bytes(&[1, 12]);
        self.bytes(b"leg-");
        for shift in (0..8).rev() {
            let digit = (ssrc >> (shift * 4)) & 0xF;
            self.bytes(&[b"0123456789abcdef"[digit as usize]]);
        }
        self.bytes(&[0, 0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_the_packets_add_up() {
        let block = ReportBlock { ssrc: 7, fraction_lost: 1, lost: 2, highest: 3, jitter: 4 };
        let sent = Sent { ntp: 1 << 40, timestamp: 5, packets: 6, octets: 7 };
        for (s, b, kind) in [(Some(sent), Some(block), 200), (Some(sent), None, 200), (None, Some(block), 201), (None, None, 201)]
        {
            let mut out = [0; REPORT_LEN_MAX];
            let n = write_report(9, s, b, Echo::default(), &mut out);
            assert_eq!(out[1], kind);
            let first = (usize::from(u16::from_be_bytes([out[2], out[3]])) + 1) * 4;
            assert_eq!(out[first + 1], 202);
            let second = (usize::from(u16::from_be_bytes([out[first + 2], out[first + 3]])) + 1) * 4;
            assert_eq!(first + second, n);
            assert_eq!(&out[first + 10..first + 22], b"leg-00000009");
        }
    }

    #[test]
    fn what_we_write_is_read_and_gives_the_round_trip() {
        let block = ReportBlock { ssrc: 7, fraction_lost: 1, lost: 0xFF_FFFE, highest: 3, jitter: 44 };
        let ntp = (3_900_000_000_u64 << 32) | 0x8000_0000;
        // Their report left half a second before, lay with us for a quarter.
        let echo = Echo { last_report: middle(ntp).wrapping_sub(1 << 15), delay: 1 << 14 };
        let mut out = [0; REPORT_LEN_MAX];
        let sent = Sent { ntp, timestamp: 5, packets: 6, octets: 7 };
        for s in [Some(sent), None] {
            let n = write_report(9, s, Some(block), echo, &mut out);
            let got = parse(&out[..n], 7).unwrap();
            assert_eq!(got.sender_report, s.map(|_| middle(ntp)));
            let reception = got.reception.unwrap();
            assert_eq!((reception.lost, reception.jitter), (-2, 44));
            assert_eq!(reception.round_trip_ms(ntp), Some(250.0));
            assert_eq!(reception.round_trip_ms(ntp - (1 << 32)), None, "the clock was set back");
            assert_eq!(parse(&out[..n], 8).unwrap().reception, None, "about somebody else");
        }
    }

    #[test]
    fn goodbyes_are_heard_and_cut_packets_are_not_believed() {
        let mut out = [0; REPORT_LEN_MAX];
        let n = write_report(9, None, None, Echo::default(), &mut out);
        let mut compound = out[..n].to_vec();
        compound.extend([0x81, 203, 0, 1, 0, 0, 0, 9]);
        assert!(parse(&compound, 1).unwrap().bye);
        for len in 0..8 {
            assert_eq!(parse(&compound[..len], 1), None);
        }
        assert_eq!(parse(&[0x80, 8, 0, 1, 0, 0, 0, 0], 1), None, "sound");
        assert_eq!(parse(&[0xFF; 64], 1), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), kind in 190_u8..230) {
            let mut packet = vec![0x9F, kind];
            packet.extend(bytes);
            let _ = parse(&packet, 0);
        }
    }
}
