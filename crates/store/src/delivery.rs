//! Deliveries: one event on its way to one endpoint, at least once, under a lease, with dead letters and replay.

use crate::db::{Insert, Runs as _, Sql, columns};
use crate::row::{Row as _, cells};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::record::{Delivery, DeliveryState, Webhook};
use model::{At, CampaignId, DeliveryId, TenantId, WebhookId};

#[derive(Clone, Debug)]
pub struct DueDelivery {
    pub delivery: Delivery,
    pub webhook: Webhook,
    pub event: DomainEvent,
}

#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    pub webhook_id: Option<WebhookId>,
    pub state: Option<DeliveryState>,
}

impl Store {
    /// Turns events not yet looked at into deliveries; answers how many events it looked at (0: nothing new). Each event is
    /// looked at once, whoever asks: the cursor moves in the same transaction.
    pub async fn fan_out(&self, limit: u32, now: At) -> Result<u32> {
        let tx = self.begin().await?;
        let cursor = format!("SELECT seq FROM cursors WHERE name = 'webhooks'{}", tx.engine().for_update());
        let seen: i64 = tx.cell(Sql::new(cursor, Vec::new())).await?.unwrap_or(0);
        let events: Vec<DomainEvent> = tx.all(Sql::new("WHERE seq > ? ORDER BY seq LIMIT ?", cells![seen, limit])).await?;
        let Some(last) = events.last().map(|e| e.seq) else { return Ok(0) };
        let hooks: Vec<Webhook> = tx.all(Sql::new("WHERE enabled ORDER BY id", Vec::new())).await?;
        let mut due = Vec::new();
        for event in &events {
            due.extend(hooks.iter().filter(|hook| wants(hook, event)).map(|hook| new(self.new_id(now), hook, event, now)));
        }
        for chunk in due.chunks(1_000) {
            if let Some(insert) = Insert::many(chunk) {
                tx.insert(insert).await?;
            }
        }
        tx.exec(Sql::new("UPDATE cursors SET seq = ? WHERE name = 'webhooks'", cells![last])).await?;
        tx.commit().await?;
        Ok(u32::try_from(events.len()).unwrap_or(u32::MAX))
    }

    /// `tries` already counts this one; one whose sender died is due again at `lease_until`.
    pub async fn take_due_deliveries(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<DueDelivery>> {
        let tx = self.begin().await?;
        let sql = format!(
            "UPDATE deliveries SET tries = tries + 1, next_at = ? WHERE id IN (SELECT id FROM deliveries \
             WHERE state = 'pending' AND next_at <= ? ORDER BY next_at, id LIMIT ?{}) RETURNING {}",
            tx.engine().skip_locked(),
            columns::<Delivery>("")
        );
        let rows = tx.rows(Sql::new(sql, cells![lease_until, now, limit])).await?;
        let mut taken = rows.iter().map(Delivery::read).collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|d| d.id);
        let mut due = Vec::with_capacity(taken.len());
        for delivery in taken {
            let webhook: Option<Webhook> = tx.by_id(delivery.tenant_id, delivery.webhook_id.0).await?;
            let event: Option<DomainEvent> = tx.one(Sql::new("WHERE seq = ?", cells![delivery.event_seq])).await?;
            match (webhook, event) {
                (Some(webhook), Some(event)) if webhook.enabled => due.push(DueDelivery { delivery, webhook, event }),
                _ => {
                    let dead = "UPDATE deliveries SET state = 'dead', last_error = 'the endpoint is switched off or the event was purged' WHERE id = ?";
                    tx.exec(Sql::new(dead, cells![delivery.id])).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(due)
    }

    pub async fn delivery_done(&self, id: DeliveryId, status: u16, now: At) -> Result<()> {
        let sql = "UPDATE deliveries SET state = 'delivered', last_status = ?, last_error = NULL, delivered_at = ? WHERE id = ?";
        self.write().exec(Sql::new(sql, cells![status, now, id])).await.map(|_| ())
    }

    /// Without `retry_at` it is dead.
    pub async fn delivery_failed(&self, id: DeliveryId, status: Option<u16>, error: &str, retry_at: Option<At>) -> Result<()> {
        let state = if retry_at.is_some() { DeliveryState::Pending } else { DeliveryState::Dead };
        let sql = "UPDATE deliveries SET state = ?, last_status = ?, last_error = ?, next_at = COALESCE(?, next_at) WHERE id = ?";
        self.write().exec(Sql::new(sql, cells![state, status, error.to_string(), retry_at, id])).await.map(|_| ())
    }

    pub async fn deliveries(&self, tenant: TenantId, filter: &DeliveryFilter, page: PageQuery) -> Result<Page<Delivery>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("webhook_id = ?", filter.webhook_id.as_ref()).and_some("state = ?", filter.state.as_ref());
        self.read().page(sql, true, page).await
    }

    /// Sends it once more, delivered or dead.
    pub async fn replay_delivery(&self, tenant: TenantId, id: DeliveryId, now: At) -> Result<Delivery> {
        let sql =
            "UPDATE deliveries SET state = 'pending', tries = 0, next_at = ?, last_error = NULL WHERE id = ? AND tenant_id = ?";
        self.write().exec(Sql::new(sql, cells![now, id, tenant])).await?;
        self.write().by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("delivery"))
    }

    pub async fn replay_dead(&self, tenant: TenantId, webhook: WebhookId, now: At) -> Result<u64> {
        let sql = "UPDATE deliveries SET state = 'pending', tries = 0, next_at = ?, last_error = NULL \
                   WHERE webhook_id = ? AND tenant_id = ? AND state = 'dead'";
        self.write().exec(Sql::new(sql, cells![now, webhook, tenant])).await
    }
}

/// Whether an endpoint is to be told. What is about no campaign, or carries no result, passes the choice of those.
fn wants(hook: &Webhook, event: &DomainEvent) -> bool {
    let campaign = event.data["campaign_id"].as_i64().map(CampaignId);
    let result = event.data["result"].as_str();
    hook.tenant_id == event.tenant_id
        && (hook.events.is_empty() || hook.events.contains(&event.kind))
        && campaign.is_none_or(|id| hook.campaign_ids.is_empty() || hook.campaign_ids.contains(&id))
        && result.is_none_or(|code| hook.results.is_empty() || hook.results.iter().any(|r| r == code))
}

fn new(id: DeliveryId, hook: &Webhook, event: &DomainEvent, now: At) -> Delivery {
    Delivery {
        id,
        tenant_id: hook.tenant_id,
        webhook_id: hook.id,
        event_seq: event.seq,
        event_type: event.kind.clone(),
        state: DeliveryState::Pending,
        tries: 0,
        next_at: now,
        last_status: None,
        last_error: None,
        created_at: now,
        delivered_at: None,
    }
}
