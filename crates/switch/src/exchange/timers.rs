//! Every time-out of the switch in one ordered table, so that the one task has one moment to wait for.

use model::{ExtensionId, LegId, TrunkId};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Nobody answered our INVITE in time.
    Ring(LegId),
    /// The far end does not confirm our CANCEL; the leg need not wait for it.
    CancelGrace(LegId),
    /// The floor has not decided over an inbound call.
    Decision(LegId),
    /// An inbound call rings for too long.
    RingIn(LegId),
    /// RFC 3262: no PRACK has come for a provisional response.
    Provisional(LegId),
    /// The next digit of a sequence sent by INFO.
    InfoDigit(LegId),
    /// The transfer the far end asked for takes too long.
    Referred(LegId),
    /// The far end does not say how the transfer we asked for goes.
    Refer(LegId),
    /// RFC 4028: time for us to refresh the session.
    Refresh(LegId),
    /// RFC 4028: nobody refreshed it.
    Expire(LegId),
    /// A change between sound and T.38 is tried again.
    Fax(LegId),
    /// The disk holds up the last word of a leg that was recorded.
    Closing(LegId),
    Register(TrunkId),
    Probe(TrunkId),
    ProbeLate(TrunkId),
    Resolve(TrunkId),
    /// The pause a trunk asked for is over.
    Rested(TrunkId),
    /// A registered phone is to be asked whether it lives, or has expired.
    Phone(ExtensionId, u64),
}

#[derive(Debug, Default)]
pub struct Timers {
    queue: BTreeMap<(Instant, u64), Timer>,
    set: HashMap<Timer, (Instant, u64)>,
    serial: u64,
}

impl Timers {
    /// Sets or moves a timer.
    pub fn set(&mut self, timer: Timer, at: Instant) {
        self.clear(timer);
        self.serial += 1;
        self.queue.insert((at, self.serial), timer);
        self.set.insert(timer, (at, self.serial));
    }

    pub fn clear(&mut self, timer: Timer) {
        if let Some(key) = self.set.remove(&timer) {
            self.queue.remove(&key);
        }
    }

    pub fn clear_leg(&mut self, leg: LegId) {
        for timer in [
            Timer::Ring(leg),
            Timer::CancelGrace(leg),
            Timer::Decision(leg),
            Timer::RingIn(leg),
            Timer::Provisional(leg),
            Timer::InfoDigit(leg),
            Timer::Referred(leg),
            Timer::Refer(leg),
            Timer::Refresh(leg),
            Timer::Expire(leg),
            Timer::Fax(leg),
            Timer::Closing(leg),
        ] {
            self.clear(timer);
        }
    }

    pub fn clear_trunk(&mut self, trunk: TrunkId) {
        let of_trunk =
            [Timer::Register(trunk), Timer::Probe(trunk), Timer::ProbeLate(trunk), Timer::Resolve(trunk), Timer::Rested(trunk)];
        for timer in of_trunk {
            self.clear(timer);
        }
    }

    pub fn next(&self) -> Option<Instant> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    pub fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        let (key, timer) = self.queue.first_key_value().map(|(k, t)| (*k, *t))?;
        if key.0 > now {
            return None;
        }
        self.queue.remove(&key);
        self.set.remove(&timer);
        Some(timer)
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_moved_timer_fires_once_and_at_the_new_time() {
        let (mut t, now) = (Timers::default(), Instant::now());
        t.set(Timer::Ring(LegId(1)), now);
        t.set(Timer::Ring(LegId(1)), now + Duration::from_secs(2));
        t.set(Timer::Ring(LegId(2)), now + Duration::from_secs(1));
        assert_eq!(t.pop_due(now), None);
        assert_eq!(t.pop_due(now + Duration::from_secs(3)), Some(Timer::Ring(LegId(2))));
        t.clear_leg(LegId(1));
        assert_eq!((t.len(), t.next()), (0, None));
    }
}
