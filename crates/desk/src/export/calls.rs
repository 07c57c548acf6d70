//! 通话记录: one row a call (H1).

use super::{Cell, Download, Format, PAGE, Writer, home_zone, number_text, require_export, time_text};
use crate::{Actor, Result, audit};
use model::record::{Call, Direction, Permission};
use serde_json::json;
use store::{CallFilter, PageQuery, Store};

const HEADERS: [&str; 12] =
    ["通话编号", "方向", "主叫", "被叫", "姓名", "开始时间", "接听时间", "结束时间", "通话秒数", "呼叫结果", "业务结果", "按键"];

/// # Errors
/// No right, the disk.
pub async fn calls(store: &Store, actor: &Actor, filter: &CallFilter, format: Format) -> Result<Download> {
    require_export(actor)?;
    actor.require(Permission::CallRead)?;
    let zone = home_zone();
    let mut out = Writer::create(format, "通话记录", &HEADERS.map(String::from))?;
    let mut after = None;
    loop {
        let page = store.calls(actor.tenant, filter, PageQuery { after, limit: PAGE, count: false }).await?;
        for call in &page.items {
            out.cells(&cells(actor, call, &zone))?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    audit(store, actor, "call.export", "calls", json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

fn cells(actor: &Actor, call: &Call, zone: &jiff::tz::TimeZone) -> Vec<Cell> {
    let (direction, own_is_caller) = match call.direction {
        Direction::Outbound => ("呼出", true),
        Direction::Inbound => ("呼入", false),
    };
    // Only the far party's number is a person's.
    let far = |phone: &str, is_own: bool| if is_own { model::number::national(phone) } else { number_text(actor, phone) };
    let talk_ms = call.answered_at.map_or(0, |at| call.ended_at.since_ms(at));
    vec![
        call.id.to_string().into(),
        direction.into(),
        far(&call.caller, own_is_caller).into(),
        far(&call.called, !own_is_caller).into(),
        call.name.as_str().into(),
        time_text(Some(call.started_at), zone).into(),
        time_text(call.answered_at, zone).into(),
        time_text(Some(call.ended_at), zone).into(),
        Cell::Number((talk_ms / 1000) as f64),
        call.disposition.label_zh().into(),
        call.result.as_deref().unwrap_or("").into(),
        call.digits.as_str().into(),
    ]
}
