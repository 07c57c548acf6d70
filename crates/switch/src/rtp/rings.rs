//! Sound for threads that may take their time: rings out of a leg (taps) and into it (streams). The pacing thread never
//! waits for the other end and never allocates; who is too slow loses whole frames, and the loss is counted.

use media::{FRAME, g711::Law};
use rtrb::{Consumer, Producer};

/// Taps one leg may have at once: ears, a recogniser, a fax, and as many again.
const TAPS_MAX: usize = 6;

/// What the far end says, for others.
#[derive(Debug, Default)]
pub struct Taps(Vec<Producer<i16>>);

impl Taps {
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One more listener; beyond [`TAPS_MAX`] it is turned away, which its end sees as an abandoned ring.
    pub fn add(&mut self, ring: Producer<i16>) {
        if self.0.len() < TAPS_MAX {
            self.0.push(ring);
        } else {
            tracing::warn!("a leg has {TAPS_MAX} listeners already; one more is turned away");
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Gives everybody this frame of A-law. Returns the number of samples that found no room. Rings whose other end is
    /// gone are let go.
    pub fn push(&mut self, alaw: &[u8; FRAME]) -> u64 {
        self.0.retain(|ring| !ring.is_abandoned());
        if self.0.is_empty() {
            return 0;
        }
        let mut pcm = [0; FRAME];
        Law::A.decode_into(alaw, &mut pcm);
        let full = self.0.iter_mut().filter_map(|ring| ring.push_entire_slice(&pcm).err()).count();
        (full * FRAME) as u64
    }
}

/// What somebody says through us.
#[derive(Debug)]
pub struct Stream(Consumer<i16>);

impl Stream {
    pub const fn new(ring: Consumer<i16>) -> Self {
        Self(ring)
    }

    /// Fills `out` as far as there is sound; returns the samples taken, the rest is silence.
    pub fn fill(&mut self, out: &mut [u8; FRAME]) -> usize {
        let mut pcm = [0; FRAME];
        let taken = self.0.pop_partial_slice(&mut pcm).0.len();
        Law::A.encode_into(&pcm, out);
        if taken == 0 {
            out.fill(Law::A.silence());
        }
        taken
    }

    /// The far side has let go and everything was taken. In this order: what was written before letting go is seen.
    pub fn is_done(&self) -> bool {
        self.0.is_abandoned() && self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::g711::ALAW_SILENCE;
    use rtrb::RingBuffer;

    #[test]
    fn a_slow_listener_loses_whole_frames_and_others_lose_nothing() {
        let mut taps = Taps::default();
        let (slow, mut slow_end) = RingBuffer::new(FRAME + 10);
        let (quick, mut quick_end) = RingBuffer::new(4 * FRAME);
        taps.add(slow);
        taps.add(quick);
        let frame = std::array::from_fn(|i| i as u8);
        assert_eq!(taps.push(&frame), 0);
        assert_eq!(taps.push(&frame), FRAME as u64);
        assert_eq!((slow_end.slots(), quick_end.slots()), (FRAME, 2 * FRAME));
        let mut pcm = [0; FRAME];
        slow_end.pop_entire_slice(&mut pcm).unwrap();
        assert_eq!(pcm.map(|s| Law::A.encode(s)), frame, "bit-exact");
        quick_end.pop_entire_slice(&mut pcm).unwrap();
        drop(slow_end);
        assert_eq!(taps.push(&frame), 0);
        assert_eq!(taps.0.len(), 1, "who is gone is forgotten");
        taps.clear();
        assert!(taps.is_empty() && quick_end.is_abandoned());
    }

    #[test]
    fn too_many_listeners_are_turned_away() {
        let mut taps = Taps::default();
        let ends: Vec<_> = (0..=TAPS_MAX).map(|_| RingBuffer::new(FRAME)).collect();
        let ends: Vec<_> = ends
            .into_iter()
            .map(|(p, c)| {
                taps.add(p);
                c
            })
            .collect();
        assert_eq!(ends.iter().filter(|e| e.is_abandoned()).count(), 1);
    }

    #[test]
    fn a_stream_pads_with_silence_and_ends_when_let_go_and_empty() {
        let (mut speaker, ring) = RingBuffer::new(2 * FRAME);
        let mut stream = Stream::new(ring);
        let mut out = [0; FRAME];
        assert_eq!(stream.fill(&mut out), 0);
        assert!(out.iter().all(|o| *o == ALAW_SILENCE) && !stream.is_done());
        speaker.push_entire_slice(&[8_000; FRAME + 40]).unwrap();
        drop(speaker);
        assert_eq!(stream.fill(&mut out), FRAME);
        assert!(!stream.is_done());
        assert_eq!(stream.fill(&mut out), 40);
        assert!(out[..40].iter().all(|o| *o == Law::A.encode(8_000)));
        assert!(out[40..].iter().all(|o| Law::A.decode(*o).abs() <= 8));
        assert!(stream.is_done());
    }
}
