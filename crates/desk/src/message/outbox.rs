//! What the senders of all journals share: a look now and then, room and pace by tenant, and one alarm an hour.

use super::gate::Gate;
use crate::Result;
use model::{At, TenantId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Messages taken and not yet settled, of all tenants.
const TAKEN_MAX: usize = 2000;
/// A message is settled well before, or left to be taken again.
pub(super) const LEASE_MS: i64 = 180_000;
const SEND_BEFORE_MS: u64 = 110_000;
const ALARM_EVERY_MS: i64 = 3_600_000;
/// Seconds until the next try.
const BACKOFF_S: [i64; 6] = [10, 60, 300, 900, 3600, 3 * 3600];

/// How the error of a message begins that waits for a provider: such tries are not the provider's.
pub(super) const HELD: &str = "保留在队列中";

/// A journal that is looked at for what is due.
pub(super) trait Journal: Send {
    const NAME: &'static str;
    /// Messages of one look, at most.
    const BATCH: u32;

    /// Takes what is due and hands it on; answers how many.
    fn turn(&mut self, outbox: &mut Outbox) -> impl Future<Output = Result<usize>> + Send;
}

/// Runs until the token is cancelled; what is being sent then is finished first.
pub(super) async fn run<J: Journal>(mut journal: J, at_once: usize, shutdown: CancellationToken) {
    let mut outbox = Outbox { at_once, gates: BTreeMap::new(), tasks: TaskTracker::new() };
    loop {
        let room = outbox.tasks.len() < TAKEN_MAX;
        let taken = match if room { journal.turn(&mut outbox).await } else { Ok(0) } {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, journal = J::NAME, "the journal cannot be read");
                0
            }
        };
        if taken == J::BATCH as usize && !shutdown.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    outbox.tasks.close();
    // A provider that hangs is given up after its own deadline, at most a minute.
    outbox.tasks.wait().await;
}

pub(super) struct Outbox {
    at_once: usize,
    gates: BTreeMap<TenantId, Arc<Gate>>,
    tasks: TaskTracker,
}

impl Outbox {
    /// Each at its tenant's pace. Without a slot in time the lease runs out, and the message is due again.
    pub fn send<T, F>(&mut self, tenant: TenantId, per_second: u32, messages: Vec<T>, send: impl Fn(T) -> F)
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let gate = self.gates.entry(tenant).or_insert_with(|| Arc::new(Gate::new(self.at_once)));
        let until = Instant::now() + Duration::from_millis(SEND_BEFORE_MS);
        for message in messages {
            let (gate, sent) = (Arc::clone(gate), send(message));
            self.tasks.spawn(async move {
                let Some(_permit) = gate.pass(per_second, until).await else { return };
                if let Err(error) = sent.await {
                    tracing::warn!(%error, %tenant, "what became of a message could not be written");
                }
            });
        }
    }
}

/// Somebody is told that a tenant's messages do not leave: once an hour.
#[derive(Default)]
pub(super) struct Alarms(parking_lot::Mutex<BTreeMap<TenantId, At>>);

impl Alarms {
    /// Whether it is time; the next hour begins then.
    pub fn due(&self, tenant: TenantId, at: At) -> bool {
        let mut told = self.0.lock();
        let due = told.get(&tenant).is_none_or(|told| at.since_ms(*told) >= ALARM_EVERY_MS);
        if due {
            told.insert(tenant, at);
        }
        due
    }
}

/// By tenant, in their order.
pub(super) fn by_tenant<T>(messages: Vec<T>, tenant: impl Fn(&T) -> TenantId) -> BTreeMap<TenantId, Vec<T>> {
    let mut sorted: BTreeMap<TenantId, Vec<T>> = BTreeMap::new();
    for message in messages {
        sorted.entry(tenant(&message)).or_default().push(message);
    }
    sorted
}

/// `tries` counts the one just made.
pub(super) fn retry_ms(tries: u32, after_s: Option<u32>) -> i64 {
    let step = BACKOFF_S[(tries.max(1) as usize - 1).min(BACKOFF_S.len() - 1)];
    step.max(i64::from(after_s.unwrap_or(0))) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_and_a_gateway_s_wish_is_kept() {
        assert_eq!([1, 2, 3, 99].map(|n| retry_ms(n, None)), [10_000, 60_000, 300_000, 10_800_000]);
        assert_eq!(retry_ms(1, Some(120)), 120_000);
    }

    #[test]
    fn an_alarm_comes_once_an_hour_and_tenant() {
        let alarms = Alarms::default();
        let due = |tenant, ms| alarms.due(TenantId(tenant), At(ms));
        assert_eq!([due(1, 0), due(1, 3_599_999), due(2, 1), due(1, 3_600_000)], [true, false, true, true]);
    }
}
