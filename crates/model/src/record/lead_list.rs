//! 名单: the lists of a campaign. Which of them is dialled, in what proportion, and who of them.

use super::codes;
use crate::{At, CampaignId, Carrier, LeadListId, TenantId, Vars};
use serde::{Deserialize, Serialize};

// Where its leads come from: the campaign's own first list / a sheet / by hand / another system / what came of a campaign.
codes!(ListOrigin { Own = "own", Import = "import", Hand = "hand", Api = "api", Results = "results" });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LeadList {
    pub id: LeadListId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub name: String,
    /// 1–100: its share among the lists of one priority.
    pub weight: u32,
    /// Higher first: a list is dialled when those above it have nothing due.
    pub priority: i32,
    pub enabled: bool,
    /// Who of it is dialled.
    pub filter: ListFilter,
    /// Whether all its leads have been looked at since the filter changed; until then nobody of it is dialled.
    pub applied: bool,
    pub origin: ListOrigin,
    /// The sheet's or the campaign's name.
    pub origin_note: String,
    pub created_by: String,
    pub created_at: At,
    pub updated_at: At,
    /// Grows with each change; an update that names an older one is refused with 409.
    pub revision: i64,
}

/// All conditions hold together; what is empty asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ListFilter {
    /// Beginnings of the 归属地: `山东省`, `山东省济南市`.
    pub regions: Vec<String>,
    pub carriers: Vec<Carrier>,
    /// Counted attempts so far.
    pub attempts_min: Option<u32>,
    pub attempts_max: Option<u32>,
    pub fields: Vec<FieldTest>,
}

/// What a column of the lead must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldTest {
    pub key: String,
    pub op: FieldOp,
    /// One of them, for `in` and `contains`; the first, for the others.
    #[serde(default)]
    pub values: Vec<String>,
}

// one of / none of / contains one of / number or date at least, at most / filled in / empty
codes!(FieldOp {
    In = "in", NotIn = "not_in", Contains = "contains", AtLeast = "at_least", AtMost = "at_most", Filled = "filled", Empty = "empty",
});

impl ListFilter {
    pub const REGIONS_MAX: usize = 100;
    pub const FIELDS_MAX: usize = 20;
    pub const VALUES_MAX: usize = 100;

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a lead of this kind is to be dialled.
    pub fn passes(&self, region: &str, carrier: Carrier, attempts: u32, variables: &Vars) -> bool {
        (self.regions.is_empty() || self.regions.iter().any(|r| region.starts_with(r.as_str())))
            && (self.carriers.is_empty() || self.carriers.contains(&carrier))
            && self.attempts_min.is_none_or(|n| attempts >= n)
            && self.attempts_max.is_none_or(|n| attempts <= n)
            && self.fields.iter().all(|test| test.holds(variables))
    }
}

impl FieldTest {
    fn holds(&self, variables: &Vars) -> bool {
        let text = variables.get(&self.key).map(plain).unwrap_or_default();
        let first = self.values.first().map_or("", |v| v.trim());
        match self.op {
            FieldOp::In => self.values.iter().any(|v| v.trim() == text),
            FieldOp::NotIn => !self.values.iter().any(|v| v.trim() == text),
            FieldOp::Contains => self.values.iter().any(|v| text.contains(v.trim())),
            FieldOp::AtLeast => !text.is_empty() && compare(&text, first).is_ge(),
            FieldOp::AtMost => !text.is_empty() && compare(&text, first).is_le(),
            FieldOp::Filled => !text.is_empty(),
            FieldOp::Empty => text.is_empty(),
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Numbers as numbers; dates are stored so that their letters sort like the days.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

/// Figures of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListProgress {
    pub leads: u64,
    /// By `LeadState` code.
    pub by_state: std::collections::BTreeMap<String, u64>,
    /// Leads that came to a result.
    pub with_result: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_condition_keeps_back_those_it_speaks_of() {
        let vars = json!({"等级": "A", "欠费": 1200.5, "到期": "2026-11-22", "备注": ""}).as_object().unwrap().clone();
        let passes = |filter: serde_json::Value| {
            let filter: ListFilter = serde_json::from_value(filter).unwrap();
            filter.passes("山东省济南市", Carrier::Mobile, 1, &vars)
        };
        let field = |op: &str, key: &str, values: &[&str]| json!({"fields": [{"key": key, "op": op, "values": values}]});
        for filter in [
            json!({}),
            json!({"regions": ["北京市", "山东省"]}),
            json!({"carriers": [Carrier::Mobile]}),
            json!({"attempts_min": 1, "attempts_max": 1}),
            field("in", "等级", &["B", " A "]),
            field("not_in", "等级", &["B"]),
            field("contains", "到期", &["11-22"]),
            field("at_least", "欠费", &["1000"]),
            field("at_most", "到期", &["2026-12-01"]),
            field("filled", "等级", &[]),
            field("empty", "备注", &[]),
            field("empty", "没有这一列", &[]),
        ] {
            assert!(passes(filter.clone()), "{filter}");
        }
        for filter in [
            json!({"regions": ["北京市"]}),
            json!({"carriers": [Carrier::Unicom]}),
            json!({"attempts_max": 0}),
            json!({"attempts_min": 2}),
            field("in", "等级", &["B"]),
            field("at_least", "欠费", &["9999"]),
            field("at_most", "欠费", &["999"]),
            field("at_least", "备注", &["0"]),
            json!({"regions": ["山东省"], "attempts_max": 0}),
        ] {
            assert!(!passes(filter.clone()), "{filter}");
        }
    }
}
