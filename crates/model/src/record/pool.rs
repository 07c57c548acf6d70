//! 公海: customers who are nobody's, and how they come and go.

use super::codes;
use crate::{AgentId, At, CustomerId, PoolMoveId, TenantId};
use serde::{Deserialize, Serialize};

// 领取 / 放回 / 自动收回 / 分配
codes!(PoolMoveKind { Claim = "claim", Release = "release", Recycle = "recycle", Assign = "assign" });

/// One change of a customer's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PoolMove {
    pub id: PoolMoveId,
    pub tenant_id: TenantId,
    pub customer_id: CustomerId,
    pub kind: PoolMoveKind,
    pub from_agent: Option<AgentId>,
    pub to_agent: Option<AgentId>,
    /// Who did it; empty: the rule.
    pub actor: String,
    pub note: String,
    pub at: At,
}

/// Rules of the public pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PoolRules {
    /// Customers that one agent may take in a day, 0–1 000; 0: as many as they like.
    pub claims_per_day_max: u32,
    /// Customers that one agent may hold at once, 0–100 000; 0: as many as they like.
    pub holds_max: u32,
    /// Days without contact after which a customer comes back, 0–3 650; 0: never.
    pub recycle_days: u32,
}

impl Default for PoolRules {
    fn default() -> Self {
        Self { claims_per_day_max: 30, holds_max: 0, recycle_days: 0 }
    }
}
