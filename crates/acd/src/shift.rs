//! D8: membership by the calendar, opening hours, and the turn of the day.

use crate::acd::{Acd, House};
use crate::agent::Tally;
use crate::timer::Timer;
use model::calendar::{self, Opening, Schedule, Window};
use model::{AgentId, At, QueueEntryId, QueueId, TenantId};

const HOUR_MS: i64 = 3_600_000;

impl House {
    /// Whether it is on, and when that changes. A schedule that cannot be read is never on.
    pub(crate) fn opening(&self, schedule: Option<&Schedule>, now: At) -> (bool, Option<At>) {
        let Some(schedule) = schedule else { return (true, None) };
        let whole_day = Window { from: "00:00".into(), to: "24:00".into() };
        match schedule.opening(now, &self.settings.zone, &self.holidays, &whole_day) {
            Ok(Opening::Open { until }) => (true, Some(until)),
            Ok(Opening::Closed { opens }) => (false, opens),
            Err(_) => (false, None),
        }
    }
}

impl Acd {
    /// Reads an agent's shift in a queue anew.
    pub(crate) fn shift(&mut self, queue_id: QueueId, id: AgentId) {
        let Some(tenant) = self.queues.get(&queue_id).map(|q| q.record.tenant_id) else { return };
        let house = self.house(tenant);
        let now = self.now;
        let Some(member) = self.queues.get_mut(&queue_id).and_then(|q| q.members.get_mut(&id)) else { return };
        let (active, changes) = house.opening(member.record.schedule.as_ref(), now);
        member.active = active;
        self.timers.clear(Timer::Shift(queue_id, id));
        if let Some(at) = changes {
            self.timers.set(Timer::Shift(queue_id, id), at.max(now.plus_ms(1)));
        }
        if active {
            self.agents_stirred.insert(id);
        } else {
            self.unlock_from(queue_id, id);
            self.maybe_deserted(queue_id);
        }
    }

    /// Callers of this queue who wait for this agent alone wait for all again.
    pub(crate) fn unlock_from(&mut self, queue: QueueId, agent: AgentId) {
        let all = self.locks.range((agent, At(i64::MIN), QueueEntryId(i64::MIN))..=(agent, At(i64::MAX), QueueEntryId(i64::MAX)));
        let here = |e: &QueueEntryId| self.entries.get(e).is_some_and(|e| e.queue == queue);
        let locked: Vec<QueueEntryId> = all.map(|(_, _, e)| *e).filter(here).collect();
        for entry in locked {
            self.unlock(entry);
        }
    }

    /// Who waits when a queue closes is still served; who comes is not, and nobody is called back.
    pub(crate) fn hours(&mut self, id: QueueId) {
        let Some(queue) = self.queues.get(&id) else { return };
        let house = self.house(queue.record.tenant_id);
        let (open, changes) = house.opening(queue.record.hours.as_ref(), self.now);
        self.timers.clear(Timer::Hours(id));
        if let Some(at) = changes {
            self.timers.set(Timer::Hours(id), at.max(self.now.plus_ms(1)));
        }
        if let Some(queue) = self.queues.get_mut(&id) {
            queue.open = open;
            if open {
                self.entries_stirred.extend(queue.waiting.iter().copied());
            }
        }
    }

    /// The day's tallies begin anew at midnight of the tenant's zone.
    pub(crate) fn new_day(&mut self, tenant: TenantId) {
        for agent in self.agents.values_mut().filter(|a| a.record.tenant_id == tenant) {
            agent.tally = Tally::default();
        }
        self.await_midnight(tenant);
    }

    pub(crate) fn await_midnight(&mut self, tenant: TenantId) {
        let zone = self.house(tenant).settings.zone.clone();
        // 26 h after midnight is inside the next day even where clocks change.
        let tomorrow = calendar::midnight(calendar::midnight(self.now, &zone).plus_ms(26 * HOUR_MS), &zone);
        self.timers.set(Timer::Day(tenant), tomorrow.max(self.now.plus_ms(1)));
    }
}
