//! Person or machine, by the rhythm of what is said after the answer: people say a little and wait, machines go on.

use super::Class;
use crate::FRAME_MS;

/// The decision's figures; the defaults are tuned on half of the generated corpus (bench/README.md).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimingConfig {
    /// Silence that ends a greeting of one word, and how much more for each second spoken; milliseconds.
    pub pause_ms: u32,
    pub pause_ms_per_s: u32,
    pub pause_ms_max: u32,
    /// A greeting of some words, from here up to there, is hardly ever a machine's first clause: a shorter silence ends it.
    pub phrase_ms: (u32, u32),
    pub phrase_pause_ms: u32,
    /// A greeting with less than the pause for this long is a machine's.
    pub greeting_ms_max: u32,
    /// Of a greeting that ended: longer was a machine's.
    pub human_ms_max: u32,
    /// Nobody spoke for this long: [`Class::Silence`].
    pub silence_ms: u32,
    /// And for this long: [`Class::DeadAir`].
    pub dead_air_ms: u32,
    /// After a machine's greeting this silence says: speak now.
    pub machine_pause_ms: u32,
}

impl Default for TimingConfig {
    fn default() -> Self {
        Self {
            pause_ms: 460,
            pause_ms_per_s: 100,
            pause_ms_max: 800,
            phrase_ms: (500, 1_200),
            phrase_pause_ms: 400,
            greeting_ms_max: 2_100,
            human_ms_max: 2_000,
            silence_ms: 2_000,
            dead_air_ms: 6_000,
            machine_pause_ms: 2_500,
        }
    }
}

impl TimingConfig {
    /// Silence that ends a greeting of this length, milliseconds.
    fn pause_after(&self, greeting_ms: u32) -> u32 {
        if (self.phrase_ms.0..self.phrase_ms.1).contains(&greeting_ms) {
            return self.phrase_pause_ms;
        }
        (self.pause_ms + greeting_ms * self.pause_ms_per_s / 1_000).min(self.pause_ms_max)
    }
}

/// What has been said so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    at_ms: u32,
    /// When the first word began.
    began_ms: Option<u32>,
    /// When the last voice was heard.
    last_ms: u32,
    speech_ms: u32,
    words: u32,
    longest_pause_ms: u32,
    in_word: bool,
    /// The loudest before the greeting, dBm0, and the last levels, so that its own beginning is not among them.
    room_db: f32,
    before_db: [f32; BEFORE],
    /// Of the voice, dBm0.
    loudest_db: f32,
    /// Frames in a row that were much louder.
    nearer: u32,
    told_silence: bool,
    pub(super) decided: Option<Class>,
    told_ready: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            at_ms: 0,
            began_ms: None,
            last_ms: 0,
            speech_ms: 0,
            words: 0,
            longest_pause_ms: 0,
            in_word: false,
            room_db: -80.0,
            before_db: [0.0; BEFORE],
            loudest_db: -80.0,
            nearer: 0,
            told_silence: false,
            decided: None,
            told_ready: false,
        }
    }
}

/// Frames by which the level of the room is looked at later.
const BEFORE: usize = 6;
/// How far behind the loudest a speaker's own voice may fall, at most and where the room is loud.
const BEHIND_DB: f32 = 10.0;
const BEHIND_DB_MIN: f32 = 8.0;
const OVER_ROOM_DB: f32 = 2.0;
/// Voice shorter than this is a click.
const GREETING_MS_MIN: u32 = 80;
/// Louder by this for some frames: the speaker has begun, what was before was the room.
const NEARER_DB: f32 = 5.5;
const NEARER_FRAMES: u32 = 2;
/// A gap shorter than this is inside a word.
const WORD_GAP_MS: u32 = 80;

impl Timing {
    /// Since the first word, if one was heard.
    pub(super) fn greeting_ms(&self) -> Option<u32> {
        self.began_ms.map(|b| self.at_ms - b)
    }

    pub(super) const fn spoken_ms(&self) -> u32 {
        self.speech_ms
    }

    /// One frame after the answer: voice or none, and how loud, dBm0. `tone`: a tone is on, which is neither. `wait`: another sense is about to know.
    pub(super) fn on_frame(
        &mut self,
        c: &TimingConfig,
        level_db: f32,
        voice: bool,
        tone: bool,
        wait: bool,
    ) -> Option<(Class, f32, String)> {
        self.at_ms += FRAME_MS;
        let before = self.before_db[(self.at_ms / FRAME_MS) as usize % BEFORE];
        self.before_db[(self.at_ms / FRAME_MS) as usize % BEFORE] = level_db;
        if self.began_ms.is_none() && before < 0.0 {
            self.room_db = self.room_db.max(before);
        }
        let voice = voice && (self.began_ms.is_none() || level_db > self.behind_db());
        if voice && !tone {
            self.voice(level_db);
        } else if tone {
            self.last_ms = self.at_ms;
        }
        let pause_ms = self.at_ms - self.last_ms;
        if !voice && pause_ms >= WORD_GAP_MS {
            self.in_word = false;
        }
        match self.decided {
            None if wait && self.began_ms.is_some() => None,
            None => self.undecided(c, pause_ms),
            Some(Class::Machine) if !self.told_ready && pause_ms >= c.machine_pause_ms => {
                self.told_ready = true;
                Some((Class::Beep, 0.6, format!("no beep, but {:.1} s of silence", secs(pause_ms))))
            }
            Some(_) => None,
        }
    }

    /// As if nothing had been said yet.
    fn anew(&self) -> Self {
        Self {
            at_ms: self.at_ms,
            told_silence: self.told_silence,
            room_db: self.room_db,
            before_db: self.before_db,
            ..Self::default()
        }
    }

    /// Quieter than this is the room, not the speaker.
    fn behind_db(&self) -> f32 {
        (self.loudest_db - BEHIND_DB).max((self.room_db + OVER_ROOM_DB).min(self.loudest_db - BEHIND_DB_MIN))
    }

    fn voice(&mut self, db: f32) {
        if self.began_ms.is_some() && db > self.loudest_db + NEARER_DB {
            self.nearer += 1;
        } else {
            self.nearer = 0;
        }
        if self.began_ms.is_none() || self.nearer >= NEARER_FRAMES {
            // What was heard before was somebody further away.
            let room_db = if self.began_ms.is_some() { self.loudest_db } else { self.room_db };
            *self = Self { loudest_db: db, room_db, ..self.anew() };
        }
        if self.nearer == 0 {
            self.loudest_db = self.loudest_db.max(db);
        }
        // The detector needs three frames to be sure.
        let began = *self.began_ms.get_or_insert(self.at_ms.saturating_sub(3 * FRAME_MS));
        if !self.in_word {
            if self.words > 0 {
                self.longest_pause_ms = self.longest_pause_ms.max(self.at_ms - self.last_ms);
            }
            self.words += 1;
            self.in_word = true;
        }
        self.last_ms = self.at_ms.max(began);
        self.speech_ms += FRAME_MS;
    }

    fn undecided(&mut self, c: &TimingConfig, pause_ms: u32) -> Option<(Class, f32, String)> {
        let Some(began) = self.began_ms else { return self.nobody(c) };
        let greeting_ms = self.last_ms - began;
        if pause_ms >= c.phrase_pause_ms.min(c.pause_ms) && self.speech_ms < GREETING_MS_MIN {
            // A click: as if nothing had been.
            *self = self.anew();
            return None;
        }
        let class = if pause_ms >= c.pause_after(greeting_ms) {
            if greeting_ms <= c.human_ms_max { Class::Human } else { Class::Machine }
        } else if self.at_ms - began >= c.greeting_ms_max && pause_ms < 100 {
            Class::Machine
        } else {
            return None;
        };
        self.decided = Some(class);
        let far = (greeting_ms as f32 - c.human_ms_max as f32).abs() / c.human_ms_max as f32;
        let confidence = (0.75 + far * 0.3).min(0.98);
        let evidence = format!(
            "greeting {:.1} s after {:.1} s, {} words, longest pause {:.1} s, now {:.1} s",
            secs(greeting_ms),
            secs(began),
            self.words,
            secs(self.longest_pause_ms),
            secs(pause_ms)
        );
        Some((class, confidence, evidence))
    }

    fn nobody(&mut self, c: &TimingConfig) -> Option<(Class, f32, String)> {
        if self.at_ms >= c.dead_air_ms {
            self.decided = Some(Class::DeadAir);
            return Some((Class::DeadAir, 0.95, format!("nothing but silence for {:.1} s", secs(self.at_ms))));
        }
        if !self.told_silence && self.at_ms >= c.silence_ms {
            self.told_silence = true;
            return Some((Class::Silence, 0.5, format!("nobody has spoken for {:.1} s", secs(self.at_ms))));
        }
        None
    }
}

fn secs(ms: u32) -> f32 {
    ms as f32 / 1_000.0
}
