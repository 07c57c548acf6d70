//! 按时段统计: which hour of the day people answer (H4, H5).

use super::facts::{Sum, Zone, attempts};
use super::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable, column, percent};
use crate::{Result, Store};
use model::{Disposition, TenantId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const COLUMNS: &[Column] = &[
    column("hour", "时段", "Hour", ColumnKind::Hour),
    column("attempts", "呼叫次数", "Attempts", ColumnKind::Count),
    column("answered", "接通", "Answered", ColumnKind::Count),
    column("answer_rate", "接通率", "Answer rate", ColumnKind::Percent),
    column("results", "有结果", "With result", ColumnKind::Count),
    column("talk_ms", "通话时长", "Talk time", ColumnKind::DurationMs),
    column("mean_talk_ms", "平均通话时长", "Mean talk time", ColumnKind::DurationMs),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "campaign_hours", zh: "按时段统计", en: "By hour", floor: false, columns: COLUMNS };

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let zone = Zone::of(params)?;
    let (mut sums, mut total): (BTreeMap<i8, Sum>, Sum) = Default::default();
    for slice in attempts(store, tenant, params).await? {
        // A rule's refusal is no call.
        if slice.disposition == Disposition::Blocked {
            continue;
        }
        sums.entry(zone.hour(&slice)).or_default().add(&slice);
        total.add(&slice);
    }
    let rows = sums.into_iter().map(|(key, sum)| row(json!(key), &sum)).collect();
    Ok(ReportTable { info: &INFO, rows, totals: Some(row(json!("合计"), &total)), extra: Vec::new() })
}

fn row(key: Value, sum: &Sum) -> Vec<Value> {
    let rate = percent(sum.answered, sum.attempts);
    vec![key, json!(sum.attempts), json!(sum.answered), rate, json!(sum.results), json!(sum.talk_ms), json!(sum.mean_talk_ms())]
}
