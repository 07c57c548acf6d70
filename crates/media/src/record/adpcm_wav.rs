//! WAV with IMA ADPCM (tag 0x11) in two channels: four bits a sample, blocks that each stand alone.
//!
//! A block begins with four octets per channel (first sample, step index, zero); then the channels take turns of four octets,
//! eight samples each, the low half of an octet first.

use super::{Decode, Encode, Gather, Layout, Riff};
use crate::g711::Law;

const BLOCK_OCTETS: usize = 512;
/// Per channel: the one in the head and two in each octet behind it.
const BLOCK_SAMPLES: usize = (BLOCK_OCTETS / 2 - 4) * 2 + 1;
const SAMPLES_LE: [u8; 2] = (BLOCK_SAMPLES as u16).to_le_bytes();

pub const LAYOUT: Layout = Layout {
    extension: "wav",
    channels: 2,
    block_octets: BLOCK_OCTETS as u32,
    block_samples: BLOCK_SAMPLES as u32,
    warm_up_blocks: 0,
    riff: Some(Riff { tag: 0x11, bits: 4, extra: Some(&SAMPLES_LE) }),
};

const INDEX_STEPS: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130,
    143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1_060, 1_166, 1_282,
    1_411, 1_552, 1_707, 1_878, 2_066, 2_272, 2_499, 2_749, 3_024, 3_327, 3_660, 4_026, 4_428, 4_871, 5_358, 5_894, 6_484, 7_132,
    7_845, 8_630, 9_493, 10_442, 11_487, 12_635, 13_899, 15_289, 16_818, 18_500, 20_350, 22_385, 24_623, 27_086, 29_794, 32_767,
];

/// One channel's prediction.
#[derive(Clone, Copy, Debug, Default)]
struct Predictor {
    value: i32,
    index: i32,
}

impl Predictor {
    fn step(self) -> i32 {
        STEPS[self.index.clamp(0, 88) as usize]
    }

    /// Follows four bits, as every reader does.
    fn follow(&mut self, code: u8) -> i16 {
        let step = self.step();
        let mut change = step >> 3;
        for (bit, part) in [(4, step), (2, step >> 1), (1, step >> 2)] {
            if code & bit != 0 {
                change += part;
            }
        }
        let change = if code & 8 != 0 { -change } else { change };
        self.value = (self.value + change).clamp(-32_768, 32_767);
        self.index = (self.index + INDEX_STEPS[usize::from(code & 7)]).clamp(0, 88);
        self.value as i16
    }

    /// The four bits that come nearest to a sample; follows them.
    fn code(&mut self, sample: i16) -> u8 {
        let difference = i32::from(sample) - self.value;
        let mut code = if difference < 0 { 8 } else { 0 };
        let (mut left, mut step) = (difference.abs(), self.step());
        for bit in [4, 2, 1] {
            if left >= step {
                code |= bit;
                left -= step;
            }
            step >>= 1;
        }
        self.follow(code);
        code
    }
}

#[derive(Default)]
pub struct Writer {
    left: Gather<BLOCK_SAMPLES>,
    right: Gather<BLOCK_SAMPLES>,
    predictors: [Predictor; 2],
}

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        for [l, r] in stereo.as_chunks::<2>().0 {
            if let (Some(left), Some(right)) = (self.left.push(Law::A.decode(*l)), self.right.push(Law::A.decode(*r))) {
                block(&mut self.predictors, left, right, out);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if let (Some(left), Some(right)) = (self.left.rest(), self.right.rest()) {
            block(&mut self.predictors, left, right, out);
        }
    }
}

fn block(predictors: &mut [Predictor; 2], left: &[i16; BLOCK_SAMPLES], right: &[i16; BLOCK_SAMPLES], out: &mut Vec<u8>) {
    for (p, samples) in predictors.iter_mut().zip([left, right]) {
        p.value = i32::from(samples[0]);
        out.extend(samples[0].to_le_bytes());
        out.extend([p.index as u8, 0]);
    }
    for (l, r) in left[1..].as_chunks::<8>().0.iter().zip(right[1..].as_chunks::<8>().0) {
        for (p, eight) in predictors.iter_mut().zip([l, r]) {
            out.extend(eight.as_chunks::<2>().0.iter().map(|[a, b]| p.code(*a) | p.code(*b) << 4));
        }
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        for block in blocks.as_chunks::<BLOCK_OCTETS>().0 {
            let (head, body) = block.split_at(8);
            let first = |at: usize| Predictor {
                value: i32::from(i16::from_le_bytes([head[at], head[at + 1]])),
                index: i32::from(head[at + 2]).min(88),
            };
            let mut predictors = [first(0), first(4)];
            out.extend(predictors.map(|p| p.value as i16));
            for turn in body.as_chunks::<8>().0 {
                let mut eight = [[0; 8]; 2];
                for ((p, octets), samples) in predictors.iter_mut().zip(turn.as_chunks::<4>().0).zip(&mut eight) {
                    for (o, pair) in octets.iter().zip(samples.as_chunks_mut::<2>().0) {
                        *pair = [p.follow(o & 0x0F), p.follow(o >> 4)];
                    }
                }
                out.extend((0..8).flat_map(|i| [eight[0][i], eight[1][i]]));
            }
        }
    }
}
