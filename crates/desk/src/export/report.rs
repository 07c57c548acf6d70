//! Reports as sheets: the columns are the report's own (H4).

use super::{Cell, Download, Format, Writer, require_export};
use crate::{Actor, Result, audit};
use serde_json::{Value, json};
use store::{Column, ColumnKind, ReportParams, Store};

/// # Errors
/// No right, no such report, the disk.
pub async fn report(store: &Store, actor: &Actor, code: &str, params: &ReportParams, format: Format) -> Result<Download> {
    require_export(actor)?;
    let table = store.report(actor.tenant, code, params).await?;
    let headers: Vec<String> = table.info.columns.iter().map(header).collect();
    let mut out = Writer::create(format, table.info.zh, &headers)?;
    for row in table.rows.iter().chain(&table.totals) {
        let cells: Vec<Cell> = table.info.columns.iter().zip(row).map(|(column, value)| cell(column, value)).collect();
        out.cells(&cells)?;
    }
    audit(store, actor, "report.export", &format!("report:{code}"), json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

fn header(column: &Column) -> String {
    match column.kind {
        ColumnKind::DurationMs => format!("{}（秒）", column.zh),
        ColumnKind::Percent => format!("{}（%）", column.zh),
        _ => column.zh.into(),
    }
}

fn cell(column: &Column, value: &Value) -> Cell {
    match (value, column.kind) {
        (Value::Null, _) => Cell::Text(String::new()),
        (Value::Number(n), ColumnKind::DurationMs) => Cell::Number((n.as_f64().unwrap_or(0.0) / 1000.0).round()),
        (Value::Number(n), _) => Cell::Number(n.as_f64().unwrap_or(0.0)),
        (Value::String(s), _) => Cell::Text(s.clone()),
        (other, _) => Cell::Text(other.to_string()),
    }
}
