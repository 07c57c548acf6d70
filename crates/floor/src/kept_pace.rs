//! What the pacer of a group has learned outlives the process: handed out now and then to be kept, taken back at the start. Without
//! it, or where it is old, a group begins again with one call for every ready agent.

use crate::floor::Floor;
use dialer::pacer::{Pacer, Settings, State};
use model::fact::Fact;
use model::record::KeptPacer;
use model::{At, QueueId, TenantId};

/// Handed out so often while the group is dialled for.
const KEEP_MS: i64 = 60_000;
/// What was learned longer ago says nothing about now.
const FRESH_MS: i64 = 2 * 3_600_000;
/// Clocks of two machines may differ so much.
const AHEAD_MS: i64 = 60_000;

impl Floor {
    /// From before this process began. A pacer that is at work already knows better.
    pub(crate) fn on_kept_pacer(&mut self, kept: KeptPacer) {
        self.paces.kept.insert(kept.queue_id, kept);
    }

    /// Goes on where it was, if that is not long ago and still understood.
    pub(crate) fn resumed(&mut self, queue: QueueId, settings: Settings) -> Pacer {
        let now = self.now;
        let fresh = |k: &KeptPacer| now.since_ms(k.at) <= FRESH_MS && k.at.since_ms(now) <= AHEAD_MS;
        let kept = self.paces.kept.remove(&queue).filter(|k| k.version == State::VERSION && fresh(k));
        match kept.and_then(|k| serde_json::from_value(k.state).ok()) {
            Some(state) => Pacer::resume(settings, state),
            None => Pacer::new(settings),
        }
    }

    /// Once a minute.
    pub(crate) fn keep_pace_now_and_then(&mut self, queue: QueueId) {
        let now = self.now;
        if let Some(pace) = self.paces.of_queue.get_mut(&queue).filter(|p| now.since_ms(p.kept_at) >= KEEP_MS) {
            pace.kept_at = now;
            let kept = kept(pace.tenant, queue, now, &pace.pacer);
            self.note(Fact::Pacer(Box::new(kept)));
        }
    }

    /// Before the process ends, which waits until it is written.
    pub(crate) fn keep_paces(&mut self) {
        let now = self.now;
        let all: Vec<KeptPacer> = self.paces.of_queue.iter().map(|(q, p)| kept(p.tenant, *q, now, &p.pacer)).collect();
        for kept in all {
            self.keep(Fact::Pacer(Box::new(kept)));
        }
    }

    /// The last predictive task of a group is over: another may begin before long.
    pub(crate) fn lay_aside(&mut self, queue: QueueId) {
        if let Some(pace) = self.paces.of_queue.remove(&queue) {
            let kept = kept(pace.tenant, queue, self.now, &pace.pacer);
            self.keep(Fact::Pacer(Box::new(kept.clone())));
            self.paces.kept.insert(queue, kept);
        }
    }
}

fn kept(tenant: TenantId, queue: QueueId, at: At, pacer: &Pacer) -> KeptPacer {
    let state = serde_json::to_value(pacer.state()).unwrap_or_default();
    KeptPacer { tenant_id: tenant, queue_id: queue, version: State::VERSION, at, state }
}
