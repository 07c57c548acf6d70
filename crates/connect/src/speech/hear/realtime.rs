//! OpenAI's realtime transcription over WebSocket, and whatever else speaks it.
//!
//! Sound since the last text is kept. A connection that breaks is made again once within an utterance and gets that sound
//! again, so the caller is not asked to repeat what a router forgot.

use super::item::{self, Format, Items, Told};
use super::{Ask, Audio, Listening, PER_MS, Recognised, Recogniser, Wires, ms_of};
use crate::client::Socket;
use crate::speech::{SpeechError, base_url, without_key};
use crate::{Client, HttpError};
use futures::{SinkExt as _, StreamExt as _};
use media::g711::Law;
use media::rate::RateChange;
use model::settings::Recognition;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// Sound sent with one message.
const MESSAGE_SAMPLES: usize = 100 * PER_MS as usize;
/// Sound kept for a second connection: a minute.
const KEPT_SAMPLES_MAX: usize = 60_000 * PER_MS as usize;
/// Kept before an utterance, for its beginning.
const IDLE_SAMPLES: usize = 2_000 * PER_MS as usize;
/// Messages in a row that are none: this is not such a provider.
const NONSENSE_MAX: u32 = 5;
/// After our end of an utterance a provider that finds ends itself has this long before it is told.
const COMMIT_AFTER: Duration = Duration::from_millis(600);
const CONNECT_MS_MAX: u64 = 5_000;
/// A connection that takes no more sound for so long is broken.
const SEND_MAX: Duration = Duration::from_secs(5);
const RATE: u32 = 24_000;

pub struct Realtime(Arc<Inner>);

struct Inner {
    url: String,
    settings: Recognition,
    client: Client,
    format: Format,
}

impl std::fmt::Debug for Realtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Realtime").field("model", &self.0.settings.model).finish_non_exhaustive()
    }
}

impl Realtime {
    /// # Errors
    /// No address, a format or dialect that does not exist.
    pub fn new(settings: &Recognition, client: Client) -> Result<Self, SpeechError> {
        let base = base_url(&settings.base_url)?;
        let wrong = |field, value: &str| SpeechError::Setting { field, value: value.into() };
        let format = match settings.format.as_str() {
            "pcm" | "" => Format::Pcm,
            "alaw" => Format::Alaw,
            other => return Err(wrong("format", other)),
        };
        if !matches!(settings.dialect.as_str(), "ga" | "beta" | "") {
            return Err(wrong("dialect", &settings.dialect));
        }
        let url = format!("{base}/realtime?intent=transcription");
        Ok(Self(Arc::new(Inner { url, settings: settings.clone(), client, format })))
    }
}

impl Recogniser for Realtime {
    fn listen(&self, ask: Ask) -> Listening {
        let (listening, wires) = Listening::new();
        tokio::spawn(Session::new(Arc::clone(&self.0), ask, wires).run());
        listening
    }
}

/// Why a connection is over.
enum Over {
    /// Nobody listens any more.
    Left,
    /// Once more may help.
    Broken(SpeechError),
    /// It will not.
    Refused(SpeechError),
}

struct Session {
    inner: Arc<Inner>,
    ask: Ask,
    wires: Wires,
    /// Line sound since the last text, and how much came before it.
    kept: VecDeque<i16>,
    before: u64,
    /// Sample at which the connection's own clock stands at 0.
    origin: u64,
    /// What of `kept` has not been sent on this connection.
    unsent: usize,
    /// Our end of an utterance whose text has not come: when it was, and by when the text must be there.
    ended: Option<(Instant, Instant)>,
    committed: bool,
    /// This utterance has had its second connection.
    renewed: bool,
    nonsense: u32,
}

impl Session {
    fn new(inner: Arc<Inner>, ask: Ask, wires: Wires) -> Self {
        Self {
            inner,
            ask,
            wires,
            kept: VecDeque::new(),
            before: 0,
            origin: 0,
            unsent: 0,
            ended: None,
            committed: false,
            renewed: false,
            nonsense: 0,
        }
    }

    async fn run(mut self) {
        loop {
            match self.connection().await {
                Over::Left => return,
                Over::Broken(error) if !self.renewed => {
                    tracing::warn!(%error, "the recogniser's connection broke; making it again");
                    self.renewed = true;
                }
                Over::Broken(error) | Over::Refused(error) => return self.wires.tell(Recognised::Failed(error)),
            }
        }
    }

    /// One connection, from its opening to its end.
    async fn connection(&mut self) -> Over {
        let mut socket = match self.open().await {
            Ok(socket) => socket,
            Err(over) => return over,
        };
        let mut rate = match RateChange::new(media::RATE, if self.inner.format == Format::Pcm { RATE } else { media::RATE }) {
            Ok(rate) => rate,
            Err(_) => return Over::Refused(SpeechError::Sound("cannot be resampled")),
        };
        let mut items = Items::default();
        (self.origin, self.unsent, self.committed, self.nonsense) = (self.before, self.kept.len(), false, 0);
        loop {
            if let Err(over) = self.send_sound(&mut socket, &mut rate).await {
                return over;
            }
            let wake = self.wake_at();
            tokio::select! {
                audio = self.wires.audio.recv() => match audio {
                    Some(audio) => self.take(audio),
                    None => {
                        let _ = socket.close(None).await;
                        return Over::Left;
                    }
                },
                message = socket.next() => if let Err(over) = self.on_message(message, &mut items) {
                    return over;
                },
                () = tokio::time::sleep_until(wake), if self.ended.is_some() => if let Err(over) = self.on_late(&mut socket).await {
                    return over;
                },
            }
        }
    }

    async fn open(&mut self) -> Result<Socket, Over> {
        let key = self.key().map(str::to_owned);
        let mut headers: Vec<(String, String)> = key.iter().map(|k| ("authorization".into(), format!("Bearer {k}"))).collect();
        if self.inner.settings.dialect == "beta" {
            headers.push(("openai-beta".into(), "realtime=v1".into()));
        }
        let opened = self.inner.client.websocket(&self.inner.url, &headers, CONNECT_MS_MAX).await;
        let mut socket = opened.map_err(|refusal| match refusal {
            Ok((status @ 500..=599, text)) => {
                Over::Broken(SpeechError::Status { status, text: without_key(key.as_deref(), &text) })
            }
            Ok((status, text)) => Over::Refused(SpeechError::Status { status, text: without_key(key.as_deref(), &text) }),
            Err(e @ (HttpError::Connect(_) | HttpError::Broken(_) | HttpError::Timeout { .. })) => Over::Broken(e.into()),
            Err(e) => Over::Refused(e.into()),
        })?;
        let hello = item::session(&self.inner.settings, &self.ask, self.inner.format);
        send(&mut socket, hello.to_string()).await?;
        Ok(socket)
    }

    fn key(&self) -> Option<&str> {
        self.inner.settings.api_key.as_deref().filter(|k| !k.is_empty())
    }

    fn take(&mut self, audio: Audio) {
        match audio {
            Audio::Frame(samples) => {
                self.unsent += samples.len();
                self.kept.extend(samples);
                self.forget(KEPT_SAMPLES_MAX);
            }
            Audio::Start { ms_ago } => {
                self.committed = false;
                if self.ended.is_none() {
                    // A new utterance: what was before it is of no use to a second connection, which it may have again.
                    self.renewed = false;
                    self.forget(IDLE_SAMPLES + ms_ago as usize * PER_MS as usize);
                }
            }
            Audio::End => {
                let now = Instant::now();
                let wait = Duration::from_millis(u64::from(self.inner.settings.answer_ms_max));
                self.ended = Some((now + COMMIT_AFTER, now + wait));
            }
        }
    }

    /// Keeps at most the last `samples`, never dropping what was not sent.
    fn forget(&mut self, samples: usize) {
        let over = self.kept.len().saturating_sub(samples.max(self.unsent));
        self.kept.drain(..over);
        self.before += over as u64;
    }

    async fn send_sound(&mut self, socket: &mut Socket, rate: &mut RateChange) -> Result<(), Over> {
        // The rest of an utterance goes at once, the stream in pieces worth a message.
        while self.unsent >= MESSAGE_SAMPLES || (self.unsent > 0 && self.ended.is_some()) {
            let n = self.unsent.min(MESSAGE_SAMPLES * 5);
            let from = self.kept.len() - self.unsent;
            let line: Vec<i16> = self.kept.range(from..from + n).copied().collect();
            self.unsent -= n;
            let mut sound = Vec::with_capacity(line.len() * 6);
            match self.inner.format {
                Format::Alaw => sound.extend(line.iter().map(|s| Law::A.encode(*s))),
                Format::Pcm => {
                    let mut out = Vec::with_capacity(line.len() * 3);
                    rate.push(&line, &mut out);
                    sound.extend(out.iter().flat_map(|s| s.to_le_bytes()));
                }
            }
            if !sound.is_empty() {
                send(socket, item::append(&sound).to_string()).await?;
            }
        }
        Ok(())
    }

    fn wake_at(&self) -> Instant {
        let Some((commit_at, over_at)) = self.ended else { return Instant::now() + SEND_MAX };
        if self.committed { over_at } else { commit_at.min(over_at) }
    }

    /// The provider has not found the end itself, or has no text in time.
    async fn on_late(&mut self, socket: &mut Socket) -> Result<(), Over> {
        let Some((_, over_at)) = self.ended else { return Ok(()) };
        if Instant::now() >= over_at {
            self.utterance_over();
            let ms = u64::from(self.inner.settings.answer_ms_max);
            self.wires.tell(Recognised::Failed(SpeechError::Timeout { ms }));
            return Ok(());
        }
        self.committed = true;
        send(socket, item::commit().to_string()).await
    }

    fn utterance_over(&mut self) {
        self.ended = None;
        self.renewed = false;
        self.forget(IDLE_SAMPLES);
    }

    fn on_message(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
        items: &mut Items,
    ) -> Result<(), Over> {
        let told = match message {
            Some(Ok(Message::Text(text))) => items.read(text.as_str()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => None,
            Some(Ok(Message::Close(frame))) => {
                let why = frame.map(|f| f.reason.to_string()).filter(|r| !r.is_empty());
                let why = without_key(self.key(), &why.unwrap_or_else(|| "the provider closed the connection".into()));
                return Err(Over::Broken(HttpError::Broken(why).into()));
            }
            Some(Err(e)) => return Err(Over::Broken(HttpError::Broken(e.to_string()).into())),
            None => return Err(Over::Broken(HttpError::Broken("the connection ended".into()).into())),
        };
        let Some(told) = told else {
            self.nonsense += 1;
            let wrong = SpeechError::Answer("its messages are not those of a realtime transcription service");
            return if self.nonsense > NONSENSE_MAX { Err(Over::Refused(wrong)) } else { Ok(()) };
        };
        self.nonsense = 0;
        self.on_told(told)
    }

    fn on_told(&mut self, told: Told) -> Result<(), Over> {
        let offset = ms_of(self.origin);
        let now_ms = ms_of(self.before + (self.kept.len() - self.unsent) as u64);
        let shifted = |span: Option<(u32, u32)>| {
            let (from, to) =
                span.map_or((ms_of(self.before), now_ms), |(f, t)| (f.saturating_add(offset), t.saturating_add(offset)));
            (from.min(now_ms), to.clamp(from.min(now_ms), now_ms))
        };
        match told {
            Told::Started { at_ms } => self.wires.tell(Recognised::SpeechStarted { at_ms: at_ms.saturating_add(offset) }),
            Told::Ended { at_ms } => {
                self.committed = true;
                self.wires.tell(Recognised::SpeechEnded { at_ms: at_ms.saturating_add(offset) });
            }
            Told::Committed => self.committed = true,
            Told::Partial { text, span } => {
                let (from_ms, to_ms) = shifted(span);
                self.wires.tell(Recognised::Partial { text, from_ms, to_ms });
            }
            Told::Final { text, span, confidence } => {
                let (from_ms, to_ms) = shifted(span);
                self.wires.tell(Recognised::Final { text, from_ms, to_ms, confidence });
                self.utterance_over();
            }
            Told::ItemFailed(text) => {
                self.utterance_over();
                self.wires.tell(Recognised::Failed(SpeechError::Refused { text: without_key(self.key(), &text) }));
            }
            // Our commit and its own crossed on the way: its text is coming.
            Told::Error { code, .. } if code == "input_audio_buffer_commit_empty" => {}
            Told::Error { message, .. } => {
                return Err(Over::Refused(SpeechError::Refused { text: without_key(self.key(), &message) }));
            }
            Told::Other => {}
        }
        Ok(())
    }
}

async fn send(socket: &mut Socket, text: String) -> Result<(), Over> {
    match tokio::time::timeout(SEND_MAX, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(Over::Broken(HttpError::Broken(e.to_string()).into())),
        Err(_) => Err(Over::Broken(HttpError::Timeout { ms: SEND_MAX.as_millis() as u64 }.into())),
    }
}
