//! Reads the WAV that synthesisers write to a pipe, whose sizes are often unknown when the header is written.

use super::{Pcm, SpeechError};

const PCM: u16 = 1;
const EXTENSIBLE: u16 = 0xfffe;

fn u16_at(b: &[u8], at: usize) -> u16 {
    b.get(at..at + 2).map_or(0, |s| u16::from_le_bytes([s[0], s[1]]))
}

fn u32_at(b: &[u8], at: usize) -> u32 {
    b.get(at..at + 4).map_or(0, |s| u32::from_le_bytes([s[0], s[1], s[2], s[3]]))
}

/// Where the samples begin in a WAV of which only the first bytes are there, and their channels and rate.
///
/// # Errors
/// It is no WAV of 16 bits, or its head is longer than any head is.
pub(super) fn head(bytes: &[u8]) -> Result<Option<(usize, usize, u32)>, SpeechError> {
    const HEAD_MAX: usize = 4_096;
    let (mut at, mut format) = (12_usize, None);
    while at + 8 <= bytes.len() {
        let (size, body) = (u32_at(bytes, at + 4) as usize, at + 8);
        match &bytes[at..at + 4] {
            b"fmt " if bytes.len() < body + 16 => return Ok(None),
            b"fmt " => {
                let (kind, channels, bits) = (u16_at(bytes, body), u16_at(bytes, body + 2), u16_at(bytes, body + 14));
                if !matches!(kind, PCM | EXTENSIBLE) || bits != 16 || !(1..=8).contains(&channels) {
                    return Err(SpeechError::Sound("not 16-bit PCM"));
                }
                format = Some((usize::from(channels), u32_at(bytes, body + 4)));
            }
            b"data" => {
                let (channels, rate) = format.ok_or(SpeechError::Sound("no format before the data"))?;
                return Ok(Some((body, channels, rate)));
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size & 1);
    }
    if bytes.len() > HEAD_MAX { Err(SpeechError::Sound("no data")) } else { Ok(None) }
}

/// 16-bit PCM of any rate; several channels are mixed to one.
pub(super) fn read(bytes: &[u8]) -> Result<Pcm, SpeechError> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(SpeechError::Sound("not a WAV file"));
    }
    let (mut at, mut format) = (12_usize, None);
    while at + 8 <= bytes.len() {
        let size = u32_at(bytes, at + 4) as usize;
        let body = at + 8;
        match &bytes[at..at + 4] {
            b"fmt " => {
                format = Some((u16_at(bytes, body), u16_at(bytes, body + 2), u32_at(bytes, body + 4), u16_at(bytes, body + 14)))
            }
            b"data" => {
                let (kind, channels, rate, bits) = format.ok_or(SpeechError::Sound("no format before the data"))?;
                if !matches!(kind, PCM | EXTENSIBLE) || bits != 16 || !(1..=8).contains(&channels) {
                    return Err(SpeechError::Sound("not 16-bit PCM"));
                }
                let end = body.saturating_add(size).min(bytes.len());
                return pcm(&bytes[body..end], usize::from(channels), rate);
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size & 1);
    }
    Err(SpeechError::Sound("no data"))
}

pub(super) fn pcm(data: &[u8], channels: usize, rate: u32) -> Result<Pcm, SpeechError> {
    if !(4000..=192_000).contains(&rate) {
        return Err(SpeechError::Sound("sampling rate out of range"));
    }
    let samples = samples(data, channels);
    if samples.is_empty() { Err(SpeechError::Sound("no samples")) } else { Ok(Pcm { samples, rate }) }
}

/// Several channels are mixed to one.
pub(super) fn samples(data: &[u8], channels: usize) -> Vec<i16> {
    let mono = |frame: &[u8]| {
        let sum: i32 = frame.chunks_exact(2).map(|s| i32::from(i16::from_le_bytes([s[0], s[1]]))).sum();
        i16::try_from(sum / i32::try_from(channels).unwrap_or(1)).unwrap_or(0)
    };
    data.chunks_exact(2 * channels).map(mono).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(channels: u16, bits: u16, data_size: u32) -> Vec<u8> {
        let mut b = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0".to_vec();
        b.extend(channels.to_le_bytes());
        b.extend(22_050_u32.to_le_bytes());
        b.extend([0; 6]);
        b.extend(bits.to_le_bytes());
        b.extend(b"data");
        b.extend(data_size.to_le_bytes());
        b
    }

    #[test]
    fn a_piped_header_with_an_unknown_size_is_read_to_the_end() {
        let mut b = header(1, 16, 0x7fff_f000);
        b.extend([1, 0, 2, 0]);
        assert_eq!(read(&b), Ok(Pcm { samples: vec![1, 2], rate: 22_050 }));
    }

    #[test]
    fn stereo_is_mixed_and_other_forms_are_named() {
        let mut b = header(2, 16, 4);
        b.extend([10, 0, 20, 0]);
        assert_eq!(read(&b).unwrap().samples, vec![15]);
        assert_eq!(read(&header(1, 8, 4)), Err(SpeechError::Sound("not 16-bit PCM")));
        assert_eq!(read(b"<html>"), Err(SpeechError::Sound("not a WAV file")));
        assert_eq!(read(&header(1, 16, 0)), Err(SpeechError::Sound("no samples")));
    }
}
