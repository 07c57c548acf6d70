//! Speech recognition as a stream: line sound in, texts out as they come. A new provider: one file here and one line in
//! [`recogniser`].
//!
//! A [`Listening`] is one leg's session, run by a task of its own: sound is handed over without ever waiting, and whatever
//! the provider does (slow, silent, broken, nonsense) ends in [`Recognised::Failed`], never in a stuck call.

mod http;
mod item;
mod realtime;
#[cfg(feature = "sherpa")]
mod sherpa;
#[cfg(feature = "sherpa")]
mod sherpa_api;

pub use http::HttpRecogniser;
pub use realtime::Realtime;
#[cfg(feature = "sherpa")]
pub use sherpa::{MODEL_FILES, Sherpa};

use super::SpeechError;
use crate::Client;
use model::settings::Recognition;
use std::path::Path;
use tokio::sync::mpsc;

/// Frames of 20 ms that may wait for a provider: 30 s.
const QUEUE_FRAMES: usize = 1_500;
/// Texts that wait to be read; more are dropped, for nobody reads them.
const EVENTS_MAX: usize = 256;
/// Hints sent at most, and characters of one.
const HINTS_MAX: usize = 100;
const HINT_CHARS_MAX: usize = 40;
/// Samples of the line in a millisecond.
const PER_MS: u64 = media::RATE as u64 / 1_000;

/// What is to be heard and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// ISO 639-1; empty: as the settings say.
    pub language: String,
    /// Words to expect.
    pub hints: Vec<String>,
    /// Silence after which a provider that finds ends itself ends an utterance.
    pub end_silence_ms: u32,
}

/// Times are milliseconds of sound since the session began.
#[derive(Clone, Debug, PartialEq)]
pub enum Recognised {
    /// The provider's own opinion; ours is made where the sound comes from.
    SpeechStarted {
        at_ms: u32,
    },
    SpeechEnded {
        at_ms: u32,
    },
    /// So far understood of the utterance under way; replaces the partial before.
    Partial {
        text: String,
        from_ms: u32,
        to_ms: u32,
    },
    /// The utterance's text; empty where nothing was understood. `confidence` is 0–1.
    Final {
        text: String,
        from_ms: u32,
        to_ms: u32,
        confidence: Option<f64>,
    },
    /// This utterance has no text. The session goes on unless it says nothing more.
    Failed(SpeechError),
}

/// What goes to a session's task.
#[derive(Debug)]
enum Audio {
    Frame(Vec<i16>),
    /// Speech began this much sound ago.
    Start {
        ms_ago: u32,
    },
    /// The utterance is over: its text is wanted now.
    End,
}

/// One leg's session with a recogniser. Dropping it ends it.
#[derive(Debug)]
pub struct Listening {
    audio: mpsc::Sender<Audio>,
    texts: mpsc::Receiver<Recognised>,
}

/// The session's end of a [`Listening`].
struct Wires {
    audio: mpsc::Receiver<Audio>,
    texts: mpsc::Sender<Recognised>,
}

impl Listening {
    fn new() -> (Self, Wires) {
        let (audio, audio_rx) = mpsc::channel(QUEUE_FRAMES);
        let (texts_tx, texts) = mpsc::channel(EVENTS_MAX);
        (Self { audio, texts }, Wires { audio: audio_rx, texts: texts_tx })
    }

    /// 8 kHz samples, 20 ms or so at a time. Never waits; false: the provider is 30 s behind or gone, and these are lost.
    pub fn push(&self, samples: &[i16]) -> bool {
        self.audio.try_send(Audio::Frame(samples.to_vec())).is_ok()
    }

    /// The far end began to speak `ms_ago` before the last sample pushed.
    pub fn speech_started(&self, ms_ago: u32) -> bool {
        self.audio.try_send(Audio::Start { ms_ago }).is_ok()
    }

    /// The far end has said its piece; a final text or a failure follows.
    pub fn speech_ended(&self) -> bool {
        self.audio.try_send(Audio::End).is_ok()
    }

    /// None: the session is over.
    pub async fn next(&mut self) -> Option<Recognised> {
        self.texts.recv().await
    }
}

impl Wires {
    /// A reader that does not keep up loses texts, not the call.
    fn tell(&self, said: Recognised) {
        let _ = self.texts.try_send(said);
    }
}

pub trait Recogniser: Send + Sync {
    /// Begins a session; must be called within a tokio runtime. Never fails: what is wrong is told as [`Recognised::Failed`].
    fn listen(&self, ask: Ask) -> Listening;
}

/// The provider the settings name. `models_dir`: where the operator keeps models of recognisers that run here.
///
/// # Errors
/// `Off` where the tenant has none; settings that cannot work.
pub fn recogniser(
    settings: &Recognition,
    client: &Client,
    models_dir: Option<&Path>,
) -> Result<Box<dyn Recogniser>, SpeechError> {
    match settings.provider.as_str() {
        "off" | "" => Err(SpeechError::Off),
        "realtime" => Ok(Box::new(Realtime::new(settings, client.clone())?)),
        "http" => Ok(Box::new(HttpRecogniser::new(settings, client.clone())?)),
        "sherpa" => local(settings, models_dir),
        other => Err(SpeechError::Setting { field: "provider", value: other.into() }),
    }
}

#[cfg(feature = "sherpa")]
fn local(settings: &Recognition, models_dir: Option<&Path>) -> Result<Box<dyn Recogniser>, SpeechError> {
    Ok(Box::new(Sherpa::new(settings, models_dir)?))
}

#[cfg(not(feature = "sherpa"))]
fn local(_: &Recognition, _: Option<&Path>) -> Result<Box<dyn Recogniser>, SpeechError> {
    Err(SpeechError::NotBuilt { feature: "sherpa" })
}

/// Words to expect, tidied, as many as are sent.
fn hints(ask: &Ask) -> Vec<String> {
    let tidy = |h: &String| h.chars().filter(|c| !c.is_control()).take(HINT_CHARS_MAX).collect::<String>().trim().to_owned();
    ask.hints.iter().map(tidy).filter(|h| !h.is_empty()).take(HINTS_MAX).collect()
}

/// The language asked for, or else the settings'.
fn language<'a>(ask: &'a Ask, settings: &'a Recognition) -> Option<&'a str> {
    let chosen = if ask.language.trim().is_empty() { settings.language.trim() } else { ask.language.trim() };
    (!chosen.is_empty()).then_some(chosen)
}

/// A text out of a provider: without control characters, at most 4,000 characters.
fn tidy(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(super::TEXT_MAX).collect();
    text.trim().to_owned()
}

fn ms_of(samples: u64) -> u32 {
    u32::try_from(samples / PER_MS).unwrap_or(u32::MAX)
}
