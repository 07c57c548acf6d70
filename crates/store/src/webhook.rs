//! Webhooks: where events go. Secrets are kept here and hidden at the edge.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::record::Webhook;
use model::{TenantId, WebhookId};

impl Store {
    pub async fn webhooks(&self, tenant: TenantId) -> Result<Vec<Webhook>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY id", cells![tenant])).await
    }

    pub async fn webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Webhook>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn insert_webhook(&self, webhook: &Webhook) -> Result<()> {
        self.write().insert(Insert::of(webhook)).await.map(|_| ())
    }

    /// A secret of none keeps the stored one.
    pub async fn update_webhook(&self, webhook: &Webhook) -> Result<()> {
        let keep: &[&str] = if webhook.secret.is_some() { &["created_at"] } else { &["created_at", "secret"] };
        let mut sql = update(webhook, keep);
        sql.push(" WHERE id = ? AND tenant_id = ?").bind(&webhook.id).bind(&webhook.tenant_id);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("webhook")) } else { Ok(()) }
    }

    /// With what was still on its way there.
    pub async fn delete_webhook(&self, tenant: TenantId, id: WebhookId) -> Result<()> {
        let tx = self.begin().await?;
        if tx.exec(Sql::new("DELETE FROM webhooks WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await? == 0 {
            return Err(StoreError::NotFound("webhook"));
        }
        tx.exec(Sql::new("DELETE FROM deliveries WHERE webhook_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        tx.commit().await.map(|_| ())
    }
}
