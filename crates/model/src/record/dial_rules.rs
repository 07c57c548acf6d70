//! 呼叫规则: what a task asks for besides the tenant's rules. It may be stricter, never looser.

use super::codes;
use serde::{Deserialize, Serialize};

// Which number of the pool is shown next: 轮流 / 用得最少的 / 随机
codes!(Rotation { Turn = "turn", LeastUsed = "least_used", Random = "random" });

// How far a refusal reaches: 本单位所有营销和催收 / 只是这个任务
codes!(RefusalScope { Tenant = "tenant", Campaign = "campaign" });

/// Caps: 0 leaves it to the tenant's; anything else counts where it is the lower one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct DialRules {
    pub rotation: Rotation,
    /// 本地号码优先: a number of the callee's city, then of the province, before the others.
    pub local_presence: bool,
    /// Seconds between two calls that show one number.
    pub caller_id_interval_s: u32,
    /// A number rests after so many calls in a row …
    pub caller_id_rest_after: u32,
    /// … for so many minutes.
    pub caller_id_rest_min: u32,
    pub caller_id_per_day_max: u32,
    pub contact_per_day_max: u32,
    pub number_per_24h_max: u32,
    pub number_per_5min_max: u32,
    /// Calls of this task a day.
    pub campaign_per_day_max: u32,
    /// Only numbers on the list of those who agreed (已同意) are called.
    pub consent_required: bool,
    /// Results that mean 不要再打: whoever reaches one goes on the exempt list.
    pub refusal_results: Vec<String>,
    pub refusal_scope: RefusalScope,
    /// Results that mean 同意: whoever reaches one goes on the list of those who agreed.
    pub consent_results: Vec<String>,
}

impl Default for DialRules {
    fn default() -> Self {
        Self {
            rotation: Rotation::Turn,
            local_presence: false,
            caller_id_interval_s: 0,
            caller_id_rest_after: 0,
            caller_id_rest_min: 0,
            caller_id_per_day_max: 0,
            contact_per_day_max: 0,
            number_per_24h_max: 0,
            number_per_5min_max: 0,
            campaign_per_day_max: 0,
            consent_required: false,
            refusal_results: Vec::new(),
            refusal_scope: RefusalScope::Tenant,
            consent_results: Vec::new(),
        }
    }
}

/// The lower of two caps, of which 0 is none.
pub const fn stricter(a: u32, b: u32) -> u32 {
    match (a, b) {
        (0, other) | (other, 0) => other,
        (a, b) if a < b => a,
        (_, b) => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_of_nought_is_none() {
        assert_eq!([stricter(0, 0), stricter(0, 5), stricter(5, 0), stricter(3, 5), stricter(5, 3)], [0, 5, 5, 3, 3]);
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let rules: DialRules = serde_json::from_str("{\"consent_required\":true}").unwrap();
        assert_eq!(rules, DialRules { consent_required: true, ..DialRules::default() });
    }
}
