//! RTP packets (RFC 3550 §5.1) and reception statistics (§6.4.1, appendix A). A bad packet is an error value to count.

/// Octets of a header without CSRC or extension.
pub const HEADER_LEN: usize = 12;

/// Why a datagram is not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    #[error("RTP packet is shorter than its header")]
    Short,
    #[error("RTP version is not 2")]
    Version,
    #[error("RTP extension runs past the end of the packet")]
    Extension,
    #[error("RTP padding is longer than the payload")]
    Padding,
    #[error("an RTCP packet on the RTP port")]
    Rtcp,
}

/// A parsed packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    /// Without padding.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// # Errors
    /// What is wrong with the datagram; RTCP multiplexed on the port (RFC 5761) is told apart.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, RtpError> {
        let [first, second, ..] = *datagram else { return Err(RtpError::Short) };
        if first >> 6 != 2 {
            return Err(RtpError::Version);
        }
        if (192..=223).contains(&second) {
            return Err(RtpError::Rtcp);
        }
        let mut at = HEADER_LEN + usize::from(first & 0x0F) * 4;
        if datagram.len() < at {
            return Err(RtpError::Short);
        }
        if first & 0x10 != 0 {
            let words = datagram.get(at + 2..at + 4).ok_or(RtpError::Extension)?;
            at += 4 + usize::from(u16::from_be_bytes([words[0], words[1]])) * 4;
            if datagram.len() < at {
                return Err(RtpError::Extension);
            }
        }
        let mut end = datagram.len();
        if first & 0x20 != 0 {
            let padding = usize::from(datagram[end - 1]);
            if padding == 0 || padding > end - at {
                return Err(RtpError::Padding);
            }
            end -= padding;
        }
        Ok(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7F,
            sequence: u16::from_be_bytes([datagram[2], datagram[3]]),
            timestamp: u32::from_be_bytes([datagram[4], datagram[5], datagram[6], datagram[7]]),
            ssrc: u32::from_be_bytes([datagram[8], datagram[9], datagram[10], datagram[11]]),
            payload: &datagram[at..end],
        })
    }
}

/// What goes into a header we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

impl Header {
    #[inline]
    pub fn write(&self, out: &mut [u8; HEADER_LEN]) {
        out[0] = 0x80;
        out[1] = (self.payload_type & 0x7F) | if self.marker { 0x80 } else { 0 };
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
    }
}

/// Reception statistics of one synchronisation source after another.
#[derive(Clone, Debug, Default)]
pub struct ReceiveStats {
    ssrc: Option<u32>,
    base: u32,
    /// Highest sequence number seen, with the wraps in the upper half.
    highest: u32,
    source_received: u64,
    /// Of sources that came before.
    settled_lost: u64,
    received: u64,
    transit: Option<i64>,
    /// In timestamp units, times 16, as in RFC 3550 A.8.
    jitter16: i64,
    bad_sequence: Option<u16>,
    reported_expected: u64,
    reported_received: u64,
}

const MAX_DROPOUT: u16 = 3_000;
const MAX_MISORDER: u16 = 100;

/// The body of one RTCP report block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    pub ssrc: u32,
    pub fraction_lost: u8,
    pub lost: u32,
    pub highest: u32,
    /// In timestamp units.
    pub jitter: u32,
}

impl ReceiveStats {
    /// `arrival` is the receiver's clock in timestamp units (1/8000 s). `audio` is false for telephone-events, whose
    /// timestamps stand still and would spoil the jitter.
    pub fn on_packet(&mut self, p: &Packet<'_>, arrival: u64, audio: bool) {
        self.received += 1;
        if self.ssrc != Some(p.ssrc) {
            self.settle();
            self.start(p.ssrc, p.sequence);
        } else {
            self.advance(p.sequence);
        }
        self.source_received += 1;
        if audio {
            self.estimate_jitter(p.timestamp, arrival);
        }
    }

    fn start(&mut self, ssrc: u32, sequence: u16) {
        self.ssrc = Some(ssrc);
        self.base = u32::from(sequence);
        self.highest = u32::from(sequence);
        self.source_received = 0;
        self.transit = None;
        self.bad_sequence = None;
        self.reported_expected = 0;
        self.reported_received = 0;
    }

    fn settle(&mut self) {
        self.settled_lost += self.current_lost();
    }

    fn advance(&mut self, sequence: u16) {
        let delta = sequence.wrapping_sub(self.highest as u16);
        if delta < MAX_DROPOUT {
            self.highest = self.highest.wrapping_add(u32::from(delta));
            self.bad_sequence = None;
        } else if delta <= u16::MAX - MAX_MISORDER {
            // A jump: believed when the next packet goes on from there (the sender restarted).
            if self.bad_sequence == Some(sequence) {
                self.settle();
                self.start(self.ssrc.unwrap_or_default(), sequence);
            } else {
                self.bad_sequence = Some(sequence.wrapping_add(1));
            }
        }
    }

    fn estimate_jitter(&mut self, timestamp: u32, arrival: u64) {
        let transit = i64::from((arrival as u32).wrapping_sub(timestamp) as i32);
        if let Some(before) = self.transit {
            let d = (transit - before).abs();
            // A clock jump of the sender is not jitter.
            if d < 8_000 {
                self.jitter16 += d - ((self.jitter16 + 8) >> 4);
            }
        }
        self.transit = Some(transit);
    }

    fn expected(&self) -> u64 {
        if self.ssrc.is_some() { u64::from(self.highest.wrapping_sub(self.base)) + 1 } else { 0 }
    }

    fn current_lost(&self) -> u64 {
        self.expected().saturating_sub(self.source_received)
    }

    pub const fn received(&self) -> u64 {
        self.received
    }

    pub fn lost(&self) -> u64 {
        self.settled_lost + self.current_lost()
    }

    /// In timestamp units.
    pub fn jitter_ticks(&self) -> f32 {
        self.jitter16 as f32 / 16.0
    }

    pub const fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// A report on what came since the last one; `None` before the first packet.
    pub fn report(&mut self) -> Option<ReportBlock> {
        let ssrc = self.ssrc?;
        let expected = self.expected();
        let expected_now = expected.saturating_sub(self.reported_expected);
        let received_now = self.source_received.saturating_sub(self.reported_received);
        self.reported_expected = expected;
        self.reported_received = self.source_received;
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction_lost = (lost_now * 256).checked_div(expected_now).unwrap_or(0).min(255) as u8;
        Some(ReportBlock {
            ssrc,
            fraction_lost,
            lost: self.current_lost().min(0x7F_FFFF) as u32,
            highest: self.highest,
            jitter: (self.jitter16 >> 4).max(0) as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(sequence: u16, timestamp: u32, ssrc: u32) -> Packet<'static> {
        Packet { marker: false, payload_type: 8, sequence, timestamp, ssrc, payload: &[] }
    }

    #[test]
    fn csrc_extension_and_padding_are_stepped_over() {
        let mut d = vec![0x80 | 0x20 | 0x10 | 2, 0x88, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        d.extend([0; 8]);
        d.extend([0xBE, 0xDE, 0, 1, 9, 9, 9, 9]);
        d.extend([1, 2, 3]);
        d.extend([0, 0, 3]);
        let p = Packet::parse(&d).unwrap();
        assert_eq!((p.marker, p.payload_type, p.sequence, p.timestamp, p.ssrc, p.payload), (true, 8, 1, 2, 3, &[1, 2, 3][..]));
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(Packet::parse(&[]), Err(RtpError::Short));
        assert_eq!(Packet::parse(&[0x80; 5]), Err(RtpError::Short));
        assert_eq!(Packet::parse(&[0; 12]), Err(RtpError::Version));
        let mut d = [0_u8; 12];
        (d[0], d[1]) = (0x8F, 8);
        assert_eq!(Packet::parse(&d), Err(RtpError::Short));
        d[0] = 0x90;
        assert_eq!(Packet::parse(&d), Err(RtpError::Extension));
        d[0] = 0xA0;
        assert_eq!(Packet::parse(&d), Err(RtpError::Padding));
        (d[0], d[1]) = (0x80, 200);
        assert_eq!(Packet::parse(&d), Err(RtpError::Rtcp));
    }

    #[test]
    fn loss_is_counted_across_a_sequence_wrap() {
        let mut s = ReceiveStats::default();
        for i in 0..100_u32 {
            if i % 10 != 5 {
                s.on_packet(&packet((65_500 + i) as u16, i * 160, 1), u64::from(i) * 160, true);
            }
        }
        assert_eq!((s.received(), s.lost()), (90, 10));
        assert!(s.jitter_ticks() < 0.01);
        let r = s.report().unwrap();
        assert_eq!((r.lost, r.highest), (10, 65_599));
        assert_eq!(r.fraction_lost, 25);
    }

    #[test]
    fn jitter_follows_the_formula() {
        let mut s = ReceiveStats::default();
        for i in 0..2_000_u64 {
            let wobble = if i % 2 == 0 { 0 } else { 80 };
            s.on_packet(&packet(i as u16, i as u32 * 160, 1), i * 160 + wobble, true);
        }
        assert!((s.jitter_ticks() - 80.0).abs() < 1.6, "{}", s.jitter_ticks());
    }

    #[test]
    fn a_new_source_and_a_restart_keep_the_old_losses() {
        let mut s = ReceiveStats::default();
        for q in [1, 2, 5] {
            s.on_packet(&packet(q, 0, 1), 0, true);
        }
        for q in [900, 901, 903] {
            s.on_packet(&packet(q, 0, 2), 0, true);
        }
        assert_eq!((s.received(), s.lost()), (6, 3));
        for q in [30_000, 30_001, 30_002] {
            s.on_packet(&packet(q, 0, 2), 0, true);
        }
        assert_eq!(s.lost(), 2, "the packet before the restart was believed counts as received");
    }

    proptest! {
        #[test]
        fn no_datagram_panics(d in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(p) = Packet::parse(&d) {
                prop_assert!(p.payload.len() + HEADER_LEN <= d.len());
            }
        }

        #[test]
        fn what_is_written_is_read(m: bool, pt in 0_u8..64, q: u16, t: u32, s: u32, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut d = [0; HEADER_LEN];
            Header { marker: m, payload_type: pt, sequence: q, timestamp: t, ssrc: s }.write(&mut d);
            let mut whole = d.to_vec();
            whole.extend(&body);
            let p = Packet::parse(&whole).unwrap();
            prop_assert_eq!((p.marker, p.payload_type, p.sequence, p.timestamp, p.ssrc, p.payload), (m, pt, q, t, s, &body[..]));
        }

        #[test]
        fn statistics_never_panic(packets in proptest::collection::vec((any::<u16>(), any::<u32>(), 0_u32..3, any::<u64>()), 0..200)) {
            let mut s = ReceiveStats::default();
            for (q, t, ssrc, arrival) in packets {
                s.on_packet(&packet(q, t, ssrc), arrival, true);
                let _ = (s.lost(), s.jitter_ticks(), s.report());
            }
        }
    }
}
