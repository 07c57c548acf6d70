//! Outbox → deliveries → endpoints, with retries over three days, then dead letters.

use super::payload_of;
use crate::message::Gate;
use crate::{Result, now};
use connect::webhook::{WebhookMessage, WebhookOutcome};
use model::record::Webhook;
use model::{At, WebhookId, event};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{DueDelivery, Store};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Seconds until the next try: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; then dead.
const RETRY_S: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
const LOOK_EVERY: Duration = Duration::from_secs(1);
const BATCH: u32 = 200;
const TAKEN_MAX: usize = 2000;
/// One endpoint gets no more at once; a hanging one costs its own deliveries only.
const AT_ONCE_PER_ENDPOINT: usize = 4;
const PER_SECOND: u32 = 200;
const LEASE_MS: i64 = 120_000;
const SEND_BEFORE: Duration = Duration::from_secs(90);

/// Runs until the token is cancelled; what is being sent then is finished first.
pub async fn run(store: Store, client: connect::Client, shutdown: CancellationToken) {
    let mut events = store.bus().subscribe();
    let mut dispatcher =
        Dispatcher { shared: Arc::new(Shared { store, client }), gates: BTreeMap::new(), tasks: TaskTracker::new() };
    loop {
        let busy = dispatcher.turn().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "webhook deliveries cannot be read");
            false
        });
        if busy && !shutdown.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
            // Something happened: look at once. A closed bus leaves the clock.
            heard = events.recv() => if matches!(heard, Err(RecvError::Closed)) {
                tokio::time::sleep(LOOK_EVERY).await;
            },
        }
    }
    dispatcher.tasks.close();
    dispatcher.tasks.wait().await;
}

struct Shared {
    store: Store,
    client: connect::Client,
}

struct Dispatcher {
    shared: Arc<Shared>,
    gates: BTreeMap<WebhookId, Arc<Gate>>,
    tasks: TaskTracker,
}

impl Dispatcher {
    /// Answers whether there is more to do at once.
    async fn turn(&mut self) -> Result<bool> {
        let at = now();
        let looked_at = self.shared.store.fan_out(BATCH * 5, at).await?;
        if self.tasks.len() >= TAKEN_MAX {
            return Ok(false);
        }
        let due = self.shared.store.take_due_deliveries(at, at.plus_ms(LEASE_MS), BATCH).await?;
        let full = due.len() == BATCH as usize || looked_at == BATCH * 5;
        let until = Instant::now() + SEND_BEFORE;
        for delivery in due {
            let gate = self.gates.entry(delivery.webhook.id).or_insert_with(|| Arc::new(Gate::new(AT_ONCE_PER_ENDPOINT)));
            let (shared, gate) = (Arc::clone(&self.shared), Arc::clone(gate));
            self.tasks.spawn(async move {
                // Without room in time the lease runs out and the delivery is due again.
                let Some(_permit) = gate.pass(PER_SECOND, until).await else { return };
                if let Err(error) = shared.send(&delivery).await {
                    tracing::warn!(%error, delivery = %delivery.delivery.id, "what became of a delivery could not be written");
                }
            });
        }
        Ok(full)
    }
}

impl Shared {
    async fn send(&self, due: &DueDelivery) -> Result<()> {
        let payload = payload_of(&due.event);
        // The same on every try, so the receiver can tell a repetition.
        let id = format!("evt_{}_{}", due.webhook.id, due.event.seq);
        let secret = due.webhook.secret.as_deref().unwrap_or("");
        let message = WebhookMessage { url: &due.webhook.url, secret, id: &id, at: now(), payload: &payload };
        let outcome = connect::webhook::send(&self.client, &message).await;
        settle(&self.store, due, outcome, now()).await
    }
}

/// Writes what became of a try, and when the next one is.
async fn settle(store: &Store, due: &DueDelivery, outcome: WebhookOutcome, at: At) -> Result<()> {
    let delivery = &due.delivery;
    match outcome {
        WebhookOutcome::Delivered { status } => store.delivery_done(delivery.id, status, at).await?,
        WebhookOutcome::Gone => {
            store.delivery_failed(delivery.id, Some(410), "对方要求停止推送（410），已停用", None).await?;
            switch_off(store, &due.webhook, at).await?;
        }
        WebhookOutcome::Retry { status, after_s, error } => {
            let retry_at = retry_s(delivery.tries, after_s).map(|s| at.plus_ms(s * 1000));
            store.delivery_failed(delivery.id, status, &error, retry_at).await?;
            if retry_at.is_none() {
                let text = format!("回调“{}”多次推送失败，已转入死信：{error}", due.webhook.name);
                let data = json!({
                    "code": "webhook_dead", "text": text, "at": at, "webhook_id": due.webhook.id, "delivery_id": delivery.id
                });
                store.emit(delivery.tenant_id, event::ALARM, data, at).await?;
            }
        }
    }
    Ok(())
}

async fn switch_off(store: &Store, webhook: &Webhook, at: At) -> Result<()> {
    let Some(now_stored) = store.webhook(webhook.tenant_id, webhook.id).await?.filter(|w| w.enabled) else {
        return Ok(());
    };
    store.update_webhook(&Webhook { enabled: false, secret: None, ..now_stored }).await?;
    let text = format!("回调“{}”要求停止推送（410），已停用", webhook.name);
    let data = json!({"code": "webhook_gone", "text": text, "at": at, "webhook_id": webhook.id});
    store.emit(webhook.tenant_id, event::ALARM, data, at).await?;
    Ok(())
}

/// `tries` counts the one just made; none: enough.
fn retry_s(tries: u32, after_s: Option<u32>) -> Option<i64> {
    let step = RETRY_S.get(tries.max(1) as usize - 1)?;
    Some((*step).max(i64::from(after_s.unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::{LEASE_MS, retry_s, settle};
    use connect::webhook::WebhookOutcome;
    use model::record::{DeliveryState, Webhook};
    use model::{At, TenantId, WebhookId};
    use serde_json::json;
    use std::collections::BTreeMap;
    use store::{DeliveryFilter, PageQuery, PurgePolicy, Store, StoreConfig};

    const MINUTE_MS: i64 = 60_000;
    const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

    /// A day goes by in which the receiver answers nothing, and in its middle a sender dies with deliveries in hand.
    #[tokio::test]
    async fn a_receiver_that_is_down_for_a_day_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("books.db").display());
        let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
        let (tenant, start) = (TenantId(1), At(1_790_000_000_000));
        let hook = Webhook {
            id: WebhookId(1),
            tenant_id: tenant,
            name: "业务系统".into(),
            url: "http://127.0.0.1:9/hook".into(),
            secret: None,
            events: vec!["lead.result".into()],
            campaign_ids: Vec::new(),
            results: Vec::new(),
            enabled: true,
            created_at: start,
        };
        store.insert_webhook(&hook).await.unwrap();
        let (mut got, mut at, mut told) = (BTreeMap::<i64, u32>::new(), start, 0);
        while at < start.plus_ms(3 * DAY_MS) {
            let day = at.since_ms(start);
            if day < DAY_MS && day % (60 * MINUTE_MS) == 0 {
                store.emit(tenant, "lead.result", json!({"result": "attend", "source_id": told}), at).await.unwrap();
                told += 1;
            }
            store.fan_out(100, at).await.unwrap();
            let due = store.take_due_deliveries(at, at.plus_ms(LEASE_MS), 100).await.unwrap();
            // Noon: whoever took these is killed before it knows what came of them.
            for due in due.into_iter().filter(|_| day != DAY_MS / 2) {
                let outcome = if day < DAY_MS {
                    WebhookOutcome::Retry { status: None, after_s: None, error: "connection refused".into() }
                } else {
                    *got.entry(due.event.data["source_id"].as_i64().unwrap()).or_default() += 1;
                    WebhookOutcome::Delivered { status: 204 }
                };
                settle(&store, &due, outcome, at).await.unwrap();
            }
            if day % DAY_MS == 0 {
                store.purge(PurgePolicy::default(), at).await.unwrap();
            }
            at = at.plus_ms(10 * MINUTE_MS);
        }
        assert_eq!((told, got.len()), (24, 24), "every result arrives");
        assert!(got.values().all(|n| *n == 1), "and once: {got:?}");
        let rest = DeliveryFilter { state: Some(DeliveryState::Delivered), ..DeliveryFilter::default() };
        assert_eq!(store.deliveries(tenant, &rest, PageQuery::first(100)).await.unwrap().items.len(), 24, "none is dead");
    }

    #[test]
    fn nine_retries_then_dead() {
        assert_eq!([1, 2, 9, 10].map(|n| retry_s(n, None)), [Some(5), Some(300), Some(86_400), None]);
        assert_eq!(retry_s(1, Some(60)), Some(60));
    }
}
