//! The stream we send: one SSRC, one unbroken sequence and clock, whether frames are made here or relayed.

use super::secure::TAG_MAX;
use media::{
    FRAME, RATE,
    dtmf::{Event, PAYLOAD_LEN},
    g711::{Law, transcode_into},
    jitter::PACKET_MAX,
    rtcp::{Echo, REPORT_LEN_MAX, Sent, write_report},
    rtp::{HEADER_LEN, Header, Packet, ReportBlock},
};

/// Turns without a relayed packet after which silence is sent instead (1 s).
const RELAY_IDLE_MAX: u32 = 50;
/// A relayed clock this far from ours is fitted anew, in seconds.
const CLOCK_SLACK_S: u32 = 1;
const SEQUENCE_SLACK: u16 = 1_000;
/// Longest packet in the clear.
const LEN_MAX: usize = HEADER_LEN + PACKET_MAX;

#[derive(Clone, Copy, Debug)]
struct Relay {
    ssrc: u32,
    timestamp_shift: u32,
    sequence_shift: u16,
}

#[derive(Debug)]
pub struct Outgoing {
    ssrc: u32,
    sequence: u16,
    /// Ticks of the RTP clock per second; digits use the same clock.
    clock: u32,
    /// Of the running frame; moves on every 20 ms, whatever is sent.
    timestamp: u32,
    marker: bool,
    packets: u64,
    octets: u64,
    relay: Option<Relay>,
    relay_idle: u32,
    /// With room for the tag of SRTP.
    buffer: Box<[u8; LEN_MAX + TAG_MAX]>,
}

impl Outgoing {
    /// SSRC, first sequence number and first timestamp are random (RFC 3550 §5.1).
    pub fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self {
            ssrc,
            sequence,
            clock: RATE,
            timestamp,
            marker: true,
            packets: 0,
            octets: 0,
            relay: None,
            relay_idle: RELAY_IDLE_MAX,
            buffer: Box::new([0; LEN_MAX + TAG_MAX]),
        }
    }

    /// The next frame begins a talkspurt.
    pub const fn interrupted(&mut self) {
        self.marker = true;
    }

    /// The clock of the codec that is sent from now on.
    pub const fn set_clock(&mut self, clock: u32) {
        self.clock = clock;
    }

    const fn ticks_per_sample(&self) -> u32 {
        self.clock / RATE
    }

    /// 20 ms have passed.
    pub const fn advance(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32 * self.ticks_per_sample());
        self.relay_idle = self.relay_idle.saturating_add(1);
    }

    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub const fn relay_is_idle(&self) -> bool {
        self.relay_idle >= RELAY_IDLE_MAX
    }

    pub const fn packets(&self) -> u64 {
        self.packets
    }

    pub fn packet(&self, n: usize) -> &[u8] {
        &self.buffer[..n]
    }

    /// To protect a packet where it stands.
    pub fn buffer(&mut self) -> &mut [u8] {
        &mut self.buffer[..]
    }

    pub const fn sent(&mut self, n: usize) {
        self.packets += 1;
        self.octets += (n - HEADER_LEN) as u64;
    }

    fn header(&mut self, marker: bool, payload_type: u8, sequence: u16, timestamp: u32) {
        let header = Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc };
        if let Some((head, _)) = self.buffer.split_first_chunk_mut() {
            header.write(head);
        }
    }

    const fn take_sequence(&mut self) -> u16 {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        sequence
    }

    /// A frame of A-law, sent in `law`. Returns the packet's length.
    pub fn frame(&mut self, payload_type: u8, law: Law, alaw: &[u8; FRAME]) -> usize {
        self.relay = None;
        let sequence = self.take_sequence();
        self.header(self.marker, payload_type, sequence, self.timestamp);
        self.marker = false;
        transcode_into(Law::A, law, alaw, &mut self.buffer[HEADER_LEN..HEADER_LEN + FRAME]);
        HEADER_LEN + FRAME
    }

    /// A payload whose first sample lies `ago_ms` before the running frame. Returns the packet's length; `None` when it is
    /// longer than any we send.
    pub fn payload(&mut self, payload_type: u8, payload: &[u8], ago_ms: i32) -> Option<usize> {
        let end = HEADER_LEN + payload.len();
        if end > LEN_MAX {
            return None;
        }
        self.relay = None;
        let sequence = self.take_sequence();
        let ago = ago_ms.wrapping_mul(self.clock as i32 / 1_000);
        self.header(self.marker, payload_type, sequence, self.timestamp.wrapping_sub(ago as u32));
        self.marker = false;
        self.buffer[HEADER_LEN..end].copy_from_slice(payload);
        Some(end)
    }

    /// A telephone-event that began `ago` samples before the running frame.
    pub fn event(&mut self, payload_type: u8, event: Event, marker: bool, ago: u32) -> usize {
        self.relay = None;
        let sequence = self.take_sequence();
        let ticks = self.ticks_per_sample();
        self.header(marker, payload_type, sequence, self.timestamp.wrapping_sub(ago * ticks));
        let event = Event { duration: u16::try_from(u32::from(event.duration) * ticks).unwrap_or(u16::MAX), ..event };
        self.buffer[HEADER_LEN..HEADER_LEN + PAYLOAD_LEN].copy_from_slice(&event.write());
        HEADER_LEN + PAYLOAD_LEN
    }

    /// A packet of the peer, with its gaps in sequence and time kept. `samples` (of 8 kHz) are what its sound lasts, `None`
    /// for a telephone-event. Returns `None` when it is longer than any we would send.
    pub fn relayed(&mut self, p: &Packet<'_>, payload_type: u8, samples: Option<usize>) -> Option<usize> {
        let end = HEADER_LEN + p.payload.len();
        if end > LEN_MAX {
            return None;
        }
        let relay = self.fit(p, samples.is_some());
        let sequence = p.sequence.wrapping_add(relay.sequence_shift);
        let timestamp = p.timestamp.wrapping_add(relay.timestamp_shift);
        let marker = p.marker || self.marker;
        self.header(marker, payload_type, sequence, timestamp);
        self.marker = false;
        self.buffer[HEADER_LEN..end].copy_from_slice(p.payload);
        if sequence.wrapping_sub(self.sequence) < SEQUENCE_SLACK {
            self.sequence = sequence.wrapping_add(1);
        }
        if let Some(samples) = samples {
            // Frames made here later must not run back behind what was relayed.
            let after = timestamp.wrapping_add(samples as u32 * self.ticks_per_sample());
            if (after.wrapping_sub(self.timestamp) as i32) > 0 {
                self.timestamp = after;
            }
            self.relay_idle = 0;
        }
        Some(end)
    }

    /// How the peer's numbers become ours; anew at the start, after a change of source and after a jump.
    fn fit(&mut self, p: &Packet<'_>, is_sound: bool) -> Relay {
        let slack = self.clock * CLOCK_SLACK_S;
        let kept = self.relay.filter(|r| {
            let drift = p.timestamp.wrapping_add(r.timestamp_shift).wrapping_sub(self.timestamp) as i32;
            let step = p.sequence.wrapping_add(r.sequence_shift).wrapping_sub(self.sequence) as i16;
            r.ssrc == p.ssrc && step.unsigned_abs() < SEQUENCE_SLACK && (!is_sound || drift.unsigned_abs() < slack)
        });
        let relay = kept.unwrap_or_else(|| {
            self.marker = true;
            Relay {
                ssrc: p.ssrc,
                timestamp_shift: self.timestamp.wrapping_sub(p.timestamp),
                sequence_shift: self.sequence.wrapping_sub(p.sequence),
            }
        });
        self.relay = Some(relay);
        relay
    }

    /// A sender report, or a receiver report while nothing was sent.
    pub fn report(&self, ntp: u64, block: Option<ReportBlock>, echo: Echo, out: &mut [u8; REPORT_LEN_MAX]) -> usize {
        let sent = (self.packets > 0).then_some(Sent {
            ntp,
            timestamp: self.timestamp,
            packets: self.packets as u32,
            octets: self.octets as u32,
        });
        write_report(self.ssrc, sent, block, echo, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32, ssrc: u32) -> Packet<'static> {
        Packet { marker: false, payload_type: 8, sequence, timestamp, ssrc, payload: &[1; FRAME] }
    }

    fn sent(o: &Outgoing, n: usize) -> (bool, u16, u32) {
        let p = Packet::parse(o.packet(n)).unwrap();
        assert_eq!(p.ssrc, 77);
        (p.marker, p.sequence, p.timestamp)
    }

    #[test]
    fn own_frames_and_relayed_ones_share_one_sequence_and_clock() {
        let mut o = Outgoing::new(77, 65_534, u32::MAX - 100);
        let silence = [0xD5; FRAME];
        let n = o.frame(8, Law::A, &silence);
        assert_eq!(sent(&o, n), (true, 65_534, u32::MAX - 100));
        o.advance();
        let n = o.relayed(&packet(500, 9_000, 1), 8, Some(FRAME)).unwrap();
        assert_eq!(sent(&o, n), (true, 65_535, 59));
        o.advance();
        // One lost on the way in stays a gap on the way out.
        let n = o.relayed(&packet(502, 9_320, 1), 8, Some(FRAME)).unwrap();
        assert_eq!(sent(&o, n), (false, 1, 379));
        // The late one still fits.
        let n = o.relayed(&packet(501, 9_160, 1), 8, Some(FRAME)).unwrap();
        assert_eq!(sent(&o, n), (false, 0, 219));
        // Another source goes on where we are.
        let n = o.relayed(&packet(9, 5, 2), 8, Some(FRAME)).unwrap();
        let (marker, sequence, timestamp) = sent(&o, n);
        assert!(marker && sequence == 2 && timestamp.wrapping_sub(539) < 320, "{sequence} {timestamp}");
        o.advance();
        let n = o.frame(8, Law::A, &silence);
        assert_eq!(sent(&o, n).1, 3);
    }

    #[test]
    fn an_opus_stream_counts_in_48_khz() {
        let mut o = Outgoing::new(77, 1, 1_000);
        o.set_clock(48_000);
        let n = o.payload(111, &[1; 50], 0).unwrap();
        assert_eq!(sent(&o, n).2, 1_000);
        o.advance();
        let event = Event { code: 5, end: false, duration: 320 };
        let n = o.event(110, event, false, 160);
        assert_eq!(sent(&o, n).2, 1_000);
        let p = Packet::parse(o.packet(n)).unwrap();
        assert_eq!(Event::parse(p.payload).map(|e| e.duration), Some(1_920));
        o.set_clock(8_000);
        let n = o.payload(8, &[1; 240], 10).unwrap();
        assert_eq!(sent(&o, n).2, 1_960 - 80);
    }

    #[test]
    fn oversized_packets_are_not_relayed() {
        let mut o = Outgoing::new(1, 1, 1);
        let big = [0; PACKET_MAX + 1];
        let p = Packet { payload: &big, ..packet(1, 1, 1) };
        assert_eq!(o.relayed(&p, 8, Some(FRAME)), None);
    }
}
