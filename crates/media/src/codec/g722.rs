//! G.722 at 64 kbit/s, heard and spoken at 8 kHz: the wide band is filtered away on the way in and empty on the way out.

use super::{
    CodecError, SAMPLES_MAX,
    halfband::{Decimator, Interpolator},
};
use crate::FRAME;
use audio_codec::{
    Decoder as _, Encoder as _,
    g722::{G722Decoder, G722Encoder},
};

pub struct Decoder {
    wide: G722Decoder,
    filter: Decimator,
}

impl Decoder {
    pub fn new() -> Self {
        Self { wide: G722Decoder::new(), filter: Decimator::new() }
    }

    /// Each octet holds two samples of 16 kHz, which is one of ours.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16; SAMPLES_MAX]) -> Result<usize, CodecError> {
        let mut n = 0;
        for piece in payload.chunks(FRAME) {
            let mut wide = [0; 2 * FRAME];
            let got = self.wide.decode_into(piece, &mut wide).map_err(|_| CodecError::Damaged)?;
            n += self.filter.run(&wide[..got], &mut out[n..]);
        }
        Ok(n)
    }
}

pub struct Encoder {
    wide: G722Encoder,
    filter: Interpolator,
}

impl Encoder {
    pub fn new() -> Self {
        Self { wide: G722Encoder::new(), filter: Interpolator::new() }
    }

    pub fn encode(&mut self, pcm: &[i16; FRAME], out: &mut [u8]) -> usize {
        let mut wide = [0; 2 * FRAME];
        self.filter.run(pcm, &mut wide);
        self.wide.encode_into(&wide, out).unwrap_or(0)
    }
}
