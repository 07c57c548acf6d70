//! G.711 by tables built at compile time; bit-exact with ITU-T G.191.

use serde::{Deserialize, Serialize};

/// Which companding law a stream uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Law {
    #[default]
    A,
    Mu,
}

impl Law {
    /// The name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "PCMA",
            Self::Mu => "PCMU",
        }
    }

    /// The static payload type (RFC 3551).
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }

    /// By the static payload type.
    pub const fn from_payload_type(pt: u8) -> Option<Self> {
        match pt {
            8 => Some(Self::A),
            0 => Some(Self::Mu),
            _ => None,
        }
    }

    /// The octet of silence.
    pub const fn silence(self) -> u8 {
        match self {
            Self::A => ALAW_SILENCE,
            Self::Mu => 0xFF,
        }
    }

    #[inline]
    pub const fn decode(self, octet: u8) -> i16 {
        match self {
            Self::A => ALAW_TO_LINEAR[octet as usize],
            Self::Mu => ULAW_TO_LINEAR[octet as usize],
        }
    }

    #[inline]
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => LINEAR_TO_ALAW[(sample as u16 >> 4) as usize],
            Self::Mu => LINEAR_TO_ULAW[(sample as u16 >> 2) as usize],
        }
    }

    /// Decodes as many octets as both slices hold.
    #[inline]
    pub fn decode_into(self, octets: &[u8], samples: &mut [i16]) {
        let table = match self {
            Self::A => &ALAW_TO_LINEAR,
            Self::Mu => &ULAW_TO_LINEAR,
        };
        for (s, o) in samples.iter_mut().zip(octets) {
            *s = table[usize::from(*o)];
        }
    }

    /// Encodes as many samples as both slices hold.
    #[inline]
    pub fn encode_into(self, samples: &[i16], octets: &mut [u8]) {
        for (o, s) in octets.iter_mut().zip(samples) {
            *o = self.encode(*s);
        }
    }
}

pub const ALAW_SILENCE: u8 = 0xD5;

/// A-law to µ-law, octet by octet.
pub static A_TO_MU: [u8; 256] = transcode(Law::A, Law::Mu);
/// µ-law to A-law, octet by octet.
pub static MU_TO_A: [u8; 256] = transcode(Law::Mu, Law::A);

static ALAW_TO_LINEAR: [i16; 256] = alaw_to_linear();
static ULAW_TO_LINEAR: [i16; 256] = ulaw_to_linear();
static LINEAR_TO_ALAW: [u8; 4096] = linear_to_alaw();
static LINEAR_TO_ULAW: [u8; 16384] = linear_to_ulaw();

/// Copies octets of law `from` as octets of law `to`, as many as both slices hold.
#[inline]
pub fn transcode_into(from: Law, to: Law, octets: &[u8], out: &mut [u8]) {
    let n = octets.len().min(out.len());
    let table = match (from, to) {
        (Law::A, Law::Mu) => &A_TO_MU,
        (Law::Mu, Law::A) => &MU_TO_A,
        _ => {
            out[..n].copy_from_slice(&octets[..n]);
            return;
        }
    };
    for (o, i) in out.iter_mut().zip(octets) {
        *o = table[usize::from(*i)];
    }
}

const fn alaw_decode(octet: u8) -> i16 {
    let v = octet ^ 0x55;
    let exponent = (v & 0x70) >> 4;
    let mut magnitude = ((v & 0x0F) as i16) << 4;
    magnitude += 8;
    if exponent > 0 {
        magnitude += 0x100;
    }
    if exponent > 1 {
        magnitude <<= exponent - 1;
    }
    if v & 0x80 != 0 { magnitude } else { -magnitude }
}

const fn ulaw_decode(octet: u8) -> i16 {
    let v = !octet;
    let exponent = (v & 0x70) >> 4;
    let magnitude = ((((v & 0x0F) as i16) << 3) + 0x84) << exponent;
    if v & 0x80 != 0 { 0x84 - magnitude } else { magnitude - 0x84 }
}

/// From the upper 12 bits of a sample.
const fn alaw_encode(twelve: i16) -> u8 {
    let mut v = if twelve < 0 { !twelve } else { twelve };
    if v > 15 {
        let mut exponent = 1;
        while v > 16 + 15 {
            v >>= 1;
            exponent += 1;
        }
        v -= 16;
        v += exponent << 4;
    }
    if twelve >= 0 {
        v |= 0x80;
    }
    (v as u8) ^ 0x55
}

/// From the upper 14 bits of a sample.
const fn ulaw_encode(fourteen: i16) -> u8 {
    let mut magnitude = (if fourteen < 0 { !fourteen } else { fourteen }) + 33;
    if magnitude > 0x1FFF {
        magnitude = 0x1FFF;
    }
    let mut segment = 1;
    let mut rest = magnitude >> 6;
    while rest != 0 {
        segment += 1;
        rest >>= 1;
    }
    let high = 8 - segment;
    let low = 0xF - ((magnitude >> segment) & 0xF);
    let v = ((high << 4) | low) as u8;
    if fourteen >= 0 { v | 0x80 } else { v }
}

const fn alaw_to_linear() -> [i16; 256] {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = alaw_decode(i as u8);
        i += 1;
    }
    t
}

const fn ulaw_to_linear() -> [i16; 256] {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = ulaw_decode(i as u8);
        i += 1;
    }
    t
}

const fn linear_to_alaw() -> [u8; 4096] {
    let mut t = [0; 4096];
    let mut i = 0;
    while i < 4096 {
        t[i] = alaw_encode(((i as u16) << 4) as i16 >> 4);
        i += 1;
    }
    t
}

const fn linear_to_ulaw() -> [u8; 16384] {
    let mut t = [0; 16384];
    let mut i = 0;
    while i < 16384 {
        t[i] = ulaw_encode(((i as u16) << 2) as i16 >> 2);
        i += 1;
    }
    t
}

const fn encode_slowly(law: Law, sample: i16) -> u8 {
    match law {
        Law::A => alaw_encode(sample >> 4),
        Law::Mu => ulaw_encode(sample >> 2),
    }
}

const fn transcode(from: Law, to: Law) -> [u8; 256] {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        let linear = match from {
            Law::A => alaw_decode(i as u8),
            Law::Mu => ulaw_decode(i as u8),
        };
        t[i] = encode_slowly(to, linear);
        i += 1;
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alaw_survives_a_round_trip_octet_by_octet() {
        for o in 0..=255 {
            assert_eq!(Law::A.encode(Law::A.decode(o)), o);
        }
    }

    #[test]
    fn ulaw_survives_but_for_its_second_zero() {
        for o in 0..=255_u8 {
            let back = Law::Mu.encode(Law::Mu.decode(o));
            assert_eq!(back, if o == 0x7F { 0xFF } else { o });
        }
    }

    #[test]
    fn error_is_within_half_a_step_of_the_segment() {
        for s in i16::MIN..=i16::MAX {
            for law in [Law::A, Law::Mu] {
                let back = i32::from(law.decode(law.encode(s)));
                let limit = (i32::from(s).abs() / 16).max(16) + 16;
                assert!((back - i32::from(s)).abs() <= limit.min(1_100), "{law:?} {s} became {back}");
            }
        }
    }

    #[test]
    fn decoding_agrees_with_another_implementation() {
        use audio_codec::{Decoder, pcma::PcmaDecoder, pcmu::PcmuDecoder};
        let octets: Vec<u8> = (0..=255).collect();
        let mut out = [0_i16; 256];
        PcmaDecoder::new().decode_into(&octets, &mut out).unwrap();
        assert_eq!(out, ALAW_TO_LINEAR);
        PcmuDecoder::new().decode_into(&octets, &mut out).unwrap();
        assert_eq!(out, ULAW_TO_LINEAR);
    }

    #[test]
    fn silence_stays_silent_across_laws() {
        assert!(Law::A.decode(ALAW_SILENCE).abs() <= 8);
        assert_eq!(Law::Mu.decode(Law::Mu.silence()), 0);
        assert_eq!(MU_TO_A[0xFF], ALAW_SILENCE);
        assert!(Law::Mu.decode(A_TO_MU[usize::from(ALAW_SILENCE)]).abs() <= 8);
    }
}
