//! One leg's ears: every sense on the same frame, and one opinion.

use super::fax::Fax;
use super::library::{Finding, Hearing, Library};
use super::print::Printer;
use super::spectrum::Spectrum;
use super::timing::{Timing, TimingConfig};
use super::tones::{Cadence, Heard, Tones};
use super::voice::Voice;
use super::{Class, Means, Verdict, beep};
use crate::{FRAME, FRAME_MS};
use std::sync::Arc;

/// What a listener goes by.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    pub cadences: Arc<Vec<Cadence>>,
    pub timing: TimingConfig,
}

impl Default for ListenerConfig {
    fn default() -> Self {
        Self { cadences: Arc::new(Cadence::standard()), timing: TimingConfig::default() }
    }
}

/// Frames of a tone before it counts as no voice.
const TONE_FRAMES_MS: u32 = 60;
/// So long the rhythm waits for a known announcement to say which one it is.
const NEAR_MS: u32 = 700;

/// The ears of one leg.
#[derive(Clone, Debug)]
pub struct Listener {
    config: ListenerConfig,
    library: Arc<Library>,
    spectrum: Spectrum,
    tones: Tones,
    voice: Voice,
    fax: Fax,
    printer: Printer,
    hearing: Hearing,
    timing: Timing,
    answered: bool,
    hears_tone: bool,
    hears_voice: bool,
    at_ms: u32,
    /// When words of a known announcement were last heard that did not yet say which.
    near_at_ms: u32,
    /// Said already, so that it is not said again.
    said: Vec<Class>,
}

impl Listener {
    pub fn new(config: ListenerConfig, library: Arc<Library>) -> Self {
        Self {
            config,
            library,
            spectrum: Spectrum::new(),
            tones: Tones::new(),
            voice: Voice::new(),
            fax: Fax::default(),
            printer: Printer::new(),
            hearing: Hearing::new(),
            timing: Timing::default(),
            answered: false,
            hears_tone: false,
            hears_voice: false,
            at_ms: 0,
            near_at_ms: 0,
            said: Vec::new(),
        }
    }

    /// From now on somebody or something has picked up; times count from here. What the network said before is forgotten.
    pub fn answered(&mut self) {
        if !self.answered {
            self.answered = true;
            self.at_ms = 0;
            self.near_at_ms = 0;
            self.said.clear();
            self.tones = Tones::new();
            self.fax = Fax::default();
            self.hearing = Hearing::new();
            self.timing = Timing::default();
        }
    }

    /// A tone is on.
    pub const fn hears_tone(&self) -> bool {
        self.hears_tone
    }

    /// Somebody speaks.
    pub const fn hears_voice(&self) -> bool {
        self.hears_voice
    }

    /// Milliseconds since the first word after the answer.
    pub fn greeting_ms(&self) -> Option<u32> {
        self.timing.greeting_ms()
    }

    /// The next 20 ms of what the far end sends.
    pub fn on_frame(&mut self, frame: &[i16; FRAME]) -> Option<Verdict> {
        self.at_ms += FRAME_MS;
        let look = self.spectrum.push(frame);
        let began = self.tones.on_frame(&look);
        let tone = self.tones.now().hz.is_some() && self.tones.now().ms >= TONE_FRAMES_MS;
        let voice = self.voice.on_frame(&look);
        (self.hears_tone, self.hears_voice) = (tone, voice && !tone);
        let heard = self.tone(&look, began).or_else(|| self.announcement(look.frame_db));
        let near = self.near_at_ms > 0 && self.at_ms - self.near_at_ms < NEAR_MS;
        let timing = if self.answered {
            self.timing.on_frame(&self.config.timing, self.voice.level_db(), voice, tone, near)
        } else {
            None
        };
        let heard = heard
            .or_else(|| timing.map(|(class, confidence, evidence)| Heard::new(class, Means::Timing, confidence, evidence)))?;
        self.say(heard)
    }

    fn tone(&mut self, look: &super::spectrum::Look, began: bool) -> Option<Heard> {
        let fax = self.fax.on_frame(look, &self.tones, began);
        if fax.is_some() || !began {
            return fax;
        }
        let cadence = self.tones.cadence(&self.config.cadences);
        // A beep is one only where a greeting was; in early media nobody waits for one.
        cadence.or_else(|| if self.answered { beep::ended(&self.tones, self.timing.spoken_ms()) } else { None })
    }

    fn announcement(&mut self, frame_db: f32) -> Option<Heard> {
        if self.library.is_empty() {
            return None;
        }
        self.hearing.push(self.printer.mark(&self.spectrum, frame_db));
        let found = match self.hearing.find(&self.library) {
            Finding::Found(found) => found,
            Finding::Near => {
                self.near_at_ms = self.at_ms;
                return None;
            }
            Finding::Nothing => return None,
        };
        let seconds = self.at_ms as f32 / 1_000.0;
        Some(Heard {
            class: found.class,
            means: Means::Fingerprint,
            confidence: (0.6 + found.score * 0.4).clamp(0.0, 0.99),
            evidence: format!("fingerprint \"{}\" {:.2} at {seconds:.1} s", found.name, found.score),
            entry: Some(found.id),
        })
    }

    fn say(&mut self, heard: Heard) -> Option<Verdict> {
        if self.said.contains(&heard.class) {
            return None;
        }
        self.said.push(heard.class);
        // A machine recognised by its words or its beep is waited out like one known by its rhythm.
        if self.answered && matches!(heard.class, Class::Machine | Class::Beep) {
            self.timing.decided = Some(Class::Machine);
        }
        let Heard { class, means, confidence, evidence, entry } = heard;
        Some(Verdict { class, means, confidence, at_ms: self.at_ms, evidence, entry })
    }
}
