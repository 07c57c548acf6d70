//! Tries the tenant's recogniser: a sentence spoken by its own synthesiser, given to it as a call would.

use super::SpeechCache;
use crate::{Actor, DeskError, Kind, Result};
use connect::speech::SpeechError;
use connect::speech::hear::{Ask, Recognised, recogniser};
use media::FRAME;
use media::g711::Law;
use model::record::Permission;
use std::path::Path;
use std::time::{Duration, Instant};
use store::Store;

/// Longer sentences try nothing more.
const TEXT_CHARS_MAX: usize = 60;
/// Beyond the settings' own limit: connecting, and the sound itself.
const SLACK: Duration = Duration::from_secs(15);
/// After the sentence, as a caller would leave it.
const SILENCE_FRAMES: usize = 40;

/// What came of a try.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub text: String,
    /// From the end of the sentence to its text.
    pub took_ms: u32,
    /// 0–1 where the provider says.
    pub confidence: Option<f64>,
}

/// # Errors
/// No right, an unfit text, or why it was not understood.
pub async fn recognise(
    store: &Store,
    actor: &Actor,
    cache: &SpeechCache,
    client: &connect::Client,
    models_dir: &Path,
    text: &str,
) -> Result<Heard> {
    actor.require(Permission::SettingsWrite)?;
    let text = text.trim();
    if !(1..=TEXT_CHARS_MAX).contains(&text.chars().count()) {
        return Err(DeskError::invalid(
            "text_invalid",
            "text",
            "试用的句子须为 1–60 个字",
            "a sentence to try has 1–60 characters",
        ));
    }
    let settings = store.settings(actor.tenant).await?;
    let recogniser = recogniser(&settings.recognition, client, Some(models_dir)).map_err(|e| error_of(&e))?;
    let path = cache.clip(&settings.speech, text, None).await?;
    let sound = tokio::fs::read(&path).await?;
    let mut listening = recogniser.listen(Ask { end_silence_ms: 500, ..Ask::default() });
    let silence = [Law::A.silence(); FRAME];
    let frames = sound.chunks(FRAME).chain(std::iter::repeat_n(silence.as_slice(), SILENCE_FRAMES));
    listening.speech_started(0);
    for frame in frames {
        let samples: Vec<i16> = frame.iter().map(|o| Law::A.decode(*o)).collect();
        while !listening.push(&samples) {
            // Full, or over: what it has to say tells which.
            match tokio::time::timeout(Duration::from_millis(100), listening.next()).await {
                Ok(Some(Recognised::Failed(error))) => return Err(error_of(&error)),
                Ok(None) => return Err(error_of(&SpeechError::Answer("the session ended"))),
                _ => {}
            }
        }
    }
    listening.speech_ended();
    let started = Instant::now();
    let wait = SLACK + Duration::from_millis(u64::from(settings.recognition.answer_ms_max));
    let answer = async {
        let mut heard = Heard { text: String::new(), took_ms: 0, confidence: None };
        loop {
            match listening.next().await {
                Some(Recognised::Final { text, confidence, .. }) => {
                    heard.text.push_str(&text);
                    heard.confidence = confidence;
                    heard.took_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
                    return Ok(heard);
                }
                Some(Recognised::Failed(error)) => return Err(error_of(&error)),
                Some(_) => {}
                None => return Err(error_of(&SpeechError::Answer("the session ended"))),
            }
        }
    };
    let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    tokio::time::timeout(wait, answer).await.unwrap_or_else(|_| Err(error_of(&SpeechError::Timeout { ms })))
}

fn error_of(e: &SpeechError) -> DeskError {
    let kind = match e {
        SpeechError::Off | SpeechError::Setting { .. } => Kind::Invalid,
        _ => Kind::Unavailable,
    };
    DeskError::new(kind, "recognition_failed", e.zh(), e.to_string())
}
