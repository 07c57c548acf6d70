//! A stay is over: the record of it, the figures, and where the caller goes.

use crate::acd::Acd;
use crate::entry::Entry;
use crate::io::{Alarm, Output};
use model::record::{Channel, EntryOutcome, QueueEntry, Target};
use model::{AgentId, At, QueueEntryId, QueueId};
use std::collections::BTreeMap;

/// Fewer say nothing about a service level.
const SAMPLES_MIN: u32 = 10;

impl Acd {
    /// On to `target`. A queue that cannot take the caller sends them back into their flow.
    pub(crate) fn leave(&mut self, id: QueueEntryId, target: Target, outcome: EntryOutcome) {
        let target = match target {
            Target::Queue { queue } if self.can_move(id, queue) => return self.move_to(id, queue, outcome),
            Target::Queue { .. } => Target::Resume,
            other => other,
        };
        let call = self.entries.get(&id).and_then(|e| e.ask.call);
        self.end_entry(id, outcome, None);
        self.out.push_back(Output::Leave { entry: id, call, target, outcome });
    }

    /// The caller keeps the time waited so far; each queue is gone through once.
    fn move_to(&mut self, id: QueueEntryId, queue: QueueId, outcome: EntryOutcome) {
        let Some(mut entry) = self.remove(id) else { return };
        self.record(&entry, outcome, None);
        self.count(&entry, outcome);
        let head_start = self.queues.get(&queue).map_or(0, |q| q.head_start_ms(&entry.ask.classes));
        entry.visited.push(entry.queue);
        entry.queue = queue;
        entry.ordinal += 1;
        entry.rank = entry.came_at.plus_ms(-head_start.saturating_add(entry.ask.head_start_ms));
        entry.relaxed = 0;
        entry.lock_spent = false;
        entry.skipped = BTreeMap::new();
        entry.overflow_done = 0;
        entry.choosing = None;
        entry.rung.clear();
        self.admit(entry);
    }

    pub(crate) fn can_move(&self, id: QueueEntryId, to: QueueId) -> bool {
        let Some(entry) = self.entries.get(&id) else { return false };
        let fits = |q: &crate::queue::Queue| q.record.tenant_id == entry.ask.tenant && q.open && !q.is_full();
        entry.queue != to
            && !entry.visited.contains(&to)
            && entry.visited.len() < self.limits.hops_max
            && self.queues.get(&to).is_some_and(fits)
    }

    pub(crate) fn end_entry(&mut self, id: QueueEntryId, outcome: EntryOutcome, agent: Option<AgentId>) {
        if let Some(entry) = self.remove(id) {
            self.record(&entry, outcome, agent);
            self.count(&entry, outcome);
        }
    }

    /// Out of every table.
    fn remove(&mut self, id: QueueEntryId) -> Option<Entry> {
        self.unlock(id);
        self.clear_timers(id);
        let entry = self.entries.remove(&id)?;
        self.entries_stirred.remove(&(entry.rank, id));
        if let Some(queue) = self.queues.get_mut(&entry.queue) {
            queue.waiting.remove(&(entry.rank, id));
        }
        if let Some(call) = entry.ask.call {
            self.calls.remove(&call);
        }
        if let Some(callback) = &entry.callback {
            self.callbacks.remove(&(entry.ask.tenant, callback.number.clone()));
        }
        Some(entry)
    }

    fn record(&mut self, entry: &Entry, outcome: EntryOutcome, agent: Option<AgentId>) {
        let ask = &entry.ask;
        self.out.push_back(Output::Entry(Box::new(QueueEntry {
            id: entry.id(),
            ordinal: entry.ordinal,
            tenant_id: ask.tenant,
            queue_id: entry.queue,
            channel: ask.channel,
            call_id: ask.call,
            caller: ask.caller.clone(),
            called: ask.called.clone(),
            service: ask.service.as_ref().map(|s| s.0.clone()),
            service_at: ask.service.as_ref().map(|s| s.1),
            classes: ask.classes.clone(),
            came_at: entry.came_at,
            entered_at: entry.entered_at,
            ended_at: self.now,
            outcome,
            agent_id: agent,
            rung: entry.rung.clone(),
            callback: entry.was_callback,
        })));
    }

    /// The service level counts callers who were answered, gave up or were sent away for having waited too long.
    fn count(&mut self, entry: &Entry, outcome: EntryOutcome) {
        let now: At = self.now;
        let Some(queue) = self.queues.get_mut(&entry.queue) else { return };
        let rules = &queue.record.service_level;
        let waited = now.since_ms(entry.entered_at);
        let good = match outcome {
            EntryOutcome::Answered => waited <= i64::from(rules.within_ms),
            EntryOutcome::Abandoned if waited < i64::from(rules.short_ms) => return,
            EntryOutcome::Abandoned | EntryOutcome::Left | EntryOutcome::TimedOut => false,
            _ => return,
        };
        if entry.ask.channel != Channel::Call || entry.was_callback {
            return;
        }
        queue.level.count(now, good);
        let percent_min = rules.percent_min;
        let Some((percent, samples)) = queue.level.percent(now) else { return };
        let low = percent < percent_min;
        if low != queue.alarmed && (samples >= SAMPLES_MIN || !low) {
            queue.alarmed = low;
            self.out.push_back(Output::Alarm(Alarm::ServiceLevel { queue: entry.queue, percent, on: low }));
        }
    }
}
