//! Comfort noise (RFC 3389): the far end says how loud and of what colour its silence is, and that is what is heard.

/// The static payload type of comfort noise at 8 kHz.
pub const PAYLOAD_TYPE: u8 = 13;
/// Reflection coefficients looked at; more describe nothing a telephone line carries.
const ORDER_MAX: usize = 10;

#[derive(Clone, Debug)]
pub struct ComfortNoise {
    /// Root mean square of the excitation.
    gain: f32,
    reflection: [f32; ORDER_MAX],
    state: [f32; ORDER_MAX + 1],
    seed: u32,
}

impl ComfortNoise {
    /// Reads a payload: the level in −dBov and any number of reflection coefficients. `None` when it is empty.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut noise = Self { gain: 0.0, reflection: [0.0; ORDER_MAX], state: [0.0; ORDER_MAX + 1], seed: 1 };
        noise.describe(payload).then_some(noise)
    }

    /// Takes a newer description and goes on without a seam; false when it is empty.
    pub fn describe(&mut self, payload: &[u8]) -> bool {
        let Some((level, colour)) = payload.split_first() else { return false };
        self.reflection = [0.0; ORDER_MAX];
        let mut left = 1.0;
        for (k, octet) in self.reflection.iter_mut().zip(colour) {
            // §3.2; held inside the circle where the filter is stable.
            *k = (258.0 * (f32::from(*octet) - 127.0) / 32_768.0).clamp(-0.98, 0.98);
            left *= 1.0 - *k * *k;
        }
        let rms = 32_768.0 * 10_f32.powf(-f32::from(level & 0x7F) / 20.0);
        self.gain = rms * left.sqrt();
        true
    }

    /// The next stretch of noise.
    pub fn fill(&mut self, out: &mut [i16]) {
        // Uniform noise of variance 1 reaches to ±√3.
        let scale = self.gain * 3_f32.sqrt() / 32_768.0;
        for s in out {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut forward = f32::from((self.seed >> 16) as i16) * scale;
            for i in (0..ORDER_MAX).rev() {
                forward -= self.reflection[i] * self.state[i];
                self.state[i + 1] = self.state[i] + self.reflection[i] * forward;
            }
            self.state[0] = forward;
            *s = forward as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goertzel::level_db;
    use proptest::prelude::*;

    fn rms_dbov(s: &[i16]) -> f64 {
        let power = s.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / s.len() as f64;
        10.0 * (power / 32_768_f64.powi(2)).log10()
    }

    #[test]
    fn the_level_is_the_one_described_whatever_the_colour() {
        for payload in [&[30_u8][..], &[50], &[40, 60, 140], &[35, 230, 20, 127, 90]] {
            let mut out = [0; 16_000];
            ComfortNoise::parse(payload).unwrap().fill(&mut out);
            let got = rms_dbov(&out[1_000..]);
            assert!((got + f64::from(payload[0])).abs() < 1.5, "{payload:?}: {got}");
        }
        assert!(ComfortNoise::parse(&[]).is_none());
    }

    #[test]
    fn the_colour_is_the_one_described() {
        // A negative first coefficient makes each sample like the one before: low frequencies.
        let mut out = [0; 16_000];
        ComfortNoise::parse(&[30, 27]).unwrap().fill(&mut out);
        let band =
            |hz: std::ops::Range<u16>| hz.step_by(50).map(|hz| 10_f64.powf(f64::from(level_db(&out, hz)) / 10.0)).sum::<f64>();
        assert!(band(200..700) > 5.0 * band(3_000..3_500));
    }

    proptest! {
        #[test]
        fn any_description_stays_in_bounds(payload in proptest::collection::vec(any::<u8>(), 1..300)) {
            let mut noise = ComfortNoise::parse(&payload).unwrap();
            let mut out = [0; 4_000];
            noise.fill(&mut out);
            prop_assert!(noise.state.iter().all(|s| s.is_finite()));
        }
    }
}
