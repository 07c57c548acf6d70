//! 报表 over all campaigns: parameters, columns and rows come from the store's reports.

mod file;
mod get;
mod list;

use crate::prelude::*;
use model::{AgentId, CampaignId, QueueId, calendar};
use serde_json::Value;
use store::report::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(get::get)).routes(routes!(file::file))
}

#[derive(Serialize, ToSchema)]
pub struct ColumnView {
    key: String,
    title_zh: String,
    title_en: String,
    /// `text`, `count`, `percent`, `duration_ms`, `date`, `hour`, `time` (RFC 3339), `phone`, `code` or `money` (cents)
    kind: &'static str,
}

impl ColumnView {
    fn of(column: &Column) -> Self {
        let kind = match column.kind {
            ColumnKind::Text => "text",
            ColumnKind::Count => "count",
            ColumnKind::Percent => "percent",
            ColumnKind::DurationMs => "duration_ms",
            ColumnKind::Date => "date",
            ColumnKind::Hour => "hour",
            ColumnKind::Time => "time",
            ColumnKind::Phone => "phone",
            ColumnKind::Code => "code",
            ColumnKind::Money => "money",
        };
        Self { key: column.key.into(), title_zh: column.zh.into(), title_en: column.en.into(), kind }
    }

    /// One that a campaign's own questions bring.
    fn own((key, title): (String, String)) -> Self {
        Self { key, title_en: title.clone(), title_zh: title, kind: "text" }
    }
}

/// A table: each row has one value a column.
#[derive(Serialize, ToSchema)]
pub struct ReportView {
    code: &'static str,
    title_zh: &'static str,
    title_en: &'static str,
    columns: Vec<ColumnView>,
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<Value>>,
    #[schema(value_type = Option<Vec<Object>>)]
    totals: Option<Vec<Value>>,
}

impl ReportView {
    pub fn of(who: &Principal, mut table: ReportTable) -> Self {
        if !who.reveals() {
            mask_phones(&mut table);
        }
        let ReportInfo { code, zh, en, columns, .. } = table.info;
        let columns = columns.iter().map(ColumnView::of).chain(table.extra.into_iter().map(ColumnView::own)).collect();
        Self { code, title_zh: zh, title_en: en, columns, rows: table.rows, totals: table.totals }
    }
}

fn mask_phones(table: &mut ReportTable) {
    // What somebody answered may hold a number of theirs.
    let said = table.info.columns.iter().position(|column| column.key == "answer");
    for row in &mut table.rows {
        for (i, value) in row.iter_mut().enumerate() {
            if let (true, Value::String(text)) = (i >= table.info.columns.len() || said == Some(i), value) {
                *text = crate::mask::spoken(text);
            }
        }
    }
    for (i, _) in table.info.columns.iter().enumerate().filter(|(_, column)| column.kind == ColumnKind::Phone) {
        for value in table.rows.iter_mut().filter_map(|row| row.get_mut(i)) {
            if let Value::String(number) = value {
                *number = crate::mask::number(number);
            }
        }
    }
}

/// What a report asks of whoever reads it: those about the floor are for whoever may see its boards, those about sales for
/// whoever may see orders.
fn needed(code: &str) -> P {
    if store::report::is_sales(code) {
        return P::OrderRead;
    }
    let floor = store::report::all().iter().any(|info| info.code == code && info.floor);
    if floor { P::AgentRead } else { P::CampaignRead }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    campaign_id: Option<CampaignId>,
    /// Of the reports about agents and groups.
    queue_id: Option<QueueId>,
    agent_id: Option<AgentId>,
    from: Option<At>,
    to: Option<At>,
    /// IANA zone that days and hours are cut by; Asia/Shanghai when absent.
    zone: Option<String>,
    /// Of the file, for `/file`.
    #[serde(default)]
    #[param(inline)]
    format: crate::download::FileFormat,
}

/// # Errors
/// A zone that no database knows.
pub fn zone(given: Option<&str>) -> Answer<String> {
    let zone = given.filter(|z| !z.is_empty()).unwrap_or(model::number::HOME_ZONE);
    calendar::zone_of(zone)
        .map_err(|e| Problem::bad_request("bad_query", Text::new("时区不存在", e.to_string())).with_field("zone"))?;
    Ok(zone.into())
}

async fn params(api: &ApiState, who: &Principal, code: &str, q: &ReportQuery) -> Answer<ReportParams> {
    if !store::report::all().iter().any(|info| info.code == code) {
        return Err(Problem::not_found());
    }
    if store::report::needs_campaign(code) && q.campaign_id.is_none() {
        let text =
            Text::new("请选择任务：每个任务的结果和问题各不相同", "name a campaign: each has results and questions of its own");
        return Err(Problem::invalid("campaign_id", text));
    }
    if let Some(id) = q.campaign_id {
        api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    }
    if let Some(id) = q.queue_id {
        api.store().queue(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    }
    let limits = crate::scope::Seen::of(api, who).await?.limits();
    Ok(ReportParams {
        campaign_id: q.campaign_id,
        from: q.from,
        to: q.to,
        zone: zone(q.zone.as_deref())?,
        queue_id: q.queue_id,
        agent_id: q.agent_id,
        seen: limits,
        now: api.now(),
    })
}
