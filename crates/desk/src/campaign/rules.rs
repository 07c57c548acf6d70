//! A task's own rules of dialling: checked when they are written, since a cap that can never count is a mistake of somebody.

use super::CampaignDraft;
use crate::error::Issues;
use model::settings::Compliance;
use std::collections::BTreeSet;

/// Seconds and minutes a number may be left alone.
const INTERVAL_S_MAX: u32 = 86_400;
const REST_MIN_MAX: u32 = 10_080;

/// What can be told from the draft alone.
pub(super) fn shape(draft: &CampaignDraft, issues: &mut Issues) {
    let r = &draft.dial_rules;
    let at = |field: &str| format!("dial_rules.{field}");
    issues.unless(
        r.caller_id_interval_s <= INTERVAL_S_MAX,
        &at("caller_id_interval_s"),
        "主叫号码的间隔不超过 24 小时",
        "at most 24 hours between two calls",
    );
    issues.unless(
        r.caller_id_rest_min <= REST_MIN_MAX,
        &at("caller_id_rest_min"),
        "主叫号码休息不超过 7 天",
        "a number rests for at most 7 days",
    );
    let results: BTreeSet<&str> = draft.results.iter().map(|x| x.code.as_str()).collect();
    for (field, codes) in [("refusal_results", &r.refusal_results), ("consent_results", &r.consent_results)] {
        for (i, code) in codes.iter().enumerate() {
            let text = format!("结果“{code}”不在任务的结果里，请重新选择");
            if !results.contains(code.as_str()) {
                issues.add(at(&format!("{field}.{i}")), text, format!("{code} is no result of the task; choose another"));
            }
        }
    }
    let both = r.refusal_results.iter().find(|code| r.consent_results.contains(code));
    if let Some(code) = both {
        let text = format!("结果“{code}”不能既表示拒绝又表示同意");
        issues.add(at("consent_results"), text, format!("{code} cannot mean refusal and consent"));
    }
}

/// 只能更严: a cap above the tenant's never counts.
pub(super) fn against(draft: &CampaignDraft, tenant: &Compliance, issues: &mut Issues) {
    let r = &draft.dial_rules;
    let caps = [
        ("contact_per_day_max", r.contact_per_day_max, tenant.contact_per_day_max),
        ("number_per_24h_max", r.number_per_24h_max, tenant.number_per_24h_max),
        ("number_per_5min_max", r.number_per_5min_max, tenant.number_per_5min_max),
        ("caller_id_per_day_max", r.caller_id_per_day_max, tenant.caller_id_per_day_max),
        ("campaign_per_day_max", r.campaign_per_day_max, tenant.campaign_per_day_max),
    ];
    for (field, own, cap) in caps {
        if cap > 0 && own > cap {
            let zh = format!("本单位的上限是 {cap}，任务只能更严；填 0 沿用本单位的");
            issues.add(
                format!("dial_rules.{field}"),
                zh,
                format!("the tenant's cap is {cap}; a task may only be stricter, 0 leaves it"),
            );
        }
    }
}
