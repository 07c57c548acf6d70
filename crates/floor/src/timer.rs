//! Timers: an enum in a table. Each thing that is waited for has at most one, and firing it is an input like any other.

use model::{AgentId, At, CallId, CampaignId, LegId, OpId, QueueId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The store has not said that the attempt is written.
    Begin(CallId),
    /// The line's next slot for an INVITE.
    Slot(CallId),
    /// A leg has not come further: set up, rung, answered or ended, by its state.
    Leg(LegId),
    CallMax(CallId),
    /// The flow's own.
    Flow(CallId),
    /// The flow waits for the ears.
    Ears(CallId),
    /// The flow that an agent sent the customer into has ended.
    Confirmed(CallId),
    /// The far end is gone and the flow still does something.
    Epilogue(CallId),
    /// No answer to a request.
    Op(OpId),
    /// Facts of an ended call to be written again.
    Save(CallId),
    /// A campaign may start a call again.
    Pace(CampaignId),
    /// A campaign may ask for leads again.
    Claim(CampaignId),
    /// Leases in hand run out.
    Hand(CampaignId),
    Progress(CampaignId),
    /// A person who answered has nobody to talk to and hears why.
    Harbour(CallId),
    /// The pacer of a group decides.
    Pacer(QueueId),
    /// The countdown of a lead that an agent sees ends.
    Preview(AgentId),
    /// The room that queues has something due.
    Acd,
    /// An agent whose phone was lost has not come back.
    Back(AgentId),
    /// A phone has sent nothing since it was answered.
    Quiet(LegId),
    /// Facts to be offered to the store again.
    Keep,
    Drain,
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
            if old == at {
                return;
            }
            self.order.remove(&(old, timer));
        }
        self.order.insert((at, timer));
    }

    /// Keeps the earlier one.
    pub(crate) fn set_earlier(&mut self, timer: Timer, at: At) {
        if self.at.get(&timer).is_none_or(|old| at < *old) {
            self.set(timer, at);
        }
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        if let Some(old) = self.at.remove(&timer) {
            self.order.remove(&(old, timer));
        }
    }

    pub(crate) fn next(&self) -> Option<At> {
        self.order.first().map(|(at, _)| *at)
    }

    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.at.contains_key(&timer)
    }

    pub(crate) fn pop_due(&mut self, now: At) -> Option<Timer> {
        let (at, timer) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.order.remove(&(at, timer));
        self.at.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fires_in_order_once_and_only_the_last_setting() {
        let mut t = Timers::default();
        t.set(Timer::Drain, At(50));
        t.set(Timer::Flow(CallId(1)), At(20));
        t.set(Timer::Flow(CallId(1)), At(30));
        t.set_earlier(Timer::Drain, At(60));
        t.set(Timer::Save(CallId(1)), At(10));
        t.clear(Timer::Save(CallId(1)));
        assert_eq!(t.next(), Some(At(30)));
        assert_eq!(t.pop_due(At(29)), None);
        assert_eq!(t.pop_due(At(100)), Some(Timer::Flow(CallId(1))));
        assert_eq!(t.pop_due(At(100)), Some(Timer::Drain));
        assert_eq!(t.pop_due(At(100)), None);
    }
}
