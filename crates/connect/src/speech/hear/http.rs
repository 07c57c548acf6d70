//! Any service that speaks OpenAI's `POST …/audio/transcriptions`: one request an utterance, sent when it is over.

use super::{Ask, Audio, Listening, PER_MS, Recognised, Recogniser, Wires, hints, language, ms_of, tidy};
use crate::client::Call;
use crate::speech::{SpeechError, base_url, without_key};
use crate::webhook::excerpt;
use crate::{Client, HttpError};
use futures::future::BoxFuture;
use model::settings::Recognition;
use std::collections::VecDeque;
use std::sync::Arc;

/// Kept before the speech was noticed, so that its first sound is not cut off.
const BEFORE_SAMPLES: usize = 400 * PER_MS as usize;
/// The longest utterance sent: ten minutes.
const UTTERANCE_SAMPLES_MAX: usize = 600_000 * PER_MS as usize;
/// Utterances that wait for their turn.
const WAITING_MAX: usize = 3;
const ANSWER_BYTES_MAX: usize = 1 << 20;

pub struct HttpRecogniser(Arc<Inner>);

struct Inner {
    url: String,
    settings: Recognition,
    client: Client,
}

impl std::fmt::Debug for HttpRecogniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRecogniser").field("model", &self.0.settings.model).finish_non_exhaustive()
    }
}

impl HttpRecogniser {
    /// # Errors
    /// No address.
    pub fn new(settings: &Recognition, client: Client) -> Result<Self, SpeechError> {
        let url = format!("{}/audio/transcriptions", base_url(&settings.base_url)?);
        Ok(Self(Arc::new(Inner { url, settings: settings.clone(), client })))
    }
}

impl Recogniser for HttpRecogniser {
    fn listen(&self, ask: Ask) -> Listening {
        let (listening, wires) = Listening::new();
        tokio::spawn(run(Arc::clone(&self.0), ask, wires));
        listening
    }
}

/// An utterance cut out of the stream.
struct Piece {
    samples: Vec<i16>,
    from_ms: u32,
    to_ms: u32,
}

/// Cuts utterances out of the stream by what the session is told of starts and ends.
#[derive(Default)]
struct Cutter {
    kept: VecDeque<i16>,
    /// Samples that have come in all.
    seen: u64,
    speaking: bool,
}

impl Cutter {
    fn take(&mut self, audio: Audio) -> Option<Piece> {
        match audio {
            Audio::Frame(samples) => {
                self.seen += samples.len() as u64;
                self.kept.extend(samples);
                let room = if self.speaking { UTTERANCE_SAMPLES_MAX } else { BEFORE_SAMPLES };
                let over = self.kept.len().saturating_sub(room);
                self.kept.drain(..over);
                None
            }
            Audio::Start { ms_ago } => {
                self.speaking = true;
                let keep = BEFORE_SAMPLES + ms_ago as usize * PER_MS as usize;
                let over = self.kept.len().saturating_sub(keep);
                self.kept.drain(..over);
                None
            }
            Audio::End => {
                self.speaking = false;
                let samples: Vec<i16> = std::mem::take(&mut self.kept).into();
                let from = self.seen - samples.len() as u64;
                (!samples.is_empty()).then(|| Piece { samples, from_ms: ms_of(from), to_ms: ms_of(self.seen) })
            }
        }
    }
}

async fn run(inner: Arc<Inner>, ask: Ask, mut wires: Wires) {
    let mut cutter = Cutter::default();
    let mut waiting: VecDeque<Piece> = VecDeque::new();
    let mut asked: Option<BoxFuture<'static, Recognised>> = None;
    loop {
        if asked.is_none() {
            asked = waiting.pop_front().map(|piece| Box::pin(transcribe(Arc::clone(&inner), ask.clone(), piece)) as _);
        }
        tokio::select! {
            audio = wires.audio.recv() => match audio.map(|a| cutter.take(a)) {
                Some(Some(piece)) => waiting.push_back(piece),
                Some(None) => {}
                // Nobody listens any more: what was asked is let go.
                None => return,
            },
            said = async { match asked.as_mut() { Some(a) => a.await, None => std::future::pending().await } } => {
                asked = None;
                wires.tell(said);
            }
        }
        if waiting.len() > WAITING_MAX {
            waiting.pop_front();
            wires.tell(Recognised::Failed(SpeechError::Timeout { ms: u64::from(inner.settings.answer_ms_max) }));
        }
    }
}

async fn transcribe(inner: Arc<Inner>, ask: Ask, piece: Piece) -> Recognised {
    let (from_ms, to_ms) = (piece.from_ms, piece.to_ms);
    let body = inner.body(&ask, &piece.samples);
    let answer = match inner.once(body.clone()).await {
        // One more try where the service, not the request, was at fault.
        Err(SpeechError::Status { status: 500..=599, .. } | SpeechError::Http(HttpError::Connect(_) | HttpError::Broken(_))) => {
            inner.once(body).await
        }
        done => done,
    };
    match answer {
        Ok(text) => Recognised::Final { text, from_ms, to_ms, confidence: None },
        Err(error) => Recognised::Failed(error),
    }
}

/// Between the parts of a request; a WAV could hold it only by a chance that does not happen.
const BOUNDARY: &str = "fengling-5f0c7a1e9d3b4826a1c7e0d9b8f2";

impl Inner {
    fn body(&self, ask: &Ask, samples: &[i16]) -> Vec<u8> {
        let mut body = Vec::with_capacity(samples.len() * 2 + 1_024);
        let mut field = |name: &str, value: &str| {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        };
        field("model", &self.settings.model);
        field("response_format", "json");
        if let Some(language) = language(ask, &self.settings) {
            field("language", language);
        }
        let hints = hints(ask);
        if !hints.is_empty() {
            field("prompt", &hints.join("，"));
        }
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\nContent-Type: audio/wav";
        body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(&media::wav::pcm16(media::RATE, samples.iter().copied()));
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        body
    }

    async fn once(&self, body: Vec<u8>) -> Result<String, SpeechError> {
        let mut headers = vec![("content-type".to_owned(), format!("multipart/form-data; boundary={BOUNDARY}"))];
        let key = self.settings.api_key.as_deref().filter(|k| !k.is_empty());
        headers.extend(key.map(|key| ("authorization".to_owned(), format!("Bearer {key}"))));
        let call = Call {
            method: "POST",
            url: &self.url,
            headers: &headers,
            body: Some(body),
            timeout_ms: u64::from(self.settings.answer_ms_max),
            answer_max: ANSWER_BYTES_MAX,
            cut: false,
        };
        let answer = self.client.send(call).await?;
        if !(200..300).contains(&answer.status) {
            return Err(SpeechError::Status { status: answer.status, text: without_key(key, &excerpt(&answer.body)) });
        }
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = json.get("text").and_then(|t| t.as_str());
        text.map(tidy).ok_or(SpeechError::Answer("no `text` in the answer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_is_cut_with_what_came_just_before_it() {
        let mut cutter = Cutter::default();
        for n in 0..100 {
            assert!(cutter.take(Audio::Frame(vec![n; 160])).is_none());
        }
        assert!(cutter.take(Audio::Start { ms_ago: 60 }).is_none());
        for n in 100..150 {
            cutter.take(Audio::Frame(vec![n; 160]));
        }
        let piece = cutter.take(Audio::End).unwrap();
        assert_eq!((piece.from_ms, piece.to_ms), (1_600, 3_000), "400 ms before, as far as that was kept");
        assert_eq!(piece.samples.first(), Some(&80));
        assert!(cutter.take(Audio::End).is_none(), "nothing was said since");
    }
}
