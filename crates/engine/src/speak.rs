//! Speaks texts while they are still being synthesised. The floor plays a [`Clip::Live`] like any other clip; here such a Play
//! becomes a stream: its clips one after the other into a ring that the switch plays from.

use crate::drive::{Inbox, feed};
use connect::speech::SpeechError;
use desk::prompt::SpeechCache;
use floor::Input;
use media::g711::Law;
use media::tone::Tone;
use media::{FRAME, RATE};
use model::settings::Speech;
use model::telephony::{Clip, Event, PlayOutcome};
use model::{LegId, OpId};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use switch::Switch;

/// Sound made ahead of what is heard: three seconds.
const RING_SAMPLES: usize = 3 * RATE as usize;
/// Texts announced as live whose Play has not come; the oldest are forgotten, their Play fails.
const TEXTS_MAX: usize = 1_000;
const WAIT: Duration = Duration::from_millis(20);

/// A text to be heard while it is made.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) settings: Speech,
    pub(crate) text: String,
    pub(crate) voice: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Mouth {
    switch: Switch,
    client: connect::Client,
    cache: SpeechCache,
    inbox: Inbox,
    texts: Arc<Mutex<BTreeMap<OpId, Text>>>,
    ids: Arc<Mutex<model::IdGen>>,
}

impl Mouth {
    pub(crate) fn new(switch: Switch, client: connect::Client, cache: SpeechCache, inbox: Inbox) -> Self {
        let ids = Arc::new(Mutex::new(model::IdGen::new(model::IdLane::Edge)));
        Self { switch, client, cache, inbox, texts: Arc::default(), ids }
    }

    /// A text worth hearing while it is made: long, and never spoken before.
    pub(crate) async fn live(&self, settings: &Speech, text: &str, voice: Option<&str>) -> Option<Clip> {
        let long = settings.stream_over_chars > 0 && text.chars().count() > settings.stream_over_chars as usize;
        if !long || self.cache.spoken_before(settings, text, voice).await {
            return None;
        }
        let id = OpId(self.ids.lock().next(desk::now()));
        let text = Text { settings: settings.clone(), text: text.to_owned(), voice: voice.map(str::to_owned) };
        let mut texts = self.texts.lock();
        if texts.len() >= TEXTS_MAX {
            texts.pop_first();
        }
        texts.insert(id, text);
        Some(Clip::Live { id })
    }

    pub(crate) fn play(&self, leg: LegId, op: OpId, clips: Vec<Clip>) {
        let (ring, played) = rtrb::RingBuffer::new(RING_SAMPLES);
        self.switch.stream(leg, op, played);
        let mut voice = Voice { ring, heard: false };
        let mouth = self.clone();
        tokio::spawn(async move {
            for clip in clips {
                if let Err(error) = mouth.say(&mut voice, clip).await {
                    tracing::warn!(%leg, %error, "a text could not be spoken to its end");
                    if !voice.heard {
                        // Told before the switch tells that nothing was all there was.
                        let event = Event::PlayDone { leg, op, outcome: PlayOutcome::Failed, played_ms: 0 };
                        feed(&mouth.inbox, Input::Telephony(event));
                    }
                    return;
                }
            }
        });
    }

    async fn say(&self, voice: &mut Voice, clip: Clip) -> Result<(), SpeechError> {
        match clip {
            Clip::File { path } => {
                let sound = tokio::fs::read(&path).await.map_err(|_| SpeechError::Sound("the prompt's file cannot be read"))?;
                let samples: Vec<i16> = sound.iter().map(|o| Law::A.decode(*o)).collect();
                voice.push(&samples).await;
            }
            Clip::Silence { ms } => {
                voice.push(&vec![0; ms as usize * RATE as usize / 1_000]).await;
            }
            Clip::Tone { hz, ms } => {
                let mut samples = vec![0; ms as usize * RATE as usize / 1_000];
                Tone::new(hz).fill(&mut samples);
                voice.push(&samples).await;
            }
            Clip::Live { id } => {
                let text = self.texts.lock().remove(&id).ok_or(SpeechError::Empty)?;
                self.say_text(voice, text).await?;
            }
        }
        Ok(())
    }

    async fn say_text(&self, voice: &mut Voice, text: Text) -> Result<(), SpeechError> {
        let Text { settings, text, voice: name } = text;
        let mut speaking = connect::speech::speak(&settings, &self.client, &text, name.as_deref());
        let mut all = Vec::new();
        while let Some(piece) = speaking.next().await {
            let piece = piece?;
            if !voice.push(&piece).await {
                // Nobody listens any more; half a text is not kept.
                return Ok(());
            }
            all.extend(piece);
        }
        if let Err(error) = self.cache.keep(&settings, &text, name.as_deref(), all).await {
            tracing::warn!(error = %error.en, "a spoken text could not be kept");
        }
        Ok(())
    }
}

struct Voice {
    ring: rtrb::Producer<i16>,
    heard: bool,
}

impl Voice {
    /// Waits for room; false when the play has ended.
    async fn push(&mut self, samples: &[i16]) -> bool {
        for frame in samples.chunks(FRAME) {
            while self.ring.slots() < frame.len() {
                if self.ring.is_abandoned() {
                    return false;
                }
                tokio::time::sleep(WAIT).await;
            }
            for sample in frame {
                let _ = self.ring.push(*sample);
            }
            self.heard = true;
        }
        !self.ring.is_abandoned()
    }
}
