//! Any speech service that speaks OpenAI's `POST …/audio/speech`.

use super::{Pcm, SpeechError, SpeechSynth, checked, wav};
use crate::client::Call;
use crate::webhook::excerpt;
use crate::{Client, HttpError};
use model::settings::Speech;

const SOUND_MAX: usize = 64 << 20;
const TIMEOUT_MS: u64 = 30_000;
/// Of `response_format: pcm`, which has no header to say it.
const RAW_RATE: u32 = 24_000;
/// The speed setting's default, in words per minute, is the service's 1.0.
const USUAL_SPEED: f64 = 165.0;

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
        let base = settings.base_url.trim().trim_end_matches('/');
        if base.is_empty() {
            return Err(SpeechError::Setting { field: "base_url", value: String::new() });
        }
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

    async fn once(&self, body: &serde_json::Value) -> Result<Pcm, SpeechError> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if let Some(key) = &self.api_key {
            headers.push(("authorization".into(), format!("Bearer {key}")));
        }
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
            return Err(SpeechError::Status { status: answer.status, text: self.without_key(&excerpt(&answer.body)) });
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

    fn without_key(&self, text: &str) -> String {
        self.api_key.as_ref().map_or_else(|| text.to_owned(), |key| text.replace(key.as_str(), "***"))
    }
}

#[async_trait::async_trait]
impl SpeechSynth for HttpSpeech {
    async fn synth(&self, text: &str, voice: Option<&str>) -> Result<Pcm, SpeechError> {
        let body = serde_json::json!({
            "model": self.model,
            "input": checked(text)?,
            "voice": voice.unwrap_or(&self.voice),
            "response_format": "wav",
            "speed": self.speed,
        });
        match self.once(&body).await {
            // One more try where the service, not the request, was at fault.
            Err(
                SpeechError::Status { status: 500..=599, .. } | SpeechError::Http(HttpError::Connect(_) | HttpError::Broken(_)),
            ) => self.once(&body).await,
            done => done,
        }
    }
}
