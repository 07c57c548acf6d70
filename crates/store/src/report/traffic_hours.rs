//! 话务量时段分布: all calls, in and out, by hour of the day (H5).

use super::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable, column};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::record::Direction;
use model::{At, TenantId};
use serde_json::{Value, json};

const BUCKET_MS: i64 = 900_000;

const COLUMNS: &[Column] = &[
    column("hour", "时段", "Hour", ColumnKind::Hour),
    column("attempts", "呼出", "Outbound", ColumnKind::Count),
    column("answered", "呼出接通", "Outbound answered", ColumnKind::Count),
    column("inbound", "呼入", "Inbound", ColumnKind::Count),
    column("inbound_answered", "呼入接通", "Inbound answered", ColumnKind::Count),
    column("talk_ms", "通话时长", "Talk time", ColumnKind::DurationMs),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "traffic_hours", zh: "话务量时段分布", en: "Traffic by hour", floor: false, columns: COLUMNS };

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let zone =
        jiff::tz::TimeZone::get(&params.zone).map_err(|_| StoreError::Config(format!("zone: `{}` is not known", params.zone)))?;
    let mut sql = Sql::new(
        format!(
            "SELECT started_at / {BUCKET_MS}, direction, COUNT(*), COUNT(answered_at), \
             CAST(COALESCE(SUM(CASE WHEN answered_at IS NULL THEN 0 ELSE ended_at - answered_at END), 0) AS BIGINT) \
             FROM calls WHERE tenant_id = ? AND disposition <> 'blocked'"
        ),
        cells![tenant],
    );
    sql.and_some("campaign_id = ?", params.campaign_id.as_ref());
    sql.and_some("started_at >= ?", params.from.as_ref()).and_some("started_at < ?", params.to.as_ref());
    sql.push(" GROUP BY 1, 2");
    let mut hours = [[0_u64; 5]; 24];
    let mut total = [0_u64; 5];
    for row in store.read().rows(sql).await? {
        let hour = At(i64::get(&row, 0)? * BUCKET_MS).timestamp().to_zoned(zone.clone()).hour();
        let side = if Direction::get(&row, 1)? == Direction::Outbound { 0 } else { 2 };
        let (calls, answered, talk_ms) = (u64::get(&row, 2)?, u64::get(&row, 3)?, u64::get(&row, 4)?);
        for sums in [hours.get_mut(usize::try_from(hour).unwrap_or(0)), Some(&mut total)].into_iter().flatten() {
            sums[side] += calls;
            sums[side + 1] += answered;
            sums[4] += talk_ms;
        }
    }
    let line = |key: Value, sums: [u64; 5]| std::iter::once(key).chain(sums.into_iter().map(Value::from)).collect::<Vec<_>>();
    let rows = (0_u8..).zip(hours).map(|(hour, sums)| line(json!(hour), sums)).collect();
    Ok(ReportTable { info: &INFO, rows, totals: Some(line(json!("合计"), total)), extra: Vec::new() })
}
