//! WAV with linear samples of 16 bit in two channels.

use super::{Decode, Encode, Layout, Riff};
use crate::g711::Law;

pub const LAYOUT: Layout = Layout {
    extension: "wav",
    channels: 2,
    block_octets: 4,
    block_samples: 1,
    warm_up_blocks: 0,
    riff: Some(Riff { tag: 1, bits: 16, extra: None }),
};

pub struct Writer;

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        out.extend(stereo.iter().flat_map(|o| Law::A.decode(*o).to_le_bytes()));
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)));
    }
}
