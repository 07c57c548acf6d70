//! 产品与订单: what is sold, and what a customer ordered. Money is whole cents (分).

use super::codes;
use crate::{AgentId, At, CallId, CampaignId, CustomerId, LeadId, OrderId, ProductId, TenantId, Vars};
use serde::{Deserialize, Serialize};

/// Something the tenant sells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Product {
    pub id: ProductId,
    pub tenant_id: TenantId,
    /// Unique in the tenant: how other systems call it.
    pub code: String,
    pub name: String,
    /// In cents.
    pub price_cents: i64,
    /// 件, 年, 份…
    pub unit: String,
    /// 产品属性: shown beside it at the desk, in their order.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub attributes: Vars,
    /// Offered; one that was sold is switched off, never deleted.
    pub enabled: bool,
    pub created_at: At,
    pub updated_at: At,
    pub revision: i64,
}

// 草稿 / 已确认 / 已取消
codes!(OrderState { Draft = "draft", Confirmed = "confirmed", Cancelled = "cancelled" });

/// One product of an order, as it was offered that day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderLine {
    pub product_id: ProductId,
    pub code: String,
    pub name: String,
    pub unit: String,
    pub price_cents: i64,
    pub quantity: u32,
}

impl OrderLine {
    pub fn cents(&self) -> i64 {
        self.price_cents.saturating_mul(i64::from(self.quantity))
    }
}

/// What a customer ordered, on the phone or after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Order {
    pub id: OrderId,
    pub tenant_id: TenantId,
    pub state: OrderState,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    /// The call it was taken in.
    pub call_id: Option<CallId>,
    /// Who sold it.
    pub agent_id: Option<AgentId>,
    pub customer_id: Option<CustomerId>,
    pub customer_name: String,
    /// E.164; empty where it is not known.
    pub phone: String,
    pub lines: Vec<OrderLine>,
    pub total_cents: i64,
    /// 二次确认: where the customer's consent can be heard or read, e.g. a call's number.
    pub confirmation: String,
    pub note: String,
    /// `user:<login>` or `key:<name>`.
    pub created_by: String,
    pub created_at: At,
    pub updated_at: At,
    pub confirmed_at: Option<At>,
    pub cancelled_at: Option<At>,
    /// Why it was cancelled.
    pub cancel_reason: String,
    pub revision: i64,
}

impl Order {
    pub fn quantity(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.quantity)).sum()
    }
}

// agent: written down by whoever talked; flow: pressed or said in a flow.
codes!(AnswerSource { Agent = "agent", Flow = "flow" });

/// One answer of one person to one question (H5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SurveyAnswer {
    pub id: crate::AnswerId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub lead_id: LeadId,
    pub call_id: CallId,
    pub agent_id: Option<AgentId>,
    pub source: AnswerSource,
    /// The question: a variable of the flow or a field of the form.
    pub key: String,
    pub label: String,
    pub value: String,
    pub at: At,
}
