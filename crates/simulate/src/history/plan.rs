//! The dialler that settings of a task make, with the guard that the floor holds it by.

use crate::{Dialler, Knows, Predictive, Ratio, Scores, Seen};
use dialer::mode::{Snapshot, progressive};
use dialer::pacer::{Decision, Foresight, Settings, Sight};
use model::At;
use model::ledger::Ledger;
use model::record::{DialMode, WhatIfVariant};

/// Nobody may set more, percent.
pub(super) const CAP_PERCENT: f64 = 3.0;
/// Answers from which on a task is held to its share.
const GUARDED_FROM: u32 = 100;

pub(super) fn cap(variant: &WhatIfVariant) -> f64 {
    variant.pacing.abandon_percent_max.min(CAP_PERCENT)
}

/// `classes`: score class of each kind of lead.
pub(super) fn dialler(variant: &WhatIfVariant, classes: Vec<u8>) -> Box<dyn Dialler> {
    match variant.mode {
        DialMode::Predictive => {
            let settings = Settings::of(&variant.pacing, variant.ring_ms_max);
            let pacer = Predictive::new(settings, Knows::Nothing, Scores::Given(classes));
            Box::new(Guarded::new(Box::new(pacer), cap(variant)))
        }
        DialMode::Power => Box::new(Guarded::new(Box::new(Ratio::new(variant.pacing.ratio)), cap(variant))),
        _ => Box::new(Ratio::new(1.0)),
    }
}

/// One call for every ready agent while too many found nobody, as the floor does.
struct Guarded {
    inner: Box<dyn Dialler>,
    ledger: Ledger,
    percent_max: f64,
    ringing: u32,
}

impl Guarded {
    fn new(inner: Box<dyn Dialler>, percent_max: f64) -> Self {
        Self { inner, ledger: Ledger::default(), percent_max, ringing: 0 }
    }

    fn holds(&self, at: At) -> bool {
        let day = self.ledger.day(at);
        day.answers >= GUARDED_FROM && day.is_over(self.percent_max)
    }
}

impl Dialler for Guarded {
    fn seen(&mut self, at: At, seen: Seen) {
        match seen {
            Seen::Dialled { .. } => self.ringing += 1,
            Seen::Answered(_) | Seen::Failed(_) | Seen::Cancelled(_) => self.ringing -= 1,
            Seen::TalkStarted(_) => self.ledger.count(at, false),
            Seen::Abandoned => self.ledger.count(at, true),
            _ => {}
        }
        self.inner.seen(at, seen);
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision {
        let decision = self.inner.decide(at, sight, truth);
        if !self.holds(at) {
            return decision;
        }
        let snapshot = Snapshot {
            agents: sight.agents,
            ready: sight.idle,
            waiting: sight.waiting,
            ringing: self.ringing,
            concurrency_max: u32::MAX,
            line_capacity_free: sight.room,
            ..Snapshot::default()
        };
        Decision { dial: progressive::starts(&snapshot), ..decision }
    }
}
