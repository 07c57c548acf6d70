//! Utterances: where speech begins and ends, by its energy over an adapting noise floor. Unlike [`crate::activity`] it can
//! be told how long and how loud speech must be to count, so that a cough or a door does not stop an announcement.

use crate::goertzel::rms_db;
use crate::{FRAME, FRAME_MS};

/// Always taken for speech above this, however noisy the line.
const SURE_DB: f32 = -25.0;
/// Over the noise floor to start, and to go on.
const START_OVER_FLOOR_DB: f32 = 12.0;
const KEEP_OVER_FLOOR_DB: f32 = 8.0;
/// Quieter than the level asked for, speech that has begun still goes on.
const KEEP_BELOW_LEVEL_DB: f32 = 6.0;

/// What counts as speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    pub onset_ms: u32,
    /// dB below full scale.
    pub level_db: i32,
    pub end_silence_ms: u32,
    pub utterance_ms_max: u32,
}

/// Times are milliseconds of sound since the first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Noticed now; it began at `from_ms`.
    Started {
        from_ms: u32,
    },
    Ended {
        from_ms: u32,
        to_ms: u32,
    },
}

/// Says where utterances begin and end.
#[derive(Clone, Copy, Debug)]
pub struct Utterances {
    measure: Measure,
    floor_db: f32,
    /// Loud frames less quiet ones, since the last real silence.
    score: u32,
    now_ms: u32,
    from_ms: u32,
    last_loud_ms: u32,
    speaking: bool,
}

impl Utterances {
    pub const fn new(measure: Measure) -> Self {
        Self { measure, floor_db: -60.0, score: 0, now_ms: 0, from_ms: 0, last_loud_ms: 0, speaking: false }
    }

    /// Sound taken in.
    pub const fn now_ms(&self) -> u32 {
        self.now_ms
    }

    /// The next 20 ms.
    pub fn on_frame(&mut self, samples: &[i16; FRAME]) -> Option<Change> {
        self.now_ms = self.now_ms.saturating_add(FRAME_MS);
        let loud = self.is_loud(rms_db(samples).max(-90.0));
        if loud {
            if self.score == 0 && !self.speaking {
                self.from_ms = self.now_ms - FRAME_MS;
            }
            self.last_loud_ms = self.now_ms;
        }
        if self.speaking {
            return self.ended();
        }
        self.score = if loud { self.score + 1 } else { self.score.saturating_sub(1) };
        if self.score * FRAME_MS >= self.measure.onset_ms.max(FRAME_MS) {
            self.speaking = true;
            self.score = 0;
            return Some(Change::Started { from_ms: self.from_ms });
        }
        None
    }

    fn is_loud(&mut self, db: f32) -> bool {
        let level = self.measure.level_db as f32;
        let (over, least) =
            if self.speaking { (KEEP_OVER_FLOOR_DB, level - KEEP_BELOW_LEVEL_DB) } else { (START_OVER_FLOOR_DB, level) };
        let loud = db > (self.floor_db + over).min(SURE_DB).max(least);
        if !loud {
            // Down at once, up slowly: the floor follows the quietest of what is heard.
            self.floor_db += (db - self.floor_db) * if db < self.floor_db { 0.5 } else { 0.02 };
        } else if !self.speaking {
            self.floor_db += (db - self.floor_db) * 0.005;
        }
        loud
    }

    fn ended(&mut self) -> Option<Change> {
        let silent = self.now_ms - self.last_loud_ms >= self.measure.end_silence_ms.max(FRAME_MS);
        let long = self.now_ms - self.from_ms >= self.measure.utterance_ms_max;
        if !silent && !long {
            return None;
        }
        self.speaking = false;
        Some(Change::Ended { from_ms: self.from_ms, to_ms: self.last_loud_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Tone;

    const MEASURE: Measure = Measure { onset_ms: 240, level_db: -42, end_silence_ms: 500, utterance_ms_max: 5_000 };

    /// What is said of a pattern of (milliseconds, amplitude 0–1), each with the time it was said at.
    fn run(measure: Measure, pattern: &[(u32, f32)]) -> Vec<(u32, Change)> {
        let mut heard = Utterances::new(measure);
        let mut tone = Tone::new(300);
        let (mut out, mut now) = (Vec::new(), 0);
        for (ms, level) in pattern {
            for _ in 0..ms / FRAME_MS {
                let mut frame = [0; FRAME];
                tone.fill(&mut frame);
                frame.iter_mut().for_each(|s| *s = (f32::from(*s) * level) as i16);
                now += FRAME_MS;
                out.extend(heard.on_frame(&frame).map(|c| (now, c)));
            }
        }
        out
    }

    #[test]
    fn speech_is_noticed_after_its_onset_and_ends_after_its_silence() {
        let got = run(MEASURE, &[(200, 0.0), (1_000, 0.5), (200, 0.0), (400, 0.5), (1_000, 0.0)]);
        let ended = Change::Ended { from_ms: 200, to_ms: 1_800 };
        assert_eq!(got, [(440, Change::Started { from_ms: 200 }), (2_300, ended)], "a pause of 200 ms ends nothing");
    }

    #[test]
    fn a_cough_and_a_far_voice_do_not_count() {
        assert!(run(MEASURE, &[(200, 0.0), (160, 0.9), (800, 0.0), (160, 0.9), (800, 0.0)]).is_empty());
        assert!(run(MEASURE, &[(200, 0.0), (2_000, 0.01)]).is_empty(), "−50 dB is below the level");
        let near = Measure { level_db: -55, onset_ms: 60, ..MEASURE };
        assert_eq!(run(near, &[(200, 0.0), (2_000, 0.01)]).first().map(|c| c.0), Some(260));
    }

    #[test]
    fn who_never_stops_is_cut_into_utterances() {
        let got = run(MEASURE, &[(11_000, 0.5)]);
        let ends: Vec<u32> = got.iter().filter(|(_, c)| matches!(c, Change::Ended { .. })).map(|(at, _)| *at).collect();
        assert_eq!(ends, [5_000, 10_000]);
    }

    #[test]
    fn steady_noise_becomes_the_floor() {
        let got = run(MEASURE, &[(4_000, 0.004), (1_000, 0.6), (2_000, 0.004)]);
        assert_eq!(got.len(), 2, "{got:?}");
    }
}
