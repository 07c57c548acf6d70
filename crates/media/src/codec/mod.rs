//! The codecs of a leg. Whatever the far end speaks, here it is 8 kHz, 16 bit; sent are frames of 20 ms.
//!
//! Nothing allocates after `new`, and nothing panics: a payload that cannot be decoded is a [`CodecError`], to be counted and
//! concealed.

mod g722;
mod g729;
mod halfband;
mod opus;
pub(crate) mod plc;

use crate::{FRAME, RATE, g711::Law};
use plc::Concealer;

/// Samples of the longest packet that is decoded: 200 ms.
pub const SAMPLES_MAX: usize = 10 * FRAME;
/// Octets that any codec's frame of 20 ms fits into.
pub const ENCODED_MAX: usize = 160;

/// A codec of RFC 3551 or RFC 7587.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    Pcma,
    Pcmu,
    G722,
    G729,
    Opus,
}

impl Codec {
    pub const ALL: [Self; 5] = [Self::Pcma, Self::Pcmu, Self::G722, Self::G729, Self::Opus];

    /// Its name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::G729 => "G729",
            Self::Opus => "opus",
        }
    }

    /// Ticks of its RTP clock per second. G.722 has 8000 although it samples twice as fast (RFC 3551 §4.5.2).
    pub const fn clock(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            _ => RATE,
        }
    }

    /// What stands behind the payload type in `a=rtpmap`. Opus says two channels whatever it carries (RFC 7587 §7).
    pub const fn rtpmap(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA/8000",
            Self::Pcmu => "PCMU/8000",
            Self::G722 => "G722/8000",
            Self::G729 => "G729/8000",
            Self::Opus => "opus/48000/2",
        }
    }

    /// What stands behind the payload type in `a=fmtp`; `None`: no such line.
    pub const fn fmtp(self) -> Option<&'static str> {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => None,
            // Silence frames are understood all the same.
            Self::G729 => Some("annexb=no"),
            Self::Opus => Some("maxplaybackrate=8000;sprop-maxcapturerate=8000;maxaveragebitrate=24000;useinbandfec=1"),
        }
    }

    /// RFC 3551 table 4; `None`: a dynamic one has to be agreed.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcma => Some(8),
            Self::Pcmu => Some(0),
            Self::G722 => Some(9),
            Self::G729 => Some(18),
            Self::Opus => None,
        }
    }

    pub fn from_static_payload_type(pt: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.static_payload_type() == Some(pt))
    }

    /// By the name (in any case) and clock of an rtpmap.
    pub fn from_rtpmap(name: &str, clock: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(name) && c.clock() == clock)
    }

    /// For the two codecs of one octet per sample, which are copied and converted without decoding.
    pub const fn law(self) -> Option<Law> {
        match self {
            Self::Pcma => Some(Law::A),
            Self::Pcmu => Some(Law::Mu),
            _ => None,
        }
    }

    /// Samples (of 8 kHz) a payload holds, without decoding it; 0 when it is empty or nothing this codec ever says.
    pub fn samples_in(self, payload: &[u8]) -> usize {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => payload.len(),
            Self::G729 => g729::samples_in(payload),
            Self::Opus => ::opus::packet::get_nb_samples(payload, RATE).unwrap_or(0),
        }
    }
}

/// Why a payload made no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("the payload is longer than 200 ms")]
    TooLong,
    #[error("the payload is damaged or of another codec")]
    Damaged,
    #[error("there was no memory for the codec")]
    NoMemory,
}

/// Turns payloads, in the order of their sequence, into sound.
pub struct Decoder {
    codec: Codec,
    kind: Decoding,
}

enum Decoding {
    G711(Law, Box<Concealer>),
    G722(Box<(g722::Decoder, Concealer)>),
    G729(Box<g729::Decoder>),
    Opus(opus::Decoder),
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("codec", &self.codec).finish_non_exhaustive()
    }
}

impl Decoder {
    pub fn new(codec: Codec) -> Self {
        let kind = match codec {
            Codec::Pcma => Decoding::G711(Law::A, Box::new(Concealer::new())),
            Codec::Pcmu => Decoding::G711(Law::Mu, Box::new(Concealer::new())),
            Codec::G722 => Decoding::G722(Box::new((g722::Decoder::new(), Concealer::new()))),
            Codec::G729 => Decoding::G729(Box::new(g729::Decoder::new())),
            Codec::Opus => Decoding::Opus(opus::Decoder::new()),
        };
        Self { codec, kind }
    }

    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Decodes one payload; returns how many samples of `out` are now sound. An empty payload is no sound and no error.
    ///
    /// # Errors
    /// The payload cannot be decoded; `out` may have been written to, the decoder goes on.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16; SAMPLES_MAX]) -> Result<usize, CodecError> {
        if payload.is_empty() {
            return Ok(0);
        }
        if self.codec.samples_in(payload) > SAMPLES_MAX {
            return Err(CodecError::TooLong);
        }
        match &mut self.kind {
            Decoding::G711(law, concealer) => {
                let n = payload.len();
                law.decode_into(payload, &mut out[..n]);
                concealer.heard(&mut out[..n]);
                Ok(n)
            }
            Decoding::G722(both) => {
                let n = both.0.decode(payload, out)?;
                both.1.heard(&mut out[..n]);
                Ok(n)
            }
            Decoding::G729(d) => d.decode(payload, out),
            Decoding::Opus(d) => d.decode(payload, out),
        }
    }

    /// Makes up sound in the place of what was lost; any length, best in multiples of 10 ms.
    pub fn conceal(&mut self, out: &mut [i16]) {
        self.recover(None, out);
    }

    /// As [`Self::conceal`], with the packet that follows the gap at hand: Opus may carry a copy of what was lost in it. That
    /// packet is decoded afterwards as usual.
    pub fn recover(&mut self, next: Option<&[u8]>, out: &mut [i16]) {
        match &mut self.kind {
            Decoding::G711(_, concealer) => concealer.conceal(out),
            Decoding::G722(both) => both.1.conceal(out),
            Decoding::G729(d) => d.conceal(out),
            Decoding::Opus(d) => d.recover(next, out),
        }
    }
}

/// Turns frames of sound into payloads.
pub struct Encoder {
    codec: Codec,
    kind: Encoding,
}

enum Encoding {
    G711(Law),
    G722(Box<g722::Encoder>),
    G729(Box<g729::Encoder>),
    Opus(opus::Encoder),
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("codec", &self.codec).finish_non_exhaustive()
    }
}

impl Encoder {
    pub fn new(codec: Codec) -> Self {
        let kind = match codec {
            Codec::Pcma => Encoding::G711(Law::A),
            Codec::Pcmu => Encoding::G711(Law::Mu),
            Codec::G722 => Encoding::G722(Box::new(g722::Encoder::new())),
            Codec::G729 => Encoding::G729(Box::new(g729::Encoder::new())),
            Codec::Opus => Encoding::Opus(opus::Encoder::new()),
        };
        Self { codec, kind }
    }

    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Encodes 20 ms; returns the octets written. 0, with nothing to send: `out` is shorter than [`ENCODED_MAX`], or there
    /// was no memory for the codec.
    pub fn encode(&mut self, pcm: &[i16; FRAME], out: &mut [u8]) -> usize {
        let Some(out) = out.get_mut(..ENCODED_MAX) else { return 0 };
        match &mut self.kind {
            Encoding::G711(law) => {
                law.encode_into(pcm, out);
                FRAME
            }
            Encoding::G722(e) => e.encode(pcm, out),
            Encoding::G729(e) => e.encode(pcm, out),
            Encoding::Opus(e) => e.encode(pcm, out),
        }
    }
}

#[cfg(test)]
mod tests;
