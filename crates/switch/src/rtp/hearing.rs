//! What the far end says, as one frame of A-law every 20 ms. Present only while somebody listens to samples.
//!
//! G.711 goes into the jitter buffer as it is. A codec with memory is decoded first, strictly in the order of its sequence:
//! a packet behind a gap is held until the gap is filled or its sound is due.

use media::{
    FRAME, RATE,
    codec::{Codec, Decoder, SAMPLES_MAX},
    g711::Law,
    jitter::{JitterBuffer, JitterCounts},
    rtp::Packet,
};

/// Packets held behind a gap.
const HELD_MAX: usize = 8;
/// A sequence further off than this is a sender that started anew.
const SEQUENCE_SLACK: u16 = 100;
/// A gap longer than this is a pause, not a loss: nothing is made up for it (120 ms).
const GAP_MAX: u32 = 6 * FRAME as u32;
/// Frames in a row the decoder makes up where nothing comes.
const MADE_UP_MAX: u32 = 4;

#[derive(Debug, Default)]
pub struct Hearing {
    jitter: JitterBuffer,
    decoding: Option<Box<Decoding>>,
}

impl Hearing {
    pub const fn counts(&self) -> JitterCounts {
        self.jitter.counts
    }

    /// As [`JitterBuffer::set_steady`].
    pub const fn set_steady(&mut self, on: bool) {
        self.jitter.set_steady(on);
    }

    /// Takes a sound packet of `codec`. False when its payload is damaged.
    pub fn push(&mut self, p: &Packet<'_>, codec: Codec) -> bool {
        if let Some(law) = codec.law() {
            self.decoding = None;
            self.jitter.push(p, law);
            return true;
        }
        if self.decoding.as_ref().is_none_or(|d| d.decoder.codec() != codec || d.ssrc != p.ssrc) {
            self.decoding = Some(Box::new(Decoding::new(codec, p)));
        }
        self.decoding.as_mut().is_some_and(|d| d.push(p, &mut self.jitter))
    }

    /// A packet of another kind took this place in the sequence.
    pub fn pass(&mut self, p: &Packet<'_>) {
        if let Some(d) = self.decoding.as_mut().filter(|d| d.ssrc == p.ssrc) {
            d.push(&Packet { payload: &[], ..*p }, &mut self.jitter);
        }
    }

    /// The far end describes its silence (RFC 3389).
    pub fn noise(&mut self, p: &Packet<'_>) {
        self.pass(p);
        self.jitter.push_noise(p.payload);
    }

    /// The next 20 ms.
    pub fn pop(&mut self, out: &mut [u8; FRAME]) {
        let Some(d) = &mut self.decoding else {
            self.jitter.pop(out);
            return;
        };
        if self.jitter.depth_ms() < 20 {
            d.release(&mut self.jitter);
        }
        let dry = self.jitter.depth_ms() == 0;
        self.jitter.pop(out);
        d.dry = if dry { d.dry.saturating_add(1) } else { 0 };
        if dry && d.spoken && d.dry <= MADE_UP_MAX {
            let mut pcm = [0; FRAME];
            d.decoder.conceal(&mut pcm);
            Law::A.encode_into(&pcm, out);
        }
    }
}

/// A stream of a codec with memory.
#[derive(Debug)]
struct Decoding {
    decoder: Decoder,
    ssrc: u32,
    /// Sequence number that is decoded next.
    next: u16,
    /// In order of sequence.
    held: Vec<Held>,
    /// The sender's clock without its wraps, and the last timestamp it was read from.
    ticks: u64,
    timestamp: u32,
    /// Timestamp of 8 kHz after the newest sound.
    end: u32,
    /// Something was decoded.
    spoken: bool,
    /// Frames in a row with nothing to play.
    dry: u32,
    /// The first packet into the jitter buffer may set a new timeline.
    fresh: bool,
}

#[derive(Debug)]
struct Held {
    sequence: u16,
    timestamp: u32,
    payload: Vec<u8>,
}

impl Decoding {
    fn new(codec: Codec, p: &Packet<'_>) -> Self {
        Self {
            decoder: Decoder::new(codec),
            ssrc: p.ssrc,
            next: p.sequence,
            held: Vec::new(),
            // Far from zero, so that a packet overtaken at the start does not run below it.
            ticks: (1 << 40) + u64::from(p.timestamp),
            timestamp: p.timestamp,
            end: 0,
            spoken: false,
            dry: 0,
            fresh: true,
        }
    }

    fn push(&mut self, p: &Packet<'_>, jitter: &mut JitterBuffer) -> bool {
        let ahead = p.sequence.wrapping_sub(self.next) as i16;
        if ahead.unsigned_abs() >= SEQUENCE_SLACK {
            self.held.clear();
            self.next = p.sequence;
            self.fresh = true;
        } else if ahead < 0 {
            jitter.counts.late += 1;
            return true;
        } else if ahead > 0 {
            self.hold(p, jitter);
            return true;
        }
        let intact = self.play(p.timestamp, p.payload, jitter);
        self.play_held(jitter);
        intact
    }

    /// Allocates: only where packets overtake each other or are lost.
    fn hold(&mut self, p: &Packet<'_>, jitter: &mut JitterBuffer) {
        if self.held.len() == HELD_MAX {
            self.release(jitter);
        }
        let order = |h: &Held| h.sequence.wrapping_sub(self.next);
        match self.held.binary_search_by_key(&p.sequence.wrapping_sub(self.next), order) {
            Ok(_) => {}
            Err(at) => {
                let held = Held { sequence: p.sequence, timestamp: p.timestamp, payload: p.payload.to_vec() };
                self.held.insert(at, held);
            }
        }
    }

    /// Gives up on what is missing before the first held packet.
    fn release(&mut self, jitter: &mut JitterBuffer) {
        let Some(first) = self.held.first() else { return };
        let (sequence, timestamp, sounds) = (first.sequence, first.timestamp, !first.payload.is_empty());
        let start = self.local_time(timestamp);
        let gap = start.wrapping_sub(self.end);
        if self.spoken && sounds && (1..=GAP_MAX).contains(&gap) {
            let mut pcm = [0; GAP_MAX as usize];
            let pcm = &mut pcm[..gap as usize];
            let last = pcm.len().saturating_sub(FRAME);
            self.decoder.conceal(&mut pcm[..last]);
            self.decoder.recover(Some(&self.held[0].payload), &mut pcm[last..]);
            let at = self.end;
            self.store(at, pcm, jitter);
            jitter.counts.concealed += u64::from(gap.div_ceil(FRAME as u32));
        }
        self.next = sequence;
        self.play_held(jitter);
    }

    fn play_held(&mut self, jitter: &mut JitterBuffer) {
        while self.held.first().is_some_and(|h| h.sequence == self.next) {
            let held = self.held.remove(0);
            self.play(held.timestamp, &held.payload, jitter);
        }
    }

    fn play(&mut self, timestamp: u32, payload: &[u8], jitter: &mut JitterBuffer) -> bool {
        self.next = self.next.wrapping_add(1);
        let at = self.local_time(timestamp);
        let mut pcm = [0; SAMPLES_MAX];
        match self.decoder.decode(payload, &mut pcm) {
            Ok(0) => true,
            Ok(n) => {
                self.spoken = true;
                self.store(at, &pcm[..n], jitter);
                true
            }
            Err(_) => false,
        }
    }

    fn store(&mut self, at: u32, pcm: &[i16], jitter: &mut JitterBuffer) {
        let mut alaw = [0; SAMPLES_MAX];
        let alaw = &mut alaw[..pcm.len()];
        Law::A.encode_into(pcm, alaw);
        let marker = std::mem::take(&mut self.fresh);
        jitter.push(
            &Packet { marker, payload_type: 8, sequence: self.next, timestamp: at, ssrc: self.ssrc, payload: alaw },
            Law::A,
        );
        self.end = at.wrapping_add(pcm.len() as u32);
    }

    /// A timestamp of the sender as one of 8 kHz.
    fn local_time(&mut self, timestamp: u32) -> u32 {
        let step = timestamp.wrapping_sub(self.timestamp) as i32;
        self.ticks = self.ticks.wrapping_add_signed(i64::from(step));
        self.timestamp = timestamp;
        (self.ticks / u64::from(self.decoder.codec().clock() / RATE)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{codec::Encoder, goertzel::level_db, tone::Tone};

    const STATEFUL: [Codec; 3] = [Codec::G722, Codec::G729, Codec::Opus];

    /// Packets of 20 ms of a tone, with wraps of sequence and clock among them.
    fn spoken(codec: Codec, n: usize) -> Vec<(u16, u32, Vec<u8>)> {
        let (mut tone, mut encoder) = (Tone::new(500), Encoder::new(codec));
        let step = codec.clock() / 50;
        (0..n)
            .map(|i| {
                let (mut pcm, mut out) = ([0; FRAME], [0; 400]);
                tone.fill(&mut pcm);
                let len = encoder.encode(&pcm, &mut out);
                let timestamp = u32::MAX.wrapping_sub(10 * step).wrapping_add(i as u32 * step);
                (65_530_u16.wrapping_add(i as u16), timestamp, out[..len].to_vec())
            })
            .collect()
    }

    /// Plays packets in the given order, one a frame.
    fn heard(codec: Codec, packets: &[Option<(u16, u32, Vec<u8>)>]) -> (Vec<i16>, JitterCounts) {
        let mut hearing = Hearing::default();
        let mut all = Vec::new();
        for p in packets {
            if let Some((sequence, timestamp, payload)) = p {
                let p = Packet { marker: false, payload_type: 96, sequence: *sequence, timestamp: *timestamp, ssrc: 7, payload };
                assert!(hearing.push(&p, codec));
            }
            let mut out = [0; FRAME];
            hearing.pop(&mut out);
            all.extend(out.map(|o| Law::A.decode(o)));
        }
        (all, hearing.counts())
    }

    fn assert_steady(codec: Codec, sound: &[i16], db_min: f32) {
        for (i, c) in sound[2_400..].chunks_exact(800).enumerate() {
            assert!(level_db(c, 500) > db_min, "{codec:?} at {i}: {}", level_db(c, 500));
        }
    }

    #[test]
    fn every_codec_is_heard_across_wraps_and_reordering() {
        for codec in STATEFUL {
            let mut packets: Vec<_> = spoken(codec, 100).into_iter().map(Some).collect();
            let (straight, _) = heard(codec, &packets);
            assert_steady(codec, &straight, -15.0);
            packets.swap(40, 41);
            packets.swap(60, 61);
            let (swapped, counts) = heard(codec, &packets);
            assert_eq!(swapped, straight, "{codec:?}: order is mended before decoding");
            assert_eq!((counts.concealed, counts.late), (0, 0));
        }
    }

    #[test]
    fn a_lost_packet_is_made_up_by_the_decoder() {
        for codec in STATEFUL {
            let mut packets: Vec<_> = spoken(codec, 100).into_iter().map(Some).collect();
            packets[50] = None;
            packets[75] = None;
            let (sound, counts) = heard(codec, &packets);
            // A fifth of the stretch is made up, and G.729 makes it up quietly.
            assert_steady(codec, &sound, -19.0);
            assert_eq!(counts.concealed, 2, "{codec:?}");
        }
    }

    #[test]
    fn a_codec_that_changes_mid_call_goes_on_within_a_moment() {
        let mut hearing = Hearing::default();
        let mut sound = Vec::new();
        let mut sequence = 0;
        for codec in [Codec::Pcma, Codec::Opus, Codec::G729, Codec::Pcmu, Codec::G722] {
            for (_, timestamp, payload) in spoken(codec, 50) {
                let packet = Packet { marker: false, payload_type: 96, sequence, timestamp, ssrc: 7, payload: &payload };
                hearing.push(&packet, codec);
                sequence += 1;
                let mut out = [0; FRAME];
                hearing.pop(&mut out);
                sound.extend(out.map(|o| Law::A.decode(o)));
            }
        }
        for second in sound.chunks_exact(8_000) {
            assert!(level_db(&second[4_000..], 500) > -15.0);
        }
    }

    #[test]
    fn rubbish_is_refused_and_nothing_panics() {
        let mut hearing = Hearing::default();
        let mut seed = 1_u32;
        for codec in STATEFUL {
            for _ in 0..3_000 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let payload: Vec<u8> = (0..seed % 300).map(|i| (seed.rotate_left(i % 32) >> 5) as u8).collect();
                let sequence = (seed >> 16) as u16 % 300;
                let packet =
                    Packet { marker: false, payload_type: 96, sequence, timestamp: seed, ssrc: seed % 2, payload: &payload };
                hearing.push(&packet, codec);
                hearing.pop(&mut [0; FRAME]);
            }
        }
    }
}
