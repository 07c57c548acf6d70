//! Reports as sheets: the columns are the report's own (H4).

use super::{Cell, Download, Format, Writer, number_text, time_text};
use crate::{Actor, Result, audit};
use model::At;
use model::record::{AgentState, BreakReason, EntryOutcome, Permission, break_reason};
use serde_json::{Value, json};
use store::{Column, ColumnKind, ReportParams, Store};

/// # Errors
/// No right, no such report, the disk.
pub async fn report(store: &Store, actor: &Actor, code: &str, params: &ReportParams, format: Format) -> Result<Download> {
    actor.require(if store::report::is_sales(code) { Permission::OrderExport } else { Permission::ResultExport })?;
    let table = store.report(actor.tenant, code, params).await?;
    let zone = jiff::tz::TimeZone::get(&params.zone).unwrap_or_else(|_| super::home_zone());
    let shown = Shown { actor, zone, breaks: store.settings(actor.tenant).await?.desk.breaks };
    let mut headers: Vec<String> = table.info.columns.iter().map(header).collect();
    headers.extend(table.extra.iter().map(|(_, title)| title.clone()));
    let mut out = Writer::create(format, table.info.zh, &headers)?;
    for row in table.rows.iter().chain(&table.totals) {
        let mut cells: Vec<Cell> = table.info.columns.iter().zip(row).map(|(column, value)| shown.cell(column, value)).collect();
        cells.extend(row.iter().skip(table.info.columns.len()).map(|value| shown.said(value)));
        out.cells(&cells)?;
    }
    audit(store, actor, "report.export", &format!("report:{code}"), json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

fn header(column: &Column) -> String {
    match column.kind {
        ColumnKind::DurationMs => format!("{}（秒）", column.zh),
        ColumnKind::Percent => format!("{}（%）", column.zh),
        ColumnKind::Money => format!("{}（元）", column.zh),
        _ => column.zh.into(),
    }
}

/// How values are written for whoever exports.
struct Shown<'a> {
    actor: &'a Actor,
    zone: jiff::tz::TimeZone,
    breaks: Vec<BreakReason>,
}

impl Shown<'_> {
    fn cell(&self, column: &Column, value: &Value) -> Cell {
        match (value, column.kind) {
            (Value::String(text), ColumnKind::Phone) => number_text(self.actor, text).into(),
            (Value::String(text), ColumnKind::Time) => {
                let at: Option<At> = serde_json::from_value(value.clone()).ok();
                at.map_or_else(|| text.clone(), |at| time_text(Some(at), &self.zone)).into()
            }
            (Value::String(text), ColumnKind::Code) => self.word(column.key, text).into(),
            (_, ColumnKind::Text) if column.key == "answer" => self.said(value),
            _ => cell(column, value),
        }
    }

    /// What somebody answered may hold a number of theirs.
    fn said(&self, value: &Value) -> Cell {
        let text = super::value_text(Some(value));
        if self.actor.can(Permission::NumberReveal) { text.into() } else { crate::access::mask_within(&text).into() }
    }

    fn word(&self, key: &str, code: &str) -> String {
        let own = self.breaks.iter().find(|b| key == "reason" && b.code == code).map(|b| b.name.as_str());
        let known = match key {
            "state" => AgentState::from_code(code).map(state),
            "outcome" => EntryOutcome::from_code(code).map(outcome),
            _ => reason(code),
        };
        own.or(known).unwrap_or(code).to_owned()
    }
}

const fn state(state: AgentState) -> &'static str {
    match state {
        AgentState::Off => "签出",
        AgentState::Ready => "空闲",
        AgentState::Reserved => "预占",
        AgentState::Ringing => "振铃",
        AgentState::Dialing => "外拨",
        AgentState::Talking => "通话",
        AgentState::Held => "保持",
        AgentState::WrapUp => "话后整理",
        AgentState::Break => "小休",
    }
}

const fn outcome(outcome: EntryOutcome) -> &'static str {
    match outcome {
        EntryOutcome::Answered => "已接听",
        EntryOutcome::Abandoned => "客户放弃",
        EntryOutcome::Left => "按键离开",
        EntryOutcome::Overflowed => "溢出",
        EntryOutcome::TimedOut => "等待超时",
        EntryOutcome::Full => "排队已满",
        EntryOutcome::Closed => "非服务时间",
        EntryOutcome::Merged => "并入已有回拨",
        EntryOutcome::Superseded => "客户又来电",
        EntryOutcome::CallbackFailed => "回拨未通",
        EntryOutcome::Cancelled => "已取消",
    }
}

/// Reasons that the system itself gives.
fn reason(code: &str) -> Option<&'static str> {
    Some(match code {
        break_reason::SIGNED_IN => "刚签入",
        break_reason::NO_ANSWER => "未接来电",
        break_reason::DECLINED => "拒接",
        break_reason::UNREACHABLE => "话机不通",
        break_reason::LINK_LOST => "连接中断",
        _ => return None,
    })
}

fn cell(column: &Column, value: &Value) -> Cell {
    match (value, column.kind) {
        (Value::Null, _) => Cell::Text(String::new()),
        (Value::Number(n), ColumnKind::DurationMs) => Cell::Number((n.as_f64().unwrap_or(0.0) / 1000.0).round()),
        (Value::Number(n), ColumnKind::Money) => Cell::Number(n.as_f64().unwrap_or(0.0) / 100.0),
        (Value::Number(n), _) => Cell::Number(n.as_f64().unwrap_or(0.0)),
        (Value::String(s), _) => Cell::Text(s.clone()),
        (other, _) => Cell::Text(other.to_string()),
    }
}
