//! What a person writes of a route.

use crate::prelude::*;
use model::record::Route;
use model::{Carrier, RouteId, TenantId, TrunkId};

#[derive(Deserialize, ToSchema)]
pub struct RouteInput {
    pub trunk_id: TrunkId,
    /// None: any.
    #[serde(default)]
    carrier: Option<Carrier>,
    /// 归属地 begins with this, e.g. 山东省; empty: any.
    #[serde(default)]
    region: String,
    /// The E.164 number begins with this, e.g. `+8610`; empty: any. `8610`, `010` and `138` are stored as `+8610` and `+86138`.
    #[serde(default)]
    number_prefix: String,
    /// Lower first, among routes of one cost.
    #[serde(default)]
    priority: i32,
    /// Price of a minute in thousandths of a yuan.
    #[serde(default)]
    cost: i32,
    /// Talk is charged in steps of so many seconds, 1–600.
    #[serde(default = "a_minute")]
    billing_s: u32,
    /// Valid from this minute of the day (Beijing time), 0–1439, until before that one; equal: all day.
    #[serde(default)]
    from_minute: u32,
    #[serde(default)]
    until_minute: u32,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn a_minute() -> u32 {
    60
}

const fn yes() -> bool {
    true
}

impl RouteInput {
    /// Itself, the prefix in E.164 as calls are compared with it.
    ///
    /// # Errors
    /// A trunk that is not the tenant's, a prefix that is no number, a negative price.
    pub async fn checked(mut self, api: &ApiState, who: &Principal) -> Answer<Self> {
        if api.store().trunk(who.tenant(), self.trunk_id).await?.is_none() {
            return Err(Problem::invalid("trunk_id", Text::new("没有这条中继", "there is no such trunk")));
        }
        self.number_prefix = desk::rates::prefix(&self.number_prefix).map_err(|_| {
            let (zh, en) =
                ("号码前缀须为最多 15 位数字，如 138、010 或 +8610", "a prefix is up to 15 digits, e.g. 138, 010 or +8610");
            Problem::invalid("number_prefix", Text::new(zh, en))
        })?;
        if self.cost < 0 {
            return Err(Problem::invalid("cost", Text::new("费率不能为负", "a price is not negative")));
        }
        if !(1..=600).contains(&self.billing_s) {
            return Err(Problem::invalid("billing_s", Text::new("计费步长须为 1–600 秒", "charging steps have 1–600 seconds")));
        }
        for (field, minute) in [("from_minute", self.from_minute), ("until_minute", self.until_minute)] {
            if minute > 1_439 {
                return Err(Problem::invalid(field, Text::new("时刻须在 00:00–23:59 之间", "a time of day is 00:00–23:59")));
            }
        }
        if self.region.chars().count() > 40 {
            return Err(Problem::invalid("region", Text::new("归属地过长", "the region is too long")));
        }
        Ok(self)
    }

    pub fn into_route(self, id: RouteId, tenant_id: TenantId) -> Route {
        Route {
            id,
            tenant_id,
            trunk_id: self.trunk_id,
            carrier: self.carrier,
            region: self.region,
            number_prefix: self.number_prefix,
            priority: self.priority,
            cost: self.cost,
            billing_s: self.billing_s,
            from_minute: self.from_minute,
            until_minute: self.until_minute,
            enabled: self.enabled,
        }
    }
}
