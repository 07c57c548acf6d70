//! WAV with G.711 µ-law in two channels: what North American tools expect.

use super::{Decode, Encode, Layout, Riff};
use crate::g711::{A_TO_MU, Law};

pub const LAYOUT: Layout = Layout {
    extension: "wav",
    channels: 2,
    block_octets: 2,
    block_samples: 1,
    warm_up_blocks: 0,
    riff: Some(Riff { tag: 7, bits: 8, extra: Some(&[]) }),
};

pub struct Writer;

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        out.extend(stereo.iter().map(|o| A_TO_MU[usize::from(*o)]));
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.iter().map(|o| Law::Mu.decode(*o)));
    }
}
