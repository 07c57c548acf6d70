//! 任务结果: what the calls of a campaign came to (H4).

use super::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable, column, percent};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::TenantId;
use serde_json::json;

const COLUMNS: &[Column] = &[
    column("result", "结果代码", "Result code", ColumnKind::Text),
    column("label", "结果", "Result", ColumnKind::Text),
    column("leads", "名单数", "Leads", ColumnKind::Count),
    column("share", "占比", "Share", ColumnKind::Percent),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "campaign_results", zh: "任务结果统计", en: "Campaign results", floor: false, columns: COLUMNS };

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let id = params.campaign_id.ok_or_else(|| StoreError::Config("campaign_id: this report needs a campaign".into()))?;
    let campaign = store.campaign(tenant, id).await?.ok_or(StoreError::NotFound("campaign"))?;
    let mut sql = Sql::new("SELECT result, COUNT(*) FROM leads WHERE campaign_id = ? AND tenant_id = ?", cells![id, tenant]);
    sql.and_some("result_at >= ?", params.from.as_ref()).and_some("result_at < ?", params.to.as_ref());
    sql.push(" GROUP BY result ORDER BY 2 DESC, 1");
    let mut counted: Vec<(Option<String>, u64)> = Vec::new();
    for row in store.read().rows(sql).await? {
        counted.push((Cell::get(&row, 0)?, Cell::get(&row, 1)?));
    }
    let total: u64 = counted.iter().map(|(_, n)| n).sum();
    let take = |counted: &mut Vec<(Option<String>, u64)>, code: Option<&str>| {
        counted.iter().position(|(c, _)| c.as_deref() == code).map_or(0, |i| counted.remove(i).1)
    };
    let mut rows = Vec::new();
    // The campaign's own results in its own order, zero included; then codes it no longer knows; then leads without one.
    for result in &campaign.results {
        let n = take(&mut counted, Some(&result.code));
        rows.push(vec![json!(result.code), json!(result.label), json!(n), percent(n, total)]);
    }
    let without = take(&mut counted, None);
    for (code, n) in counted {
        rows.push(vec![json!(code), json!(code), json!(n), percent(n, total)]);
    }
    rows.push(vec![json!(""), json!("无结果"), json!(without), percent(without, total)]);
    let totals = Some(vec![json!("合计"), json!(""), json!(total), percent(total, total)]);
    Ok(ReportTable { info: &INFO, rows, totals, extra: Vec::new() })
}
