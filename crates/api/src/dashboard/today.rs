//! Today's figures, from the reports.

use crate::prelude::*;
use model::calendar;
use serde_json::Value;
use std::collections::BTreeMap;
use store::report::{ReportParams, ReportTable};

#[derive(Default, Serialize, ToSchema)]
pub struct Today {
    attempts: u64,
    answered: u64,
    talk_ms: u64,
    by_disposition: BTreeMap<String, u64>,
    by_hour: Vec<HourFigures>,
}

#[derive(Serialize, ToSchema)]
pub struct HourFigures {
    /// 0–23
    hour: u64,
    attempts: u64,
    answered: u64,
}

/// # Errors
/// When the store does not answer.
pub async fn today(api: &ApiState, who: &Principal, zone: String) -> Answer<Today> {
    let from = calendar::midnight(api.now(), &zone);
    let params = ReportParams { from: Some(from), zone, now: api.now(), ..ReportParams::default() };
    let hours = api.store().report(who.tenant(), "traffic_hours", &params).await?;
    let ways = api.store().report(who.tenant(), "campaign_dispositions", &params).await?;
    let mut today = Today::default();
    for row in &hours.rows {
        let figure = |key| number(&hours, row, key);
        let (hour, attempts, answered) = (figure("hour"), figure("attempts"), figure("answered"));
        today.attempts += attempts;
        today.answered += answered;
        today.talk_ms += figure("talk_ms");
        today.by_hour.push(HourFigures { hour, attempts, answered });
    }
    for row in &ways.rows {
        if let Some(code) = cell(&ways, row, "disposition").and_then(Value::as_str) {
            *today.by_disposition.entry(code.to_owned()).or_default() += number(&ways, row, "attempts");
        }
    }
    Ok(today)
}

fn cell<'a>(table: &ReportTable, row: &'a [Value], key: &str) -> Option<&'a Value> {
    row.get(table.info.columns.iter().position(|c| c.key == key)?)
}

fn number(table: &ReportTable, row: &[Value], key: &str) -> u64 {
    cell(table, row, key).and_then(|v| v.as_u64().or_else(|| v.as_str()?.get(..2)?.parse().ok())).unwrap_or(0)
}
