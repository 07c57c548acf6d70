//! 坐席时间线: every span of every agent (H3).

use super::{Column, ColumnKind, Names, ROWS_MAX, ReportInfo, ReportParams, ReportTable, chosen, column};
use crate::db::{Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::record::{StateInterval, User};
use model::{TenantId, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const COLUMNS: &[Column] = &[
    column("agent_number", "工号", "Agent", ColumnKind::Text),
    column("agent_name", "姓名", "Name", ColumnKind::Text),
    column("state", "状态", "State", ColumnKind::Code),
    column("reason", "原因", "Reason", ColumnKind::Code),
    column("started_at", "开始", "From", ColumnKind::Time),
    column("ended_at", "结束", "To", ColumnKind::Time),
    column("duration_ms", "时长", "Duration", ColumnKind::DurationMs),
    column("queue", "坐席组", "Group", ColumnKind::Text),
    column("call_id", "通话编号", "Call", ColumnKind::Text),
    column("set_by", "操作人", "Set by", ColumnKind::Text),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "agent_timeline", zh: "坐席时间线", en: "Timeline of agents", floor: true, columns: COLUMNS };

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let names = Names::of(store, tenant).await?;
    let users: BTreeMap<UserId, User> = store.users(tenant).await?.into_iter().map(|u| (u.id, u)).collect();
    let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
    sql.and_some("started_at < ?", params.to.as_ref());
    // A span that began before belongs to the time too as far as it reaches into it.
    sql.and_some("(ended_at IS NULL OR ended_at > ?)", params.from.as_ref());
    if let Some(agents) = chosen(store, tenant, params).await? {
        if agents.is_empty() {
            return Ok(ReportTable { info: &INFO, rows: Vec::new(), totals: None, extra: Vec::new() });
        }
        sql.and_in("agent_id", &agents.into_iter().collect::<Vec<_>>());
    }
    sql.push(" ORDER BY started_at DESC, session_id DESC, ordinal DESC LIMIT ?").bind(&ROWS_MAX);
    let spans: Vec<StateInterval> = store.read().all(sql).await?;
    let row = |span: &StateInterval| {
        let (number, name) = names.agent(span.agent_id);
        let by = span.set_by.and_then(|id| users.get(&id)).map(|u| if u.name.is_empty() { &u.login } else { &u.name });
        vec![
            json!(number),
            json!(name),
            json!(span.state),
            json!(span.reason),
            json!(span.started_at),
            json!(span.ended_at),
            json!(span.ended_at.unwrap_or(params.now).since_ms(span.started_at).max(0)),
            json!(span.queue_id.map(|id| names.queue(id))),
            json!(span.call_id.map(|id| id.to_string())),
            json!(by),
        ]
    };
    let mut rows: Vec<Vec<Value>> = spans.iter().rev().map(row).collect();
    // By agent, each from morning to evening: the order within one agent stays.
    rows.sort_by(|a, b| a[0].as_str().cmp(&b[0].as_str()));
    Ok(ReportTable { info: &INFO, rows, totals: None, extra: Vec::new() })
}
