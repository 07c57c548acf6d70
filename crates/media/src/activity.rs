//! Speaking or silent, from the energy of 20 ms frames over an adapting noise floor, with hysteresis.

use crate::{FRAME_MS, goertzel::rms_db};

/// Frames of the last five that must be loud before somebody speaks.
const ONSET: u32 = 3;
/// Never taken for speech below this.
const SPEECH_DB_MIN: f32 = -45.0;
/// Always taken for speech above this.
const SPEECH_DB_SURE: f32 = -25.0;
/// Over the noise floor to start, and to go on.
const START_OVER_FLOOR_DB: f32 = 12.0;
const KEEP_OVER_FLOOR_DB: f32 = 8.0;

/// Says when the far end starts to speak and when it has been silent for long enough.
#[derive(Clone, Copy, Debug)]
pub struct ActivityDetector {
    silence_ms: u32,
    floor_db: f32,
    recent: u8,
    speaking: bool,
    quiet_ms: u32,
    /// Silence from the very start is reported once, too.
    reported: bool,
}

impl ActivityDetector {
    pub const fn new(silence_ms: u32) -> Self {
        Self { silence_ms, floor_db: -60.0, recent: 0, speaking: false, quiet_ms: 0, reported: false }
    }

    /// The next frame; `Some(speaking)` when that has changed.
    pub fn on_frame(&mut self, samples: &[i16]) -> Option<bool> {
        let db = rms_db(samples).max(-90.0);
        let over = if self.speaking { KEEP_OVER_FLOOR_DB } else { START_OVER_FLOOR_DB };
        let threshold = (self.floor_db + over).clamp(SPEECH_DB_MIN, SPEECH_DB_SURE);
        let loud = db > threshold;
        if !loud {
            // Down at once, up slowly: the floor follows the quietest of what is heard.
            self.floor_db += (db - self.floor_db) * if db < self.floor_db { 0.5 } else { 0.02 };
        } else if !self.speaking {
            self.floor_db += (db - self.floor_db) * 0.005;
        }
        self.recent = (self.recent << 1 | u8::from(loud)) & 0x1F;
        self.decide(loud)
    }

    fn decide(&mut self, loud: bool) -> Option<bool> {
        self.quiet_ms = if loud { 0 } else { self.quiet_ms.saturating_add(FRAME_MS) };
        if !self.speaking && self.recent.count_ones() >= ONSET {
            self.speaking = true;
            self.reported = true;
            return Some(true);
        }
        if (self.speaking || !self.reported) && self.quiet_ms >= self.silence_ms {
            self.speaking = false;
            self.reported = true;
            return Some(false);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FRAME, tone::Tone};

    /// Frames at which something was said, for a pattern of (frames, amplitude 0–1).
    fn run(silence_ms: u32, pattern: &[(u32, f32)]) -> Vec<(u32, bool)> {
        let mut d = ActivityDetector::new(silence_ms);
        let mut tone = Tone::new(300);
        let mut noise = 12_345_u32;
        let mut out = Vec::new();
        let mut n = 0;
        for (frames, level) in pattern {
            for _ in 0..*frames {
                let mut f = [0_i16; FRAME];
                tone.fill(&mut f);
                for s in &mut f {
                    noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *s = (f32::from(*s) * level) as i16 + (noise >> 26) as i16 - 32;
                }
                if let Some(on) = d.on_frame(&f) {
                    out.push((n, on));
                }
                n += 1;
            }
        }
        out
    }

    #[test]
    fn speech_starts_within_60_ms_and_ends_after_the_silence_asked_for() {
        let got = run(500, &[(10, 0.0), (50, 0.5), (10, 0.0), (50, 0.5), (100, 0.0)]);
        assert_eq!(got, [(12, true), (10 + 50 + 10 + 50 + 24, false)], "a pause of 200 ms is not silence");
    }

    #[test]
    fn silence_from_the_start_is_reported_once() {
        assert_eq!(run(1_000, &[(300, 0.0)]), [(49, false)]);
    }

    #[test]
    fn a_click_is_not_speech() {
        let mut pattern = Vec::new();
        for _ in 0..10 {
            pattern.extend([(2, 0.8), (20, 0.0)]);
        }
        assert!(run(60_000, &pattern).is_empty());
    }

    #[test]
    fn steady_noise_becomes_the_floor() {
        let got = run(400, &[(50, 0.02), (50, 0.6), (100, 0.02)]);
        assert_eq!(got.iter().filter(|e| e.1).count(), 1);
        assert_eq!(got.last().map(|e| e.1), Some(false));
    }
}
