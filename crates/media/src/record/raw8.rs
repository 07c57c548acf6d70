//! Linear samples of 8 bit, unsigned, without a header: both parties in one channel.

use super::{Decode, Encode, Layout, mono};

pub const LAYOUT: Layout =
    Layout { extension: "raw8", channels: 1, block_octets: 1, block_samples: 1, warm_up_blocks: 0, riff: None };

pub struct Writer;

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        // Rounded to the nearest step; the highest sample has none above it.
        out.extend(mono(stereo).map(|s| (((i32::from(s) + 128) >> 8).min(127) + 128) as u8));
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.iter().map(|o| (i16::from(*o) - 128) << 8));
    }
}
