//! A-law sounds as every browser plays them: a 16-bit WAV computed while it is sent, in any byte range.
//!
//! Stored sounds are A-law at 8 kHz: recordings as WAV, prompts without a header. One stored octet is two sent ones, so
//! byte `p` of the view behind its 44-byte header is sample octet `(p - 44) / 2` of the file.

use crate::problem::{Answer, Problem};
use crate::range::Served;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::Response;
use media::g711::Law;
use media::wav::pcm16_header;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};

const HEADER: u64 = 44;
const CHUNK: u64 = 64 * 1024;

/// Where the A-law octets stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub path: PathBuf,
    pub data_at: u64,
    pub data_len: u64,
    pub channels: u16,
    pub file_len: u64,
}

impl Stored {
    /// A prompt: A-law octets and nothing else.
    ///
    /// # Errors
    /// 404 when the file is gone.
    pub async fn raw(path: PathBuf) -> Answer<Self> {
        let file_len = length(&path).await?;
        Ok(Self { path, data_at: 0, data_len: file_len, channels: 1, file_len })
    }

    /// A recording. A file cut off by a crash is read as far as it goes.
    ///
    /// # Errors
    /// 404 when the file is gone or is no A-law WAV.
    pub async fn wav(path: PathBuf) -> Answer<Self> {
        let file_len = length(&path).await?;
        let mut head = vec![0_u8; usize::try_from(file_len.min(4096)).unwrap_or(4096)];
        let mut file = tokio::fs::File::open(&path).await.map_err(|e| gone(&path, &e))?;
        file.read_exact(&mut head).await.map_err(|e| gone(&path, &e))?;
        let (data_at, claimed, channels) = wav_layout(&head).ok_or_else(Problem::not_found)?;
        let there = file_len.saturating_sub(data_at);
        // A header not yet closed says 0 or all ones.
        let data_len = if claimed == 0 || claimed > there { there } else { claimed };
        Ok(Self { path, data_at, data_len, channels, file_len })
    }

    /// Sends the 16-bit view.
    ///
    /// # Errors
    /// 416 and unreadable files.
    pub async fn serve_pcm(self, request: &HeaderMap, tag: &str, disposition: Option<String>) -> Answer<Response> {
        let total = HEADER + self.data_len * 2;
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
        let content_type = if self.data_at == 0 { "audio/x-alaw-basic" } else { "audio/wav" };
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

    async fn pcm(self, start: u64, end: u64) -> Answer<Body> {
        let header = pcm16_header(self.channels, media::RATE, self.data_len * 2);
        let part = |from: u64, to: u64| header[usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0)].to_vec();
        let head = if start < HEADER { part(start, end.min(HEADER)) } else { Vec::new() };
        let from = start.max(HEADER) - HEADER;
        let to = end.max(HEADER) - HEADER;
        let file = open_at(&self.path, self.data_at + from / 2).await?;
        let first = futures::stream::iter((!head.is_empty()).then(|| Ok::<_, std::io::Error>(Bytes::from(head))));
        let rest = futures::stream::try_unfold((file, from, to), |(mut file, from, to)| async move {
            if from >= to {
                return Ok(None);
            }
            let octets = (to.div_ceil(2) - from / 2).min(CHUNK);
            let chunk = read(&mut file, octets).await?;
            let mut pcm: Vec<u8> = chunk.iter().flat_map(|&a| Law::A.decode(a).to_le_bytes()).collect();
            // A range may begin or end in the middle of a sample.
            let decoded_to = (from / 2 + chunk.len() as u64) * 2;
            if decoded_to > to {
                pcm.pop();
            }
            if from % 2 == 1 {
                pcm.remove(0);
            }
            Ok::<_, std::io::Error>(Some((Bytes::from(pcm), (file, decoded_to.min(to), to))))
        });
        Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
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

/// Offset and claimed length of the data chunk, and the channels, of an A-law WAV.
fn wav_layout(head: &[u8]) -> Option<(u64, u64, u16)> {
    let u16_at = |i: usize| Some(u16::from_le_bytes(head.get(i..i + 2)?.try_into().ok()?));
    let u32_at = |i: usize| Some(u32::from_le_bytes(head.get(i..i + 4)?.try_into().ok()?));
    if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    let mut channels = None;
    loop {
        let size = u32_at(at + 4)?;
        match head.get(at..at + 4)? {
            b"fmt " => {
                // 6: WAVE_FORMAT_ALAW
                if u16_at(at + 8)? != 6 {
                    return None;
                }
                channels = Some(u16_at(at + 10)?);
            }
            b"data" => return Some((at as u64 + 8, u64::from(size), channels?)),
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(usize::try_from(size).ok()?)?.checked_add(size as usize % 2)?;
    }
}
