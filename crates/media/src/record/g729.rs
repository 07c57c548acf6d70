//! G.729 frames of 10 ms one after the other, without a header: both parties in one channel, a kilobyte a second.

use super::{Decode, Encode, Gather, Layout, mono};
use g729_sys::{FRAME_SAMPLES, VOICE_FRAME_BYTES};

pub const LAYOUT: Layout = Layout {
    extension: "g729",
    channels: 1,
    block_octets: VOICE_FRAME_BYTES as u32,
    block_samples: FRAME_SAMPLES as u32,
    warm_up_blocks: 50,
    riff: None,
};

pub struct Writer {
    codec: g729_sys::Encoder,
    gather: Gather<FRAME_SAMPLES>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { codec: g729_sys::Encoder::new(false), gather: Gather::default() }
    }
}

fn frame(codec: &mut g729_sys::Encoder, samples: &[i16; FRAME_SAMPLES], out: &mut Vec<u8>) {
    let mut octets = [0; VOICE_FRAME_BYTES];
    codec.encode_into(samples, &mut octets);
    out.extend(octets);
}

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        for s in mono(stereo) {
            if let Some(samples) = self.gather.push(s) {
                frame(&mut self.codec, samples, out);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(samples) = self.gather.rest() {
            frame(&mut self.codec, samples, out);
        }
    }
}

#[derive(Default)]
pub struct Reader(g729_sys::Decoder);

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        for frame in blocks.chunks_exact(VOICE_FRAME_BYTES) {
            out.extend(self.0.decode(frame, false, false, false));
        }
    }
}
