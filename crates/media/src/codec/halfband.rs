//! Between 8 and 16 kHz through one half-band filter of 47 taps: flat to 3.4 kHz, 50 dB down from 4.6 kHz.

use crate::FRAME;

/// Samples at 8 kHz worked on at a time.
const CHUNK: usize = FRAME;
/// Taps other than the middle one, which is a half; symmetric.
const TAPS: usize = 24;
const HALF_OF_TAPS: [f32; TAPS / 2] = [
    -0.000_416_5,
    0.001_074_2,
    -0.002_200_6,
    0.003_978_2,
    -0.006_636_9,
    0.010_484_9,
    -0.015_984_6,
    0.023_941_4,
    -0.036_031_3,
    0.056_610_0,
    -0.101_763_6,
    0.316_944_9,
];

fn round(v: f32) -> i16 {
    // `as` saturates; clipping is what a converter does.
    v.round() as i16
}

/// One branch of the filter: a delay line and the taps over it.
#[derive(Clone, Debug)]
struct Branch {
    line: [f32; TAPS - 1 + CHUNK],
}

impl Branch {
    const fn new() -> Self {
        Self { line: [0.0; TAPS - 1 + CHUNK] }
    }

    fn fresh(&mut self) -> &mut [f32] {
        &mut self.line[TAPS - 1..]
    }

    /// The filter over the first `n` fresh samples.
    fn filtered(&self, n: usize) -> [f32; CHUNK] {
        let mut sum = [0.0; CHUNK];
        for tap in 0..TAPS {
            let weight = HALF_OF_TAPS[tap.min(TAPS - 1 - tap)];
            // The other order of loops would not be vectorised: sums of floats are not reordered.
            for (s, x) in sum[..n].iter_mut().zip(&self.line[TAPS - 1 - tap..]) {
                *s += weight * x;
            }
        }
        sum
    }

    /// The fresh samples as they were so many samples ago.
    fn delayed(&self, samples: usize) -> &[f32] {
        &self.line[TAPS - 1 - samples..]
    }

    fn keep(&mut self, n: usize) {
        self.line.copy_within(n..n + TAPS - 1, 0);
    }
}

/// 16 kHz to 8 kHz.
#[derive(Clone, Debug)]
pub struct Decimator {
    even: Branch,
    odd: Branch,
}

impl Decimator {
    pub const fn new() -> Self {
        Self { even: Branch::new(), odd: Branch::new() }
    }

    /// One sample out for every two in; as many as both slices hold. A sample without its partner is left out.
    pub fn run(&mut self, wide: &[i16], narrow: &mut [i16]) -> usize {
        let n = (wide.len() / 2).min(narrow.len());
        for (w, out) in wide[..2 * n].chunks(2 * CHUNK).zip(narrow[..n].chunks_mut(CHUNK)) {
            for ((e, o), pair) in self.even.fresh().iter_mut().zip(self.odd.line[TAPS - 1..].iter_mut()).zip(w.chunks_exact(2)) {
                *e = f32::from(pair[0]);
                *o = f32::from(pair[1]);
            }
            let sum = self.even.filtered(out.len());
            for ((out, s), middle) in out.iter_mut().zip(sum).zip(self.odd.delayed(TAPS / 2)) {
                *out = round(s + 0.5 * middle);
            }
            self.even.keep(out.len());
            self.odd.keep(out.len());
        }
        n
    }
}

/// 8 kHz to 16 kHz.
#[derive(Clone, Debug)]
pub struct Interpolator {
    branch: Branch,
}

impl Interpolator {
    pub const fn new() -> Self {
        Self { branch: Branch::new() }
    }

    /// Two samples out for each one in; as many as both slices hold.
    pub fn run(&mut self, narrow: &[i16], wide: &mut [i16]) -> usize {
        let n = narrow.len().min(wide.len() / 2);
        for (x, out) in narrow[..n].chunks(CHUNK).zip(wide[..2 * n].chunks_mut(2 * CHUNK)) {
            for (f, s) in self.branch.fresh().iter_mut().zip(x) {
                *f = f32::from(*s);
            }
            let sum = self.branch.filtered(x.len());
            for ((pair, s), middle) in out.chunks_exact_mut(2).zip(sum).zip(self.branch.delayed(TAPS / 2 - 1)) {
                pair[0] = round(2.0 * s);
                pair[1] = round(*middle);
            }
            self.branch.keep(x.len());
        }
        2 * n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: f32, n: usize) -> Vec<i16> {
        (0..n).map(|i| (10_000.0 * (std::f32::consts::TAU * hz * i as f32 / rate).sin()) as i16).collect()
    }

    fn rms_db(s: &[i16]) -> f32 {
        let sum: f64 = s.iter().map(|v| f64::from(*v).powi(2)).sum();
        (10.0 * (sum / s.len() as f64 + 1e-3).log10()) as f32
    }

    #[test]
    fn speech_passes_level_and_what_would_fold_is_gone() {
        for (hz, change, tolerance) in [(300.0, 0.0, 0.05), (1_000.0, 0.0, 0.05), (3_400.0, 0.0, 0.2)] {
            let wide = tone(hz, 16_000.0, 3_200);
            let mut narrow = [0; 1_600];
            assert_eq!(Decimator::new().run(&wide, &mut narrow), 1_600);
            let got = rms_db(&narrow[100..]) - rms_db(&wide[200..]);
            assert!((got - change).abs() < tolerance, "{hz}: {got}");
            let mut back = [0; 3_200];
            assert_eq!(Interpolator::new().run(&tone(hz, 8_000.0, 1_600), &mut back), 3_200);
            let got = rms_db(&back[200..]) - rms_db(&wide[200..]);
            assert!((got - change).abs() < tolerance, "{hz} up: {got}");
        }
        for hz in [4_700.0, 5_500.0, 7_000.0] {
            let wide = tone(hz, 16_000.0, 3_200);
            let mut narrow = [0; 1_600];
            Decimator::new().run(&wide, &mut narrow);
            let got = rms_db(&narrow[100..]) - rms_db(&wide);
            assert!(got < -50.0, "{hz}: {got}");
        }
    }

    #[test]
    fn there_and_back_is_the_same_sound_later() {
        let sound = tone(700.0, 8_000.0, 1_600);
        let (mut wide, mut back) = ([0; 3_200], [0; 1_600]);
        Interpolator::new().run(&sound, &mut wide);
        Decimator::new().run(&wide, &mut back);
        let delay = TAPS - 1;
        for (a, b) in sound.iter().zip(&back[delay..]).skip(100) {
            assert!((a - b).abs() < 40, "{a} {b}");
        }
    }

    #[test]
    fn how_it_is_cut_up_makes_no_difference() {
        let wide = tone(1_234.0, 16_000.0, 3_000);
        let mut whole = [0; 1_500];
        Decimator::new().run(&wide, &mut whole);
        let mut piecewise: Vec<i16> = Vec::new();
        let mut d = Decimator::new();
        let mut rest = &wide[..];
        for n in [2, 2, 318, 322, 640, 10, 1_706] {
            let mut out = [0; 1_000];
            let got = d.run(&rest[..n], &mut out);
            piecewise.extend(&out[..got]);
            rest = &rest[n..];
        }
        assert_eq!(piecewise, whole);
        let mut i = Interpolator::new();
        let (mut one, mut two) = ([0; 3_000], [0; 3_000]);
        Interpolator::new().run(&whole, &mut one);
        i.run(&whole[..37], &mut two[..74]);
        i.run(&whole[37..], &mut two[74..]);
        assert_eq!(one, two);
    }
}
