#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct DueDelivery { pub delivery: Delivery, pub webhook: Webhook, pub event: DomainEvent }
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter { pub webhook_id: Option<WebhookId>, pub state: Option<DeliveryState> }
impl Store {
    /// Turns events not yet seen into deliveries; answers how many events were looked at (0: nothing new).
    pub async fn fan_out(&self, limit: u32, now: At) -> Result<u32> { Err(StoreError::Unbuilt("store")) }
    pub async fn take_due_deliveries(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<DueDelivery>> { Err(StoreError::Unbuilt("store")) }
    pub async fn next_delivery_due(&self) -> Result<Option<At>> { Err(StoreError::Unbuilt("store")) }
    pub async fn delivery_done(&self, id: DeliveryId, status: u16, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delivery_failed(&self, id: DeliveryId, status: Option<u16>, error: &str, retry_at: Option<At>) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn deliveries(&self, tenant: TenantId, filter: &DeliveryFilter, page: PageQuery) -> Result<Page<Delivery>> { Err(StoreError::Unbuilt("store")) }
    pub async fn replay_delivery(&self, tenant: TenantId, id: DeliveryId, now: At) -> Result<Delivery> { Err(StoreError::Unbuilt("store")) }
    pub async fn replay_dead(&self, tenant: TenantId, webhook: WebhookId, now: At) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
}
