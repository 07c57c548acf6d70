//! 呼叫结果: how attempts ended (H4).

use super::facts::{Sum, attempts};
use super::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable, column, percent};
use crate::{Result, Store};
use model::{Disposition, TenantId};
use serde_json::json;
use std::collections::BTreeMap;

const COLUMNS: &[Column] = &[
    column("disposition", "代码", "Code", ColumnKind::Text),
    column("label", "呼叫结果", "Disposition", ColumnKind::Text),
    column("attempts", "呼叫次数", "Attempts", ColumnKind::Count),
    column("share", "占比", "Share", ColumnKind::Percent),
    column("talk_ms", "通话时长", "Talk time", ColumnKind::DurationMs),
];

pub(super) static INFO: ReportInfo =
    ReportInfo {
        code: "campaign_dispositions", zh: "呼叫结果统计", en: "Call dispositions", floor: false, columns: COLUMNS
    };

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let mut sums: BTreeMap<Disposition, Sum> = BTreeMap::new();
    let mut total = Sum::default();
    for slice in attempts(store, tenant, params).await? {
        sums.entry(slice.disposition).or_default().add(&slice);
        total.add(&slice);
    }
    let row = |(d, s): (Disposition, Sum)| {
        vec![json!(d.code()), json!(d.label_zh()), json!(s.attempts), percent(s.attempts, total.attempts), json!(s.talk_ms)]
    };
    let rows = sums.into_iter().map(row).collect();
    let totals = Some(vec![
        json!("合计"),
        json!(""),
        json!(total.attempts),
        percent(total.attempts, total.attempts),
        json!(total.talk_ms),
    ]);
    Ok(ReportTable { info: &INFO, rows, totals, extra: Vec::new() })
}
