//! Endpoints as people set them up.

use super::payload_of;
use crate::{Actor, DeskError, Result, audit, now};
use connect::webhook::{WebhookMessage, WebhookOutcome};
use model::event::{self, DomainEvent};
use model::record::{Delivery, Permission, Webhook};
use model::{CampaignId, DeliveryId, WebhookId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Store;

#[derive(Clone, Debug, Deserialize)]
pub struct NewWebhook {
    pub name: String,
    pub url: String,
    /// Empty: all.
    #[serde(default)]
    pub events: Vec<String>,
    /// Of events about campaigns only of these; empty: of all.
    #[serde(default)]
    pub campaign_ids: Vec<CampaignId>,
    /// Of events with a result only with these; empty: with any.
    #[serde(default)]
    pub results: Vec<String>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestOutcome {
    pub ok: bool,
    pub status: Option<u16>,
    pub error: Option<String>,
}

async fn checked(store: &Store, actor: &Actor, new: &NewWebhook) -> Result<()> {
    let known = new.results.iter().all(|code| (1..=64).contains(&code.len()));
    if !known || new.results.len() > 100 || new.campaign_ids.len() > 100 {
        return Err(DeskError::invalid(
            "choice_invalid",
            "results",
            "最多选 100 个任务和 100 个结果代码，代码不超过 64 个字符",
            "at most 100 campaigns and 100 result codes of at most 64 characters",
        ));
    }
    for id in &new.campaign_ids {
        if store.campaign(actor.tenant, *id).await?.is_none() {
            return Err(DeskError::invalid(
                "campaign_unknown",
                "campaign_ids",
                "没有这个任务，请重新选择",
                "there is no such campaign; choose again",
            ));
        }
    }
    if !(1..=60).contains(&new.name.trim().chars().count()) {
        return Err(DeskError::invalid("name_invalid", "name", "名称 1–60 个字符", "a name has 1–60 characters"));
    }
    // Whether this machine itself may be asked is told by the client, which knows the configuration.
    connect::client::check_url(&new.url, connect::Guard::with_loopback())
        .map_err(|e| DeskError::invalid("url_invalid", "url", e.zh(), e.to_string()))?;
    match new.events.iter().find(|e| !event::STORED.contains(&e.as_str())) {
        Some(unknown) => Err(DeskError::invalid(
            "event_unknown",
            "events",
            format!("没有“{unknown}”这种事件"),
            format!("there is no event `{unknown}`"),
        )),
        None => Ok(()),
    }
}

fn new_secret() -> String {
    connect::webhook::secret_of(&rand::random::<[u8; 32]>())
}

async fn load(store: &Store, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    store.webhook(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("回调地址", "webhook"))
}

/// With its secret, shown this once.
///
/// # Errors
/// No right, or what is wrong with it.
pub async fn create(store: &Store, actor: &Actor, new: NewWebhook) -> Result<Webhook> {
    actor.require(Permission::WebhookWrite)?;
    checked(store, actor, &new).await?;
    let at = now();
    let webhook = Webhook {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        name: new.name.trim().into(),
        url: new.url,
        secret: Some(new_secret()),
        events: new.events,
        campaign_ids: new.campaign_ids,
        results: new.results,
        enabled: new.enabled,
        created_at: at,
    };
    store.insert_webhook(&webhook).await?;
    audit(
        store,
        actor,
        "webhook.create",
        &format!("webhook:{}", webhook.id),
        json!({"name": webhook.name, "events": webhook.events}),
    )
    .await?;
    Ok(webhook)
}

/// The secret stays.
///
/// # Errors
/// No right, no such endpoint, or what is wrong with it.
pub async fn update(store: &Store, actor: &Actor, id: WebhookId, new: NewWebhook) -> Result<Webhook> {
    actor.require(Permission::WebhookWrite)?;
    checked(store, actor, &new).await?;
    let old = load(store, actor, id).await?;
    let webhook = Webhook {
        name: new.name.trim().into(),
        url: new.url,
        events: new.events,
        campaign_ids: new.campaign_ids,
        results: new.results,
        enabled: new.enabled,
        secret: None,
        ..old
    };
    store.update_webhook(&webhook).await?;
    audit(store, actor, "webhook.update", &format!("webhook:{id}"), json!({"name": webhook.name, "enabled": webhook.enabled}))
        .await?;
    Ok(webhook)
}

/// With the new secret, shown this once; the old one ends at once.
///
/// # Errors
/// No right, no such endpoint.
pub async fn rotate_secret(store: &Store, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    actor.require(Permission::WebhookWrite)?;
    let webhook = Webhook { secret: Some(new_secret()), ..load(store, actor, id).await? };
    store.update_webhook(&webhook).await?;
    audit(store, actor, "webhook.rotate_secret", &format!("webhook:{id}"), json!({})).await?;
    Ok(webhook)
}

/// # Errors
/// No right, no such endpoint.
pub async fn delete(store: &Store, actor: &Actor, id: WebhookId) -> Result<()> {
    actor.require(Permission::WebhookWrite)?;
    store.delete_webhook(actor.tenant, id).await?;
    audit(store, actor, "webhook.delete", &format!("webhook:{id}"), json!({})).await
}

/// Sends one delivery again, dead or done.
///
/// # Errors
/// No right, no such delivery.
pub async fn replay(store: &Store, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
    actor.require(Permission::WebhookWrite)?;
    let delivery = store.replay_delivery(actor.tenant, id, now()).await?;
    audit(store, actor, "webhook.replay", &format!("delivery:{id}"), json!({})).await?;
    Ok(delivery)
}

/// Sends all dead letters of an endpoint again; answers how many.
///
/// # Errors
/// No right.
pub async fn replay_dead(store: &Store, actor: &Actor, id: WebhookId) -> Result<u64> {
    actor.require(Permission::WebhookWrite)?;
    let n = store.replay_dead(actor.tenant, id, now()).await?;
    audit(store, actor, "webhook.replay_dead", &format!("webhook:{id}"), json!({"deliveries": n})).await?;
    Ok(n)
}

/// A `webhook.test` event to this endpoint alone, at once, without a trace among the deliveries.
///
/// # Errors
/// No right, no such endpoint; what the endpoint does is the outcome.
pub async fn test(store: &Store, actor: &Actor, client: &connect::Client, id: WebhookId) -> Result<TestOutcome> {
    actor.require(Permission::WebhookWrite)?;
    let webhook = load(store, actor, id).await?;
    let at = now();
    let event =
        DomainEvent { seq: 0, tenant_id: actor.tenant, kind: "webhook.test".into(), ts: at, data: json!({"webhook_id": id}) };
    let payload = payload_of(&event);
    let message_id = format!("test_{}", at.ms());
    let secret = webhook.secret.as_deref().unwrap_or("");
    let outcome =
        connect::webhook::send(client, &WebhookMessage { url: &webhook.url, secret, id: &message_id, at, payload: &payload })
            .await;
    audit(store, actor, "webhook.test", &format!("webhook:{id}"), json!({})).await?;
    Ok(match outcome {
        WebhookOutcome::Delivered { status } => TestOutcome { ok: true, status: Some(status), error: None },
        WebhookOutcome::Gone => {
            TestOutcome { ok: false, status: Some(410), error: Some("对方要求停止推送（410）".into()) }
        }
        WebhookOutcome::Retry { status, error, .. } => TestOutcome { ok: false, status, error: Some(error) },
    })
}
