//! 客户: who calls and is called, what is known of them, and what was noted about each call.

use super::{CallerClass, codes};
use crate::{AgentId, At, CallId, CustomerId, CustomerNumberId, SummaryId, TenantId, Vars};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

// text / number / date / select
codes!(CustomerFieldKind { Text = "text", Number = "number", Date = "date", Select = "select" });

/// A field that a tenant gives its customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerField {
    /// Key in [`Customer::fields`]: letters, digits, `_`.
    pub key: String,
    pub name: String,
    pub kind: CustomerFieldKind,
    /// Of a select.
    #[serde(default)]
    pub choices: Vec<String>,
    #[serde(default)]
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Customer {
    pub id: CustomerId,
    pub tenant_id: TenantId,
    pub name: String,
    pub company: String,
    /// VIP, important, elderly.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<CallerClass>))]
    pub classes: BTreeSet<CallerClass>,
    /// 客户归属: the agent who is asked first.
    pub owner_id: Option<AgentId>,
    /// VIP 专席: the seat the customer goes straight to.
    pub seat_id: Option<AgentId>,
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub fields: Vars,
    pub note: String,
    /// 下次联系
    pub next_contact_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
    pub revision: i64,
}

/// One of a customer's numbers. A number may belong to several customers: a company's switchboard, a family's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerNumber {
    pub id: CustomerNumberId,
    pub tenant_id: TenantId,
    pub customer_id: CustomerId,
    /// E.164
    pub number: String,
    /// 手机, 办公室, 家庭…
    pub label: String,
    /// Dialled first.
    pub main: bool,
}

/// 通话小结: what an agent noted about a call. One a call and agent; a later one replaces it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Summary {
    pub id: SummaryId,
    pub tenant_id: TenantId,
    pub call_id: CallId,
    pub agent_id: AgentId,
    pub customer_id: Option<CustomerId>,
    /// Code of one of the tenant's call results, or of the campaign's outcomes; empty: none chosen.
    pub disposition: String,
    /// How it read when it was chosen.
    pub label: String,
    pub note: String,
    pub next_contact_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
}

/// 通话小结的结果: what an agent may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SummaryChoice {
    /// Letters, digits, `_`.
    pub code: String,
    pub name: String,
}

/// A customer as the pop shows one among several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerBrief {
    pub id: CustomerId,
    pub name: String,
    pub company: String,
    #[cfg_attr(feature = "schema", schema(value_type = Vec<CallerClass>))]
    pub classes: BTreeSet<CallerClass>,
    pub owner_id: Option<AgentId>,
    pub seat_id: Option<AgentId>,
}
