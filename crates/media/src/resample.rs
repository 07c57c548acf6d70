//! Any rate to 8 kHz through rubato's windowed sinc.

use crate::RATE;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
    audioadapter_buffers::direct::InterleavedSlice,
};

/// The resampler could not be built or run for this rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sound at {rate} Hz cannot be resampled to 8000 Hz")]
pub struct ResampleError {
    pub rate: u32,
}

/// `samples` at `rate` as 8 kHz; as long in time as they were.
pub(crate) fn to_line_rate(samples: Vec<f32>, rate: u32) -> Result<Vec<f32>, ResampleError> {
    if rate == RATE || samples.is_empty() {
        return Ok(samples);
    }
    let fail = ResampleError { rate };
    let parameters =
        SincInterpolationParameters::new(256, WindowFunction::BlackmanHarris2).interpolation(SincInterpolationType::Linear);
    let ratio = f64::from(RATE) / f64::from(rate);
    let mut resampler = Async::<f32>::new_sinc(ratio, 1.0, &parameters, 1_024, 1, FixedAsync::Input).map_err(|_| fail)?;
    let input = InterleavedSlice::new(&samples, 1, samples.len()).map_err(|_| fail)?;
    let out = resampler.process_all(&input, samples.len(), None).map_err(|_| fail)?;
    Ok(out.take_data())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goertzel::level_db;

    fn tone(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        (0..(rate as f32 * seconds) as usize).map(|i| 0.5 * (std::f32::consts::TAU * hz * i as f32 / rate as f32).sin()).collect()
    }

    fn pcm(samples: &[f32]) -> Vec<i16> {
        samples.iter().map(|s| (s * 32_767.0) as i16).collect()
    }

    #[test]
    fn length_and_level_stay_and_nothing_folds_back() {
        for rate in [4_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000] {
            let got = pcm(&to_line_rate(tone(1_000.0, rate, 1.0), rate).unwrap());
            assert!(got.len().abs_diff(8_000) <= 2, "{rate}: {}", got.len());
            let middle = &got[1_000..7_000];
            assert!((level_db(middle, 1_000) + 6.0).abs() < 0.5, "{rate}: {}", level_db(middle, 1_000));
        }
        // 5 kHz would fold to 3 kHz.
        let got = pcm(&to_line_rate(tone(5_000.0, 48_000, 1.0), 48_000).unwrap());
        assert!(level_db(&got[1_000..7_000], 3_000) < -50.0, "{}", level_db(&got[1_000..7_000], 3_000));
    }
}
