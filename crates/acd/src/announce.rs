//! D5: position and wait, estimated and announced.

use crate::acd::Acd;
use crate::io::Output;
use crate::wait::after;
use model::{QueueEntryId, QueueId};

impl Acd {
    /// How long somebody in this position will probably wait: the mean time a call keeps an agent, shared by those who serve.
    /// An agent of several queues with waiting callers counts for a part in each. None: nobody serves.
    pub(crate) fn estimate(&self, id: QueueId, position: u32) -> Option<i64> {
        let queue = self.queues.get(&id)?;
        let has_waiting = |q: &QueueId| *q == id || self.queues.get(q).is_some_and(|q| !q.waiting.is_empty());
        let serving = queue.members.iter().filter(|(_, m)| m.active).filter_map(|(agent, _)| self.agents.get(agent));
        let shares = serving.filter(|a| a.is_serving()).map(|a| {
            let queues = i64::try_from(a.queues.iter().filter(|q| has_waiting(q)).count()).unwrap_or(i64::MAX);
            1_000 / queues.max(1)
        });
        let thousandths: i64 = shares.sum();
        (thousandths > 0).then(|| queue.handle_ms.saturating_mul(i64::from(position)).saturating_mul(1_000) / thousandths)
    }

    /// Position and estimated wait of somebody who waits.
    pub(crate) fn outlook(&self, id: QueueEntryId) -> Option<(u32, Option<i64>)> {
        let entry = self.entries.get(&id)?;
        let position = self.queues.get(&entry.queue)?.position(entry.rank, id);
        Some((position, self.estimate(entry.queue, position)))
    }

    pub(crate) fn tell_waiting(&mut self, id: QueueEntryId) {
        let Some((position, wait_ms)) = self.outlook(id) else { return };
        let Some(entry) = self.entries.get(&id) else { return };
        self.out.push_back(Output::Waiting { entry: id, queue: entry.queue, call: entry.ask.call, position, wait_ms });
    }

    pub(crate) fn announce(&mut self, id: QueueEntryId) {
        let Some((position, wait_ms)) = self.outlook(id) else { return };
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        let rules = &queue.record.announcements;
        entry.announce_at = after(self.now, rules.every_ms);
        // Not into a menu.
        if entry.choosing.is_none() {
            self.out.push_back(Output::Announce {
                entry: id,
                call: entry.ask.call,
                position: rules.position.then_some(position),
                wait_ms: wait_ms.filter(|_| rules.wait),
            });
        }
        self.arm(id);
    }
}
