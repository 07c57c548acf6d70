//! A recogniser of the test suite in the shape of OpenAI's realtime transcription. It really listens: bursts of energy are
//! speech, and the pitch of a burst is its text. Also shared by the engine's tests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use base64::Engine as _;
use futures::{SinkExt as _, StreamExt as _};
use media::g711::Law;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// How the provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Texts come so much later.
    Slow(u64),
    /// Takes everything, says nothing.
    Hang,
    /// Closes the first connection after so much sound.
    DropOnce(u32),
    /// Closes every connection after so much sound.
    DropAlways(u32),
    Garbage,
    /// Refuses the WebSocket.
    Status(u16),
    /// Answers the session with an error.
    Refuse,
    /// Hears no ends by itself; answers when told that an utterance is over.
    Deaf,
}

/// Pitch in hertz and what it says.
pub const WORDS: [(u32, &str); 4] = [(400, "我要参加"), (700, "不参加。"), (1_000, "请帮我转人工"), (1_400, "今天天气不错")];

#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub connections: usize,
    pub session: Value,
    pub authorization: String,
    pub sound_ms: u32,
    pub commits: usize,
}

pub struct RealtimeServer {
    /// `http://127.0.0.1:port/v1`
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

impl RealtimeServer {
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            let count = Arc::new(AtomicUsize::new(0));
            while let Ok((socket, _)) = listener.accept().await {
                let n = count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(socket, mood, n, Arc::clone(&shared)));
            }
        });
        Self { url, seen }
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(socket: TcpStream, mood: Mood, n: usize, seen: Arc<Mutex<Seen>>) {
    let noted = Arc::clone(&seen);
    #[expect(clippy::result_large_err, reason = "the library's own callback type")]
    let shake = move |request: &Request, response: Response| {
        let mut seen = noted.lock().unwrap();
        seen.connections += 1;
        seen.authorization = request.headers().get("authorization").map_or("", |v| v.to_str().unwrap()).into();
        match mood {
            Mood::Status(status) => {
                let text = format!("{{\"error\":{{\"message\":\"key {} is not good\"}}}}", seen.authorization);
                let mut refusal = ErrorResponse::new(Some(text));
                *refusal.status_mut() = status.try_into().unwrap();
                Err(refusal)
            }
            _ => Ok(response),
        }
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(socket, shake).await else { return };
    Ear::new(socket, mood, n, seen).run().await;
}

struct Ear {
    socket: WebSocketStream<TcpStream>,
    mood: Mood,
    n: usize,
    seen: Arc<Mutex<Seen>>,
    rate: u32,
    /// Samples at 8 kHz of this connection that were not looked at yet, and how many were.
    waiting: Vec<i16>,
    frames: u32,
    speech: Vec<i16>,
    started: Option<u32>,
    quiet_ms: u32,
    silence_ms: u32,
    items: usize,
}

impl Ear {
    fn new(socket: WebSocketStream<TcpStream>, mood: Mood, n: usize, seen: Arc<Mutex<Seen>>) -> Self {
        Self {
            socket,
            mood,
            n,
            seen,
            rate: 24_000,
            waiting: Vec::new(),
            frames: 0,
            speech: Vec::new(),
            started: None,
            quiet_ms: 0,
            silence_ms: 500,
            items: 0,
        }
    }

    async fn say(&mut self, message: Value) {
        let _ = self.socket.send(Message::text(message.to_string())).await;
    }

    async fn run(mut self) {
        if self.mood == Mood::Garbage {
            for _ in 0..20 {
                let _ = self.socket.send(Message::text("<html>nonsense</html>")).await;
            }
        }
        self.say(json!({"type": "session.created", "session": {}})).await;
        while let Some(Ok(message)) = self.socket.next().await {
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(text.as_str()).unwrap();
            if !self.on_message(&message).await {
                let _ = self.socket.close(None).await;
                return;
            }
        }
    }

    async fn on_message(&mut self, message: &Value) -> bool {
        match message["type"].as_str().unwrap() {
            "session.update" | "transcription_session.update" => {
                self.seen.lock().unwrap().session = message.clone();
                let text = message.to_string();
                self.rate = if text.contains("pcma") || text.contains("g711_alaw") { 8_000 } else { 24_000 };
                let turns = ["/session/audio/input/turn_detection", "/session/turn_detection"];
                let silence = turns.iter().find_map(|t| message.pointer(t)?.get("silence_duration_ms"));
                self.silence_ms = silence.and_then(Value::as_u64).map_or(500, |ms| u32::try_from(ms).unwrap());
                if self.mood == Mood::Refuse {
                    self.say(json!({"type": "error", "error": {"code": "invalid_model", "message": "no such model"}})).await;
                }
            }
            "input_audio_buffer.append" => {
                let sound = base64::engine::general_purpose::STANDARD.decode(message["audio"].as_str().unwrap()).unwrap();
                self.hear(&sound).await;
                let ms = self.frames * 20;
                match self.mood {
                    Mood::DropOnce(after) if self.n == 0 && ms >= after => return false,
                    Mood::DropAlways(after) if ms >= after => return false,
                    _ => {}
                }
            }
            "input_audio_buffer.commit" => {
                self.seen.lock().unwrap().commits += 1;
                if self.speech.is_empty() {
                    let error = json!({"code": "input_audio_buffer_commit_empty", "message": "nothing to commit"});
                    self.say(json!({"type": "error", "error": error})).await;
                } else {
                    self.transcribe().await;
                }
            }
            other => panic!("unknown message {other}"),
        }
        true
    }

    async fn hear(&mut self, sound: &[u8]) {
        if self.rate == 8_000 {
            self.waiting.extend(sound.iter().map(|o| Law::A.decode(*o)));
        } else {
            // Every third sample is enough for pure tones.
            self.waiting.extend(sound.chunks_exact(6).map(|c| i16::from_le_bytes([c[0], c[1]])));
        }
        while self.waiting.len() >= 160 {
            let frame: Vec<i16> = self.waiting.drain(..160).collect();
            self.frame(&frame).await;
        }
        self.seen.lock().unwrap().sound_ms = self.frames * 20;
    }

    async fn frame(&mut self, frame: &[i16]) {
        self.frames += 1;
        let now = self.frames * 20;
        let loud = frame.iter().map(|s| i64::from(*s).pow(2)).sum::<i64>() / 160 > 500_000;
        if loud {
            self.speech.extend(frame);
            self.quiet_ms = 0;
        }
        if matches!(self.mood, Mood::Deaf | Mood::Hang) {
            return;
        }
        if loud && self.started.is_none() {
            self.started = Some(now - 20);
            let item = format!("i{}-{}", self.n, self.items);
            self.say(json!({"type": "input_audio_buffer.speech_started", "item_id": item, "audio_start_ms": now - 20})).await;
        }
        if !loud && self.started.is_some() {
            self.quiet_ms += 20;
            if self.quiet_ms >= self.silence_ms {
                let item = format!("i{}-{}", self.n, self.items);
                let end = now - self.quiet_ms;
                self.say(json!({"type": "input_audio_buffer.speech_stopped", "item_id": item, "audio_end_ms": end})).await;
                self.say(json!({"type": "input_audio_buffer.committed", "item_id": item})).await;
                self.transcribe().await;
            }
        }
    }

    async fn transcribe(&mut self) {
        let speech = std::mem::take(&mut self.speech);
        let text = pitch_text(&speech);
        self.started = None;
        let item = format!("i{}-{}", self.n, self.items);
        self.items += 1;
        if let Mood::Slow(ms) = self.mood {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        if self.mood == Mood::Hang {
            return;
        }
        let kind = "conversation.item.input_audio_transcription";
        let half: String = text.chars().take(2).collect();
        self.say(json!({"type": format!("{kind}.delta"), "item_id": item, "delta": half})).await;
        let logprobs = json!([{"token": "x", "logprob": -0.1}]);
        self.say(json!({"type": format!("{kind}.completed"), "item_id": item, "transcript": text, "logprobs": logprobs})).await;
    }
}

/// What a burst says, by the zero crossings of its sound at 8 kHz.
pub fn pitch_text(speech: &[i16]) -> &'static str {
    let crossings = speech.windows(2).filter(|w| (w[0] >= 0) != (w[1] >= 0)).count() as f32;
    let hz = crossings / 2.0 / (speech.len() as f32 / 8_000.0);
    WORDS.iter().min_by_key(|(pitch, _)| (hz - *pitch as f32).abs() as u32).map_or("", |(_, text)| text)
}
