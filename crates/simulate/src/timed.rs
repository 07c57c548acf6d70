//! What decisions cost: the caller's clock around them.

use crate::{Dialler, Seen};
use dialer::pacer::{Decision, Foresight, Sight};
use model::At;

/// `clock` counts nanoseconds from any beginning.
pub struct Timed<'a> {
    inner: &'a mut dyn Dialler,
    clock: &'a dyn Fn() -> u64,
    /// Of all decisions, ns.
    pub total_ns: u64,
}

impl<'a> Timed<'a> {
    pub fn new(inner: &'a mut dyn Dialler, clock: &'a dyn Fn() -> u64) -> Self {
        Self { inner, clock, total_ns: 0 }
    }
}

impl Dialler for Timed<'_> {
    fn seen(&mut self, at: At, seen: Seen) {
        self.inner.seen(at, seen);
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision {
        let before = (self.clock)();
        let decision = self.inner.decide(at, sight, truth);
        self.total_ns += (self.clock)().saturating_sub(before);
        decision
    }
}
