//! Digits heard in the sound itself, within the limits of ITU-T Q.24: 40 ms of tone and 40 ms of pause are enough, 23 ms are
//! not, 10 ms of interruption are bridged; the higher tone may be 4 dB louder or 8 dB quieter than the lower one.
//!
//! Blocks of 12.75 ms are measured, each beginning in the middle of the one before; four in a row must agree. Speech is kept out by asking that nearly everything in the block
//! is the two tones, that no other tone of the pad comes near, that their overtones are missing and that they stand still.

use crate::RATE;

/// 12.75 ms: resolves the 73 Hz between the lowest two tones.
const BLOCK: usize = 102;
/// From one block to the next: 6.4 ms.
const HOP: usize = BLOCK / 2;
/// Blocks in a row that make a digit: 31 ms of tone have them at any alignment, 24 ms at none.
const AGREE: u8 = 4;
const TONES: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1_209.0, 1_336.0, 1_477.0, 1_633.0];
const PAD: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];
/// Quietest tone taken, as amplitude: about −32 dBm0.
const AMPLITUDE_MIN: f32 = 570.0;
/// The column's tone over the row's, in power: +4 dB, and the widest the other way: −8 dB; half a dB and a whole one for the
/// measurement.
const TWIST_MAX: f32 = 2.8;
const TWIST_REVERSE_MAX: f32 = 8.0;
/// The best tone of a group over the next one, in power: 8 dB.
const PEAK: f32 = 6.3;
/// Share of the block's power that is in the two tones; 1.5 % off both frequencies leave 0.75.
const SHARE: f32 = 0.72;
/// An overtone may have this share of its tone's power; a voice has more.
const OVERTONE: f32 = 0.12;
/// For keys whose row's overtone lies within 100 Hz of the column (2, 6, B, C): share of the column's power that is seen there,
/// with both tones 1.5 % off.
const LEAK: f32 = 0.5;
/// How much two blocks of one digit may differ in power: 3 dB.
const STEADY: f32 = 2.0;
/// Blocks without the digit that end it: 38 ms.
const MISSES: u8 = 6;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    digit: char,
    power: f32,
}

/// Hears the digits of one stream of sound.
#[derive(Clone, Debug)]
pub struct ToneDigits {
    block: [f32; BLOCK],
    filled: usize,
    last: Option<Seen>,
    running: Option<char>,
    misses: u8,
    agreed: u8,
}

impl Default for ToneDigits {
    fn default() -> Self {
        Self { block: [0.0; BLOCK], filled: 0, last: None, running: None, misses: 0, agreed: 0 }
    }
}

impl ToneDigits {
    /// Takes the next stretch of sound, at most 20 ms of it; a digit is told once, when it has been heard long enough.
    pub fn on_frame(&mut self, pcm: &[i16]) -> Option<char> {
        let mut told = None;
        for s in pcm {
            self.block[self.filled] = f32::from(*s);
            self.filled += 1;
            if self.filled == BLOCK {
                let seen = look(&self.block);
                self.block.copy_within(HOP.., 0);
                self.filled = BLOCK - HOP;
                // A frame of 20 ms can end four blocks but not begin two digits.
                told = self.judge(seen).or(told);
            }
        }
        told
    }

    fn judge(&mut self, seen: Option<Seen>) -> Option<char> {
        let before = std::mem::replace(&mut self.last, seen);
        if self.running.is_some() && self.running == seen.map(|s| s.digit) {
            self.misses = 0;
            return None;
        }
        self.misses = self.misses.saturating_add(1);
        if self.misses >= MISSES {
            self.running = None;
        }
        let alike = |a: Seen, b: Seen| a.digit == b.digit && a.power < b.power * STEADY && b.power < a.power * STEADY;
        self.agreed = match (before, seen) {
            (Some(a), Some(b)) if alike(a, b) => self.agreed + 1,
            (_, Some(_)) => 1,
            (_, None) => 0,
        };
        let b = seen.filter(|_| self.agreed >= AGREE)?;
        self.misses = 0;
        self.running = Some(b.digit);
        self.running
    }
}

/// The digit that fills a block.
fn look(block: &[f32; BLOCK]) -> Option<Seen> {
    let total: f32 = block.iter().map(|s| s * s).sum();
    let least = AMPLITUDE_MIN * AMPLITUDE_MIN * BLOCK as f32;
    if total < least / 2.0 {
        return None;
    }
    let powers = goertzel(block, TONES);
    let (row, low) = peak(&powers[..4])?;
    let (column, high) = peak(&powers[4..])?;
    // A tone of amplitude a has (a·N/2)² here and a²·N/2 in `total`.
    let floor = (AMPLITUDE_MIN * BLOCK as f32 / 2.0).powi(2);
    let share = (low + high) * 2.0 / BLOCK as f32 / total;
    let twisted = high > low * TWIST_MAX || low > high * TWIST_REVERSE_MAX;
    if low < floor / 2.0 || high < floor / 2.0 || twisted || share < SHARE {
        return None;
    }
    let overtones = goertzel(block, [2.0 * TONES[row], 2.0 * TONES[4 + column]]);
    let leak = if (2.0 * TONES[row] - TONES[4 + column]).abs() < 100.0 { high * LEAK } else { 0.0 };
    let clean = overtones[0] < low * OVERTONE + leak && overtones[1] < high * OVERTONE;
    clean.then(|| Seen { digit: PAD[row][column], power: low + high })
}

/// The strongest of a group, when it stands out.
fn peak(group: &[f32]) -> Option<(usize, f32)> {
    let (at, best) = group.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let alone = group.iter().enumerate().all(|(i, p)| i == at || p * PEAK < best);
    alone.then_some((at, best))
}

/// Power of each frequency; all of them in one pass, which the compiler does side by side.
fn goertzel<const N: usize>(block: &[f32; BLOCK], hz: [f32; N]) -> [f32; N] {
    let coefficient = hz.map(|hz| 2.0 * (std::f32::consts::TAU * hz / RATE as f32).cos());
    let (mut s1, mut s2) = ([0.0_f32; N], [0.0_f32; N]);
    for x in block {
        for k in 0..N {
            let s0 = x + coefficient[k] * s1[k] - s2[k];
            s2[k] = s1[k];
            s1[k] = s0;
        }
    }
    std::array::from_fn(|k| s1[k] * s1[k] + s2[k] * s2[k] - coefficient[k] * s1[k] * s2[k])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FRAME, dtmf::frequencies};
    use proptest::prelude::*;

    const ALL: &str = "0123456789*#ABCD";

    struct Noise(u32);

    impl Noise {
        /// Roughly Gaussian, variance 1.
        fn next(&mut self) -> f32 {
            (0..12).fold(-6.0, |sum, _| {
                self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                sum + (self.0 >> 8) as f32 / 16_777_216.0
            })
        }
    }

    /// A digit with the levels (amplitudes) and the deviation of both tones given.
    fn tones(digit: char, ms: usize, low: f32, high: f32, off: f32) -> Vec<i16> {
        let (l, h) = frequencies(digit).unwrap();
        let part = |hz: u16, i: usize| (std::f32::consts::TAU * f32::from(hz) * off * i as f32 / 8_000.0).sin();
        (0..ms * 8).map(|i| (low * part(l, i) + high * part(h, i)) as i16).collect()
    }

    fn silence(ms: usize) -> Vec<i16> {
        vec![0; ms * 8]
    }

    fn heard(sound: &[i16]) -> String {
        let mut d = ToneDigits::default();
        sound.chunks(FRAME).filter_map(|f| d.on_frame(f)).collect()
    }

    #[test]
    fn every_digit_is_heard_once_at_any_alignment_and_length() {
        for offset in [0, 1, 37, 101] {
            for (on, off) in [(40, 40), (50, 50), (100, 60), (1_000, 100)] {
                let mut sound = vec![0; offset];
                for d in ALL.chars() {
                    sound.extend(tones(d, on, 5_000.0, 5_000.0, 1.0));
                    sound.extend(silence(off));
                }
                assert_eq!(heard(&sound), ALL, "{on}/{off} at {offset}");
            }
        }
        let mut twice = tones('5', 40, 5_000.0, 5_000.0, 1.0);
        twice.extend(silence(45));
        twice.extend(tones('5', 40, 5_000.0, 5_000.0, 1.0));
        twice.extend(silence(45));
        assert_eq!(heard(&twice), "55");
    }

    #[test]
    fn eight_seconds_are_one_digit_and_twenty_ms_none() {
        let mut long = tones('7', 8_000, 3_000.0, 3_000.0, 1.0);
        // 8 ms of interruption are bridged.
        long[20_000..20_064].fill(0);
        assert_eq!(heard(&long), "7");
        for offset in 0..102 {
            let mut short = vec![0; offset];
            short.extend(tones('7', 22, 5_000.0, 5_000.0, 1.0));
            short.extend(silence(100));
            assert_eq!(heard(&short), "", "{offset}");
        }
    }

    #[test]
    fn twist_level_and_deviation_are_taken_up_to_the_limits() {
        let db = |db: f32| 10_f32.powf(db / 20.0);
        for d in ALL.chars() {
            let once = |low: f32, high: f32, off: f32| {
                let mut s = tones(d, 60, low, high, off);
                s.extend(silence(50));
                heard(&s)
            };
            let told = d.to_string();
            assert_eq!(once(3_000.0, 3_000.0 * db(3.9), 1.0), told);
            assert_eq!(once(3_000.0, 3_000.0 * db(-7.9), 1.0), told);
            assert_eq!(once(3_000.0, 3_000.0 * db(8.0), 1.0), "", "{d}: the higher tone too loud");
            assert_eq!(once(3_000.0, 3_000.0 * db(-13.0), 1.0), "", "{d}: the higher tone too quiet");
            assert_eq!(once(16_000.0, 16_000.0, 1.0), told);
            assert_eq!(once(800.0, 800.0, 1.0), told);
            assert_eq!(once(150.0, 150.0, 1.0), "", "{d}: too quiet");
            assert_eq!(once(5_000.0, 5_000.0, 1.015), told, "{d}: 1.5 % high");
            assert_eq!(once(5_000.0, 5_000.0, 0.985), told, "{d}: 1.5 % low");
        }
    }

    #[test]
    fn digits_are_heard_through_noise_and_through_companding() {
        let mut noise = Noise(7);
        let (mut told, mut said) = (0, 0);
        for _ in 0..20 {
            for d in ALL.chars() {
                let mut s = tones(d, 50, 3_000.0, 3_000.0, 1.0);
                s.extend(silence(50));
                // 15 dB below the two tones together.
                let level = (3_000.0_f32.powi(2) / 10_f32.powf(1.5)).sqrt();
                for v in &mut s {
                    let law = crate::g711::Law::Mu;
                    *v = law.decode(law.encode((f32::from(*v) + level * noise.next()) as i16));
                }
                told += usize::from(heard(&s) == d.to_string());
                said += 1;
            }
        }
        assert!(told * 1_000 >= said * 995, "{told} of {said}");
    }

    #[test]
    fn single_tones_dial_tone_and_noise_are_no_digits() {
        let mut noise = Noise(3);
        let mut minute: Vec<i16> = (0..480_000).map(|_| (2_000.0 * noise.next()) as i16).collect();
        for hz in [350.0, 425.0, 440.0, 450.0, 697.0, 941.0, 1_336.0, 1_633.0, 2_100.0] {
            minute.extend((0..8_000).map(|i| (8_000.0 * (std::f32::consts::TAU * hz * i as f32 / 8_000.0).sin()) as i16));
        }
        assert_eq!(heard(&minute), "");
    }

    proptest! {
        #[test]
        fn any_sound_is_taken(frames in proptest::collection::vec(proptest::collection::vec(any::<i16>(), 0..400), 0..20)) {
            let mut d = ToneDigits::default();
            for f in frames {
                let _ = d.on_frame(&f);
            }
        }
    }
}
