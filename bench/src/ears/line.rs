//! What a line does to sound: level, noise, a codec, lost packets. All of it from a seed.

use media::FRAME;
use media::codec::{Codec, Decoder, ENCODED_MAX, Encoder, SAMPLES_MAX};

/// A small generator of its own, so that a seed means the same corpus everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[(self.next() >> 33) as usize % of.len()]
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    White,
    Pink,
    Babble,
}

/// One line's condition.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Of the sound, relative to how it was made, dB.
    pub gain_db: f32,
    /// Signal to noise over the loud parts; none: only the codec's own noise.
    pub snr_db: Option<(Noise, f32)>,
    pub coding: Codec,
    /// Share of packets lost, in bursts of up to two.
    pub loss: f32,
}

impl Line {
    /// Any condition, from the dice.
    pub fn any(dice: &mut Dice) -> Self {
        let noise = *dice.pick(&[Noise::White, Noise::Pink, Noise::Babble]);
        Self {
            gain_db: dice.between(-18.0, 3.0),
            // Other people's talk masks speech more than hiss does.
            snr_db: dice
                .pick(&[None, None, Some(25.0), Some(18.0), Some(12.0)])
                .map(|db| (noise, if noise == Noise::Babble { db + 3.0 } else { db })),
            coding: *dice.pick(&[Codec::Pcma, Codec::Pcma, Codec::Pcmu, Codec::G729]),
            loss: *dice.pick(&[0.0, 0.0, 0.01, 0.03]),
        }
    }

    pub fn carry(&self, sound: &[i16], babble: &[i16], dice: &mut Dice) -> Vec<i16> {
        let gain = 10.0_f32.powf(self.gain_db / 20.0);
        let mut out: Vec<f32> = sound.iter().map(|s| f32::from(*s) * gain).collect();
        if let Some((noise, snr)) = self.snr_db {
            let level = loud_rms(&out) / 10.0_f32.powf(snr / 20.0);
            add_noise(&mut out, noise, level, babble, dice);
        }
        let pcm: Vec<i16> = out.iter().map(|s| s.clamp(-32_767.0, 32_767.0) as i16).collect();
        self.send(&pcm, dice)
    }

    /// Encodes, loses packets, and decodes or conceals.
    fn send(&self, pcm: &[i16], dice: &mut Dice) -> Vec<i16> {
        let (mut to, mut from) = (Encoder::new(self.coding), Decoder::new(self.coding));
        let (mut payload, mut sound) = ([0; ENCODED_MAX], [0; SAMPLES_MAX]);
        let mut out = Vec::with_capacity(pcm.len());
        let mut lost = 0;
        for frame in pcm.as_chunks::<FRAME>().0 {
            let n = to.encode(frame, &mut payload);
            if lost == 0 && dice.unit() < self.loss {
                lost = 1 + (dice.next() & 1);
            }
            if lost > 0 {
                lost -= 1;
                from.conceal(&mut sound[..FRAME]);
                out.extend_from_slice(&sound[..FRAME]);
            } else if let Ok(n) = from.decode(&payload[..n], &mut sound) {
                out.extend_from_slice(&sound[..n]);
            }
        }
        out
    }
}

/// Root mean square over the frames within 20 dB of the loudest.
fn loud_rms(sound: &[f32]) -> f32 {
    let squares: Vec<f32> = sound.chunks(FRAME).map(|f| f.iter().map(|s| s * s).sum::<f32>() / f.len() as f32).collect();
    let most = squares.iter().copied().fold(0.0, f32::max);
    let loud: Vec<f32> = squares.into_iter().filter(|s| *s > most / 100.0).collect();
    (loud.iter().sum::<f32>() / loud.len().max(1) as f32).sqrt()
}

fn add_noise(out: &mut [f32], noise: Noise, level: f32, babble: &[i16], dice: &mut Dice) {
    let mut pink = [0.0_f32; 3];
    let start = dice.next() as usize % babble.len().max(1);
    let babble_gain = level / loud_rms(&babble.iter().map(|s| f32::from(*s)).collect::<Vec<_>>()).max(1.0);
    for (i, o) in out.iter_mut().enumerate() {
        // Uniform noise of variance one.
        let white = dice.between(-1.732, 1.732);
        *o += match noise {
            Noise::White => white * level,
            Noise::Pink => {
                pink[0] = 0.99765 * pink[0] + white * 0.099_046;
                pink[1] = 0.96300 * pink[1] + white * 0.296_516_4;
                pink[2] = 0.57000 * pink[2] + white * 1.052_691_3;
                (pink[0] + pink[1] + pink[2] + white * 0.1848) * level * 0.45
            }
            Noise::Babble if babble.is_empty() => white * level,
            Noise::Babble => f32::from(babble[(start + i) % babble.len()]) * babble_gain,
        };
    }
}
