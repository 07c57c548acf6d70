#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn webhooks(&self, tenant: TenantId) -> Result<Vec<Webhook>> { Err(StoreError::Unbuilt("store")) }
    pub async fn webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Webhook>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_webhook(&self, webhook: &Webhook) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_webhook(&self, webhook: &Webhook) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_webhook(&self, tenant: TenantId, id: WebhookId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
