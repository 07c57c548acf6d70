//! 播报: says its parts and goes on.

use super::Act;
use crate::fields::{Fields, NodeId};
use crate::hearing;
use crate::io::{HearAsk, Heard};
use crate::part::{Part, parts_required};
use crate::run::{Next, Progress, Wake, Walk};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Play {
    parts: Vec<Part>,
    /// A key ends the speech and is kept for the next gather; without it keys are dropped.
    barge_in: bool,
    /// Speech ends it too, and goes on to the next node that listens.
    voice: Option<HearAsk>,
    next: NodeId,
}

impl Play {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let parts = parts_required(fields, "parts");
        let barge_in = fields.flag("barge_in", false);
        let by_voice = fields.flag("speech_barge_in", false);
        let (onset_ms, level_db) = hearing::onset(fields);
        // What is said into the announcement is for the node that asked; here only its beginning counts.
        let voice = by_voice.then(|| HearAsk {
            language: String::new(),
            hints: Vec::new(),
            onset_ms,
            level_db,
            end_silence_ms: 800,
            utterance_ms_max: 60_000,
        });
        Some(Self { parts, barge_in, voice, next: fields.link_required("next")? })
    }

    fn on(&self, walk: &mut Walk, outcome: &str) -> Next {
        walk.trail(outcome);
        Next::To(self.next.clone())
    }
}

impl Act for Play {
    fn enter(&self, walk: &mut Walk) -> Next {
        if !self.barge_in {
            // What must be heard is not skipped by keys pressed earlier.
            walk.typed.clear();
        } else if !walk.typed.is_empty() {
            return self.on(walk, "skipped");
        }
        if let Some(ask) = &self.voice
            && walk.hear(ask)
        {
            return self.on(walk, "skipped");
        }
        if walk.say(&self.parts, None) { Next::Wait(Progress::Plain) } else { self.on(walk, "nothing to say") }
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::HungUp => {
                walk.trail("hung up");
                Next::LineLost
            }
            Wake::Spoken(true) => self.on(walk, "played"),
            Wake::Spoken(false) => {
                walk.error("could not be played");
                Next::To(self.next.clone())
            }
            Wake::Timeout => {
                walk.stop_speaking();
                walk.error("the end of the speech was never reported");
                Next::To(self.next.clone())
            }
            Wake::Digit(digit) if self.barge_in => {
                walk.stop_speaking();
                walk.type_ahead(digit);
                self.on(walk, "interrupted")
            }
            Wake::Heard(Heard::Started) if self.voice.is_some() => {
                walk.stop_speaking();
                self.on(walk, "interrupted by speech")
            }
            _ => Next::Wait(progress),
        }
    }

    fn hears(&self) -> bool {
        self.voice.is_some()
    }
}
