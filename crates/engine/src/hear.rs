//! Hears legs: takes their sound from the switch, finds where speech begins and ends, and lets the tenant's recogniser say
//! what it is. One task a heard leg; whatever its provider does, no other call notices.

use crate::drive::{Inbox, feed};
use connect::speech::hear::{Ask, Listening, Recognised, recogniser};
use floor::Input;
use media::FRAME;
use media::utterance::{Change, Measure, Utterances};
use model::settings::Recognition;
use model::telephony::{Event, Hear};
use model::{LegId, OpId, TenantId};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use switch::Switch;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;

/// Sound that waits to be looked at: a second; more is lost and was counted by the switch.
const RING_SAMPLES: usize = media::RATE as usize;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Sessions with recognisers, by tenant.
type Taken = Arc<Mutex<BTreeMap<TenantId, u32>>>;

pub(crate) struct Ears {
    switch: Switch,
    client: connect::Client,
    models_dir: Option<PathBuf>,
    inbox: Inbox,
    running: BTreeMap<LegId, (OpId, AbortHandle)>,
    taken: Taken,
}

impl Ears {
    pub(crate) fn new(switch: Switch, client: connect::Client, models_dir: Option<PathBuf>, inbox: Inbox) -> Self {
        Self { switch, client, models_dir, inbox, running: BTreeMap::new(), taken: Taken::default() }
    }

    pub(crate) fn hear(&mut self, hear: Hear, settings: &Recognition) {
        let (leg, op) = (hear.leg, hear.op);
        let (ring, sound) = rtrb::RingBuffer::new(RING_SAMPLES);
        self.switch.tap(leg, ring);
        let (words, silent_because) = self.listening(&hear, settings);
        let measure = Measure {
            onset_ms: hear.onset_ms.clamp(60, 2_000),
            level_db: hear.level_db.clamp(-60, -10),
            end_silence_ms: hear.end_silence_ms.clamp(200, 10_000),
            utterance_ms_max: hear.utterance_ms_max.clamp(1_000, 600_000),
        };
        let ear = Ear { leg, op, sound, utterances: Utterances::new(measure), words, silent_because, inbox: self.inbox.clone() };
        let task = tokio::spawn(ear.run()).abort_handle();
        if let Some((_, before)) = self.running.insert(leg, (op, task)) {
            before.abort();
        }
        metrics::gauge!("fengling_heard_legs").set(self.running.len() as f64);
    }

    pub(crate) fn stop(&mut self, leg: LegId, op: OpId) {
        if self.running.get(&leg).is_some_and(|(running, _)| *running == op) {
            self.gone(leg);
        }
    }

    /// The leg has ended.
    pub(crate) fn gone(&mut self, leg: LegId) {
        if let Some((_, task)) = self.running.remove(&leg) {
            task.abort();
            metrics::gauge!("fengling_heard_legs").set(self.running.len() as f64);
        }
    }

    /// A session with the tenant's recogniser, or why there is none.
    fn listening(&self, hear: &Hear, settings: &Recognition) -> (Option<(Listening, Place)>, String) {
        let recogniser = match recogniser(settings, &self.client, self.models_dir.as_deref()) {
            Ok(recogniser) => recogniser,
            Err(error) => return (None, error.to_string()),
        };
        let Some(place) = Place::take(&self.taken, hear.tenant, settings.sessions_max) else {
            metrics::counter!("fengling_recogniser_full_total").increment(1);
            return (None, format!("all {} recogniser sessions are in use", settings.sessions_max));
        };
        let ask = Ask { language: hear.language.clone(), hints: hear.hints.clone(), end_silence_ms: hear.end_silence_ms };
        (Some((recogniser.listen(ask), place)), String::new())
    }
}

/// A place among the sessions a tenant may have; given back when it is dropped.
struct Place(Taken, TenantId);

impl Place {
    fn take(taken: &Taken, tenant: TenantId, max: u32) -> Option<Self> {
        let mut all = taken.lock();
        let n = all.entry(tenant).or_default();
        if *n >= max {
            return None;
        }
        *n += 1;
        Some(Self(Arc::clone(taken), tenant))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(n) = self.0.lock().get_mut(&self.1) {
            *n = n.saturating_sub(1);
        }
    }
}

/// One heard leg.
struct Ear {
    leg: LegId,
    op: OpId,
    sound: rtrb::Consumer<i16>,
    utterances: Utterances,
    words: Option<(Listening, Place)>,
    /// Why utterances get no text, where they get none.
    silent_because: String,
    inbox: Inbox,
}

impl Ear {
    async fn run(mut self) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next = async {
                match &mut self.words {
                    Some((listening, _)) => listening.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                said = next => self.on_said(said),
                _ = tick.tick() => {
                    // Asked before the ring is emptied: what came last is heard too.
                    let over = self.sound.is_abandoned();
                    self.take_sound();
                    if over {
                        return;
                    }
                }
            }
        }
    }

    fn tell(&self, event: Event) {
        feed(&self.inbox, Input::Telephony(event));
    }

    fn take_sound(&mut self) {
        while self.sound.slots() >= FRAME {
            let mut frame = [0; FRAME];
            let Ok(chunk) = self.sound.read_chunk(FRAME) else { return };
            frame.iter_mut().zip(chunk).for_each(|(to, from)| *to = from);
            if let Some((listening, _)) = &self.words {
                metrics::counter!("fengling_recognised_ms_total").increment(u64::from(media::FRAME_MS));
                if !listening.push(&frame) {
                    self.give_up("the recogniser is too slow for the sound".into());
                }
            }
            if let Some(change) = self.utterances.on_frame(&frame) {
                self.on_change(change);
            }
        }
    }

    fn on_change(&mut self, change: Change) {
        let (leg, op) = (self.leg, self.op);
        match change {
            Change::Started { from_ms } => {
                self.tell(Event::SpeechStarted { leg, op, at_ms: from_ms });
                if let Some((listening, _)) = &self.words {
                    listening.speech_started(self.utterances.now_ms() - from_ms);
                }
            }
            Change::Ended { from_ms, to_ms } => {
                self.tell(Event::SpeechEnded { leg, op, from_ms, to_ms });
                match &self.words {
                    Some((listening, _)) => {
                        listening.speech_ended();
                    }
                    None => self.fail(self.silent_because.clone()),
                }
            }
        }
    }

    fn on_said(&mut self, said: Option<Recognised>) {
        let (leg, op) = (self.leg, self.op);
        match said {
            Some(Recognised::Partial { text, from_ms, to_ms }) => {
                self.tell(Event::Transcript { leg, op, text, is_final: false, from_ms, to_ms, confidence: None });
            }
            Some(Recognised::Final { text, from_ms, to_ms, confidence }) => {
                metrics::counter!("fengling_recognised_utterances_total").increment(1);
                self.tell(Event::Transcript { leg, op, text, is_final: true, from_ms, to_ms, confidence });
            }
            Some(Recognised::Failed(error)) => {
                tracing::warn!(%leg, %error, "speech was not recognised");
                self.silent_because = error.to_string();
                self.fail(error.to_string());
            }
            // Where its ends are is for the ear to say.
            Some(Recognised::SpeechStarted { .. } | Recognised::SpeechEnded { .. }) => {}
            None => self.words = None,
        }
    }

    /// The recogniser is of no use any more; speech is still told of.
    fn give_up(&mut self, why: String) {
        self.words = None;
        self.silent_because.clone_from(&why);
        self.fail(why);
    }

    fn fail(&self, reason: String) {
        metrics::counter!("fengling_recogniser_failures_total").increment(1);
        self.tell(Event::HearingFailed { leg: self.leg, op: self.op, reason });
    }
}
