//! Concealment of lost sound in the manner of ITU-T G.711 Appendix I: the last pitch periods are said again, more of them
//! as the gap grows, fading from 10 ms on and silent after 60 ms.
//!
//! Unlike the Appendix nothing is delayed: the step between the last real sample and the first made-up one is spread over
//! the first quarter of a period.

/// Shortest and longest pitch period: 5 and 15 ms (200 to 66 Hz).
const LAG_MIN: usize = 40;
const LAG_MAX: usize = 120;
/// Stretch that is compared with itself one period earlier: 20 ms.
const WINDOW: usize = 160;
/// Pitch periods said again at most.
const PERIODS_MAX: usize = 3;
/// Three of the longest periods and the quarter that blends them.
pub const HISTORY: usize = PERIODS_MAX * LAG_MAX + LAG_MAX / 4;
/// 10 ms: after each, one more period is used and the sound is a fifth quieter.
const STEP: usize = 80;
const FADED: usize = 6 * STEP;

#[derive(Clone, Debug)]
pub struct Concealer {
    /// The last real or made-up samples, the newest last.
    history: [i16; HISTORY],
    /// As `history` was when the gap began.
    source: [i16; HISTORY],
    lag: usize,
    /// Samples made up since the gap began.
    made: usize,
}

impl Concealer {
    pub const fn new() -> Self {
        Self { history: [0; HISTORY], source: [0; HISTORY], lag: LAG_MAX, made: 0 }
    }

    /// With the sound before the gap at hand: what conceals need not listen all the time.
    pub const fn after(history: [i16; HISTORY]) -> Self {
        Self { history, ..Self::new() }
    }

    /// Real sound; its beginning is blended with what was made up before it.
    pub fn heard(&mut self, sound: &mut [i16]) {
        if self.made > 0 {
            let steps = self.made.div_ceil(STEP);
            let blend = (32 * steps).min(STEP).min(sound.len());
            for (i, s) in sound[..blend].iter_mut().enumerate() {
                *s = mix(self.next(), f32::from(*s), (i + 1) as f32 / blend as f32) as i16;
            }
            self.made = 0;
        }
        self.remember(sound);
    }

    /// Makes up what was lost.
    pub fn conceal(&mut self, out: &mut [i16]) {
        if self.made == 0 {
            self.source = self.history;
            self.lag = pitch(&self.source);
        }
        for s in out.iter_mut() {
            *s = self.next() as i16;
        }
        self.remember(out);
    }

    fn remember(&mut self, sound: &[i16]) {
        let new = &sound[sound.len().saturating_sub(HISTORY)..];
        self.history.copy_within(new.len().., 0);
        self.history[HISTORY - new.len()..].copy_from_slice(new);
    }

    /// The next made-up sample.
    fn next(&mut self) -> f32 {
        let at = self.made;
        self.made = self.made.saturating_add(1);
        if at >= FADED {
            return 0.0;
        }
        let (quarter, step) = (self.lag / 4, at / STEP);
        let periods = (step + 1).min(PERIODS_MAX);
        let mut v = self.repeated(at, periods);
        let into = at % STEP;
        if into < quarter && step < PERIODS_MAX {
            let weight = (into + 1) as f32 / quarter as f32;
            v = if step == 0 { v + self.jump() * (1.0 - weight) } else { mix(self.repeated(at, periods - 1), v, weight) };
        }
        v * (1.0 - 0.2 * (at.saturating_sub(STEP) as f32 / STEP as f32)).max(0.0)
    }

    /// How far the newest real sample lies from the one that is followed instead.
    fn jump(&self) -> f32 {
        f32::from(self.source[HISTORY - 1]) - f32::from(self.source[HISTORY - 1 - self.lag])
    }

    /// Sample `at` of the last so many periods said again and again, each end blended into the next beginning.
    fn repeated(&self, at: usize, periods: usize) -> f32 {
        let (length, quarter) = (self.lag * periods, self.lag / 4);
        let place = at % length;
        let s = f32::from(self.source[HISTORY - length + place]);
        match place.checked_sub(length - quarter) {
            Some(i) => mix(s, f32::from(self.source[HISTORY - length - quarter + i]), (i + 1) as f32 / quarter as f32),
            None => s,
        }
    }
}

fn mix(from: f32, to: f32, weight: f32) -> f32 {
    from + (to - from) * weight
}

/// The pitch period of the newest sound: where it is most like itself.
fn pitch(history: &[i16; HISTORY]) -> usize {
    let coarse = best(history, (LAG_MIN..=LAG_MAX).step_by(2), 2);
    best(history, coarse.saturating_sub(1).max(LAG_MIN)..=(coarse + 1).min(LAG_MAX), 1)
}

fn best(history: &[i16; HISTORY], lags: impl Iterator<Item = usize>, stride: usize) -> usize {
    let newest = &history[HISTORY - WINDOW..];
    let mut found = (LAG_MAX, f32::MIN);
    for lag in lags {
        let earlier = &history[HISTORY - WINDOW - lag..HISTORY - lag];
        let (mut likeness, mut energy) = (0_i64, 1_i64);
        for (a, b) in newest.iter().zip(earlier).step_by(stride) {
            likeness += i64::from(i32::from(*a) * i32::from(*b));
            energy += i64::from(i32::from(*b) * i32::from(*b));
        }
        let score = likeness as f32 * likeness.abs() as f32 / energy as f32;
        if score > found.1 {
            found = (lag, score);
        }
    }
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(hz: f32, n: usize) -> Vec<i16> {
        let part = |i: usize, k: f32| (std::f32::consts::TAU * hz * k * i as f32 / 8_000.0).sin() / k;
        (0..n).map(|i| (6_000.0 * (part(i, 1.0) + part(i, 2.0) + part(i, 3.0))) as i16).collect()
    }

    fn snr_db(real: &[i16], got: &[i16]) -> f32 {
        let energy: f32 = real.iter().map(|s| f32::from(*s).powi(2)).sum();
        let error: f32 = real.iter().zip(got).map(|(a, b)| (f32::from(*a) - f32::from(*b)).powi(2)).sum();
        10.0 * (energy / error.max(1.0)).log10()
    }

    #[test]
    fn a_voiced_gap_of_twenty_ms_is_hardly_there() {
        for hz in [80.0, 120.0, 133.0, 190.0] {
            let sound = voice(hz, 1_600);
            let mut c = Concealer::new();
            c.heard(&mut sound[..800].to_vec());
            let mut gap = [0; 160];
            c.conceal(&mut gap);
            let mut after = sound[960..1_120].to_vec();
            c.heard(&mut after);
            assert!(snr_db(&sound[800..880], &gap[..80]) > 9.0, "{hz}: {}", snr_db(&sound[800..880], &gap[..80]));
            assert!(snr_db(&sound[960..1_120], &after) > 12.0, "{hz}: {}", snr_db(&sound[960..1_120], &after));
        }
    }

    #[test]
    fn nothing_clicks_and_a_long_gap_is_silent() {
        let sound = voice(110.0, 3_200);
        let steepest = sound.windows(2).map(|w| (w[1] - w[0]).abs()).max().unwrap();
        let mut c = Concealer::new();
        c.heard(&mut sound[..1_600].to_vec());
        let mut all = sound[..1_600].to_vec();
        for _ in 0..5 {
            let mut gap = [0; 160];
            c.conceal(&mut gap);
            all.extend(gap);
        }
        assert!(all[1_600 + 480..].iter().all(|s| *s == 0));
        let mut after = sound[2_400..2_560].to_vec();
        c.heard(&mut after);
        all.extend(after);
        let worst = all.windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max().unwrap();
        assert!(worst < i32::from(steepest) * 2, "{worst} {steepest}");
    }

    #[test]
    fn the_pitch_is_found() {
        for lag in [41, 57, 80, 119] {
            let mut c = Concealer::new();
            c.heard(&mut voice(8_000.0 / lag as f32, 800));
            let found = pitch(&c.history);
            assert!((1..=2).any(|k| found.abs_diff(lag * k) <= 1), "{lag}: {found}");
        }
    }

    #[test]
    fn odd_lengths_and_extremes_are_taken() {
        let mut c = Concealer::new();
        for (n, level) in [(1, i16::MIN), (0, 0), (7, i16::MAX), (1_600, i16::MIN), (390, i16::MAX), (3, -1)] {
            c.heard(&mut vec![level; n]);
            c.conceal(&mut vec![0; n]);
        }
    }
}
