//! A caller comes, and waits: places, and the timers of a wait.

use crate::acd::Acd;
use crate::entry::{Entry, Place};
use crate::io::{Alarm, Ask, Output, Refusal, Withdrawal};
use crate::overflow::Arrival;
use crate::timer::Timer;
use model::record::{Channel, EntryOutcome, OverflowWhen, Target};
use model::{At, QueueEntryId};
use std::collections::BTreeMap;

const NEEDS_MAX: usize = 20;
/// Of numbers and the like.
const TEXT_MAX: usize = 128;

/// A span that is repeated is a second at least.
pub(crate) fn after(now: At, ms: u32) -> Option<At> {
    (ms > 0).then(|| now.plus_ms(i64::from(ms.max(1_000))))
}

impl Acd {
    pub(crate) fn enqueue(&mut self, ask: Ask) -> Result<(), Refusal> {
        let queue = self.queues.get(&ask.queue).ok_or(Refusal::UnknownQueue)?;
        if queue.record.tenant_id != ask.tenant {
            return Err(Refusal::Foreign);
        }
        if self.entries.contains_key(&ask.entry) || ask.call.is_some_and(|c| self.calls.contains_key(&c)) {
            return Err(Refusal::AlreadyWaiting);
        }
        let service = ask.service.as_ref().map_or("", |s| s.0.as_str());
        let long =
            [&ask.caller, &ask.called, service].into_iter().any(|t: &str| t.len() > TEXT_MAX) || ask.needs.len() > NEEDS_MAX;
        if self.entries.len() >= self.limits.entries_max || long {
            return Err(Refusal::Limit);
        }
        let kept = self.supersede(&ask);
        let head_start = queue_head_start(self, &ask);
        let came_at = kept.map_or(self.now, |(came_at, _)| came_at);
        let own = came_at.plus_ms(-head_start);
        let rank = kept.map_or(own, |(_, rank)| rank.min(own));
        self.admit(Entry {
            queue: ask.queue,
            ordinal: 0,
            came_at,
            entered_at: self.now,
            rank,
            place: Place::Waiting,
            needs: Vec::new(),
            relaxed: 0,
            lock: None,
            lock_spent: false,
            skipped: BTreeMap::new(),
            visited: Vec::new(),
            overflow_done: 0,
            wait_until: self.now,
            longest_at: None,
            choosing: None,
            announce_at: None,
            long_wait_at: None,
            callback: None,
            was_callback: false,
            rung: Vec::new(),
            ask,
        });
        Ok(())
    }

    /// Into its queue: to an agent at once, or to wait, or on as the overflow rules say.
    pub(crate) fn admit(&mut self, mut entry: Entry) {
        let id = entry.id();
        let Some(queue) = self.queues.get_mut(&entry.queue) else { return };
        let (rules, open, full) = (queue.record.clone(), queue.open, queue.is_full());
        entry.place = Place::Waiting;
        entry.entered_at = self.now;
        entry.needs = rules.needs.iter().chain(&entry.ask.needs).copied().collect();
        let patience = entry.ask.patience.as_ref().map_or(rules.wait_ms_max, |(ms, _)| (*ms).min(rules.wait_ms_max));
        entry.wait_until = self.now.plus_ms(i64::from(patience.max(1)));
        entry.longest_at = after(self.now, rules.longest_wait_ms);
        entry.announce_at = after(self.now, rules.announcements.first_ms);
        entry.long_wait_at = after(self.now, rules.service_level.long_wait_ms);
        queue.waiting.insert((entry.rank, id));
        if let Some(call) = entry.ask.call {
            self.calls.insert(call, id);
        }
        self.entries.insert(id, entry);
        if !open {
            self.turn_away(id, OverflowWhen::Closed, EntryOutcome::Closed);
            return;
        }
        if self.place(id) {
            return;
        }
        if full {
            self.turn_away(id, OverflowWhen::Full, EntryOutcome::Full);
            return;
        }
        if self.overflow(id, Arrival::Now) {
            return;
        }
        self.arm(id);
        self.tell_waiting(id);
    }

    fn turn_away(&mut self, id: QueueEntryId, when: OverflowWhen, outcome: EntryOutcome) {
        if !self.overflow(id, Arrival::Because(when)) {
            self.leave(id, Target::Resume, outcome);
        }
    }

    /// Back into the place it had.
    pub(crate) fn wait_on(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.place = Place::Waiting;
        if let Some(queue) = self.queues.get_mut(&entry.queue) {
            queue.waiting.insert((entry.rank, id));
        }
        self.entries_stirred.insert((entry.rank, id));
        self.arm(id);
    }

    /// Sets the timers of a waiting caller, by what has been noted. What was due meanwhile is due at once.
    pub(crate) fn arm(&mut self, id: QueueEntryId) {
        self.clear_timers(id);
        let Some(entry) = self.entries.get(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        let rules = &queue.record;
        let mut due = vec![(Timer::WaitMax(id), Some(entry.wait_until))];
        if let Some(callback) = &entry.callback {
            due.push((Timer::Again(id), Some(callback.not_before).filter(|at| *at > self.now)));
        } else {
            let again = entry.skipped.values().filter(|at| **at > self.now).min().copied();
            due.push((Timer::Again(id), again));
            due.push((Timer::Overflow(id), self.overflow_at(entry)));
            if entry.ask.channel == Channel::Call {
                due.push((Timer::Choice(id), entry.choosing));
                due.push((Timer::Longest(id), entry.longest_at.filter(|_| entry.choosing.is_none())));
                due.push((Timer::Announce(id), entry.announce_at));
                due.push((Timer::LongWait(id), entry.long_wait_at));
            }
        }
        due.push((Timer::Lock(id), entry.lock.map(|(_, until)| until)));
        if rules.relax_ms > 0 && entry.can_relax() {
            let steps = i64::from(entry.relaxed) + 1;
            due.push((Timer::Relax(id), Some(entry.entered_at.plus_ms(i64::from(rules.relax_ms) * steps))));
        }
        for (timer, at) in due {
            if let Some(at) = at {
                self.timers.set(timer, at);
            }
        }
    }

    pub(crate) fn clear_timers(&mut self, id: QueueEntryId) {
        for timer in Timer::of_entry(id) {
            self.timers.clear(timer);
        }
    }

    /// Nobody waits longer than this, whatever they chose.
    pub(crate) fn wait_timed_out(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get(&id) else { return };
        if entry.callback.is_some() {
            self.end_entry(id, EntryOutcome::CallbackFailed, None);
            return;
        }
        let own = entry.ask.patience.as_ref().map(|(_, target)| target.clone());
        let of_queue = || self.queues.get(&entry.queue).map(|q| q.record.at_wait_max.clone());
        let target = own.or_else(of_queue).unwrap_or(Target::HangUp);
        self.leave(id, target, EntryOutcome::TimedOut);
    }

    pub(crate) fn relax(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.relaxed = entry.relaxed.saturating_add(1);
        self.entries_stirred.insert((entry.rank, id));
        self.arm(id);
    }

    /// A pause is over: of an agent who did not answer this caller, or before the next try to call back.
    pub(crate) fn try_again(&mut self, id: QueueEntryId) {
        let now = self.now;
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.skipped.retain(|_, until| *until > now);
        self.entries_stirred.insert((entry.rank, id));
        self.arm(id);
    }

    pub(crate) fn long_wait(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.long_wait_at = None;
        let waited_ms = self.now.since_ms(entry.entered_at);
        self.out.push_back(Output::Alarm(Alarm::LongWait { queue: entry.queue, entry: id, waited_ms }));
    }

    /// A supervisor puts the caller before all others of the queue.
    pub(crate) fn move_up(&mut self, id: QueueEntryId) -> Result<(), Refusal> {
        let entry = self.entries.get_mut(&id).ok_or(Refusal::UnknownEntry)?;
        let queue = self.queues.get_mut(&entry.queue).ok_or(Refusal::UnknownQueue)?;
        if !entry.is_waiting() {
            return Err(Refusal::NotNow);
        }
        let first = queue.waiting.first().map_or(entry.rank, |(rank, _)| *rank);
        let rank = first.plus_ms(-1);
        queue.waiting.remove(&(entry.rank, id));
        queue.waiting.insert((rank, id));
        if let Some((agent, _)) = entry.lock {
            self.locks.remove(&(agent, entry.rank, id));
            self.locks.insert((agent, rank, id));
        }
        self.entries_stirred.remove(&(entry.rank, id));
        self.entries_stirred.insert((rank, id));
        entry.rank = rank;
        Ok(())
    }

    /// The caller hung up before anybody answered.
    pub(crate) fn caller_left(&mut self, call: model::CallId) -> Result<(), Refusal> {
        let id = *self.calls.get(&call).ok_or(Refusal::UnknownEntry)?;
        self.take_out(id, EntryOutcome::Abandoned);
        Ok(())
    }

    pub(crate) fn cancel(&mut self, id: QueueEntryId) -> Result<(), Refusal> {
        if !self.entries.contains_key(&id) {
            return Err(Refusal::UnknownEntry);
        }
        self.take_out(id, EntryOutcome::Cancelled);
        Ok(())
    }

    /// Ends an entry wherever it is; who rings for it is let go.
    pub(crate) fn take_out(&mut self, id: QueueEntryId, outcome: EntryOutcome) {
        if let Some(Place::Offered(agent, _)) = self.entries.get(&id).map(|e| e.place) {
            self.withdraw(agent, Withdrawal::CallerLeft);
        }
        self.end_entry(id, outcome, None);
    }
}

fn queue_head_start(acd: &Acd, ask: &Ask) -> i64 {
    let of_class = acd.queues.get(&ask.queue).map_or(0, |q| q.head_start_ms(&ask.classes));
    of_class.saturating_add(ask.head_start_ms)
}
