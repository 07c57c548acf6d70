//! The level of one frequency in a stretch of sound: who hears whom, measured.

use crate::RATE;
use std::f32::consts::TAU;

/// Level of `hz` in dB relative to a full-scale sine. Use at least 50 ms of sound for 20 Hz of resolution.
pub fn level_db(samples: &[i16], hz: u16) -> f32 {
    if samples.is_empty() {
        return -120.0;
    }
    let coefficient = 2.0 * (TAU * f32::from(hz) / RATE as f32).cos();
    let (mut s1, mut s2) = (0.0_f32, 0.0_f32);
    for s in samples {
        let s0 = f32::from(*s) / 32_768.0 + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
    }
    let power = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
    let amplitude = 2.0 * power.max(0.0).sqrt() / samples.len() as f32;
    20.0 * amplitude.max(1e-6).log10()
}

/// Level of the whole stretch in dB relative to a full-scale square wave.
pub fn rms_db(samples: &[i16]) -> f32 {
    let square: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    let mean = square / samples.len().max(1) as f64 / (32_768.0 * 32_768.0);
    (10.0 * mean.max(1e-12).log10()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Tone;

    #[test]
    fn finds_its_tone_and_only_that() {
        let mut s = [0; 800];
        Tone::new(1_000).fill(&mut s);
        assert!((level_db(&s, 1_000) - -10.3).abs() < 0.3, "{}", level_db(&s, 1_000));
        assert!(level_db(&s, 700) < -35.0);
        assert!(level_db(&[0; 800], 1_000) < -100.0);
        assert!((rms_db(&s) - -13.3).abs() < 0.3);
    }
}
