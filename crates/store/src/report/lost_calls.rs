//! 未接来电: whoever waited for an agent and talked with none (H2).

use super::{Column, ColumnKind, Names, ROWS_MAX, ReportInfo, ReportParams, ReportTable, column};
use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::TenantId;
use model::record::QueueEntry;
use serde_json::{Value, json};

const COLUMNS: &[Column] = &[
    column("caller", "来电号码", "Caller", ColumnKind::Phone),
    column("called", "接入号码", "Access number", ColumnKind::Text),
    column("came_at", "进入时间", "Came", ColumnKind::Time),
    column("queue", "坐席组", "Group", ColumnKind::Text),
    column("service", "所选服务", "Service", ColumnKind::Text),
    column("service_at", "选择时间", "Chosen", ColumnKind::Time),
    column("agent_number", "振铃工号", "Agent rung", ColumnKind::Text),
    column("agent_name", "振铃坐席", "Name", ColumnKind::Text),
    column("ring_at", "振铃时间", "Rang", ColumnKind::Time),
    column("ended_at", "结束时间", "Ended", ColumnKind::Time),
    column("waited_ms", "等待时长", "Wait", ColumnKind::DurationMs),
    column("outcome", "结果", "Outcome", ColumnKind::Code),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "lost_calls", zh: "未接来电", en: "Lost calls", floor: true, columns: COLUMNS };

/// Of each caller the last stay, newest first. A wait that another one took the place of is that one's.
const LOST: &str = "WHERE tenant_id = ? AND outcome NOT IN ('answered', 'merged', 'superseded') AND NOT EXISTS \
    (SELECT 1 FROM queue_entries l WHERE l.id = queue_entries.id AND (l.ordinal > queue_entries.ordinal OR l.outcome = 'answered'))";

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let names = Names::of(store, tenant).await?;
    let mut sql = Sql::new(LOST, cells![tenant]);
    sql.and_some("entered_at >= ?", params.from.as_ref()).and_some("entered_at < ?", params.to.as_ref());
    sql.and_some("queue_id = ?", params.queue_id.as_ref());
    sql.push(" ORDER BY entered_at DESC, id DESC LIMIT ?").bind(&ROWS_MAX);
    let lost: Vec<QueueEntry> = store.read().all(sql).await?;
    let rang = |entry: &QueueEntry| params.agent_id.is_none_or(|agent| entry.rung.iter().any(|r| r.agent_id == agent));
    // A call is lost for the whole group, whoever of it was rung.
    let seen = |entry: &QueueEntry| params.sees_queue(entry.queue_id) || entry.rung.iter().any(|r| params.sees(r.agent_id));
    let rows: Vec<_> = lost.iter().filter(|entry| rang(entry) && seen(entry)).map(|entry| row(entry, &names, params)).collect();
    Ok(ReportTable { info: &INFO, rows, totals: None, extra: Vec::new() })
}

fn row(entry: &QueueEntry, names: &Names, params: &ReportParams) -> Vec<Value> {
    let rung = entry.rung.iter().rfind(|r| params.sees(r.agent_id));
    let (number, name) = rung.map(|r| names.agent(r.agent_id)).unzip();
    vec![
        json!(entry.caller),
        json!(entry.called),
        json!(entry.came_at),
        json!(names.queue(entry.queue_id)),
        json!(entry.service),
        json!(entry.service_at),
        json!(number),
        json!(name),
        json!(rung.and_then(|r| r.ringing_at)),
        json!(entry.ended_at),
        json!(entry.ended_at.since_ms(entry.came_at)),
        json!(entry.outcome),
    ]
}
