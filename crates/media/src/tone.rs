//! Sines for beeps, tests and in-band digits.

use crate::RATE;
use std::f32::consts::TAU;

/// One or two sines with running phases.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    steps: [f32; 2],
    phases: [f32; 2],
    amplitude: f32,
}

/// −10 dBm0 or so: as loud as speech, far from clipping.
const AMPLITUDE: f32 = 10_000.0;

impl Tone {
    pub fn new(hz: u16) -> Self {
        Self { steps: [Self::step(hz), 0.0], phases: [0.0; 2], amplitude: AMPLITUDE }
    }

    /// Two sines at half the level each.
    pub fn pair(low_hz: u16, high_hz: u16) -> Self {
        Self { steps: [Self::step(low_hz), Self::step(high_hz)], phases: [0.0; 2], amplitude: AMPLITUDE / 2.0 }
    }

    fn step(hz: u16) -> f32 {
        TAU * f32::from(hz) / RATE as f32
    }

    /// Goes on where the last call ended.
    pub fn fill(&mut self, out: &mut [i16]) {
        for o in out {
            *o = (self.amplitude * (self.phases[0].sin() + self.phases[1].sin())) as i16;
            for (phase, step) in self.phases.iter_mut().zip(self.steps) {
                *phase += step;
                if *phase > TAU {
                    *phase -= TAU;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goertzel::level_db;

    #[test]
    fn frames_join_without_a_seam() {
        let mut whole = [0; 1_600];
        Tone::new(440).fill(&mut whole);
        let mut pieces = [0; 1_600];
        let mut t = Tone::new(440);
        pieces.chunks_mut(160).for_each(|c| t.fill(c));
        assert_eq!(whole, pieces);
    }

    #[test]
    fn a_pair_carries_both_frequencies_and_no_other() {
        let mut s = [0; 1_600];
        Tone::pair(697, 1_209).fill(&mut s);
        assert!(level_db(&s, 697) > -20.0 && level_db(&s, 1_209) > -20.0);
        assert!(level_db(&s, 941) < -40.0 && level_db(&s, 1_477) < -40.0);
    }
}
