//! 订单: one row a line, so that a sheet can sum by product.

use super::{Cell, Download, Format, PAGE, Writer, home_zone, number_text, time_text};
use crate::{Actor, Result, audit};
use model::record::{Order, OrderLine, OrderState, Permission};
use model::{AgentId, CampaignId};
use serde_json::json;
use std::collections::BTreeMap;
use store::{OrderFilter, PageQuery, Store};

const HEADERS: [&str; 18] = [
    "订单号",
    "状态",
    "下单时间",
    "确认时间",
    "任务",
    "工号",
    "坐席",
    "客户",
    "号码",
    "产品编码",
    "产品",
    "单位",
    "单价（元）",
    "数量",
    "金额（元）",
    "订单总额（元）",
    "二次确认",
    "备注",
];

struct Names {
    agents: BTreeMap<AgentId, (String, String)>,
    campaigns: BTreeMap<CampaignId, String>,
}

/// # Errors
/// No right, the disk.
pub async fn orders(store: &Store, actor: &Actor, filter: &OrderFilter, format: Format) -> Result<Download> {
    actor.require(Permission::OrderExport)?;
    let agents = store.agents(actor.tenant).await?.into_iter().map(|a| (a.id, (a.number, a.name))).collect();
    let mut names = Names { agents, campaigns: BTreeMap::new() };
    let zone = home_zone();
    let mut out = Writer::create(format, "订单", &HEADERS.map(String::from))?;
    let mut after = None;
    loop {
        let page = store.orders(actor.tenant, filter, PageQuery { after, limit: PAGE, count: false }).await?;
        for order in &page.items {
            if let Some(id) = order.campaign_id.filter(|id| !names.campaigns.contains_key(id)) {
                let name = store.campaign(actor.tenant, id).await?.map_or_else(|| format!("#{id}"), |c| c.name);
                names.campaigns.insert(id, name);
            }
            for line in &order.lines {
                out.cells(&cells(actor, order, line, &names, &zone))?;
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    audit(store, actor, "order.export", "orders", json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

fn yuan(cents: i64) -> Cell {
    #[expect(clippy::cast_precision_loss, reason = "below ten billion yuan a double is exact to the cent")]
    Cell::Number(cents as f64 / 100.0)
}

fn cells(actor: &Actor, order: &Order, line: &OrderLine, names: &Names, zone: &jiff::tz::TimeZone) -> Vec<Cell> {
    let (number, agent) = order.agent_id.and_then(|id| names.agents.get(&id)).cloned().unwrap_or_default();
    let campaign = order.campaign_id.and_then(|id| names.campaigns.get(&id)).cloned().unwrap_or_default();
    let note = if actor.can(Permission::NumberReveal) { order.note.clone() } else { crate::access::mask_within(&order.note) };
    vec![
        order.id.to_string().into(),
        state(order.state).into(),
        time_text(Some(order.created_at), zone).into(),
        time_text(order.confirmed_at, zone).into(),
        campaign.into(),
        number.into(),
        agent.into(),
        order.customer_name.as_str().into(),
        number_text(actor, &order.phone).into(),
        line.code.as_str().into(),
        line.name.as_str().into(),
        line.unit.as_str().into(),
        yuan(line.price_cents),
        Cell::Number(f64::from(line.quantity)),
        yuan(line.cents()),
        yuan(order.total_cents),
        order.confirmation.as_str().into(),
        note.into(),
    ]
}

const fn state(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "草稿",
        OrderState::Confirmed => "已确认",
        OrderState::Cancelled => "已取消",
    }
}
