//! When a queue sends callers on: the first rule that holds and whose target can take them.

use crate::acd::Acd;
use crate::entry::Entry;
use model::record::{EntryOutcome, OverflowWhen, Target};
use model::{At, QueueEntryId, QueueId};

/// At which moment the rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The caller came and nobody is free: rules about absent agents and the expected wait.
    Now,
    /// For this reason alone.
    Because(OverflowWhen),
}

impl Acd {
    /// `true` when the caller has gone on.
    pub(crate) fn overflow(&mut self, id: QueueEntryId, asked: Arrival) -> bool {
        let Some(entry) = self.entries.get(&id) else { return false };
        let Some(queue) = self.queues.get(&entry.queue) else { return false };
        let rules = queue.record.clone();
        let holds = |when: OverflowWhen| match (asked, when) {
            (Arrival::Because(why), when) => why == when,
            (Arrival::Now, OverflowWhen::NoAgents) => !self.is_staffed(entry.queue),
            (Arrival::Now, OverflowWhen::Estimate { ms }) => {
                self.estimate(entry.queue, queue.position(entry.rank, id)).is_some_and(|wait| wait > i64::from(ms))
            }
            (Arrival::Now, _) => false,
        };
        let rule = rules.overflow.iter().find(|r| holds(r.when) && self.can_take(id, &r.target));
        let Some(target) = rule.map(|r| r.target.clone()) else { return false };
        self.leave(id, target, EntryOutcome::Overflowed);
        true
    }

    fn can_take(&self, id: QueueEntryId, target: &Target) -> bool {
        match target {
            Target::Queue { queue } => self.can_move(id, *queue),
            _ => true,
        }
    }

    /// When the next rule about the time waited is due.
    pub(crate) fn overflow_at(&self, entry: &Entry) -> Option<At> {
        let queue = self.queues.get(&entry.queue)?;
        let waited = waits(&queue.record.overflow);
        waited.get(entry.overflow_done).map(|(ms, _)| entry.entered_at.plus_ms(i64::from(*ms)))
    }

    pub(crate) fn overflow_timed_out(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        let rules = queue.record.clone();
        let target = waits(&rules.overflow).get(entry.overflow_done).map(|(_, target)| (*target).clone());
        entry.overflow_done += 1;
        match target {
            Some(target) if self.can_take(id, &target) => self.leave(id, target, EntryOutcome::Overflowed),
            _ => self.arm(id),
        }
    }

    pub(crate) fn is_staffed(&self, queue: QueueId) -> bool {
        let Some(queue) = self.queues.get(&queue) else { return false };
        let here = |id| self.agents.get(id).is_some_and(|a| a.is_signed_in());
        queue.members.iter().any(|(id, m)| m.active && here(id))
    }

    /// The last agent left: callers who wait go on where a rule says so.
    pub(crate) fn maybe_deserted(&mut self, id: QueueId) {
        let Some(queue) = self.queues.get(&id) else { return };
        if !queue.record.overflow.iter().any(|r| r.when == OverflowWhen::NoAgents) || self.is_staffed(id) {
            return;
        }
        let live = |e: &QueueEntryId| self.entries.get(e).is_some_and(|e| e.callback.is_none());
        let waiting: Vec<QueueEntryId> = queue.waiting.iter().map(|(_, e)| *e).filter(live).collect();
        for entry in waiting {
            self.overflow(entry, Arrival::Because(OverflowWhen::NoAgents));
        }
    }
}

/// Rules about the time waited, in its order.
fn waits(rules: &[model::record::Overflow]) -> Vec<(u32, &Target)> {
    let waited = rules.iter().filter_map(|r| match r.when {
        OverflowWhen::Waited { ms } => Some((ms, &r.target)),
        _ => None,
    });
    let mut waited: Vec<_> = waited.collect();
    waited.sort_by_key(|(ms, _)| *ms);
    waited
}
