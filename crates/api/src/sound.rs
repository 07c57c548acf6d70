//! Sounds as every browser plays them: a 16-bit WAV computed while it is sent, in any byte range.
//!
//! Stored are prompts (A-law without a header) and recordings in any of their formats, all at 8 kHz and in blocks that each
//! hold as many samples; a range begins with the block its first byte is in, or a little earlier where the codec has to warm up.

use crate::problem::{Answer, Problem};
use crate::range::Served;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::Response;
use media::g711::Law;
use media::record::{Decode, Format, HEAD_MAX};
use media::wav::pcm16_header;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};

const HEADER: u64 = 44;
const CHUNK: u64 = 64 * 1024;
/// Samples decoded between two looks at other requests: two seconds.
const STEP_SAMPLES: u64 = 16_000;

/// Where the sound stands in a file, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub path: PathBuf,
    pub data_at: u64,
    pub data_len: u64,
    pub channels: u16,
    pub file_len: u64,
    pub coding: Coding,
}

/// How the samples are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// One of the formats that calls are recorded in.
    Of(Format),
    /// A-law octets, whatever stands around them.
    Alaw,
    /// Samples of 16 bit in any number of channels.
    Linear16,
}

impl Coding {
    fn decoder(self) -> Box<dyn Decode> {
        match self {
            Self::Of(format) => format.decoder(),
            Self::Alaw => Box::new(Alaw),
            // Its reader does not ask which channel a sample belongs to.
            Self::Linear16 => Format::PcmWav.decoder(),
        }
    }
}

/// A-law octets.
struct Alaw;

impl Decode for Alaw {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        out.extend(blocks.iter().map(|o| Law::A.decode(*o)));
    }
}

/// What is left to send of a range.
struct Sending {
    file: tokio::fs::File,
    decoder: Box<dyn Decode>,
    /// Stored octets not read yet.
    stored: u64,
    /// Octets of the view to leave out, and then to send.
    skip: u64,
    left: u64,
}

impl Stored {
    /// A prompt: A-law octets and nothing else.
    ///
    /// # Errors
    /// 404 when the file is gone.
    pub async fn raw(path: PathBuf) -> Answer<Self> {
        let file_len = length(&path).await?;
        Ok(Self { path, data_at: 0, data_len: file_len, channels: 1, file_len, coding: Coding::Alaw })
    }

    /// A recording, or an announcement that was kept. A file cut off by a crash is read as far as it goes.
    ///
    /// # Errors
    /// 404 when the file is gone or is neither of our formats nor a WAV of A-law or of 16 bit.
    pub async fn recording(path: PathBuf) -> Answer<Self> {
        let file_len = length(&path).await?;
        let mut head = vec![0_u8; usize::try_from(file_len.min(4096)).unwrap_or(4096)];
        let mut file = tokio::fs::File::open(&path).await.map_err(|e| gone(&path, &e))?;
        file.read_exact(&mut head).await.map_err(|e| gone(&path, &e))?;
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if let Some(format) = Format::of_file(extension, &head[..head.len().min(HEAD_MAX)]) {
            let layout = format.layout();
            let (data_at, data_len) = (layout.header_len() as u64, layout.sound_octets(file_len));
            return Ok(Self { path, data_at, data_len, channels: layout.channels, file_len, coding: Coding::Of(format) });
        }
        let (data_at, claimed, channels, coding) = wav_layout(&head).ok_or_else(Problem::not_found)?;
        let there = file_len.saturating_sub(data_at);
        // A header not yet closed says 0 or all ones.
        let data_len = if claimed == 0 || claimed > there { there } else { claimed };
        Ok(Self { path, data_at, data_len, channels, file_len, coding })
    }

    /// Sends the 16-bit view.
    ///
    /// # Errors
    /// 416 and unreadable files.
    pub async fn serve_pcm(self, request: &HeaderMap, tag: &str, disposition: Option<String>) -> Answer<Response> {
        let total = HEADER + self.pcm_len();
        let etag = format!("{tag}-{total}-pcm");
        Served { total, etag, content_type: "audio/wav", disposition }.answer(request, |start, end| self.pcm(start, end)).await
    }

    /// Sends the file as it is stored.
    ///
    /// # Errors
    /// 416 and unreadable files.
    pub async fn serve_original(self, request: &HeaderMap, tag: &str, disposition: Option<String>) -> Answer<Response> {
        let total = self.file_len;
        let etag = format!("{tag}-{total}");
        let content_type = match (self.data_at, self.coding) {
            (0, Coding::Alaw) => "audio/x-alaw-basic",
            (0, Coding::Of(_)) => "application/octet-stream",
            _ => "audio/wav",
        };
        Served { total, etag, content_type, disposition }.answer(request, |start, end| self.bytes(start, end)).await
    }

    async fn bytes(self, start: u64, end: u64) -> Answer<Body> {
        let file = open_at(&self.path, start).await?;
        let stream = futures::stream::try_unfold((file, end - start), |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let chunk = read(&mut file, left.min(CHUNK)).await?;
            let left = left - chunk.len() as u64;
            Ok::<_, std::io::Error>(Some((Bytes::from(chunk), (file, left))))
        });
        Ok(Body::from_stream(stream))
    }

    /// Octets and samples per channel of a block, and the blocks a decoder needs before it sounds right.
    fn blocks(&self) -> (u64, u64, u64) {
        let channels = u64::from(self.channels.max(1));
        match self.coding {
            Coding::Of(format) => {
                let l = format.layout();
                (l.block_octets.into(), l.block_samples.into(), l.warm_up_blocks.into())
            }
            Coding::Alaw => (channels, 1, 0),
            Coding::Linear16 => (channels * 2, 1, 0),
        }
    }

    /// Octets of the 16-bit view behind its header.
    fn pcm_len(&self) -> u64 {
        let (octets, samples, _) = self.blocks();
        self.data_len / octets * samples * u64::from(self.channels) * 2
    }

    async fn pcm(self, start: u64, end: u64) -> Answer<Body> {
        let header = pcm16_header(self.channels, media::RATE, self.pcm_len());
        let part = |from: u64, to: u64| header[usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0)].to_vec();
        let head = if start < HEADER { part(start, end.min(HEADER)) } else { Vec::new() };
        let from = start.max(HEADER) - HEADER;
        let left = end.max(HEADER) - HEADER - from;
        let (octets, samples, warm_up) = self.blocks();
        let block_pcm = samples * u64::from(self.channels) * 2;
        let block = (from / block_pcm).saturating_sub(warm_up);
        let sending = Sending {
            file: open_at(&self.path, self.data_at + block * octets).await?,
            decoder: self.coding.decoder(),
            stored: (self.data_len / octets - block) * octets,
            skip: from - block * block_pcm,
            left,
        };
        let step = STEP_SAMPLES.div_ceil(samples) * octets;
        let first = futures::stream::iter((!head.is_empty()).then(|| Ok::<_, std::io::Error>(Bytes::from(head))));
        let rest = futures::stream::try_unfold(sending, move |sending| sending.next(step));
        Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
    }
}

impl Sending {
    /// The view of the next `step` stored octets.
    async fn next(mut self, step: u64) -> std::io::Result<Option<(Bytes, Self)>> {
        if self.left == 0 || self.stored == 0 {
            return Ok(None);
        }
        let stored = read(&mut self.file, self.stored.min(step)).await?;
        self.stored -= stored.len() as u64;
        let mut samples = Vec::new();
        self.decoder.decode(&stored, &mut samples);
        let mut pcm: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let skipped = self.skip.min(pcm.len() as u64);
        self.skip -= skipped;
        pcm.drain(..usize::try_from(skipped).unwrap_or(0));
        pcm.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= pcm.len() as u64;
        Ok(Some((Bytes::from(pcm), self)))
    }
}

fn gone(path: &Path, error: &std::io::Error) -> Problem {
    tracing::warn!(path = %path.display(), %error, "sound file cannot be read");
    Problem::not_found()
}

async fn length(path: &Path) -> Answer<u64> {
    tokio::fs::metadata(path).await.map(|m| m.len()).map_err(|e| gone(path, &e))
}

async fn open_at(path: &Path, at: u64) -> Answer<tokio::fs::File> {
    let mut file = tokio::fs::File::open(path).await.map_err(|e| gone(path, &e))?;
    file.seek(SeekFrom::Start(at)).await.map_err(|e| gone(path, &e))?;
    Ok(file)
}

/// Up to `n` octets; an early end of the file is an error, because the length has been promised.
async fn read(file: &mut tokio::fs::File, n: u64) -> std::io::Result<Vec<u8>> {
    let mut chunk = vec![0_u8; usize::try_from(n).unwrap_or(0)];
    file.read_exact(&mut chunk).await?;
    Ok(chunk)
}

/// Offset and claimed length of the data chunk, the channels, and the coding of an 8 kHz WAV of A-law or of 16 bit.
fn wav_layout(head: &[u8]) -> Option<(u64, u64, u16, Coding)> {
    let u16_at = |i: usize| Some(u16::from_le_bytes(head.get(i..i + 2)?.try_into().ok()?));
    let u32_at = |i: usize| Some(u32::from_le_bytes(head.get(i..i + 4)?.try_into().ok()?));
    if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    let mut kind = None;
    loop {
        let size = u32_at(at + 4)?;
        match head.get(at..at + 4)? {
            b"fmt " => {
                // WAVE_FORMAT_ALAW and WAVE_FORMAT_PCM, each with its bits.
                let coding = match (u16_at(at + 8)?, u16_at(at + 22)?) {
                    (6, 8) => Coding::Alaw,
                    (1, 16) => Coding::Linear16,
                    _ => return None,
                };
                if u32_at(at + 12)? != media::RATE {
                    return None;
                }
                kind = Some((u16_at(at + 10)?, coding));
            }
            b"data" => {
                let (channels, coding) = kind?;
                return Some((at as u64 + 8, u64::from(size), channels, coding));
            }
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(usize::try_from(size).ok()?)?.checked_add(size as usize % 2)?;
    }
}
