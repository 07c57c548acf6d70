//! The RTCP we send: a sender report (or a receiver report while we send nothing) with a CNAME, RFC 3550 §6.4–6.5.

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

/// Writes one compound packet and returns its length.
pub fn write_report(ssrc: u32, sent: Option<Sent>, block: Option<ReportBlock>, out: &mut [u8; REPORT_LEN_MAX]) -> usize {
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
        // No sender report of theirs is kept, so there is nothing to date from.
        w.word(0);
        w.word(0);
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
            let n = write_report(9, s, b, &mut out);
            assert_eq!(out[1], kind);
            let first = (usize::from(u16::from_be_bytes([out[2], out[3]])) + 1) * 4;
            assert_eq!(out[first + 1], 202);
            let second = (usize::from(u16::from_be_bytes([out[first + 2], out[first + 3]])) + 1) * 4;
            assert_eq!(first + second, n);
            assert_eq!(&out[first + 10..first + 22], b"leg-00000009");
        }
    }
}
