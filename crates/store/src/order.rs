//! 订单: what customers ordered.

use crate::db::{Insert, Runs as _, Sql, Tx, update};
use crate::dialect::contains;
use crate::report::Seen;
use crate::row::cells;
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::ORDER_CHANGED;
use model::record::{Agent, Campaign, Customer, Lead, Order, OrderState};
use model::{AgentId, At, CallId, CampaignId, CustomerId, OrderId, TenantId};
use serde_json::json;

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub states: Vec<OrderState>,
    pub campaign_id: Option<CampaignId>,
    pub agent_id: Option<AgentId>,
    pub customer_id: Option<CustomerId>,
    pub call_id: Option<CallId>,
    /// Written at or after.
    pub from: Option<At>,
    /// Written before.
    pub to: Option<At>,
    /// In the customer's name, the number or a product's name.
    pub text: String,
    /// Whose orders are seen; none: everybody's.
    pub seen: Option<Seen>,
}

impl Store {
    /// Newest first.
    pub async fn orders(&self, tenant: TenantId, filter: &OrderFilter, page: PageQuery) -> Result<Page<Order>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("state", &filter.states).and_some("campaign_id = ?", filter.campaign_id.as_ref());
        sql.and_some("agent_id = ?", filter.agent_id.as_ref()).and_some("customer_id = ?", filter.customer_id.as_ref());
        sql.and_some("call_id = ?", filter.call_id.as_ref());
        sql.and_some("created_at >= ?", filter.from.as_ref()).and_some("created_at < ?", filter.to.as_ref());
        if let Some(seen) = &filter.seen {
            // An empty list is no list to SQL; no id is 0.
            let agents: Vec<AgentId> = seen.agents.iter().copied().chain([AgentId(0)]).collect();
            sql.and_in("agent_id", &agents);
        }
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            sql.push(&format!(" AND (customer_name {like} OR phone {like} OR CAST(lines AS TEXT) {like})"));
            sql.bind(&pattern).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    pub async fn order(&self, tenant: TenantId, id: OrderId) -> Result<Option<Order>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `NotFound` of something it names that is not the tenant's.
    pub async fn create_order(&self, order: &Order) -> Result<()> {
        let mut tx = self.begin().await?;
        names_own(&tx, order).await?;
        tx.insert(Insert::of(order)).await?;
        tell(&mut tx, order, order.created_at);
        tx.commit().await.map(|_| ())
    }

    /// # Errors
    /// `Conflict` when `order.revision` is not the stored one; otherwise as for a new one.
    pub async fn update_order(&self, order: &Order, now: At) -> Result<Order> {
        let next = Order { revision: order.revision + 1, updated_at: now, ..order.clone() };
        let mut tx = self.begin().await?;
        names_own(&tx, order).await?;
        let mut sql = update(&next, &["created_at", "created_by"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?");
        sql.bind(&order.id).bind(&order.tenant_id).bind(&order.revision);
        let written = tx.exec(sql).await?;
        let stored: Order = tx.by_id(order.tenant_id, order.id.0).await?.ok_or(StoreError::NotFound("order"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the order meanwhile; load it again"));
        }
        tell(&mut tx, &stored, now);
        tx.commit().await?;
        Ok(stored)
    }
}

async fn names_own(tx: &Tx, order: &Order) -> Result<()> {
    let tenant = order.tenant_id;
    if let Some(id) = order.campaign_id {
        tx.must_own::<Campaign>(tenant, id.0, "campaign").await?;
    }
    if let Some(id) = order.lead_id {
        tx.must_own::<Lead>(tenant, id.0, "lead").await?;
    }
    if let Some(id) = order.customer_id {
        tx.must_own::<Customer>(tenant, id.0, "customer").await?;
    }
    if let Some(id) = order.agent_id {
        tx.must_own::<Agent>(tenant, id.0, "agent").await?;
    }
    Ok(())
}

fn tell(tx: &mut Tx, order: &Order, at: At) {
    let line = |line: &model::record::OrderLine| {
        json!({
            "product_id": line.product_id, "code": line.code, "name": line.name, "unit": line.unit,
            "price_cents": line.price_cents, "quantity": line.quantity,
        })
    };
    let data = json!({
        "order_id": order.id,
        "state": order.state,
        "campaign_id": order.campaign_id,
        "lead_id": order.lead_id,
        "call_id": order.call_id,
        "agent_id": order.agent_id,
        "customer_id": order.customer_id,
        "customer_name": order.customer_name,
        "phone": order.phone,
        "lines": order.lines.iter().map(line).collect::<Vec<_>>(),
        "total_cents": order.total_cents,
        "confirmation": order.confirmation,
        "confirmed_at": order.confirmed_at,
        "at": at,
    });
    tx.emit(order.tenant_id, ORDER_CHANGED, at, data);
}
