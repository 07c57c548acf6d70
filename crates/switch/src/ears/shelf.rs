//! What was said is kept for a while, in case nobody answers and a person wants to hear it.

use media::{FRAME, RATE, g711::Law, record};
use parking_lot::Mutex;
use std::sync::Arc;

/// Less is nothing to listen to: half a second.
const SAMPLES_MIN: usize = RATE as usize / 2;
/// A beginning that turns out to be a tone is thrown away while it is shorter than this.
const TONE_SAMPLES_MAX: usize = RATE as usize * 2 / 5;

/// A-law of one leg, from the first voice on, shared by the ears and the exchange.
#[derive(Clone, Debug)]
pub struct Shelf {
    kept: Arc<Mutex<Vec<u8>>>,
    samples_max: usize,
}

impl Shelf {
    pub fn new(samples_max: usize) -> Self {
        Self { kept: Arc::default(), samples_max }
    }

    /// One frame, with what the listener makes of it: without a voice nothing begins.
    pub(super) fn push(&self, frame: &[i16; FRAME], voice: bool, tone: bool) {
        let mut kept = self.kept.lock();
        if tone && kept.len() < TONE_SAMPLES_MAX {
            kept.clear();
        } else if (voice || !kept.is_empty()) && kept.len() < self.samples_max {
            kept.extend(frame.iter().map(|s| Law::A.encode(*s)));
        }
    }

    pub(super) fn clear(&self) {
        self.kept.lock().clear();
    }

    /// The sound as an A-law WAV in one channel, with its length in milliseconds; none where there is nothing to hear.
    pub fn take(&self) -> Option<(Vec<u8>, u32)> {
        let kept = std::mem::take(&mut *self.kept.lock());
        if kept.len() < SAMPLES_MIN {
            return None;
        }
        let ms = u32::try_from(kept.len() / 8).ok()?;
        Some((record::alaw_mono(&kept), ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_a_voice_ends_at_its_limit_and_holds_no_tone() {
        let shelf = Shelf::new(6_000);
        let frame = [1_000; FRAME];
        shelf.push(&frame, false, false);
        assert!(shelf.take().is_none());
        for _ in 0..3 {
            shelf.push(&frame, true, false);
        }
        shelf.push(&frame, true, true);
        assert!(shelf.kept.lock().is_empty(), "a tone");
        for n in 0..100 {
            shelf.push(&frame, n == 0, false);
        }
        let (bytes, ms) = shelf.take().unwrap();
        assert_eq!(ms, 760, "38 frames, the first that reach the limit");
        let wav = media::wav::Wav::parse(&bytes).unwrap();
        assert_eq!((wav.frames(), wav.format.channels, wav.format.rate), (38 * FRAME, 1, RATE));
        assert!(wav.data.iter().all(|o| Law::A.decode(*o).abs_diff(1_000) < 32), "what was heard");
        assert!(shelf.take().is_none(), "once");
    }
}
