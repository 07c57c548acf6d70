//! What a person writes of a number.

use crate::prelude::*;
use crate::trunks::is_number;
use model::record::{Number, NumberFlag};
use model::{FlowId, NumberId, TenantId, TrunkId};

#[derive(Deserialize, ToSchema)]
pub struct NumberInput {
    /// As the carrier sends it, e.g. 01088886666 or 95128.
    number: String,
    #[serde(default)]
    trunk_id: Option<TrunkId>,
    /// What callers of this number hear.
    #[serde(default)]
    inbound_flow_id: Option<FlowId>,
    /// Campaigns may show it.
    #[serde(default)]
    outbound: bool,
    /// Calls shown this number per day; 0: no limit.
    #[serde(default)]
    calls_per_day_max: u32,
    #[serde(default)]
    note: String,
}

impl NumberInput {
    /// # Errors
    /// Not a number, or a trunk or flow that is not the tenant's.
    pub async fn check(&self, api: &ApiState, who: &Principal) -> Answer<()> {
        if !is_number(self.number.trim(), false) {
            return Err(Problem::invalid("number", Text::new("号码须为 3–20 位数字", "a number has 3–20 digits")));
        }
        if let Some(id) = self.trunk_id
            && api.store().trunk(who.tenant(), id).await?.is_none()
        {
            return Err(Problem::invalid("trunk_id", Text::new("没有这条中继", "there is no such trunk")));
        }
        if let Some(id) = self.inbound_flow_id
            && api.store().flow(who.tenant(), id).await?.is_none()
        {
            return Err(Problem::invalid("inbound_flow_id", Text::new("没有这个流程", "there is no such flow")));
        }
        if self.note.chars().count() > 200 {
            return Err(Problem::invalid("note", Text::new("备注不能超过 200 个字", "a note has at most 200 characters")));
        }
        Ok(())
    }

    pub fn into_number(self, id: NumberId, tenant_id: TenantId) -> Number {
        Number {
            id,
            tenant_id,
            number: self.number.trim().into(),
            trunk_id: self.trunk_id,
            inbound_flow_id: self.inbound_flow_id,
            outbound: self.outbound,
            calls_per_day_max: self.calls_per_day_max,
            note: self.note,
            flag: NumberFlag::default(),
        }
    }
}
