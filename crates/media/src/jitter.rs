//! A jitter buffer over a ring of A-law octets indexed by RTP timestamp: reorder, loss, duplicates and packets of any
//! length fall out of the indexing. Popped once every 20 ms; the delay adapts between 40 and 200 ms.
//!
//! A gap is filled by repeating the last pitch periods, fading; where the far end has described its silence (RFC 3389), what
//! follows is comfort noise.

use crate::{
    FRAME,
    codec::plc::{Concealer, HISTORY},
    comfort::ComfortNoise,
    g711::{ALAW_SILENCE, Law, transcode_into},
    rtp::Packet,
};

/// Samples for which there is room at first: 128 ms, enough where packets come evenly. Doubled when more lies ahead, up to
/// what [`AHEAD_MAX`] needs.
const RING_MIN: usize = 1_024;
/// 40 ms: the delay a stream starts with.
const DELAY_MIN: i32 = 2 * FRAME as i32;
/// 120 ms: the delay of a steady stream.
const DELAY_STEADY: i32 = 6 * FRAME as i32;
/// 200 ms: more delay than this is never kept.
const DELAY_MAX: i32 = 10 * FRAME as i32;
/// Longest packet taken (200 ms).
pub const PACKET_MAX: usize = 10 * FRAME;
/// What may lie ahead of playout before the buffer starts over: the greatest delay and one of the longest packets.
const AHEAD_MAX: i32 = DELAY_MAX + PACKET_MAX as i32;
/// Pops between two looks at whether the delay may shrink (2 s).
const WINDOW: u32 = 100;
/// Frames one underrun may add to the delay.
const STALL_MAX: u32 = 3;
/// Frames made up in a row: 60 ms, at the end of which nothing is left of them.
const MADE_UP_MAX: u32 = 3;

/// What became of the sound of one pop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Popped {
    /// Sound as it was sent.
    Sound,
    /// Some or all of it was made up.
    Concealed,
    /// Nothing is coming.
    Silence,
}

/// Counted over the life of the buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterCounts {
    /// Packets that came after their time.
    pub late: u64,
    /// Packets that fit no timeline, were empty, or too long.
    pub discarded: u64,
    /// Frames made up.
    pub concealed: u64,
    /// Times the timeline was set anew.
    pub resyncs: u64,
}

#[derive(Clone, Debug)]
pub struct JitterBuffer {
    /// Samples by timestamp; its length is a power of two.
    ring: Box<[u8]>,
    /// One bit for each of them.
    present: Box<[u64]>,
    ssrc: Option<u32>,
    /// Timestamp of the next sample to play.
    play: u32,
    /// Timestamp after the newest sample.
    end: u32,
    last_sequence: u16,
    /// Where a single stray packet pointed; two in a row are believed.
    suspect: Option<u32>,
    /// Frames made up in a row.
    dry: u32,
    /// What was played last, the newest at the end.
    played: [u8; HISTORY],
    /// While a gap is filled, and for the first frame after it.
    concealer: Option<Box<Concealer>>,
    /// How the far end describes its silence; until it speaks again.
    noise: Option<Box<ComfortNoise>>,
    /// Timestamp of the first sound that came after the description: there the noise ends.
    speaks_from: Option<u32>,
    pops: u32,
    depth_min: i32,
    /// Frames waited since the last sound.
    stalled: u32,
    steady: bool,
    pub counts: JitterCounts,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl JitterBuffer {
    pub fn new() -> Self {
        Self {
            ring: vec![ALAW_SILENCE; RING_MIN].into(),
            present: vec![0; RING_MIN / 64].into(),
            ssrc: None,
            play: 0,
            end: 0,
            last_sequence: 0,
            suspect: None,
            dry: u32::MAX,
            played: [ALAW_SILENCE; HISTORY],
            concealer: None,
            noise: None,
            speaks_from: None,
            pops: 0,
            depth_min: i32::MAX,
            stalled: 0,
            steady: false,
            counts: JitterCounts::default(),
        }
    }

    /// For a modem on the line: from the next packet on the delay is 120 ms and stays so. What comes later than that is lost
    /// instead of moving everything after it in time.
    pub const fn set_steady(&mut self, on: bool) {
        if self.steady != on {
            self.steady = on;
            self.ssrc = None;
        }
    }

    /// Takes a G.711 packet.
    pub fn push(&mut self, p: &Packet<'_>, law: Law) {
        let len = p.payload.len();
        if len == 0 {
            // Keep-alive packets are empty; they are no error.
            return;
        }
        if len > PACKET_MAX {
            self.counts.discarded += 1;
            return;
        }
        if self.ssrc != Some(p.ssrc) {
            self.ssrc = Some(p.ssrc);
            self.resync(p);
        } else if !self.on_timeline(p) {
            return;
        }
        self.last_sequence = p.sequence;
        if self.noise.is_some() {
            self.speaks_from.get_or_insert(p.timestamp);
        }
        let skip = self.play.wrapping_sub(p.timestamp) as i32;
        let skip = skip.max(0) as usize;
        if skip >= len {
            self.counts.late += 1;
            return;
        }
        let start = p.timestamp.wrapping_add(skip as u32);
        let end = p.timestamp.wrapping_add(len as u32);
        self.make_room(end.wrapping_sub(self.play) as usize);
        self.store(start, &p.payload[skip..], law);
        if (end.wrapping_sub(self.end) as i32) > 0 {
            self.end = end;
        }
    }

    /// Takes a comfort-noise packet (RFC 3389): from its time on, until sound comes, noise like this is heard.
    pub fn push_noise(&mut self, payload: &[u8]) {
        self.speaks_from = None;
        match &mut self.noise {
            Some(noise) => {
                noise.describe(payload);
            }
            None => self.noise = ComfortNoise::parse(payload).map(Box::new),
        }
    }

    /// Whether the packet lies near playout; sets a new timeline when the sender's clock has jumped.
    fn on_timeline(&mut self, p: &Packet<'_>) -> bool {
        let ahead = p.timestamp.wrapping_add(p.payload.len() as u32).wrapping_sub(self.play) as i32;
        if (-4_000..=AHEAD_MAX).contains(&ahead) {
            self.suspect = None;
            return true;
        }
        let agrees = self.suspect.is_some_and(|s| (0..8_000).contains(&(p.timestamp.wrapping_sub(s) as i32)));
        // After a pause of the sender the next packet follows in sequence or carries the marker.
        let follows = p.marker || (ahead > 0 && p.sequence == self.last_sequence.wrapping_add(1));
        if agrees || follows {
            self.resync(p);
            true
        } else {
            self.suspect = Some(p.timestamp);
            self.counts.discarded += 1;
            false
        }
    }

    fn resync(&mut self, p: &Packet<'_>) {
        self.present.fill(0);
        let delay = if self.steady { DELAY_STEADY } else { DELAY_MIN };
        self.play = p.timestamp.wrapping_sub(delay as u32);
        self.end = p.timestamp;
        self.suspect = None;
        self.depth_min = i32::MAX;
        self.pops = 0;
        self.stalled = 0;
        self.counts.resyncs += 1;
    }

    /// Where a timestamp lies in the ring.
    const fn place(&self, timestamp: u32) -> usize {
        timestamp as usize & (self.ring.len() - 1)
    }

    /// Lets so many samples lie ahead of playout.
    fn make_room(&mut self, ahead: usize) {
        let old = self.ring.len();
        if ahead <= old {
            return;
        }
        let len = ahead.next_power_of_two();
        let ring = std::mem::replace(&mut self.ring, vec![ALAW_SILENCE; len].into());
        let present = std::mem::replace(&mut self.present, vec![0; len / 64].into());
        for offset in 0..old {
            let timestamp = self.play.wrapping_add(offset as u32);
            let from = timestamp as usize & (old - 1);
            if present[from / 64] >> (from % 64) & 1 == 1 {
                let to = self.place(timestamp);
                self.ring[to] = ring[from];
                self.mark(to, 1, true);
            }
        }
    }

    fn store(&mut self, start: u32, octets: &[u8], law: Law) {
        let at = self.place(start);
        let first = octets.len().min(self.ring.len() - at);
        transcode_into(law, Law::A, &octets[..first], &mut self.ring[at..at + first]);
        transcode_into(law, Law::A, &octets[first..], &mut self.ring[..octets.len() - first]);
        self.mark(at, first, true);
        self.mark(0, octets.len() - first, true);
    }

    fn mark(&mut self, at: usize, len: usize, on: bool) {
        for (word, mask) in words(at, len) {
            if on {
                self.present[word] |= mask;
            } else {
                self.present[word] &= !mask;
            }
        }
    }

    /// How many of the samples of a frame are there.
    fn present_in(&self, at: usize) -> usize {
        let first = FRAME.min(self.ring.len() - at);
        let there = words(at, first).chain(words(0, FRAME - first)).map(|(word, mask)| (self.present[word] & mask).count_ones());
        there.sum::<u32>() as usize
    }

    /// The next 20 ms of A-law.
    pub fn pop(&mut self, out: &mut [u8; FRAME]) -> Popped {
        if self.ssrc.is_none() {
            out.fill(ALAW_SILENCE);
            return Popped::Silence;
        }
        self.shrink_when_calm();
        let depth = self.end.wrapping_sub(self.play) as i32;
        self.depth_min = self.depth_min.min(depth);
        let at = self.place(self.play);
        let have = self.present_in(at);
        if have == 0 && depth <= 0 {
            return self.underrun(out);
        }
        self.play = self.play.wrapping_add(FRAME as u32);
        let popped = if have == FRAME {
            self.copy_out(at, out);
            self.join(out);
            self.dry = 0;
            self.stalled = 0;
            Popped::Sound
        } else {
            self.patch(at, have, out)
        };
        self.clear(at);
        self.remember(out);
        popped
    }

    fn remember(&mut self, out: &[u8; FRAME]) {
        self.played.copy_within(FRAME.., 0);
        self.played[HISTORY - FRAME..].copy_from_slice(out);
    }

    /// The first sound after a gap is blended with what filled the gap.
    fn join(&mut self, out: &mut [u8; FRAME]) {
        self.end_noise();
        let Some(mut concealer) = self.concealer.take() else { return };
        let mut pcm = [0; FRAME];
        Law::A.decode_into(out, &mut pcm);
        concealer.heard(&mut pcm);
        Law::A.encode_into(&pcm, out);
    }

    /// Sound from before the description may still be waiting; only what came after it ends the noise.
    fn end_noise(&mut self) {
        if self.speaks_from.is_some_and(|from| self.play.wrapping_sub(from) as i32 > 0) {
            self.noise = None;
            self.speaks_from = None;
        }
    }

    fn copy_out(&self, at: usize, out: &mut [u8; FRAME]) {
        let first = FRAME.min(self.ring.len() - at);
        out[..first].copy_from_slice(&self.ring[at..at + first]);
        out[first..].copy_from_slice(&self.ring[..FRAME - first]);
    }

    fn clear(&mut self, at: usize) {
        let first = FRAME.min(self.ring.len() - at);
        self.mark(at, first, false);
        self.mark(0, FRAME - first, false);
    }

    /// Nothing is there and nothing newer either: make something up. The first frames wait, which gives the stream that
    /// much more delay; a stream that stays away longer (a pause, a hold) must not gain delay from it.
    fn underrun(&mut self, out: &mut [u8; FRAME]) -> Popped {
        let popped = self.conceal(out);
        self.remember(out);
        if self.stalled < STALL_MAX && !self.steady {
            self.stalled += 1;
        } else if (self.end.wrapping_sub(self.play) as i32) > -4_000 {
            self.play = self.play.wrapping_add(FRAME as u32);
        }
        popped
    }

    /// A hole with newer sound behind it.
    fn patch(&mut self, at: usize, have: usize, out: &mut [u8; FRAME]) -> Popped {
        let popped = self.conceal(out);
        if have > 0 {
            self.end_noise();
            for (i, o) in out.iter_mut().enumerate() {
                let j = (at + i) & (self.ring.len() - 1);
                if self.present[j / 64] >> (j % 64) & 1 == 1 {
                    *o = self.ring[j];
                }
            }
            self.dry = 0;
            return Popped::Concealed;
        }
        popped
    }

    /// Noise where the far end described its silence; else the last pitch periods again, fading; then silence.
    fn conceal(&mut self, out: &mut [u8; FRAME]) -> Popped {
        self.dry = self.dry.saturating_add(1);
        let mut pcm = [0; FRAME];
        if let Some(noise) = &mut self.noise {
            noise.fill(&mut pcm);
            Law::A.encode_into(&pcm, out);
            return Popped::Silence;
        }
        if self.dry > MADE_UP_MAX {
            self.concealer = None;
            out.fill(ALAW_SILENCE);
            return Popped::Silence;
        }
        let played = &self.played;
        let concealer = self.concealer.get_or_insert_with(|| {
            let mut history = [0; HISTORY];
            Law::A.decode_into(played, &mut history);
            Box::new(Concealer::after(history))
        });
        concealer.conceal(&mut pcm);
        Law::A.encode_into(&pcm, out);
        self.counts.concealed += 1;
        Popped::Concealed
    }

    /// When for two seconds there was always more in stock than needed, 20 ms are left out.
    fn shrink_when_calm(&mut self) {
        self.pops += 1;
        if self.pops < WINDOW {
            return;
        }
        let spare = self.depth_min;
        if !self.steady && spare != i32::MAX && spare > DELAY_MIN + FRAME as i32 {
            let excess = ((spare - DELAY_MAX) / FRAME as i32).max(1);
            for _ in 0..excess {
                self.clear(self.place(self.play));
                self.play = self.play.wrapping_add(FRAME as u32);
            }
        }
        self.pops = 0;
        self.depth_min = i32::MAX;
    }

    /// Milliseconds of sound that wait to be played.
    pub fn depth_ms(&self) -> u32 {
        if self.ssrc.is_none() { 0 } else { (self.end.wrapping_sub(self.play) as i32).max(0) as u32 / 8 }
    }
}

/// The words that hold the bits of a stretch, and which of their bits.
fn words(at: usize, len: usize) -> impl Iterator<Item = (usize, u64)> {
    let end = at + len;
    let mut i = at;
    std::iter::from_fn(move || {
        if i >= end {
            return None;
        }
        let bit = i % 64;
        let n = (64 - bit).min(end - i);
        let word = (i / 64, (u64::MAX >> (64 - n)) << bit);
        i += n;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An octet that tells its timestamp; never the octet of silence.
    fn octet(ts: u32) -> u8 {
        let v = ((ts / 8) % 200) as u8;
        if v == ALAW_SILENCE { 201 } else { v }
    }

    fn body(ts: u32, len: usize) -> Vec<u8> {
        (0..len as u32).map(|i| octet(ts.wrapping_add(i))).collect()
    }

    fn push(b: &mut JitterBuffer, seq: u16, ts: u32, len: usize) {
        let payload = body(ts, len);
        b.push(&Packet { marker: false, payload_type: 8, sequence: seq, timestamp: ts, ssrc: 1, payload: &payload }, Law::A);
    }

    fn pop(b: &mut JitterBuffer) -> (Popped, Vec<u8>) {
        let mut out = [0; FRAME];
        let p = b.pop(&mut out);
        (p, out.to_vec())
    }

    /// Packets of `ms` each at their time, popped every 20 ms: all sound of the source in order after the initial delay.
    fn steady(start_ts: u32, start_seq: u16, ms: u32) {
        let mut b = JitterBuffer::new();
        let mut got = Vec::new();
        let len = (ms * 8) as usize;
        let mut sent = 0_u32;
        for tick in 0..200_u32 {
            while sent * ms <= tick * 20 {
                push(&mut b, start_seq.wrapping_add(sent as u16), start_ts.wrapping_add(sent * ms * 8), len);
                sent += 1;
            }
            let (_, out) = pop(&mut b);
            got.extend(out);
        }
        let expected = body(start_ts, got.len() - 2 * FRAME);
        assert!(got[..2 * FRAME].iter().all(|o| *o == ALAW_SILENCE));
        assert_eq!(&got[2 * FRAME..], &expected[..], "{ms} ms packets");
        assert_eq!(b.counts, JitterCounts { resyncs: 1, ..Default::default() });
    }

    #[test]
    fn packets_of_every_length_play_bit_exact_across_wraps() {
        for ms in [5, 10, 20, 30, 40, 60, 100, 200] {
            steady(1_000, 10, ms);
            steady(u32::MAX - 700, u16::MAX - 3, ms);
        }
    }

    #[test]
    fn reordered_packets_play_in_order() {
        let mut b = JitterBuffer::new();
        let mut got = Vec::new();
        for tick in 0..100_u32 {
            let n = tick ^ 1;
            push(&mut b, n as u16, n * 160, 160);
            got.extend(pop(&mut b).1);
        }
        let at = got.windows(160).position(|w| w == body(160, 160)).unwrap();
        let n = got.len() - at;
        assert_eq!(&got[at..], &body(160, n)[..]);
    }

    #[test]
    fn a_lost_packet_is_concealed_and_nothing_shifts() {
        let mut b = JitterBuffer::new();
        let mut got = Vec::new();
        for tick in 0..50_u32 {
            if tick != 20 {
                push(&mut b, tick as u16, tick * 160, 160);
            }
            got.push(pop(&mut b));
        }
        assert_eq!(got[22].0, Popped::Concealed);
        assert_eq!(got[23].1[80..], body(21 * 160, 160)[80..], "only its beginning is blended");
        assert_eq!(got[24].1, body(22 * 160, 160));
        assert_eq!(b.counts.concealed, 1);
    }

    #[test]
    fn a_stall_of_the_network_grows_the_delay_and_calm_takes_it_back() {
        let mut b = JitterBuffer::new();
        let mut next = 0_u32;
        let mut send = |b: &mut JitterBuffer, n: u32| {
            for _ in 0..n {
                push(b, next as u16, next * 160, 160);
                next += 1;
            }
        };
        for _ in 0..50 {
            send(&mut b, 1);
            pop(&mut b);
        }
        let before = b.depth_ms();
        for _ in 0..5 {
            pop(&mut b);
        }
        send(&mut b, 5);
        for _ in 0..10 {
            send(&mut b, 1);
            pop(&mut b);
        }
        assert!(b.depth_ms() >= before + 40, "{} {}", b.depth_ms(), before);
        assert!(b.depth_ms() <= 220);
        for _ in 0..2_000 {
            send(&mut b, 1);
            pop(&mut b);
        }
        assert!(b.depth_ms() <= 60, "{}", b.depth_ms());
    }

    #[test]
    fn pause_clock_jump_and_new_source_start_over_quickly() {
        let mut b = JitterBuffer::new();
        for n in 0..20_u32 {
            push(&mut b, n as u16, n * 160, 160);
            pop(&mut b);
        }
        for _ in 0..200 {
            pop(&mut b);
        }
        // Sequence goes on, the clock too: the sender had nothing to say for four seconds.
        let ts = 220 * 160;
        for i in 0..4_u32 {
            push(&mut b, (20 + i) as u16, ts + i * 160, 160);
            let out = pop(&mut b);
            if i == 2 {
                assert_eq!(out.1, body(ts, 160));
            }
        }
        // The clock jumps back by an hour: one packet is doubted, the second believed.
        let ts = ts.wrapping_sub(3_600 * 8_000);
        for i in 0..5_u32 {
            push(&mut b, (24 + i) as u16, ts.wrapping_add(i * 160), 160);
            let out = pop(&mut b);
            if i == 3 {
                assert_eq!(out.1[80..], body(ts.wrapping_add(160), 160)[80..]);
            }
        }
        assert_eq!(b.counts.discarded, 1);
        // Another SSRC.
        let payload = [7; 160];
        b.push(&Packet { marker: false, payload_type: 8, sequence: 1, timestamp: 5, ssrc: 9, payload: &payload }, Law::A);
        pop(&mut b);
        pop(&mut b);
        // The beginning is blended with what filled the gap.
        assert_eq!(pop(&mut b).1[80..], payload[80..]);
        // Resyncs: start, the pause, the jump, the new source.
        assert_eq!(b.counts.resyncs, 4);
    }

    #[test]
    fn a_voiced_gap_is_filled_with_the_voice_and_described_silence_with_noise() {
        let mut b = JitterBuffer::new();
        let mut tone = crate::tone::Tone::new(200);
        let mut heard = Vec::new();
        for n in 0..30_u32 {
            let (mut pcm, mut payload) = ([0; FRAME], [0; FRAME]);
            tone.fill(&mut pcm);
            Law::A.encode_into(&pcm, &mut payload);
            if n != 20 {
                let p =
                    Packet { marker: false, payload_type: 8, sequence: n as u16, timestamp: n * 160, ssrc: 1, payload: &payload };
                b.push(&p, Law::A);
            }
            let mut pcm = [0; FRAME];
            Law::A.decode_into(&pop(&mut b).1, &mut pcm);
            heard.extend(pcm);
        }
        let level = |at: usize| crate::goertzel::level_db(&heard[at * FRAME..(at + 3) * FRAME], 200);
        assert!((level(21) - level(15)).abs() < 1.0, "{} {}", level(21), level(15));
        b.push_noise(&[40]);
        let mut noise = Vec::new();
        for _ in 0..20 {
            let mut pcm = [0; FRAME];
            Law::A.decode_into(&pop(&mut b).1, &mut pcm);
            noise.extend(pcm);
        }
        assert!((crate::goertzel::rms_db(&noise[5 * FRAME..]) + 40.0).abs() < 2.0);
    }

    #[test]
    fn room_grows_with_what_lies_ahead_and_loses_nothing() {
        for first_ts in [0_u32, 900, u32::MAX - 1_500] {
            let mut b = JitterBuffer::new();
            let mut sent = 0_u32;
            let mut send = |b: &mut JitterBuffer, n: u32, len: u32| {
                for _ in 0..n {
                    push(b, sent as u16, first_ts.wrapping_add(sent * 160), len as usize);
                    sent += len / 160;
                }
            };
            send(&mut b, 3, 160);
            assert_eq!(b.ring.len(), RING_MIN);
            send(&mut b, 7, 320);
            assert_eq!(b.ring.len(), 4_096, "380 ms ahead");
            let got: Vec<u8> = (0..19).flat_map(|_| pop(&mut b).1).collect();
            assert_eq!(got[2 * FRAME..], body(first_ts, 17 * FRAME));
        }
    }

    #[test]
    fn late_and_oversized_packets_are_counted() {
        let mut b = JitterBuffer::new();
        push(&mut b, 1, 10_000, 160);
        for n in 2..10_u16 {
            push(&mut b, n, 10_000 + u32::from(n - 1) * 160, 160);
            pop(&mut b);
        }
        push(&mut b, 0, 10_000 - 160, 160);
        assert_eq!(b.counts.late, 1);
        push(&mut b, 20, 10_000, PACKET_MAX + 1);
        assert_eq!(b.counts.discarded, 1);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_sound_is_what_was_sent(
            packets in proptest::collection::vec((any::<u16>(), prop_oneof![any::<u32>(), 0_u32..20_000], 0_usize..1_700, 0_u32..2, any::<bool>()), 0..150)
        ) {
            let mut b = JitterBuffer::new();
            for (seq, ts, len, ssrc, marker) in packets {
                let payload = vec![7; len];
                b.push(&Packet { marker, payload_type: 8, sequence: seq, timestamp: ts, ssrc, payload: &payload }, Law::A);
                let mut out = [0; FRAME];
                match b.pop(&mut out) {
                    // The beginning may be blended with what filled a gap.
                    Popped::Sound => prop_assert!(out[80..].iter().all(|o| *o == 7)),
                    Popped::Silence => prop_assert!(out.iter().all(|o| *o == ALAW_SILENCE)),
                    Popped::Concealed => {}
                }
                prop_assert!(b.depth_ms() <= 400);
            }
        }
    }

    #[test]
    fn a_steady_stream_never_moves_in_time() {
        let mut b = JitterBuffer::new();
        b.set_steady(true);
        let mut sent = 0_u32;
        for tick in 0..600_u32 {
            // Held up for 200 ms now and then, then all at once; calm in between.
            if tick % 150 < 140 {
                while sent <= tick {
                    push(&mut b, sent as u16, sent * 160, 160);
                    sent += 1;
                }
            }
            let (popped, out) = pop(&mut b);
            // Six frames of delay from the first to the last.
            if tick > 6 && popped == Popped::Sound {
                assert_eq!(out, body((tick - 6) * 160, FRAME), "tick {tick}");
            }
        }
        assert!(b.counts.late > 0 && b.counts.resyncs == 1, "{:?}", b.counts);
        b.set_steady(false);
        push(&mut b, sent as u16, sent * 160, 160);
        assert_eq!(b.depth_ms(), 60, "the delay of speech again");
    }
}
