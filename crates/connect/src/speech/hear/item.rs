//! Messages of OpenAI's realtime transcription, both dialects: what we send, and what we understand of what comes.

use super::{Ask, hints, language, tidy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::settings::Recognition;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Utterances of one session that have begun and have no text yet.
const ITEMS_MAX: usize = 64;

/// How sound is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// 16 bits, little endian, 24 kHz.
    Pcm,
    /// G.711 A-law, 8 kHz.
    Alaw,
}

/// The first message of a connection.
pub(super) fn session(settings: &Recognition, ask: &Ask, format: Format) -> Value {
    let mut transcription = json!({ "model": settings.model });
    if let Some(language) = language(ask, settings) {
        transcription["language"] = language.into();
    }
    let hints = hints(ask);
    if !hints.is_empty() {
        transcription["prompt"] = hints.join("，").into();
    }
    let turns = json!({
        "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": ask.end_silence_ms.clamp(200, 5_000),
    });
    let include = json!(["item.input_audio_transcription.logprobs"]);
    if settings.dialect == "beta" {
        let name = if format == Format::Pcm { "pcm16" } else { "g711_alaw" };
        let session = json!({
            "input_audio_format": name, "input_audio_transcription": transcription, "turn_detection": turns, "include": include,
        });
        return json!({ "type": "transcription_session.update", "session": session });
    }
    let format = if format == Format::Pcm { json!({"type": "audio/pcm", "rate": 24_000}) } else { json!({"type": "audio/pcma"}) };
    let input = json!({ "format": format, "transcription": transcription, "turn_detection": turns });
    json!({ "type": "session.update", "session": { "type": "transcription", "audio": { "input": input }, "include": include } })
}

pub(super) fn append(sound: &[u8]) -> Value {
    json!({ "type": "input_audio_buffer.append", "audio": STANDARD.encode(sound) })
}

pub(super) fn commit() -> Value {
    json!({ "type": "input_audio_buffer.commit" })
}

/// What a message of the provider means; times are milliseconds of the connection's sound.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Started {
        at_ms: u32,
    },
    Ended {
        at_ms: u32,
    },
    /// The provider has taken an utterance for complete.
    Committed,
    Partial {
        text: String,
        span: Option<(u32, u32)>,
    },
    Final {
        text: String,
        span: Option<(u32, u32)>,
        confidence: Option<f64>,
    },
    /// One utterance failed; the session goes on.
    ItemFailed(String),
    /// The provider refuses something of ours: `code`, and its words.
    Error {
        code: String,
        message: String,
    },
    /// Known and of no interest, or new.
    Other,
}

#[derive(Debug)]
struct Item {
    id: String,
    from_ms: Option<u32>,
    to_ms: Option<u32>,
    text: String,
}

/// Utterances under way, by the provider's ids.
#[derive(Debug, Default)]
pub(super) struct Items(VecDeque<Item>);

impl Items {
    fn item(&mut self, id: &str) -> &mut Item {
        let at = self.0.iter().position(|i| i.id == id).unwrap_or_else(|| {
            if self.0.len() >= ITEMS_MAX {
                self.0.pop_front();
            }
            self.0.push_back(Item { id: id.chars().take(128).collect(), from_ms: None, to_ms: None, text: String::new() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    fn close(&mut self, id: &str) -> Option<(u32, u32)> {
        let at = self.0.iter().position(|i| i.id == id)?;
        let item = self.0.remove(at)?;
        item.from_ms.zip(item.to_ms)
    }

    /// None: not a message at all.
    pub(super) fn read(&mut self, message: &str) -> Option<Told> {
        let message: Value = serde_json::from_str(message).ok()?;
        let kind = message.get("type")?.as_str()?;
        let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        let ms = |key: &str| message.get(key).and_then(Value::as_u64).map(|ms| u32::try_from(ms).unwrap_or(u32::MAX));
        let id = text("item_id");
        Some(match kind {
            "input_audio_buffer.speech_started" => {
                let at_ms = ms("audio_start_ms")?;
                self.item(id).from_ms = Some(at_ms);
                Told::Started { at_ms }
            }
            "input_audio_buffer.speech_stopped" => {
                let at_ms = ms("audio_end_ms")?;
                self.item(id).to_ms = Some(at_ms);
                Told::Ended { at_ms }
            }
            "input_audio_buffer.committed" => Told::Committed,
            "conversation.item.input_audio_transcription.delta" => {
                let delta = text("delta");
                let item = self.item(id);
                if item.text.len() + delta.len() <= 4 * super::super::TEXT_MAX {
                    item.text.push_str(delta);
                }
                Told::Partial { text: tidy(&item.text), span: item.from_ms.map(|f| (f, item.to_ms.unwrap_or(f))) }
            }
            "conversation.item.input_audio_transcription.completed" => {
                let confidence = message.get("logprobs").and_then(confidence);
                Told::Final { text: tidy(text("transcript")), span: self.close(id), confidence }
            }
            "conversation.item.input_audio_transcription.failed" => {
                self.close(id);
                Told::ItemFailed(words_of(&message))
            }
            "error" => {
                let code = message.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
                Told::Error { code: code.into(), message: words_of(&message) }
            }
            _ => Told::Other,
        })
    }
}

fn words_of(message: &Value) -> String {
    let words = message.pointer("/error/message").and_then(Value::as_str).unwrap_or("no reason given");
    tidy(words).chars().take(200).collect()
}

/// The mean probability of the tokens.
fn confidence(logprobs: &Value) -> Option<f64> {
    let all: Vec<f64> = logprobs.as_array()?.iter().filter_map(|l| l.get("logprob")?.as_f64()).collect();
    let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
    (!all.is_empty() && mean.is_finite()).then(|| mean.exp().clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_is_followed_from_its_first_sound_to_its_text() {
        let mut items = Items::default();
        let said = [
            r#"{"type":"session.created","session":{}}"#,
            r#"{"type":"input_audio_buffer.speech_started","item_id":"a","audio_start_ms":320}"#,
            r#"{"type":"conversation.item.input_audio_transcription.delta","item_id":"a","delta":"我要"}"#,
            r#"{"type":"conversation.item.input_audio_transcription.delta","item_id":"a","delta":"参加"}"#,
            r#"{"type":"input_audio_buffer.speech_stopped","item_id":"a","audio_end_ms":1700}"#,
            r#"{"type":"input_audio_buffer.committed","item_id":"a"}"#,
            r#"{"type":"conversation.item.input_audio_transcription.completed","item_id":"a","transcript":"我要参加。","logprobs":[{"logprob":0.0},{"logprob":-0.6931471805599453}]}"#,
        ];
        let told: Vec<Told> = said.iter().map(|m| items.read(m).unwrap()).collect();
        assert_eq!(told[1], Told::Started { at_ms: 320 });
        assert_eq!(told[3], Told::Partial { text: "我要参加".into(), span: Some((320, 320)) });
        assert_eq!(told[4], Told::Ended { at_ms: 1_700 });
        let Told::Final { text, span, confidence } = &told[6] else { panic!("{:?}", told[6]) };
        assert_eq!((text.as_str(), *span), ("我要参加。", Some((320, 1_700))));
        assert!((confidence.unwrap() - 0.5f64.sqrt()).abs() < 1e-9);
        assert!(items.0.is_empty());
    }

    #[test]
    fn nonsense_is_told_apart_from_what_is_merely_new() {
        let mut items = Items::default();
        for nonsense in ["", "<html>", "[]", "{}", r#"{"type":7}"#, r#"{"type":"input_audio_buffer.speech_started"}"#] {
            assert_eq!(items.read(nonsense), None, "{nonsense}");
        }
        assert_eq!(items.read(r#"{"type":"rate_limits.updated"}"#), Some(Told::Other));
        let error = items.read(r#"{"type":"error","error":{"code":"invalid_model","message":"no such\nmodel"}}"#);
        assert_eq!(error, Some(Told::Error { code: "invalid_model".into(), message: "no such model".into() }));
    }

    #[test]
    fn utterances_that_never_get_a_text_do_not_pile_up() {
        let mut items = Items::default();
        for n in 0..1_000 {
            items.read(&format!(r#"{{"type":"input_audio_buffer.speech_started","item_id":"{n}","audio_start_ms":{n}}}"#));
        }
        assert_eq!(items.0.len(), ITEMS_MAX);
    }

    #[test]
    fn both_dialects_say_the_same() {
        let settings = Recognition { model: "m".into(), ..Recognition::default() };
        let ask = Ask { language: String::new(), hints: vec!["参加".into(), "请假".into()], end_silence_ms: 700 };
        let ga = session(&settings, &ask, Format::Alaw);
        assert_eq!(ga.pointer("/session/audio/input/format/type"), Some(&json!("audio/pcma")));
        assert_eq!(ga.pointer("/session/audio/input/transcription/prompt"), Some(&json!("参加，请假")));
        assert_eq!(ga.pointer("/session/audio/input/turn_detection/silence_duration_ms"), Some(&json!(700)));
        let beta = session(&Recognition { dialect: "beta".into(), ..settings }, &ask, Format::Pcm);
        assert_eq!(beta.pointer("/session/input_audio_format"), Some(&json!("pcm16")));
        assert_eq!(beta.pointer("/session/input_audio_transcription/language"), Some(&json!("zh")));
    }
}
