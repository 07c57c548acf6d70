//! The sender of SMS.

use super::outbox::{Alarms, HELD, Journal, LEASE_MS, Outbox, by_tenant, retry_ms, run as keep_sending};
use crate::{Result, now};
use connect::sms::{SmsGateway, SmsMessage, SmsOutcome};
use model::record::Sms;
use model::{TenantId, event};
use serde_json::json;
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;

const AT_ONCE_PER_TENANT: usize = 16;
const NO_PROVIDER_RETRY_MS: i64 = 60_000;

/// Runs until the token is cancelled; what is being sent then is finished first.
pub async fn run(store: Store, client: connect::Client, shutdown: CancellationToken) {
    keep_sending(Sender(Arc::new(Shared { store, client, alarms: Alarms::default() })), AT_ONCE_PER_TENANT, shutdown).await;
}

struct Shared {
    store: Store,
    client: connect::Client,
    alarms: Alarms,
}

struct Sender(Arc<Shared>);

impl Journal for Sender {
    const NAME: &'static str = "sms";
    const BATCH: u32 = 100;

    async fn turn(&mut self, outbox: &mut Outbox) -> Result<usize> {
        let (shared, at) = (&self.0, now());
        let due = shared.store.take_due_sms(at, at.plus_ms(LEASE_MS), Self::BATCH).await?;
        let taken = due.len();
        for (tenant, messages) in by_tenant(due, |sms| sms.tenant_id) {
            let settings = shared.store.settings(tenant).await?.sms;
            match SmsGateway::of(&settings) {
                Ok(Some(gateway)) => {
                    let (gateway, tries_max) = (Arc::new(gateway), settings.tries_max);
                    outbox.send(tenant, settings.per_second_max, messages, |sms| {
                        let (shared, gateway) = (Arc::clone(shared), Arc::clone(&gateway));
                        async move { shared.send(&gateway, &sms, tries_max).await }
                    });
                }
                Ok(None) => shared.hold(tenant, "没有配置短信网关", &messages).await?,
                Err(e) => shared.hold(tenant, &e.zh(), &messages).await?,
            }
        }
        Ok(taken)
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

    /// Nothing can be sent: the messages stay in the queue, and somebody is told.
    async fn hold(&self, tenant: TenantId, why: &str, messages: &[Sms]) -> Result<()> {
        let at = now();
        let held = format!("{HELD}：{why}");
        for sms in messages {
            self.store.sms_failed(sms.id, &held, Some(at.plus_ms(NO_PROVIDER_RETRY_MS)), at).await?;
        }
        if self.alarms.due(tenant, at) {
            let text = format!("{why}，请在“设置 › 短信”中检查");
            self.store.emit(tenant, event::ALARM, json!({"code": "sms_no_provider", "text": text, "at": at}), at).await?;
        }
        Ok(())
    }
}
