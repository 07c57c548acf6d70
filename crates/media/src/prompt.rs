//! Prompts: uploaded or synthesised sound becomes what is played on the line, raw A-law at 8 kHz.

use crate::{
    RATE,
    g711::Law,
    resample::{ResampleError, to_line_rate},
    wav::{Wav, WavError},
};
use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    formats::{FormatOptions, TrackType, probe::Hint},
    io::MediaSourceStream,
    meta::MetadataOptions,
};

/// Longest prompt.
pub const DURATION_MS_MAX: u64 = 10 * 60 * 1_000;
/// Largest file looked at.
pub const FILE_OCTETS_MAX: usize = 128 * 1024 * 1024;

/// Level of the spoken parts after normalisation, and how far they may be moved.
const SPEECH_DB: f32 = -20.0;
const GAIN_DB_MAX: f32 = 15.0;
const GAIN_DB_MIN: f32 = -20.0;
const PEAK_MAX: f32 = 0.89;

/// What an import yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// Octets to play, one per sample.
    pub alaw: Vec<u8>,
    pub duration_ms: u32,
    /// How much louder (or quieter) it was made.
    pub gain_db: f32,
}

/// Why a file cannot be a prompt.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PromptError {
    #[error("the file is empty")]
    Empty,
    #[error("the file holds {0} octets, more than the 128 MiB that are looked at: export it as mono WAV or MP3")]
    TooBig(usize),
    #[error("the prompt lasts {seconds} s, longer than 600 s: cut it into several prompts")]
    TooLong { seconds: u64 },
    #[error("neither a WAV nor an MP3 file: export the prompt as one of these")]
    Unknown,
    #[error(transparent)]
    Wav(#[from] WavError),
    #[error("the MP3 file cannot be decoded: it is damaged, export it again")]
    Mp3,
    #[error(transparent)]
    Rate(#[from] ResampleError),
}

/// Reads a WAV or MP3 file and brings it to the line's format and level.
///
/// # Errors
/// What is wrong with the file, and the way out.
pub fn import(bytes: &[u8]) -> Result<Prompt, PromptError> {
    if bytes.is_empty() {
        return Err(PromptError::Empty);
    }
    if bytes.len() > FILE_OCTETS_MAX {
        return Err(PromptError::TooBig(bytes.len()));
    }
    let (mono, rate) = if bytes.starts_with(b"RIFF") || bytes.starts_with(b"RF64") { wav(bytes)? } else { mp3(bytes)? };
    if mono.is_empty() {
        return Err(PromptError::Empty);
    }
    let mut line = to_line_rate(mono, rate)?;
    let gain_db = normalise(&mut line);
    let pcm: Vec<i16> = line.iter().map(|s| (s * 32_767.0) as i16).collect();
    Ok(Prompt { alaw: alaw_from_pcm(&pcm), duration_ms: duration_ms(pcm.len()), gain_db })
}

/// i16 samples at 8 kHz as A-law.
pub fn alaw_from_pcm(samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|s| Law::A.encode(*s)).collect()
}

/// How long so many octets of A-law play.
pub const fn duration_ms(octets: usize) -> u32 {
    (octets as u64 * 1_000 / RATE as u64) as u32
}

fn wav(bytes: &[u8]) -> Result<(Vec<f32>, u32), PromptError> {
    let wav = Wav::parse(bytes)?;
    if wav.duration_ms() > DURATION_MS_MAX {
        return Err(PromptError::TooLong { seconds: wav.duration_ms() / 1_000 });
    }
    Ok((wav.mono(), wav.format.rate))
}

/// Whether the bytes begin like an MP3: an ID3 tag or a frame header of layer III.
fn looks_like_mp3(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ID3") || matches!(bytes, [0xFF, b, ..] if b & 0xE6 == 0xE2)
}

fn mp3(bytes: &[u8]) -> Result<(Vec<f32>, u32), PromptError> {
    if !looks_like_mp3(bytes) {
        return Err(PromptError::Unknown);
    }
    let source = MediaSourceStream::new(Box::new(std::io::Cursor::new(bytes.to_vec())), Default::default());
    let mut hint = Hint::new();
    hint.with_extension("mp3");
    let mut format = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .map_err(|_| PromptError::Mp3)?;
    let track = format.default_track(TrackType::Audio).ok_or(PromptError::Mp3)?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or(PromptError::Mp3)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|_| PromptError::Mp3)?;
    let (mut mono, mut rate, mut chunk) = (Vec::new(), 0, Vec::new());
    // A file cut off in the middle plays to where it was cut.
    while let Ok(Some(packet)) = format.next_packet() {
        let Ok(sound) = decoder.decode(&packet) else { continue };
        let channels = sound.spec().channels().count().max(1);
        let now = sound.spec().rate();
        if rate == 0 {
            rate = now;
        } else if rate != now {
            return Err(PromptError::Mp3);
        }
        chunk.resize(sound.samples_interleaved(), 0.0_f32);
        sound.copy_to_slice_interleaved(&mut chunk);
        mono.extend(chunk.chunks_exact(channels).map(|f| f.iter().sum::<f32>() / channels as f32));
        if mono.len() as u64 * 1_000 > DURATION_MS_MAX * u64::from(rate.max(1)) {
            return Err(PromptError::TooLong { seconds: DURATION_MS_MAX / 1_000 + 1 });
        }
    }
    if rate == 0 { Err(PromptError::Mp3) } else { Ok((mono, rate)) }
}

/// Brings the spoken parts to one level within limits, without clipping. Returns the gain in dB.
fn normalise(samples: &mut [f32]) -> f32 {
    let Some(speech) = speech_level_db(samples) else { return 0.0 };
    let peak = samples.iter().fold(0.0_f32, |m, s| m.max(s.abs()));
    let room_db = 20.0 * (PEAK_MAX / peak).log10();
    let gain_db = (SPEECH_DB - speech).clamp(GAIN_DB_MIN, GAIN_DB_MAX).min(room_db);
    let gain = 10.0_f32.powf(gain_db / 20.0);
    samples.iter_mut().for_each(|s| *s = (*s * gain).clamp(-1.0, 1.0));
    gain_db
}

/// Mean level of the frames within 25 dB of the loudest; `None` for silence.
fn speech_level_db(samples: &[f32]) -> Option<f32> {
    let frames: Vec<f32> = samples.chunks(crate::FRAME).map(|f| f.iter().map(|s| s * s).sum::<f32>() / f.len() as f32).collect();
    let loudest = frames.iter().copied().fold(0.0_f32, f32::max);
    if loudest < 1e-7 {
        return None;
    }
    let spoken: Vec<f32> = frames.into_iter().filter(|e| *e > loudest / 316.0).collect();
    Some(10.0 * (spoken.iter().sum::<f32>() / spoken.len() as f32).log10())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goertzel::level_db;
    use proptest::prelude::*;

    /// A WAV file around samples.
    fn file(tag: u16, bits: u16, channels: u16, rate: u32, body: &[u8]) -> Vec<u8> {
        let mut f = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        f.extend(16_u32.to_le_bytes());
        f.extend(tag.to_le_bytes());
        f.extend(channels.to_le_bytes());
        f.extend(rate.to_le_bytes());
        f.extend((rate * u32::from(channels * bits / 8)).to_le_bytes());
        f.extend((channels * bits / 8).to_le_bytes());
        f.extend(bits.to_le_bytes());
        f.extend(b"LIST\x03\0\0\0abc\0data");
        f.extend((body.len() as u32).to_le_bytes());
        f.extend(body);
        f
    }

    fn sine(rate: u32, ms: u32, amplitude: f64) -> Vec<f64> {
        (0..rate * ms / 1_000)
            .map(|i| amplitude * (std::f64::consts::TAU * 440.0 * f64::from(i) / f64::from(rate)).sin())
            .collect()
    }

    fn pcm(p: &Prompt) -> Vec<i16> {
        p.alaw.iter().map(|o| Law::A.decode(*o)).collect()
    }

    #[test]
    fn every_kind_of_wav_becomes_the_same_prompt() {
        let s = sine(16_000, 1_000, 0.3);
        let body = |f: &dyn Fn(f64) -> Vec<u8>| s.iter().flat_map(|v| f(*v)).collect::<Vec<u8>>();
        let i16_of = |v: f64| (v * 32_767.0) as i16;
        let stereo = body(&|v| [i16_of(v).to_le_bytes(), i16_of(v).to_le_bytes()].concat());
        for (name, f) in [
            ("8", file(1, 8, 1, 16_000, &body(&|v| vec![(v * 127.0 + 128.0) as u8]))),
            ("16", file(1, 16, 1, 16_000, &body(&|v| i16_of(v).to_le_bytes().to_vec()))),
            ("24", file(1, 24, 1, 16_000, &body(&|v| ((v * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec()))),
            ("32", file(1, 32, 1, 16_000, &body(&|v| ((v * 2_147_483_647.0) as i32).to_le_bytes().to_vec()))),
            ("float", file(3, 32, 1, 16_000, &body(&|v| (v as f32).to_le_bytes().to_vec()))),
            ("alaw", file(6, 8, 1, 16_000, &body(&|v| vec![Law::A.encode(i16_of(v))]))),
            ("ulaw", file(7, 8, 1, 16_000, &body(&|v| vec![Law::Mu.encode(i16_of(v))]))),
            ("stereo", file(1, 16, 2, 16_000, &stereo)),
        ] {
            let p = import(&f).unwrap();
            assert!(p.alaw.len().abs_diff(8_000) <= 2 && p.duration_ms.abs_diff(1_000) <= 1, "{name}");
            let level = level_db(&pcm(&p)[1_000..7_000], 440);
            // −20 dB of mean power is a sine of −17 dB.
            assert!((level + 17.0).abs() < 0.6, "{name} at {level}");
        }
    }

    #[test]
    fn loudness_is_moved_within_limits_and_silence_is_left_alone() {
        let wav = |amplitude| {
            let body: Vec<u8> = sine(8_000, 500, amplitude).iter().flat_map(|v| ((v * 32_767.0) as i16).to_le_bytes()).collect();
            import(&file(1, 16, 1, 8_000, &body)).unwrap()
        };
        assert!((wav(0.01).gain_db - GAIN_DB_MAX).abs() < 0.1);
        assert!((wav(0.99).gain_db + 17.0).abs() < 0.2);
        assert!(wav(0.0).gain_db.abs() < f32::EPSILON);
        // One click must not be driven into clipping.
        let mut body = vec![0; 16_000];
        body[8_000..8_002].copy_from_slice(&i16::MAX.to_le_bytes());
        assert!(import(&file(1, 16, 1, 8_000, &body)).unwrap().gain_db < 0.0);
    }

    #[test]
    fn faults_name_themselves() {
        assert_eq!(import(&[]), Err(PromptError::Empty));
        assert_eq!(import(&file(1, 16, 1, 8_000, &[])), Err(PromptError::Empty));
        assert_eq!(import(b"hello, I am a text"), Err(PromptError::Unknown));
        assert_eq!(import(&file(0x31, 4, 1, 8_000, &[0; 10])), Err(PromptError::Wav(WavError::Encoding { tag: 0x31, bits: 4 })));
        assert_eq!(import(&file(1, 8, 1, 8_000, &vec![128; 8_000 * 601])), Err(PromptError::TooLong { seconds: 601 }));
        assert_eq!(import(&[&b"ID3\x04\0\0\0\0\0\0"[..], &[7; 500]].concat()), Err(PromptError::Mp3));
    }

    #[test]
    fn an_mp3_is_decoded_and_brought_to_the_line() {
        // One second of 440 Hz at 22 050 Hz, mono, 32 kbit/s.
        let mp3 = include_bytes!("../testdata/tone-440.mp3");
        let p = import(mp3).unwrap();
        assert!((900..1_200).contains(&p.duration_ms), "{} ms", p.duration_ms);
        assert!((level_db(&pcm(&p)[2_000..6_000], 440) + 17.0).abs() < 1.5);
        // Cut off in the middle it plays to there.
        let half = import(&mp3[..mp3.len() / 2]).unwrap();
        assert!((300..800).contains(&half.duration_ms));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_mp3_never_panics(at in 0_usize..4_000, v: u8, n in 1_usize..50) {
            let mut mp3 = include_bytes!("../testdata/tone-440.mp3").to_vec();
            for i in 0..n {
                let len = mp3.len();
                mp3[(at + i * 37) % len] ^= v;
            }
            let _ = import(&mp3);
        }
    }
}
