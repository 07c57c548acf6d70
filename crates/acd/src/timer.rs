//! Timers: an enum in a table. Each thing that is waited for has at most one.

use model::{AgentId, At, QueueEntryId, QueueId, TenantId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A membership begins or ends by the calendar.
    Shift(QueueId, AgentId),
    /// A queue opens or closes.
    Hours(QueueId),
    /// A tenant's day is over.
    Day(TenantId),
    /// What the state is waiting for did not come: ringing, an answer, the end of wrap-up or break.
    State(AgentId),
    /// A desk without connection did not come back.
    Link(AgentId),
    /// Nobody waits longer.
    WaitMax(QueueEntryId),
    /// Time to offer choices.
    Longest(QueueEntryId),
    /// No key came.
    Choice(QueueEntryId),
    /// The preferred agent was waited for long enough.
    Lock(QueueEntryId),
    Overflow(QueueEntryId),
    /// Levels asked for sink by one.
    Relax(QueueEntryId),
    /// May be offered again to whom it was not, or called back.
    Again(QueueEntryId),
    Announce(QueueEntryId),
    LongWait(QueueEntryId),
}

impl Timer {
    /// Says who is on shift and what is open, by which everything else that is due is decided.
    const fn is_calendar(self) -> bool {
        matches!(self, Self::Shift(..) | Self::Hours(_) | Self::Day(_))
    }

    /// All that a waiting caller may have.
    pub(crate) const fn of_entry(e: QueueEntryId) -> [Self; 9] {
        [
            Self::WaitMax(e),
            Self::Longest(e),
            Self::Choice(e),
            Self::Lock(e),
            Self::Overflow(e),
            Self::Relax(e),
            Self::Again(e),
            Self::Announce(e),
            Self::LongWait(e),
        ]
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    at: BTreeMap<Timer, At>,
    order: BTreeSet<(At, Timer)>,
}

impl Timers {
    /// Replaces what was set before.
    pub(crate) fn set(&mut self, timer: Timer, at: At) {
        if let Some(old) = self.at.insert(timer, at) {
            self.order.remove(&(old, timer));
        }
        self.order.insert((at, timer));
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        if let Some(old) = self.at.remove(&timer) {
            self.order.remove(&(old, timer));
        }
    }

    pub(crate) fn next(&self) -> Option<At> {
        self.order.first().map(|(at, _)| *at)
    }

    pub(crate) fn at(&self, timer: Timer) -> Option<At> {
        self.at.get(&timer).copied()
    }

    pub(crate) fn pop_due(&mut self, now: At) -> Option<Timer> {
        self.pop_due_where(now, |_| true)
    }

    pub(crate) fn pop_due_calendar(&mut self, now: At) -> Option<Timer> {
        self.pop_due_where(now, Timer::is_calendar)
    }

    fn pop_due_where(&mut self, now: At, wanted: impl Fn(Timer) -> bool) -> Option<Timer> {
        let (at, timer) = self.order.iter().take_while(|(at, _)| *at <= now).copied().find(|(_, t)| wanted(*t))?;
        self.order.remove(&(at, timer));
        self.at.remove(&timer);
        Some(timer)
    }
}
