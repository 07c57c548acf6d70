//! 名单: leads that come one by one while the campaign runs, lists of them, and whose they are.

mod add;
mod clock;
mod list;

pub use add::{Added, LeadWish, add};
pub use clock::run;
pub use list::{FromResults, ListWish, apply, create, from_results, remove, update};

use crate::{Actor, DeskError, Result};
use model::CampaignId;
use model::record::Campaign;
use store::{Dedupe, Repeat, Store};

/// Days, results of one rule that keeps repeats out.
const DAYS_MAX: u32 = 3_650;
const RESULTS_MAX: usize = 100;

async fn campaign(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    store.campaign(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))
}

/// # Errors
/// Days or results beyond what makes sense.
pub fn check_dedupe(dedupe: &Dedupe) -> Result<()> {
    let mut issues = crate::error::Issues::default();
    let days = dedupe.called_within_days.is_none_or(|d| (1..=DAYS_MAX).contains(&d));
    issues.unless(days, "dedupe.called_within_days", "天数须为 1–3650", "1–3,650 days");
    let results = dedupe.results.len() <= RESULTS_MAX;
    issues.unless(results, "dedupe.results", "结果最多选 100 个", "at most 100 results");
    issues.done()
}

/// Why a number is left out, in both languages. `label`: of a result's code.
pub fn why(repeat: &Repeat, label: impl Fn(&str) -> String) -> (String, String) {
    match repeat {
        Repeat::InTask(name) => (format!("正在任务“{name}”中等待呼叫"), format!("waits in the campaign {name}")),
        Repeat::CalledAt(at) => {
            let day = day_of(*at);
            (format!("{day} 呼叫过"), format!("called on {day}"))
        }
        Repeat::Result(code) => {
            let label = label(code);
            (format!("已有结果“{label}”"), format!("has the result {label}"))
        }
    }
}

/// In China, where the numbers are.
fn day_of(at: model::At) -> String {
    let stamp = jiff::Timestamp::from_millisecond(at.ms()).unwrap_or_default();
    stamp.in_tz("Asia/Shanghai").map(|day| day.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
