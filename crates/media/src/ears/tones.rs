//! Stretches of one tone (or two together), told from everything else, and the cadences they make.

use super::spectrum::Look;
use super::{Class, Means};
use crate::FRAME_MS;
use std::collections::VecDeque;

/// Purity from which a frame is a tone: what noise 5 dB below it leaves.
const SHARE_TONE: f32 = 0.72;
const LEVEL_DB_MIN: f32 = -47.0;
/// A tone may wander by this and still be the same.
const WANDER: f32 = 0.025;
/// A stretch shorter than this is an accident.
const MS_MIN: u32 = 60;
/// Below its loudest a tone has ended: half a window is outside.
const FADE_DB: f32 = 7.0;
/// A pause no longer than this inside one tone is a hole.
const HOLE_MS_MAX: u32 = 120;
/// How much softer the tone may be just behind it.
const HOLE_DB: f32 = 15.0;
/// Stretches kept.
const PAST: usize = 16;
/// More than the cadence table's slack: measuring.
const MEASURE: f32 = 0.004;

/// One stretch of line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    /// None: no tone.
    pub(super) hz: Option<f32>,
    pub(super) second_hz: Option<f32>,
    pub(super) ms: u32,
    /// The loudest of a tone, the mean of anything else; dBm0.
    pub(super) level_db: f32,
    /// Mean purity of a tone.
    pub(super) share: f32,
    /// Widest wandering of the frequency, Hz.
    pub(super) spread_hz: f32,
}

impl Stretch {
    const fn quiet() -> Self {
        Self { hz: None, second_hz: None, ms: 0, level_db: -80.0, share: 0.0, spread_hz: 0.0 }
    }
}

/// One sound of a cadence: with `hz` empty a pause.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// One or two frequencies, Hz; empty for silence.
    pub hz: Vec<f32>,
    pub ms_min: u32,
    pub ms_max: u32,
}

/// A tone plan's entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Cadence {
    /// For the evidence, e.g. "busy tone".
    pub name: String,
    pub class: Class,
    pub steps: Vec<Step>,
    /// How often the steps must be heard; the last pause is not waited for.
    pub repeats: u32,
    /// Allowed deviation of each frequency, e.g. 0.02.
    pub tolerance: f32,
}

impl Cadence {
    /// `hz` for `on_ms`, then `off_ms` of silence, each within 18 % or 70 ms.
    pub fn simple(name: &str, class: Class, hz: &[f32], on_ms: u32, off_ms: u32, repeats: u32) -> Self {
        let around = |hz: Vec<f32>, ms: u32| {
            let slack = (ms * 18 / 100).max(70);
            Step { hz, ms_min: ms.saturating_sub(slack), ms_max: ms + slack }
        };
        let steps = vec![around(hz.to_vec(), on_ms), around(Vec::new(), off_ms)];
        Self { name: name.to_owned(), class, steps, repeats, tolerance: 0.025 }
    }

    /// The special information tone (ITU-T E.180): the same in all countries.
    pub fn information() -> Self {
        let tri = |hz: f32| Step { hz: vec![hz], ms_min: 200, ms_max: 450 };
        Self {
            name: "special information tone".into(),
            class: Class::Information,
            steps: vec![tri(950.0), tri(1_400.0), tri(1_800.0)],
            repeats: 1,
            tolerance: 0.025,
        }
    }

    /// China's 450 Hz plan, the special information tone, and North America's busy tones. Two frequencies of one tone must be
    /// at least 60 Hz apart.
    pub fn standard() -> Vec<Self> {
        vec![
            Self::simple("ring-back 450 Hz", Class::Ringing, &[450.0], 1_000, 4_000, 1),
            Self::simple("busy 450 Hz", Class::Busy, &[450.0], 350, 350, 3),
            Self::simple("congestion 450 Hz", Class::Congestion, &[450.0], 700, 700, 2),
            Self::information(),
            Self::simple("busy 480+620 Hz", Class::Busy, &[480.0, 620.0], 500, 500, 2),
            Self::simple("reorder 480+620 Hz", Class::Congestion, &[480.0, 620.0], 250, 250, 3),
        ]
    }
}

/// What a frame ended or completed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) class: Class,
    pub(super) means: Means,
    pub(super) confidence: f32,
    pub(super) evidence: String,
    pub(super) entry: Option<u64>,
}

impl Heard {
    pub(super) const fn new(class: Class, means: Means, confidence: f32, evidence: String) -> Self {
        Self { class, means, confidence, evidence, entry: None }
    }
}

/// Follows the stretches.
#[derive(Clone, Debug)]
pub(super) struct Tones {
    past: VecDeque<Stretch>,
    now: Stretch,
    frames: u32,
    share_sum: f32,
    hz_low: f32,
    hz_high: f32,
    /// Frames in a row that did not fit.
    strange: u32,
}

impl Tones {
    pub(super) fn new() -> Self {
        Self {
            past: VecDeque::with_capacity(PAST + 1),
            now: Stretch::quiet(),
            frames: 0,
            share_sum: 0.0,
            hz_low: f32::MAX,
            hz_high: 0.0,
            strange: 0,
        }
    }

    /// The stretch under way.
    pub(super) const fn now(&self) -> &Stretch {
        &self.now
    }

    /// The stretches before, newest last.
    pub(super) fn past(&self) -> &VecDeque<Stretch> {
        &self.past
    }

    /// `true` when a stretch has just begun, so that the one before is complete in [`Self::past`].
    pub(super) fn on_frame(&mut self, look: &Look) -> bool {
        let tone = tone_of(look);
        if self.fits(tone, look) {
            self.strange = 0;
            self.take(tone, look);
            return false;
        }
        // One frame between two tones, or a click in one, ends nothing yet.
        self.strange += 1;
        if self.strange < 2 && self.now.hz.is_some() && tone.is_none() && look.level_db > self.now.level_db - FADE_DB {
            self.now.ms += FRAME_MS;
            return false;
        }
        self.strange = 0;
        self.begin(tone, look);
        !self.resumed(look)
    }

    /// Lost packets tear holes into a tone: with the same tone on both sides of a short one it goes on.
    fn resumed(&mut self, look: &Look) -> bool {
        let n = self.past.len();
        let (Some(hz), true) = (self.now.hz, n >= 2 && self.now.second_hz.is_none()) else { return false };
        let (tone, hole) = (self.past[n - 2], self.past[n - 1]);
        let same = tone.hz.is_some_and(|t| (t - hz).abs() <= t * WANDER) && tone.second_hz.is_none();
        if !same || hole.hz.is_some() || hole.ms > HOLE_MS_MAX || look.level_db < tone.level_db - HOLE_DB {
            return false;
        }
        self.past.truncate(n - 2);
        self.frames = tone.ms / FRAME_MS + 1;
        self.share_sum = tone.share * (self.frames - 1) as f32 + look.peak.share;
        let middle = tone.hz.unwrap_or(hz);
        (self.hz_low, self.hz_high) = (middle - tone.spread_hz / 2.0, middle + tone.spread_hz / 2.0);
        // Out of the hole it comes softly.
        let level_db = tone.level_db.min(look.level_db + FADE_DB);
        self.now = Stretch { ms: tone.ms + hole.ms + FRAME_MS, level_db, ..tone };
        true
    }

    fn fits(&self, tone: Option<(f32, Option<f32>)>, look: &Look) -> bool {
        match (self.now.hz, tone) {
            (None, None) => true,
            (Some(now), Some((hz, second))) => {
                let same = |a: f32, b: f32| (a - b).abs() <= a * WANDER;
                let same_second = match (self.now.second_hz, second) {
                    (None, None) => true,
                    (Some(a), Some(b)) => same(a, b),
                    _ => self.frames < 3,
                };
                // Two tones of one loudness swap places.
                let swapped = self.now.second_hz.is_some_and(|s| same(s, hz)) && second.is_some_and(|s| same(now, s));
                (swapped || (same(now, hz) && same_second)) && look.level_db > self.now.level_db - FADE_DB
            }
            _ => false,
        }
    }

    fn take(&mut self, tone: Option<(f32, Option<f32>)>, look: &Look) {
        self.frames += 1;
        self.now.ms += FRAME_MS;
        match tone {
            Some((hz, second)) => {
                self.now.level_db = self.now.level_db.max(look.level_db);
                self.share_sum += look.peak.share;
                self.now.share = self.share_sum / self.frames as f32;
                if self.now.second_hz.is_none() {
                    self.hz_low = self.hz_low.min(hz);
                    self.hz_high = self.hz_high.max(hz);
                    self.now.spread_hz = self.hz_high - self.hz_low;
                    // The middle of what was seen wanders less than the last frame.
                    self.now.hz = self.now.hz.map(|n| n + (hz - n) / self.frames.min(8) as f32);
                }
                // The window in which one tone gave way to the next holds both.
                if self.frames <= 3 {
                    self.now.second_hz = second.and(self.now.second_hz.or(second));
                }
            }
            None => self.now.level_db += (look.frame_db.max(-80.0) - self.now.level_db) / self.frames as f32,
        }
    }

    fn begin(&mut self, tone: Option<(f32, Option<f32>)>, look: &Look) {
        let ended = std::mem::replace(&mut self.now, Stretch::quiet());
        self.keep(ended);
        self.frames = 1;
        self.share_sum = look.peak.share;
        self.now.ms = FRAME_MS;
        if let Some((hz, second)) = tone {
            (self.hz_low, self.hz_high) = (hz, hz);
            self.now = Stretch { hz: Some(hz), second_hz: second, level_db: look.level_db, share: look.peak.share, ..self.now };
        } else {
            self.now.level_db = look.frame_db.max(-80.0);
        }
    }

    /// Accidents are melted into what was before them.
    fn keep(&mut self, ended: Stretch) {
        if let Some(last) = self.past.back_mut() {
            let accident = ended.hz.is_some() && ended.ms < MS_MIN;
            if (accident || ended.hz.is_none()) && last.hz.is_none() {
                let sum = last.ms + ended.ms;
                if !accident {
                    last.level_db = (last.level_db * last.ms as f32 + ended.level_db * ended.ms as f32) / sum as f32;
                }
                last.ms = sum;
                return;
            }
            if accident {
                let ms = ended.ms;
                self.push(Stretch { ms, ..Stretch::quiet() });
                return;
            }
        }
        self.push(ended);
    }

    fn push(&mut self, stretch: Stretch) {
        self.past.push_back(stretch);
        if self.past.len() > PAST {
            self.past.pop_front();
        }
    }

    /// The cadence that the newest complete stretches make, asked when a stretch has begun.
    pub(super) fn cadence(&self, table: &[Cadence]) -> Option<Heard> {
        let last = self.past.back().filter(|s| s.hz.is_some())?;
        table.iter().find(|c| self.makes(c)).map(|c| {
            let heard = last.hz.unwrap_or_default();
            let pair = last.second_hz.map(|s| format!("+{s:.0}")).unwrap_or_default();
            Heard {
                class: c.class,
                means: Means::Tone,
                confidence: last.share.clamp(0.5, 0.99),
                evidence: format!(
                    "{} ({heard:.0}{pair} Hz {} × {}, {:.0} dBm0)",
                    c.name,
                    self.rhythm(c),
                    c.repeats,
                    last.level_db
                ),
                entry: None,
            }
        })
    }

    fn rhythm(&self, c: &Cadence) -> String {
        let seconds = |s: &Stretch| format!("{:.2}", s.ms as f32 / 1_000.0);
        let shown = (2 * c.steps.len()).saturating_sub(1).min(self.past.len());
        let from = self.past.len() - shown.min(c.steps.len().max(2));
        let list: Vec<String> = self.past.iter().skip(from).map(seconds).collect();
        format!("{} s", list.join("/"))
    }

    /// Matches backwards from the newest stretch. Pauses between steps that are both tones may be missing or short.
    fn makes(&self, c: &Cadence) -> bool {
        let mut steps: Vec<&Step> = (0..c.repeats.max(1)).flat_map(|_| &c.steps).collect();
        while steps.last().is_some_and(|s| s.hz.is_empty()) {
            steps.pop();
        }
        let loud = self.past.back().map_or(0.0, |s| s.level_db);
        let mut past = self.past.iter().rev().peekable();
        for (i, step) in steps.iter().rev().enumerate() {
            let between_tones = i > 0 && !step.hz.is_empty() && past.peek().is_some_and(|s| s.hz.is_none() && s.ms <= 100);
            if between_tones && steps.get(steps.len() - i).is_some_and(|s| !s.hz.is_empty()) {
                past.next();
            }
            let Some(stretch) = past.next() else { return false };
            if !step.fits(stretch, c.tolerance, loud) {
                return false;
            }
        }
        !steps.is_empty()
    }
}

impl Step {
    fn fits(&self, s: &Stretch, tolerance: f32, loud: f32) -> bool {
        let in_time = (self.ms_min..=self.ms_max).contains(&s.ms);
        let near = |want: f32, got: f32| (want - got).abs() <= want * (tolerance + MEASURE);
        match (self.hz.as_slice(), s.hz, s.second_hz) {
            ([], None, _) => in_time && s.level_db < loud - 6.0,
            ([want], Some(got), None) => in_time && near(*want, got),
            ([a, b], Some(x), Some(y)) => in_time && ((near(*a, x) && near(*b, y)) || (near(*a, y) && near(*b, x))),
            _ => false,
        }
    }
}

/// One frequency or two, when the frame is nothing else.
fn tone_of(look: &Look) -> Option<(f32, Option<f32>)> {
    if look.level_db < LEVEL_DB_MIN {
        return None;
    }
    if look.peak.share >= SHARE_TONE {
        return Some((look.peak.hz, None));
    }
    let both = look.peak.share + look.second.share;
    let apart = (look.peak.hz - look.second.hz).abs() > 60.0;
    (both >= 0.85 && look.second.share >= 0.2 && apart).then_some((look.peak.hz, Some(look.second.hz)))
}
