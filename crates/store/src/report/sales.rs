//! 销售统计 by task, 工号 and date, each with the preceding days of the same number beside it (H4).

use super::facts::Zone;
use super::{Column, ColumnKind, Names, ReportInfo, ReportParams, ReportTable, chosen, column, percent};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{AgentTalk, OrderLine};
use model::{AgentId, At, CampaignId, TenantId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A talk shorter than this sells nothing: a wrong number, a quick no.
const EFFECTIVE_MS: i64 = 30_000;

macro_rules! columns {
    ($($key:expr),*) => {
        &[
            $($key,)*
            column("talks", "通话数", "Talks", ColumnKind::Count),
            column("effective", "有效通话", "Effective talks", ColumnKind::Count),
            column("talk_ms", "通话时长", "Talk time", ColumnKind::DurationMs),
            column("orders", "订单数", "Orders", ColumnKind::Count),
            column("quantity", "件数", "Items", ColumnKind::Count),
            column("amount", "销售额", "Sales", ColumnKind::Money),
            column("conversion", "转化率", "Conversion", ColumnKind::Percent),
            column("amount_before", "上期销售额", "Sales before", ColumnKind::Money),
            column("difference", "增减", "Difference", ColumnKind::Money),
            column("growth", "增幅", "Growth", ColumnKind::Percent),
            column("orders_before", "上期订单", "Orders before", ColumnKind::Count),
        ]
    };
}

const CAMPAIGN: Column = column("campaign", "任务", "Campaign", ColumnKind::Text);
const AGENT: Column = column("agent_number", "工号", "Agent", ColumnKind::Text);
const NAME: Column = column("agent_name", "姓名", "Name", ColumnKind::Text);
const DATE: Column = column("date", "日期", "Date", ColumnKind::Date);

pub(super) static CAMPAIGNS: ReportInfo = ReportInfo {
    code: "sales_campaigns",
    zh: "销售统计·按任务",
    en: "Sales by campaign",
    floor: false,
    columns: columns!(CAMPAIGN),
};
pub(super) static AGENTS: ReportInfo = ReportInfo {
    code: "sales_agents",
    zh: "销售统计·按工号",
    en: "Sales by agent",
    floor: false,
    columns: columns!(AGENT, NAME),
};
pub(super) static DAYS: ReportInfo =
    ReportInfo { code: "sales_days", zh: "销售统计·按日期", en: "Sales by date", floor: false, columns: columns!(DATE) };

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    talks: u64,
    effective: u64,
    talk_ms: i64,
    orders: u64,
    quantity: u64,
    cents: i64,
    cents_before: i64,
    orders_before: u64,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.talks += other.talks;
        self.effective += other.effective;
        self.talk_ms += other.talk_ms;
        self.orders += other.orders;
        self.quantity += other.quantity;
        self.cents += other.cents;
        self.cents_before += other.cents_before;
        self.orders_before += other.orders_before;
    }

    /// Without days there is nothing before them.
    fn cells(&self, compared: bool) -> Vec<Value> {
        let mut cells = vec![
            json!(self.talks),
            json!(self.effective),
            json!(self.talk_ms),
            json!(self.orders),
            json!(self.quantity),
            json!(self.cents),
            percent(self.orders, self.talks),
        ];
        if compared {
            let difference = self.cents - self.cents_before;
            cells.extend([json!(self.cents_before), json!(difference), growth(difference, self.cents_before)]);
            cells.push(json!(self.orders_before));
        } else {
            cells.extend([Value::Null, Value::Null, Value::Null, Value::Null]);
        }
        cells
    }
}

/// In percent with one decimal, down as well as up; from nothing there is none.
fn growth(difference: i64, before: i64) -> Value {
    if before <= 0 {
        return Value::Null;
    }
    let share = percent(difference.unsigned_abs(), before.unsigned_abs());
    if difference < 0 { share.as_f64().map_or(Value::Null, |value| json!(-value)) } else { share }
}

/// One sale or talk: whose, where and when.
#[derive(Clone, Copy)]
struct Place {
    campaign: Option<CampaignId>,
    agent: Option<AgentId>,
    at: At,
}

/// Rows in the making, by whatever the report is by.
struct Sales<'a> {
    params: &'a ReportParams,
    chosen: Option<BTreeSet<AgentId>>,
}

impl Sales<'_> {
    fn takes(&self, place: Place) -> bool {
        self.chosen.as_ref().is_none_or(|agents| place.agent.is_some_and(|agent| agents.contains(&agent)))
    }

    /// As many days before, where days are chosen.
    fn before(&self) -> Option<(At, i64)> {
        let (from, to) = self.params.from.zip(self.params.to)?;
        let ms = to.since_ms(from);
        (ms > 0).then(|| (from.plus_ms(-ms), ms))
    }
}

pub(super) async fn campaigns(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let sums = gather(store, tenant, params, |place| place.campaign).await?;
    let mut rows = Vec::with_capacity(sums.len());
    for (id, sum) in &sums {
        let name = match id {
            Some(id) => store.campaign(tenant, *id).await?.map_or_else(|| format!("#{id}"), |c| c.name),
            None => "无任务".into(),
        };
        rows.push((vec![json!(name)], *sum));
    }
    rows.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.cents));
    Ok(table(&CAMPAIGNS, rows, params))
}

pub(super) async fn agents(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let names = Names::of(store, tenant).await?;
    let sums = gather(store, tenant, params, |place| place.agent).await?;
    let row = |(id, sum): (Option<AgentId>, Sum)| {
        let (number, name) = id.map_or_else(|| ("—".into(), "未指定坐席".into()), |id| names.agent(id));
        (vec![json!(number), json!(name)], sum)
    };
    let mut rows: Vec<(Vec<Value>, Sum)> = sums.into_iter().map(row).collect();
    rows.sort_by(|a, b| a.0[0].as_str().cmp(&b.0[0].as_str()));
    Ok(table(&AGENTS, rows, params))
}

pub(super) async fn days(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let zone = Zone::of(params)?;
    let sums = gather(store, tenant, params, |place| zone.date_of(place.at)).await?;
    let rows = sums.into_iter().map(|(date, sum)| (vec![json!(date)], sum)).collect();
    Ok(table(&DAYS, rows, params))
}

fn table(info: &'static ReportInfo, rows: Vec<(Vec<Value>, Sum)>, params: &ReportParams) -> ReportTable {
    let compared = params.from.is_some() && params.to.is_some();
    let mut total = Sum::default();
    let mut out = Vec::with_capacity(rows.len());
    let keys = info.columns.len() - total.cells(compared).len();
    for (mut row, sum) in rows {
        total.add(&sum);
        row.extend(sum.cells(compared));
        out.push(row);
    }
    let mut totals = vec![Value::Null; keys];
    totals[0] = json!("合计");
    totals.extend(total.cells(compared));
    ReportTable { info, rows: out, totals: Some(totals), extra: Vec::new() }
}

async fn gather<K: Ord>(
    store: &Store,
    tenant: TenantId,
    params: &ReportParams,
    key: impl Fn(Place) -> K,
) -> Result<BTreeMap<K, Sum>> {
    let sales = Sales { params, chosen: chosen(store, tenant, params).await? };
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    talks(store, tenant, &sales, |place, ms| {
        let sum = sums.entry(key(place)).or_default();
        sum.talks += 1;
        sum.effective += u64::from(ms >= EFFECTIVE_MS);
        sum.talk_ms += ms;
    })
    .await?;
    for (place, quantity, cents) in orders(store, tenant, &sales, params.from, params.to).await? {
        let sum = sums.entry(key(place)).or_default();
        sum.orders += 1;
        sum.quantity += quantity;
        sum.cents += cents;
    }
    if let Some((from, ms)) = sales.before() {
        for (place, _, cents) in orders(store, tenant, &sales, Some(from), params.from).await? {
            // Told beside the day that lies as far into these days as it lay into those.
            let sum = sums.entry(key(Place { at: place.at.plus_ms(ms), ..place })).or_default();
            sum.orders_before += 1;
            sum.cents_before += cents;
        }
    }
    Ok(sums)
}

async fn orders(
    store: &Store,
    tenant: TenantId,
    sales: &Sales<'_>,
    from: Option<At>,
    to: Option<At>,
) -> Result<Vec<(Place, u64, i64)>> {
    let mut sql = Sql::new(
        "SELECT campaign_id, agent_id, confirmed_at, lines, total_cents FROM orders WHERE tenant_id = ? AND state = 'confirmed'",
        cells![tenant],
    );
    sql.and_some("campaign_id = ?", sales.params.campaign_id.as_ref());
    sql.and_some("confirmed_at >= ?", from.as_ref()).and_some("confirmed_at < ?", to.as_ref());
    let mut sold = Vec::new();
    for row in store.read().rows(sql).await? {
        let place = Place { campaign: Cell::get(&row, 0)?, agent: Cell::get(&row, 1)?, at: Cell::get(&row, 2)? };
        if sales.takes(place) {
            let quantity = Vec::<OrderLine>::get(&row, 3)?.iter().map(|line| u64::from(line.quantity)).sum();
            sold.push((place, quantity, Cell::get(&row, 4)?));
        }
    }
    Ok(sold)
}

/// Each agent's part in the calls of campaigns.
async fn talks(store: &Store, tenant: TenantId, sales: &Sales<'_>, mut take: impl FnMut(Place, i64)) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT campaign_id, talks FROM calls WHERE tenant_id = ? AND agent_id IS NOT NULL AND campaign_id IS NOT NULL",
        cells![tenant],
    );
    let params = sales.params;
    sql.and_some("campaign_id = ?", params.campaign_id.as_ref());
    sql.and_some("started_at >= ?", params.from.as_ref()).and_some("started_at < ?", params.to.as_ref());
    for row in store.read().rows(sql).await? {
        let campaign = Cell::get(&row, 0)?;
        for talk in Vec::<AgentTalk>::get(&row, 1)? {
            let Some(answered) = talk.answered_at else { continue };
            let place = Place { campaign, agent: Some(talk.agent_id), at: answered };
            if sales.takes(place) {
                take(place, talk.ended_at.since_ms(answered));
            }
        }
    }
    Ok(())
}
