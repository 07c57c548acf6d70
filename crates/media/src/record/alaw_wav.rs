//! WAV with G.711 A-law in two channels: 16 kB a second, no quality lost on A-law trunks, played by every tool.

use super::{Decode, Encode, Layout, Riff};
use crate::g711::Law;

pub const LAYOUT: Layout = Layout {
    extension: "wav",
    channels: 2,
    block_octets: 2,
    block_samples: 1,
    warm_up_blocks: 0,
    riff: Some(Riff { tag: 6, bits: 8, extra: Some(&[]) }),
};

pub struct Writer;

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(stereo);
    }
}

pub struct Reader;

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.iter().map(|o| Law::A.decode(*o)));
    }
}
