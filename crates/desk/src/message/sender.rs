//! The journal's sender.

use super::gate::Gate;
use crate::{Result, now};
use connect::sms::{SmsGateway, SmsMessage, SmsOutcome};
use model::record::Sms;
use model::settings::SmsProvider;
use model::{At, TenantId, event};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
const BATCH: u32 = 100;
/// Messages taken and not yet settled, of all tenants.
pub(super) const TAKEN_MAX: usize = 2000;
const AT_ONCE_PER_TENANT: usize = 16;
/// A message is settled well before, or left to be taken again.
pub(super) const LEASE_MS: i64 = 180_000;
pub(super) const SEND_BEFORE_MS: u64 = 110_000;
const NO_PROVIDER_RETRY_MS: i64 = 60_000;
pub(super) const ALARM_EVERY_MS: i64 = 3_600_000;
/// How the error of a message begins that waits for a provider: such tries are not the gateway's.
const HELD: &str = "保留在队列中";
/// Seconds until the next try.
const BACKOFF_S: [i64; 6] = [10, 60, 300, 900, 3600, 3 * 3600];

/// Runs until the token is cancelled; what is being sent then is finished first.
pub async fn run(store: Store, client: connect::Client, shutdown: CancellationToken) {
    let mut sender = Sender {
        shared: Arc::new(Shared { store, client }),
        gates: BTreeMap::new(),
        alarmed_at: BTreeMap::new(),
        tasks: TaskTracker::new(),
    };
    loop {
        let taken = match sender.turn().await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "SMS journal cannot be read");
                0
            }
        };
        if taken == BATCH as usize && !shutdown.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    sender.tasks.close();
    // A provider that hangs is given up after its own deadline, at most a minute.
    sender.tasks.wait().await;
}

struct Shared {
    store: Store,
    client: connect::Client,
}

struct Sender {
    shared: Arc<Shared>,
    gates: BTreeMap<TenantId, Arc<Gate>>,
    alarmed_at: BTreeMap<TenantId, At>,
    tasks: TaskTracker,
}

impl Sender {
    /// One look at the journal; answers how many messages were taken.
    async fn turn(&mut self) -> Result<usize> {
        if self.tasks.len() >= TAKEN_MAX {
            return Ok(0);
        }
        let at = now();
        let due = self.shared.store.take_due_sms(at, at.plus_ms(LEASE_MS), BATCH).await?;
        let taken = due.len();
        let mut by_tenant: BTreeMap<TenantId, Vec<Sms>> = BTreeMap::new();
        for sms in due {
            by_tenant.entry(sms.tenant_id).or_default().push(sms);
        }
        for (tenant, messages) in by_tenant {
            let settings = self.shared.store.settings(tenant).await?.sms;
            match SmsGateway::of(&settings) {
                Ok(Some(gateway)) => self.send_all(tenant, Arc::new(gateway), &settings, messages),
                Ok(None) => self.hold(tenant, "没有配置短信网关", &messages).await?,
                Err(e) => self.hold(tenant, &e.zh(), &messages).await?,
            }
        }
        Ok(taken)
    }

    fn send_all(&mut self, tenant: TenantId, gateway: Arc<SmsGateway>, settings: &SmsProvider, messages: Vec<Sms>) {
        let gate = Arc::clone(self.gates.entry(tenant).or_insert_with(|| Arc::new(Gate::new(AT_ONCE_PER_TENANT))));
        let until = Instant::now() + Duration::from_millis(SEND_BEFORE_MS);
        for sms in messages {
            let (shared, gateway, gate) = (Arc::clone(&self.shared), Arc::clone(&gateway), Arc::clone(&gate));
            let (per_second, tries_max) = (settings.per_second_max, settings.tries_max);
            self.tasks.spawn(async move {
                // Without a slot in time the lease runs out and the message is due again.
                let Some(_permit) = gate.pass(per_second, until).await else { return };
                if let Err(error) = shared.send(&gateway, &sms, tries_max).await {
                    tracing::warn!(%error, sms = %sms.id, "what became of an SMS could not be written");
                }
            });
        }
    }

    /// Nothing can be sent: the messages stay in the queue, and somebody is told, once an hour.
    async fn hold(&mut self, tenant: TenantId, why: &str, messages: &[Sms]) -> Result<()> {
        let at = now();
        let held = format!("{HELD}：{why}");
        for sms in messages {
            self.shared.store.sms_failed(sms.id, &held, Some(at.plus_ms(NO_PROVIDER_RETRY_MS)), at).await?;
        }
        if self.alarmed_at.get(&tenant).is_none_or(|told| at.since_ms(*told) >= ALARM_EVERY_MS) {
            self.alarmed_at.insert(tenant, at);
            let text = format!("{why}，请在“设置 › 短信”中检查");
            let data = json!({"code": "sms_no_provider", "text": text, "at": at});
            self.shared.store.emit(tenant, event::ALARM, data, at).await?;
        }
        Ok(())
    }
}

impl Shared {
    async fn send(&self, gateway: &SmsGateway, sms: &Sms, tries_max: u32) -> Result<()> {
        let message = SmsMessage { id: sms.id.to_string(), phone: sms.phone.clone(), text: sms.text.clone() };
        let outcome = gateway.send(&self.client, &message).await;
        let at = now();
        match outcome {
            SmsOutcome::Sent { provider_ref } => self.store.sms_sent(sms.id, provider_ref.as_deref(), at).await?,
            SmsOutcome::Failed { error } => self.store.sms_failed(sms.id, &error, None, at).await?,
            SmsOutcome::Retry { after_s, error } if sms.error.as_deref().is_some_and(|e| e.starts_with(HELD)) => {
                let retry_at = at.plus_ms(retry_ms(1, after_s));
                // Counted from the beginning: only a failed message may be.
                self.store.sms_failed(sms.id, &error, None, at).await?;
                self.store.sms_retry(sms.tenant_id, sms.id, retry_at).await?
            }
            SmsOutcome::Retry { after_s, error } => {
                let retry_at = (sms.tries < tries_max).then(|| at.plus_ms(retry_ms(sms.tries, after_s)));
                self.store.sms_failed(sms.id, &error, retry_at, at).await?
            }
        };
        Ok(())
    }
}

/// `tries` counts the one just made.
pub(super) fn retry_ms(tries: u32, after_s: Option<u32>) -> i64 {
    let step = BACKOFF_S[(tries.max(1) as usize - 1).min(BACKOFF_S.len() - 1)];
    step.max(i64::from(after_s.unwrap_or(0))) * 1000
}

#[cfg(test)]
mod tests {
    use super::retry_ms;

    #[test]
    fn the_pause_grows_and_a_gateway_s_wish_is_kept() {
        assert_eq!([1, 2, 3, 99].map(|n| retry_ms(n, None)), [10_000, 60_000, 300_000, 10_800_000]);
        assert_eq!(retry_ms(1, Some(120)), 120_000);
    }
}
