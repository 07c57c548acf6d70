//! Linear samples of 16 bit, little-endian, without a header: both parties in one channel.

use super::{Decode, Encode, Layout, mono};

pub const LAYOUT: Layout =
    Layout { extension: "raw16", channels: 1, block_octets: 2, block_samples: 1, warm_up_blocks: 0, riff: None };

pub struct Writer;

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        out.extend(mono(stereo).flat_map(i16::to_le_bytes));
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)));
    }
}
