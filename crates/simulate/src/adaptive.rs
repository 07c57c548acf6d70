//! The widely used adaptive average: a dial level that grows with the share of agents who stand ready and is halved while too many
//! of the day's answers were dropped. After VICIdial's `AST_VDadapt.pl` (method `ADAPT_AVERAGE`), reckoned every fifteen seconds
//! over the last minute.

use crate::{Dialler, Seen};
use dialer::pacer::{Decision, Foresight, Sight};
use model::At;
use std::collections::VecDeque;

const ADAPT_MS: i64 = 15_000;
const MINUTE_MS: i64 = 60_000;
/// Fewer answers a day say nothing yet.
const ANSWERS_MIN: u32 = 50;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaptiveSettings {
    /// Of the day's answers, percent.
    pub dropped_percent_max: f64,
    pub level_max: f64,
    /// The level counts lines per ready agent; else per agent signed in, calls that talk counted as lines.
    pub available_only: bool,
    /// Percent by which a step up is larger, −99–99.
    pub intensity: f64,
    /// Agents meant to stand ready; negative: callers meant to wait.
    pub ready_target: f64,
}

impl Default for AdaptiveSettings {
    fn default() -> Self {
        Self { dropped_percent_max: 3.0, level_max: 3.0, available_only: false, intensity: 0.0, ready_target: 0.0 }
    }
}

pub struct Adaptive {
    settings: AdaptiveSettings,
    level: f64,
    ringing: u32,
    talking: u32,
    answers: u32,
    dropped: u32,
    day: i64,
    /// Ready less waiting, and agents, of the last minute.
    seen: VecDeque<(At, f64, f64)>,
    adapts_at: At,
}

impl Adaptive {
    pub const fn new(settings: AdaptiveSettings) -> Self {
        Self {
            settings,
            level: 1.0,
            ringing: 0,
            talking: 0,
            answers: 0,
            dropped: 0,
            day: 0,
            seen: VecDeque::new(),
            adapts_at: At(ADAPT_MS),
        }
    }

    fn adapt(&mut self) {
        let n = self.seen.len().max(1) as f64;
        let differential = self.seen.iter().map(|s| s.1).sum::<f64>() / n - self.settings.ready_target;
        let agents = self.seen.iter().map(|s| s.2).sum::<f64>() / n;
        let share = if agents > 0.0 { differential / agents } else { 0.0 };
        let intensity = self.settings.intensity / 100.0;
        let step = if share < 0.0 { share * (intensity - 1.0).abs() } else { share * (intensity + 1.0) };
        self.level = (self.level * (1.0 + step)).clamp(1.0, self.settings.level_max);
        let over = f64::from(self.dropped) * 100.0 > self.settings.dropped_percent_max * f64::from(self.answers);
        if self.answers > ANSWERS_MIN && over {
            self.level = (self.level / 2.0).max(1.0);
        }
    }
}

impl Dialler for Adaptive {
    fn seen(&mut self, _: At, seen: Seen) {
        match seen {
            Seen::Dialled { .. } => self.ringing += 1,
            Seen::Answered(_) => {
                self.ringing -= 1;
                self.answers += 1;
            }
            Seen::Failed(_) | Seen::Cancelled(_) => self.ringing -= 1,
            Seen::Abandoned => self.dropped += 1,
            Seen::TalkStarted(_) => self.talking += 1,
            Seen::TalkEnded(_) => self.talking -= 1,
            Seen::WrapEnded(_) | Seen::Left(_) => {}
        }
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, _: &dyn Foresight) -> Decision {
        let day = at.ms() / (12 * 60 * MINUTE_MS);
        if day != self.day {
            (self.day, self.answers, self.dropped) = (day, 0, 0);
        }
        self.seen.push_back((at, f64::from(sight.idle) - f64::from(sight.waiting), f64::from(sight.agents)));
        while self.seen.front().is_some_and(|s| at.since_ms(s.0) > MINUTE_MS) {
            self.seen.pop_front();
        }
        if at >= self.adapts_at {
            self.adapts_at = at.plus_ms(ADAPT_MS);
            self.adapt();
        }
        let (per, used) = if self.settings.available_only {
            (sight.idle, self.ringing + sight.waiting)
        } else {
            (sight.agents, self.ringing + sight.waiting + self.talking)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most ten lines an agent")]
        let goal = (self.level * f64::from(per)) as u32;
        Decision { dial: goal.saturating_sub(used), ..Decision::default() }
    }
}
