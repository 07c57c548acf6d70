//! G.729 with Annex B on the way in: silence frames and lost frames become comfort noise or concealment of the codec's own.
//! Sent is every frame, without silence suppression.

use super::{CodecError, SAMPLES_MAX};
use crate::FRAME;
use g729_sys::{FRAME_SAMPLES, VOICE_FRAME_BYTES};

/// Octets of a silence descriptor (Annex B.4.3), which may only end a packet (RFC 3551 §4.5.6).
const SID_OCTETS: usize = 2;

/// Frames of voice and at most one of silence; 0 when it is anything else.
pub fn samples_in(payload: &[u8]) -> usize {
    match payload.len() % VOICE_FRAME_BYTES {
        0 => payload.len() / VOICE_FRAME_BYTES * FRAME_SAMPLES,
        SID_OCTETS => payload.len().div_ceil(VOICE_FRAME_BYTES) * FRAME_SAMPLES,
        _ => 0,
    }
}

pub struct Decoder(g729_sys::Decoder);

impl Decoder {
    pub fn new() -> Self {
        Self(g729_sys::Decoder::new())
    }

    pub fn decode(&mut self, payload: &[u8], out: &mut [i16; SAMPLES_MAX]) -> Result<usize, CodecError> {
        let samples = samples_in(payload);
        if samples == 0 {
            return Err(CodecError::Damaged);
        }
        if samples > SAMPLES_MAX {
            return Err(CodecError::TooLong);
        }
        let voice = payload.chunks_exact(VOICE_FRAME_BYTES);
        let rest = voice.remainder();
        let mut places = out.chunks_exact_mut(FRAME_SAMPLES);
        for (frame, place) in voice.zip(places.by_ref()) {
            place.copy_from_slice(&self.0.decode(frame, false, false, false));
        }
        if let (false, Some(place)) = (rest.is_empty(), places.next()) {
            place.copy_from_slice(&self.0.decode(rest, false, true, false));
        }
        Ok(samples)
    }

    /// What is missing after a silence descriptor is silence that nobody sent: the codec tells the two apart itself.
    pub fn conceal(&mut self, out: &mut [i16]) {
        for place in out.chunks_mut(FRAME_SAMPLES) {
            let frame = self.0.decode(&[], true, false, false);
            place.copy_from_slice(&frame[..place.len()]);
        }
    }
}

pub struct Encoder(g729_sys::Encoder);

impl Encoder {
    pub fn new() -> Self {
        Self(g729_sys::Encoder::new(false))
    }

    pub fn encode(&mut self, pcm: &[i16; FRAME], out: &mut [u8]) -> usize {
        let mut n = 0;
        for samples in pcm.as_chunks::<FRAME_SAMPLES>().0 {
            let mut frame = [0; VOICE_FRAME_BYTES];
            let len = usize::from(self.0.encode_into(samples, &mut frame));
            let Some(place) = out.get_mut(n..n + len) else { return 0 };
            place.copy_from_slice(&frame[..len]);
            n += len;
        }
        n
    }
}
