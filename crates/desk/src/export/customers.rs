//! 客户资料: one row a customer, with the tenant's own fields behind.

use super::{Download, Format, PAGE, Writer, home_zone, number_text, time_text, value_text};
use crate::{Actor, Result, audit};
use model::record::{CallerClass, Customer, CustomerNumber, Permission};
use model::{AgentId, CustomerId};
use serde_json::json;
use std::collections::BTreeMap;
use store::{CustomerFilter, PageQuery, Store};

const HEADERS: [&str; 9] = ["姓名", "单位", "号码", "类别", "归属坐席", "专席", "下次联系", "备注", "更新时间"];

/// # Errors
/// No right, the disk.
pub async fn customers(store: &Store, actor: &Actor, filter: &CustomerFilter, format: Format) -> Result<Download> {
    actor.require(Permission::CustomerExport)?;
    let zone = home_zone();
    let fields = store.settings(actor.tenant).await?.customers.fields;
    let headers: Vec<String> = HEADERS.iter().map(|h| (*h).to_owned()).chain(fields.iter().map(|f| f.name.clone())).collect();
    let agents = store.agents(actor.tenant).await?.into_iter().map(|a| (a.id, format!("{} {}", a.number, a.name))).collect();
    let mut out = Writer::create(format, "客户资料", &headers)?;
    let mut after = None;
    loop {
        let page = store.customers(actor.tenant, filter, PageQuery { after, limit: PAGE, count: false }).await?;
        let ids: Vec<CustomerId> = page.items.iter().map(|c| c.id).collect();
        let mut numbers: BTreeMap<CustomerId, Vec<CustomerNumber>> = BTreeMap::new();
        for number in store.customer_numbers(actor.tenant, &ids).await? {
            numbers.entry(number.customer_id).or_default().push(number);
        }
        for customer in &page.items {
            let mut cells = cells(actor, customer, numbers.get(&customer.id).map_or(&[], Vec::as_slice), &agents, &zone);
            cells.extend(fields.iter().map(|f| written(actor, &value_text(customer.fields.get(&f.key)))));
            out.row(&cells)?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    audit(store, actor, "customer.export", "customers", json!({"rows": out.rows, "format": format})).await?;
    out.finish()
}

fn cells(
    actor: &Actor,
    customer: &Customer,
    numbers: &[CustomerNumber],
    agents: &BTreeMap<AgentId, String>,
    zone: &jiff::tz::TimeZone,
) -> Vec<String> {
    let number = |n: &CustomerNumber| {
        let text = number_text(actor, &n.number);
        if n.label.is_empty() { text } else { format!("{}：{text}", n.label) }
    };
    let agent = |id: Option<AgentId>| id.and_then(|id| agents.get(&id)).cloned().unwrap_or_default();
    vec![
        customer.name.clone(),
        customer.company.clone(),
        numbers.iter().map(number).collect::<Vec<_>>().join("；"),
        customer.classes.iter().map(|c| class(*c)).collect::<Vec<_>>().join("、"),
        agent(customer.owner_id),
        agent(customer.seat_id),
        time_text(customer.next_contact_at, zone),
        written(actor, &customer.note),
        time_text(Some(customer.updated_at), zone),
    ]
}

/// What people wrote, with the numbers in it as this actor may see them.
fn written(actor: &Actor, text: &str) -> String {
    if actor.can(Permission::NumberReveal) { text.to_owned() } else { crate::access::mask_within(text) }
}

const fn class(class: CallerClass) -> &'static str {
    match class {
        CallerClass::Vip => "VIP",
        CallerClass::Important => "重要客户",
        CallerClass::LongDistance => "长途",
        CallerClass::Elderly => "老年人",
    }
}
