//! Any speech service that speaks OpenAI's `POST …/audio/speech`.

use super::stream::Line;
use super::{Pcm, SpeechError, SpeechSynth, base_url, checked, wav, without_key};
use crate::client::Call;
use crate::webhook::excerpt;
use crate::{Client, HttpError};
use model::settings::Speech;
use tokio::sync::mpsc;

const SOUND_MAX: usize = 64 << 20;
const TIMEOUT_MS: u64 = 30_000;
/// A text heard while it is made: the head of the answer, and each further piece, within this.
const FIRST_MS_MAX: u64 = 8_000;
/// Of `response_format: pcm`, which has no header to say it.
const RAW_RATE: u32 = 24_000;
/// The speed setting's default, in words per minute, is the service's 1.0.
const USUAL_SPEED: f64 = 165.0;

type Pieces = mpsc::Sender<Result<Vec<i16>, SpeechError>>;

pub struct HttpSpeech {
    url: String,
    model: String,
    voice: String,
    speed: f64,
    api_key: Option<String>,
    client: Client,
    timeout_ms: u64,
}

impl std::fmt::Debug for HttpSpeech {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSpeech").field("model", &self.model).field("voice", &self.voice).finish_non_exhaustive()
    }
}

impl HttpSpeech {
    /// # Errors
    /// No address.
    pub fn new(settings: &Speech, client: Client) -> Result<Self, SpeechError> {
        let base = base_url(&settings.base_url)?;
        Ok(Self {
            url: format!("{base}/audio/speech"),
            model: settings.model.clone(),
            voice: settings.voice.clone(),
            speed: (f64::from(settings.speed) / USUAL_SPEED).clamp(0.25, 4.0),
            api_key: settings.api_key.clone().filter(|k| !k.is_empty()),
            client,
            timeout_ms: TIMEOUT_MS,
        })
    }

    #[must_use]
    pub fn with_timeout_ms(mut self, ms: u64) -> Self {
        self.timeout_ms = ms;
        self
    }

    fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(self.api_key.as_ref().map(|key| ("authorization".to_owned(), format!("Bearer {key}"))));
        headers
    }

    fn body(&self, text: &str, voice: Option<&str>, format: &str) -> Result<serde_json::Value, SpeechError> {
        Ok(serde_json::json!({
            "model": self.model,
            "input": checked(text)?,
            "voice": voice.unwrap_or(&self.voice),
            "response_format": format,
            "speed": self.speed,
        }))
    }

    /// Speaks piece by piece, as the answer comes.
    pub(super) async fn stream(&self, text: &str, voice: Option<&str>, pieces: &Pieces) -> Result<(), SpeechError> {
        let body = self.body(text, voice, "pcm")?;
        let headers = self.headers();
        let call = Call {
            method: "POST",
            url: &self.url,
            headers: &headers,
            body: Some(body.to_string().into_bytes()),
            timeout_ms: FIRST_MS_MAX,
            answer_max: SOUND_MAX,
            cut: false,
        };
        let mut answer = self.client.open(call).await?;
        let status = answer.status().as_u16();
        if !(200..300).contains(&status) {
            let start = self.chunk(&mut answer).await?.unwrap_or_default();
            return Err(SpeechError::Status { status, text: without_key(self.api_key.as_deref(), &excerpt(&start)) });
        }
        let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_ascii_lowercase();
        if kind.starts_with("text/") || kind.contains("json") {
            return Err(SpeechError::Sound("neither WAV nor PCM; the service answered with text"));
        }
        let (mut line, mut waiting, mut channels) = (Line::default(), Vec::new(), None);
        while let Some(chunk) = self.chunk(&mut answer).await? {
            waiting.extend_from_slice(&chunk);
            if channels.is_none() {
                channels = begin(&mut line, &mut waiting)?;
            }
            if let Some(channels) = channels {
                let whole = waiting.len() / (2 * channels) * (2 * channels);
                let samples: Vec<i16> = wav::samples(&waiting[..whole], channels);
                waiting.drain(..whole);
                line.push(&samples, pieces).await?;
            }
        }
        line.finish(pieces).await
    }

    async fn chunk(&self, answer: &mut reqwest::Response) -> Result<Option<bytes::Bytes>, SpeechError> {
        match tokio::time::timeout(std::time::Duration::from_millis(FIRST_MS_MAX), answer.chunk()).await {
            Ok(chunk) => Ok(chunk.map_err(|e| HttpError::of(e, FIRST_MS_MAX))?),
            Err(_) => Err(SpeechError::Timeout { ms: FIRST_MS_MAX }),
        }
    }

    async fn once(&self, body: &serde_json::Value) -> Result<Pcm, SpeechError> {
        let headers = self.headers();
        let call = Call {
            method: "POST",
            url: &self.url,
            headers: &headers,
            body: Some(body.to_string().into_bytes()),
            timeout_ms: self.timeout_ms,
            answer_max: SOUND_MAX,
            cut: false,
        };
        let answer = self.client.send(call).await?;
        if !(200..300).contains(&answer.status) {
            return Err(SpeechError::Status {
                status: answer.status,
                text: without_key(self.api_key.as_deref(), &excerpt(&answer.body)),
            });
        }
        if answer.body.starts_with(b"RIFF") {
            return wav::read(&answer.body);
        }
        let raw = ["audio/pcm", "audio/l16", "application/octet-stream"]
            .iter()
            .any(|t| answer.content_type.to_ascii_lowercase().starts_with(t));
        if raw {
            wav::pcm(&answer.body, 1, RAW_RATE)
        } else {
            Err(SpeechError::Sound("neither WAV nor PCM; set the service to wav"))
        }
    }
}

/// Looks at the first bytes of the sound; the channels once they are known. Raw sound is 24 kHz mono.
fn begin(line: &mut Line, waiting: &mut Vec<u8>) -> Result<Option<usize>, SpeechError> {
    if waiting.len() < 12 {
        return Ok(None);
    }
    if !waiting.starts_with(b"RIFF") {
        line.begin(RAW_RATE)?;
        return Ok(Some(1));
    }
    let Some((at, channels, rate)) = wav::head(waiting)? else { return Ok(None) };
    waiting.drain(..at);
    line.begin(rate)?;
    Ok(Some(channels))
}

#[async_trait::async_trait]
impl SpeechSynth for HttpSpeech {
    async fn synth(&self, text: &str, voice: Option<&str>) -> Result<Pcm, SpeechError> {
        let body = self.body(text, voice, "wav")?;
        match self.once(&body).await {
            // One more try where the service, not the request, was at fault.
            Err(
                SpeechError::Status { status: 500..=599, .. } | SpeechError::Http(HttpError::Connect(_) | HttpError::Broken(_)),
            ) => self.once(&body).await,
            done => done,
        }
    }
}
