//! Changes the sampling rate of sound that is still coming: line to recogniser, synthesiser to line.

use crate::resample::ResampleError;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
    audioadapter_buffers::direct::InterleavedSlice,
};

/// Zero crossings of the filter: −60 dB a few hundred hertz beyond the edge, 4 ms of delay at 8 kHz.
const TAPS: usize = 64;

/// One stream of mono samples from one rate to another; what comes out is as long in time as what went in.
pub struct RateChange {
    inner: Option<Inner>,
}

struct Inner {
    resampler: Async<f32>,
    /// Input of the resampler that is not a whole chunk yet.
    waiting: Vec<f32>,
    chunk: usize,
    out: Vec<f32>,
    /// Output still to be dropped: the filter's delay.
    delay: usize,
    ratio: f64,
    taken: u64,
    given: u64,
}

impl std::fmt::Debug for RateChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateChange").field("ratio", &self.inner.as_ref().map_or(1.0, |i| i.ratio)).finish()
    }
}

impl RateChange {
    /// Rates of 4 000–192 000.
    ///
    /// # Errors
    /// A rate out of range.
    pub fn new(from: u32, to: u32) -> Result<Self, ResampleError> {
        if !(4_000..=192_000).contains(&from) || !(4_000..=192_000).contains(&to) {
            return Err(ResampleError { rate: from });
        }
        if from == to {
            return Ok(Self { inner: None });
        }
        let parameters =
            SincInterpolationParameters::new(TAPS, WindowFunction::BlackmanHarris2).interpolation(SincInterpolationType::Linear);
        let ratio = f64::from(to) / f64::from(from);
        // 10 ms at a time.
        let chunk = (from / 100) as usize;
        let resampler = Async::<f32>::new_sinc(ratio, 1.0, &parameters, chunk, 1, FixedAsync::Input)
            .map_err(|_| ResampleError { rate: from })?;
        let (room, delay) = (resampler.output_frames_max(), resampler.output_delay());
        let out = vec![0.0; room];
        Ok(Self { inner: Some(Inner { resampler, waiting: Vec::new(), chunk, out, delay, ratio, taken: 0, given: 0 }) })
    }

    /// Appends to `out` what can be said already; up to 10 ms and the filter's delay stay behind.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        let Some(inner) = &mut self.inner else { return out.extend_from_slice(samples) };
        inner.taken += samples.len() as u64;
        inner.waiting.extend(samples.iter().map(|s| f32::from(*s) / 32_768.0));
        inner.turn(out);
    }

    /// The rest; the stream is over.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        let Some(inner) = &mut self.inner else { return };
        let due = (inner.taken as f64 * inner.ratio).round() as u64;
        while inner.given < due {
            let silence = inner.chunk - inner.waiting.len() % inner.chunk;
            inner.waiting.extend(std::iter::repeat_n(0.0, silence));
            let before = out.len();
            inner.turn(out);
            if inner.given > due {
                out.truncate(out.len() - ((inner.given - due) as usize).min(out.len() - before));
            }
        }
        self.inner = None;
    }
}

impl Inner {
    fn turn(&mut self, out: &mut Vec<i16>) {
        let whole = self.waiting.len() / self.chunk * self.chunk;
        for chunk in self.waiting[..whole].chunks_exact(self.chunk) {
            let room = self.out.len();
            let Ok(input) = InterleavedSlice::new(chunk, 1, chunk.len()) else { continue };
            let Ok(mut output) = InterleavedSlice::new_mut(&mut self.out, 1, room) else { continue };
            let Ok((_, made)) = self.resampler.process_into_buffer(&input, &mut output, None) else { continue };
            let skip = self.delay.min(made);
            self.delay -= skip;
            self.given += (made - skip) as u64;
            out.extend(self.out[skip..made].iter().map(|s| (s * 32_768.0).clamp(-32_768.0, 32_767.0) as i16));
        }
        self.waiting.drain(..whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goertzel::level_db;
    use crate::tone::Tone;

    fn changed(from: u32, to: u32, samples: &[i16], piece: usize) -> Vec<i16> {
        let mut rate = RateChange::new(from, to).unwrap();
        let mut out = Vec::new();
        samples.chunks(piece).for_each(|c| rate.push(c, &mut out));
        rate.finish(&mut out);
        out
    }

    #[test]
    fn there_and_back_is_as_long_and_as_loud_however_it_is_cut() {
        let mut line = vec![0; 8_000];
        Tone::new(1_000).fill(&mut line);
        for rate in [8_000, 16_000, 22_050, 24_000, 48_000] {
            for piece in [7, 160, 8_000] {
                let there = changed(8_000, rate, &line, piece);
                assert!(there.len().abs_diff(rate as usize) <= 1, "{rate}: {}", there.len());
                let back = changed(rate, 8_000, &there, piece);
                assert!(back.len().abs_diff(8_000) <= 1, "{rate}: {}", back.len());
                let difference = level_db(&back[500..7_500], 1_000) - level_db(&line[500..7_500], 1_000);
                assert!(difference.abs() < 0.5, "{rate}: {difference}");
            }
        }
    }

    #[test]
    fn what_comes_out_is_in_time_with_what_went_in() {
        // A step at 100 ms must not move by more than a sample or two.
        let mut line = vec![0_i16; 1_600];
        line[800..].fill(10_000);
        let up = changed(8_000, 24_000, &line, 160);
        let at = up.iter().position(|s| *s > 5_000).unwrap();
        assert!(at.abs_diff(2_400) <= 4, "{at}");
    }

    #[test]
    fn silence_of_nothing_and_rates_out_of_range() {
        assert!(changed(8_000, 16_000, &[], 160).is_empty());
        assert!(RateChange::new(0, 8_000).is_err());
        assert!(RateChange::new(8_000, 400_000).is_err());
    }
}
