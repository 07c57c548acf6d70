//! The last 64 and 128 ms of sound as power per frequency: computed once a frame, read by everything else.

use crate::{FRAME, RATE};
use std::f32::consts::TAU;
use std::sync::LazyLock;

const SHORT: usize = 512;
const LONG: usize = 1_024;
/// Bins of the short window that carry telephone sound: 150–3700 Hz.
const LOW_BIN: usize = 10;
const HIGH_BIN: usize = 237;
/// A Hann-windowed sine fills its bin and two on each side.
const LOBE: usize = 2;

/// dBm0 of a sound of this mean square (full scale 1.0): a sine at full scale is +3.14 dBm0.
pub(super) fn dbm0(mean_square: f32) -> f32 {
    10.0 * mean_square.max(1e-12).log10() + 6.15
}

/// One frame, looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// Of the newest 20 ms, dBm0.
    pub(super) frame_db: f32,
    /// Of the last 64 ms, dBm0.
    pub(super) level_db: f32,
    pub(super) peak: Peak,
    /// The strongest beside the peak.
    pub(super) second: Peak,
    /// Geometric over arithmetic mean of the power spectrum 300–3400 Hz: noise about 0.55, voiced speech below 0.3.
    pub(super) flatness: f32,
}

/// One line of the spectrum.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    pub(super) hz: f32,
    /// Of all power 150–3700 Hz; 1 is a pure tone.
    pub(super) share: f32,
}

/// Keeps the last 128 ms and transforms them.
#[derive(Clone)]
pub(super) struct Spectrum {
    past: [f32; LONG],
}

static SHORT_WINDOW: LazyLock<[f32; SHORT]> = LazyLock::new(hann);
static LONG_WINDOW: LazyLock<[f32; LONG]> = LazyLock::new(hann);

impl std::fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spectrum").finish_non_exhaustive()
    }
}

fn hann<const N: usize>() -> [f32; N] {
    std::array::from_fn(|i| 0.5 - 0.5 * (TAU * i as f32 / N as f32).cos())
}

impl Spectrum {
    pub(super) const fn new() -> Self {
        Self { past: [0.0; LONG] }
    }

    pub(super) fn push(&mut self, frame: &[i16; FRAME]) -> Look {
        self.past.copy_within(FRAME.., 0);
        let mut square = 0.0;
        for (p, s) in self.past[LONG - FRAME..].iter_mut().zip(frame) {
            *p = f32::from(*s) / 32_768.0;
            square += *p * *p;
        }
        let mut look = self.look();
        look.frame_db = dbm0(square / FRAME as f32);
        look
    }

    fn look(&self) -> Look {
        let mut sound = [0.0_f32; SHORT];
        for ((o, s), w) in sound.iter_mut().zip(&self.past[LONG - SHORT..]).zip(SHORT_WINDOW.iter()) {
            *o = s * w;
        }
        let bins = microfft::real::rfft_512(&mut sound);
        let mut power = [0.0_f32; SHORT / 2];
        for (p, b) in power.iter_mut().zip(bins.iter()) {
            *p = b.re * b.re + b.im * b.im;
        }
        power[0] = 0.0;
        // The sum over all bins is the mean square: the window takes 3/8 of the power.
        let scale = 2.0 / (0.375 * (SHORT * SHORT) as f32);
        let total: f32 = power[LOW_BIN..=HIGH_BIN].iter().sum();
        let level_db = dbm0(total * scale);
        if total <= 1e-9 {
            return Look { level_db, ..Look::default() };
        }
        let first = strongest(&power, None);
        let second = strongest(&power, Some(first));
        Look {
            level_db,
            frame_db: 0.0,
            peak: peak(&power, first, total),
            second: peak(&power, second, total),
            flatness: flatness(&power),
        }
    }

    /// Power in bands, equally wide in the logarithm, of the last 128 ms; `edges` are bins of 7.8 Hz, one more than bands.
    pub(super) fn bands<const N: usize>(&self, edges: &[usize], out: &mut [f32; N]) {
        let mut sound = [0.0_f32; LONG];
        for ((o, s), w) in sound.iter_mut().zip(&self.past).zip(LONG_WINDOW.iter()) {
            *o = s * w;
        }
        let bins = microfft::real::rfft_1024(&mut sound);
        for (o, e) in out.iter_mut().zip(edges.windows(2)) {
            *o = bins[e[0]..e[1]].iter().map(|b| b.re * b.re + b.im * b.im).sum();
        }
    }
}

fn strongest(power: &[f32; SHORT / 2], beside: Option<usize>) -> usize {
    let mut best = LOW_BIN;
    let mut most = -1.0;
    for (i, p) in power.iter().enumerate().take(HIGH_BIN + 1).skip(LOW_BIN) {
        if *p > most && beside.is_none_or(|b| b.abs_diff(i) > LOBE + 1) {
            (best, most) = (i, *p);
        }
    }
    best
}

fn peak(power: &[f32; SHORT / 2], bin: usize, total: f32) -> Peak {
    let (from, to) = (bin - LOBE, bin + LOBE);
    let share = power[from..=to].iter().sum::<f32>() / total;
    // Interpolated over the logarithms of three bins: exact to about a tenth of a bin for a Hann window.
    let [a, b, c] = [power[bin - 1], power[bin], power[bin + 1]].map(|p| p.max(1e-12).ln());
    let bend = a - 2.0 * b + c;
    let offset = if bend < -1e-6 { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    Peak { hz: (bin as f32 + offset) * RATE as f32 / SHORT as f32, share: share.min(1.0) }
}

fn flatness(power: &[f32; SHORT / 2]) -> f32 {
    const LOW: usize = 19;
    let band = &power[LOW..=217];
    let n = band.len() as f32;
    // Most noise falls with the frequency: weighed by it, hiss and rumble alike are flat.
    let mean = band.iter().enumerate().map(|(i, p)| p * (i + LOW) as f32).sum::<f32>() / n;
    // Products of four keep the logarithms few.
    let four = |(i, c): (usize, &[f32])| {
        c.iter().enumerate().map(|(k, p)| p.max(1e-12) * (i * 4 + k + LOW) as f32).product::<f32>().max(1e-36).ln()
    };
    let log: f32 = band.chunks(4).enumerate().map(four).sum();
    ((log / n).exp() / mean.max(1e-12)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_measured_in_frequency_level_and_purity() {
        for (hz, amplitude) in [(450.0, 8_000.0), (441.0, 300.0), (1_100.0, 20_000.0), (2_100.0, 1_000.0), (1_004.5, 500.0_f32)] {
            let mut s = Spectrum::new();
            let mut look = Look::default();
            for n in 0..8 {
                let frame: [i16; FRAME] =
                    std::array::from_fn(|i| (amplitude * (TAU * hz * (n * FRAME + i) as f32 / RATE as f32).sin()) as i16);
                look = s.push(&frame);
            }
            assert!((look.peak.hz - hz).abs() < 1.5, "{hz}: {}", look.peak.hz);
            assert!(look.peak.share > 0.98, "{hz}: {}", look.peak.share);
            let want = dbm0(amplitude * amplitude / 2.0 / 32_768.0 / 32_768.0);
            assert!((look.level_db - want).abs() < 0.5, "{hz}: {} for {want}", look.level_db);
            assert!((look.frame_db - want).abs() < 0.5);
        }
    }

    #[test]
    fn noise_is_flat_and_silence_is_nothing() {
        let mut s = Spectrum::new();
        let mut seed = 1_u32;
        let mut look = Look::default();
        for _ in 0..8 {
            let frame: [i16; FRAME] = std::array::from_fn(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 20) as i16 - 2_048
            });
            look = s.push(&frame);
        }
        assert!(look.flatness > 0.4 && look.peak.share < 0.2, "{look:?}");
        for _ in 0..8 {
            look = s.push(&[0; FRAME]);
        }
        assert!(look.level_db < -90.0);
    }
}
