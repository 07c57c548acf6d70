//! Reading WAV files of any usual kind, and writing mono 16-bit ones for browsers.

use crate::g711::Law;

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
    Float64,
    G711(Law),
}

impl Encoding {
    pub const fn octets(self) -> usize {
        match self {
            Self::Unsigned8 | Self::G711(_) => 1,
            Self::Signed16 => 2,
            Self::Signed24 => 3,
            Self::Signed32 | Self::Float32 => 4,
            Self::Float64 => 8,
        }
    }

    /// One sample in −1…1; `b` has [`Self::octets`] octets.
    fn sample(self, b: &[u8]) -> f32 {
        match (self, b) {
            (Self::Unsigned8, [a]) => (f32::from(*a) - 128.0) / 128.0,
            (Self::G711(law), [a]) => f32::from(law.decode(*a)) / 32_768.0,
            (Self::Signed16, [a, b]) => f32::from(i16::from_le_bytes([*a, *b])) / 32_768.0,
            (Self::Signed24, [a, b, c]) => i32::from_le_bytes([0, *a, *b, *c]) as f32 / 2_147_483_648.0,
            (Self::Signed32, [a, b, c, d]) => i32::from_le_bytes([*a, *b, *c, *d]) as f32 / 2_147_483_648.0,
            (Self::Float32, [a, b, c, d]) => sane(f32::from_le_bytes([*a, *b, *c, *d])),
            (Self::Float64, [a, b, c, d, e, f, g, h]) => sane(f64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) as f32),
            _ => 0.0,
        }
    }
}

fn sane(v: f32) -> f32 {
    if v.is_finite() { v.clamp(-1.0, 1.0) } else { 0.0 }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub encoding: Encoding,
    pub channels: u16,
    pub rate: u32,
}

impl Format {
    pub const fn frame_octets(&self) -> usize {
        self.encoding.octets() * self.channels as usize
    }
}

/// Why bytes are not a WAV file we can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    #[error("not a WAV file: it does not begin with RIFF and WAVE")]
    NotWav,
    #[error("WAV file has no fmt chunk before its data: it is damaged, export it again")]
    NoFormat,
    #[error("WAV file has no data chunk: it is cut off, export it again")]
    NoData,
    #[error("WAV encoding {tag:#06x} with {bits} bits is not supported: export as PCM 16 bit, A-law or µ-law")]
    Encoding { tag: u16, bits: u16 },
    #[error("WAV has {0} channels: export mono or stereo")]
    Channels(u16),
    #[error("WAV sample rate {0} Hz is outside 4000–192000: export at 8000 or 16000 Hz")]
    Rate(u32),
}

/// A parsed file; `data` ends with the file when the header claims more.
#[derive(Clone, Copy, Debug)]
pub struct Wav<'a> {
    pub format: Format,
    pub data: &'a [u8],
}

impl<'a> Wav<'a> {
    /// # Errors
    /// The first thing that is wrong, and the way out.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WavError> {
        if bytes.len() < 12 || !matches!(&bytes[..4], b"RIFF" | b"RF64") || &bytes[8..12] != b"WAVE" {
            return Err(WavError::NotWav);
        }
        let mut format = None;
        let mut rest = &bytes[12..];
        while rest.len() >= 8 {
            let len = u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
            let body = &rest[8..];
            let chunk = &body[..len.min(body.len())];
            match &rest[..4] {
                b"fmt " => format = Some(parse_format(chunk)?),
                b"data" => {
                    let format = format.ok_or(WavError::NoFormat)?;
                    let whole = chunk.len() - chunk.len() % format.frame_octets();
                    return Ok(Self { format, data: &chunk[..whole] });
                }
                _ => {}
            }
            rest = body.get(len.saturating_add(len & 1)..).unwrap_or(&[]);
        }
        Err(if format.is_some() { WavError::NoData } else { WavError::NoFormat })
    }

    pub const fn frames(&self) -> usize {
        self.data.len() / self.format.frame_octets()
    }

    pub const fn duration_ms(&self) -> u64 {
        self.frames() as u64 * 1_000 / self.format.rate as u64
    }

    /// Calls `each` with all channels of one moment.
    pub fn for_each_frame(&self, mut each: impl FnMut(&[f32])) {
        let mut frame = [0.0; CHANNELS_MAX as usize];
        let channels = usize::from(self.format.channels);
        let encoding = self.format.encoding;
        for f in self.data.chunks_exact(self.format.frame_octets()) {
            for (s, b) in frame.iter_mut().zip(f.chunks_exact(encoding.octets())) {
                *s = encoding.sample(b);
            }
            each(&frame[..channels]);
        }
    }

    /// One channel made of all.
    pub fn mono(&self) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.frames());
        self.for_each_frame(|f| out.push(f.iter().sum::<f32>() / f.len() as f32));
        out
    }
}

const CHANNELS_MAX: u16 = 8;

fn parse_format(c: &[u8]) -> Result<Format, WavError> {
    if c.len() < 16 {
        return Err(WavError::NoFormat);
    }
    let short = |at: usize| u16::from_le_bytes([c[at], c[at + 1]]);
    let (mut tag, channels, bits) = (short(0), short(2), short(14));
    let rate = u32::from_le_bytes([c[4], c[5], c[6], c[7]]);
    // WAVE_FORMAT_EXTENSIBLE keeps the real tag at the head of its GUID.
    if tag == 0xFFFE && c.len() >= 26 {
        tag = short(24);
    }
    let encoding = match (tag, bits) {
        (1, 8) => Encoding::Unsigned8,
        (1, 16) => Encoding::Signed16,
        (1, 24) => Encoding::Signed24,
        (1, 32) => Encoding::Signed32,
        (3, 32) => Encoding::Float32,
        (3, 64) => Encoding::Float64,
        (6, 8) => Encoding::G711(Law::A),
        (7, 8) => Encoding::G711(Law::Mu),
        _ => return Err(WavError::Encoding { tag, bits }),
    };
    if channels == 0 || channels > CHANNELS_MAX {
        return Err(WavError::Channels(channels));
    }
    if !(4_000..=192_000).contains(&rate) {
        return Err(WavError::Rate(rate));
    }
    Ok(Format { encoding, channels, rate })
}

/// The header of a WAV of 16-bit samples, which follow in `data_len` octets: what every browser plays.
pub fn pcm16_header(channels: u16, rate: u32, data_len: u64) -> [u8; 44] {
    let data_len = u32::try_from(data_len).unwrap_or(u32::MAX - 36);
    let mut h = *b"RIFF....WAVEfmt \x10\0\0\0\x01\0..........\0\0\x10\0data....";
    h[4..8].copy_from_slice(&data_len.saturating_add(36).to_le_bytes());
    h[22..24].copy_from_slice(&channels.to_le_bytes());
    h[24..28].copy_from_slice(&rate.to_le_bytes());
    h[28..32].copy_from_slice(&(rate * u32::from(channels) * 2).to_le_bytes());
    h[32..34].copy_from_slice(&(channels * 2).to_le_bytes());
    h[40..].copy_from_slice(&data_len.to_le_bytes());
    h
}

/// A whole mono WAV of 16-bit samples.
pub fn pcm16(rate: u32, samples: impl ExactSizeIterator<Item = i16>) -> Vec<u8> {
    let mut out = Vec::with_capacity(44 + samples.len() * 2);
    out.extend(pcm16_header(1, rate, samples.len() as u64 * 2));
    out.extend(samples.flat_map(i16::to_le_bytes));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pcm16_from_alaw(alaw: &[u8]) -> Vec<u8> {
        pcm16(8_000, alaw.iter().map(|o| Law::A.decode(*o)))
    }

    #[test]
    fn alaw_becomes_a_wav_that_reads_back_bit_exact() {
        let alaw: Vec<u8> = (0..=255).collect();
        let bytes = pcm16_from_alaw(&alaw);
        let wav = Wav::parse(&bytes).unwrap();
        assert_eq!(wav.format, Format { encoding: Encoding::Signed16, channels: 1, rate: 8_000 });
        let back: Vec<u8> = wav.mono().iter().map(|s| Law::A.encode((s * 32_768.0) as i16)).collect();
        assert_eq!(back, alaw);
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
    }

    #[test]
    fn a_header_that_claims_too_much_yields_what_is_there() {
        let mut bytes = pcm16_from_alaw(&[1; 100]);
        bytes[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
        bytes.truncate(44 + 51);
        assert_eq!(Wav::parse(&bytes).unwrap().frames(), 25);
    }

    #[test]
    fn faults_are_told_apart() {
        let good = pcm16_from_alaw(&[1; 10]);
        assert_eq!(Wav::parse(b"ID3 something else").unwrap_err(), WavError::NotWav);
        assert_eq!(Wav::parse(&good[..12]).unwrap_err(), WavError::NoFormat);
        assert_eq!(Wav::parse(&good[..36]).unwrap_err(), WavError::NoData);
        let with = |at: usize, v: u8| {
            let mut b = good.clone();
            b[at] = v;
            Wav::parse(&b).unwrap_err()
        };
        assert_eq!(with(20, 0x11), WavError::Encoding { tag: 0x11, bits: 16 });
        assert_eq!(with(22, 0), WavError::Channels(0));
        assert_eq!(with(26, 0xFF), WavError::Rate(0xFF_1F40));
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Wav::parse(&bytes).map(|w| w.mono());
        }

        #[test]
        fn damaged_files_never_panic(at in 0_usize..90, v: u8, cut in 0_usize..90) {
            let mut b = pcm16_from_alaw(&[9; 23]);
            let n = b.len();
            b[at % n] = v;
            b.truncate(n - cut % n);
            if let Ok(w) = Wav::parse(&b) {
                prop_assert!(w.mono().len() <= 90);
                let _ = w.duration_ms();
            }
        }
    }
}
