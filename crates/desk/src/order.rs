//! 订单: taken on the phone or after it, confirmed, cancelled. A confirmed order stays as it was confirmed.

use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Order, OrderLine, OrderState, Permission};
use model::{AgentId, CallId, CampaignId, CustomerId, LeadId, PhoneNumber, ProductId};
use serde_json::json;
use store::Store;

const LINES_MAX: usize = 50;
const QUANTITY_MAX: u32 = 9_999;

/// Where an order comes from. Whether the writer may name it has been looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub call_id: Option<CallId>,
    pub agent_id: Option<AgentId>,
}

/// What a person writes of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderWish {
    pub customer_id: Option<CustomerId>,
    pub customer_name: String,
    /// In whichever way; empty: not known.
    pub phone: String,
    pub lines: Vec<LineWish>,
    pub confirmation: String,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineWish {
    pub product_id: ProductId,
    pub quantity: u32,
}

/// # Errors
/// Every field that is wrong; the right is missing.
pub async fn create(store: &Store, actor: &Actor, origin: Origin, wish: OrderWish, confirm: bool) -> Result<Order> {
    actor.require(Permission::OrderWrite)?;
    let at = now();
    let order = Order {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        state: if confirm { OrderState::Confirmed } else { OrderState::Draft },
        campaign_id: origin.campaign_id,
        lead_id: origin.lead_id,
        call_id: origin.call_id,
        agent_id: origin.agent_id,
        customer_id: None,
        customer_name: String::new(),
        phone: String::new(),
        lines: Vec::new(),
        total_cents: 0,
        confirmation: String::new(),
        note: String::new(),
        created_by: actor.name.clone(),
        created_at: at,
        updated_at: at,
        confirmed_at: confirm.then_some(at),
        cancelled_at: None,
        cancel_reason: String::new(),
        revision: 1,
    };
    let order = filled(store, actor, order, wish).await?;
    store.create_order(&order).await?;
    log(store, actor, "order.create", &order).await?;
    Ok(order)
}

/// # Errors
/// As for a new one; `Conflict` when the order is no draft any more or `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: Order, revision: i64, wish: OrderWish) -> Result<Order> {
    actor.require(Permission::OrderWrite)?;
    must_be(&before, &[OrderState::Draft])?;
    let next = filled(store, actor, Order { revision, ..before }, wish).await?;
    let stored = store.update_order(&next, now()).await?;
    log(store, actor, "order.update", &stored).await?;
    Ok(stored)
}

/// # Errors
/// `Conflict` when it is no draft any more; the right is missing.
pub async fn confirm(store: &Store, actor: &Actor, before: Order, revision: i64, confirmation: Option<String>) -> Result<Order> {
    actor.require(Permission::OrderWrite)?;
    must_be(&before, &[OrderState::Draft])?;
    let confirmation = confirmation.map_or_else(|| before.confirmation.clone(), |text| text.trim().to_owned());
    let mut issues = Issues::default();
    confirmed_by(&confirmation, &mut issues);
    issues.done()?;
    let at = now();
    let next = Order { state: OrderState::Confirmed, confirmed_at: Some(at), confirmation, revision, ..before };
    let stored = store.update_order(&next, at).await?;
    log(store, actor, "order.confirm", &stored).await?;
    Ok(stored)
}

/// # Errors
/// No reason; `Conflict` when it is cancelled already; the right is missing.
pub async fn cancel(store: &Store, actor: &Actor, before: Order, revision: i64, reason: &str) -> Result<Order> {
    actor.require(Permission::OrderWrite)?;
    must_be(&before, &[OrderState::Draft, OrderState::Confirmed])?;
    let reason = reason.trim();
    if !(1..=200).contains(&reason.chars().count()) {
        return Err(DeskError::invalid(
            "reason_needed",
            "reason",
            "请填写取消原因，200 字以内",
            "say why, in at most 200 characters",
        ));
    }
    let at = now();
    let next =
        Order { state: OrderState::Cancelled, cancelled_at: Some(at), cancel_reason: reason.to_owned(), revision, ..before };
    let stored = store.update_order(&next, at).await?;
    log(store, actor, "order.cancel", &stored).await?;
    Ok(stored)
}

fn must_be(order: &Order, states: &[OrderState]) -> Result<()> {
    if states.contains(&order.state) {
        return Ok(());
    }
    let (zh, en) = match order.state {
        OrderState::Cancelled => ("订单已取消，不能再改；需要时请重新下单", "the order is cancelled; make a new one"),
        _ => ("订单已确认，不能再改；有误请先取消再重新下单", "the order is confirmed; cancel it and make a new one"),
    };
    Err(DeskError::conflict("order_closed", zh, en))
}

fn confirmed_by(text: &str, issues: &mut Issues) {
    let fits = text.chars().count() <= 100;
    issues.unless(fits, "confirmation", "二次确认凭证不能超过 100 个字", "a confirmation has at most 100 characters");
}

/// The order with what was written: prices are the products', those of lines that were there before stay.
async fn filled(store: &Store, actor: &Actor, before: Order, wish: OrderWish) -> Result<Order> {
    let mut issues = Issues::default();
    let name = wish.customer_name.trim().to_owned();
    issues.unless(
        (1..=100).contains(&name.chars().count()),
        "customer_name",
        "请填写客户姓名，100 字以内",
        "a customer's name has 1–100 characters",
    );
    issues.unless(wish.note.chars().count() <= 2_000, "note", "备注不能超过 2000 个字", "a note has at most 2,000 characters");
    let confirmation = wish.confirmation.trim().to_owned();
    confirmed_by(&confirmation, &mut issues);
    let phone = phone(&wish.phone, &before.phone, &mut issues);
    if let Some(id) = wish.customer_id {
        let known = store.customer(actor.tenant, id).await?.is_some();
        issues.unless(
            known,
            "customer_id",
            "没有这个客户，可能已被删除",
            "there is no such customer; they may have been deleted",
        );
    }
    let lines = lines(store, actor, &before, &wish.lines, &mut issues).await?;
    issues.done()?;
    Ok(Order {
        customer_id: wish.customer_id,
        customer_name: name,
        phone,
        total_cents: lines.iter().map(OrderLine::cents).sum(),
        lines,
        confirmation,
        note: wish.note.trim().to_owned(),
        ..before
    })
}

fn phone(text: &str, before: &str, issues: &mut Issues) -> String {
    let text = text.trim();
    if text.is_empty() || text == before {
        return text.to_owned();
    }
    if let Ok(number) = PhoneNumber::parse(text, "") {
        return number.e164;
    }
    issues.add("phone", "号码有误，请填写手机号或带区号的固话", "write a mobile number, or a landline with its area code");
    String::new()
}

async fn lines(store: &Store, actor: &Actor, before: &Order, wishes: &[LineWish], issues: &mut Issues) -> Result<Vec<OrderLine>> {
    issues.unless(!wishes.is_empty(), "lines", "请至少选择一个产品", "choose a product at least");
    issues.unless(wishes.len() <= LINES_MAX, "lines", "一张订单最多 50 行", "an order has at most 50 lines");
    let offered = crate::product::offered(store, actor, before.campaign_id).await?;
    let mut lines: Vec<OrderLine> = Vec::with_capacity(wishes.len());
    for (i, wish) in wishes.iter().enumerate().take(LINES_MAX) {
        let counted = (1..=QUANTITY_MAX).contains(&wish.quantity);
        issues.unless(counted, &format!("lines.{i}.quantity"), "数量须为 1–9999", "a quantity lies in 1–9,999");
        let field = format!("lines.{i}.product_id");
        if lines.iter().any(|line| line.product_id == wish.product_id) {
            issues.add(field, "这个产品已在订单里，请改数量", "this product is in the order already; change its quantity");
            continue;
        }
        let kept = before.lines.iter().find(|line| line.product_id == wish.product_id).cloned();
        let fresh = || {
            offered.iter().find(|p| p.id == wish.product_id).map(|p| OrderLine {
                product_id: p.id,
                code: p.code.clone(),
                name: p.name.clone(),
                unit: p.unit.clone(),
                price_cents: p.price_cents,
                quantity: 0,
            })
        };
        match kept.or_else(fresh) {
            Some(line) => lines.push(OrderLine { quantity: wish.quantity, ..line }),
            None => issues.add(field, "这个产品在本任务中不销售或已停用", "this product is not offered here, or no longer"),
        }
    }
    Ok(lines)
}

async fn log(store: &Store, actor: &Actor, action: &str, order: &Order) -> Result<()> {
    let detail = json!({
        "state": order.state, "total_cents": order.total_cents, "lines": order.lines.len(), "agent_id": order.agent_id,
        "confirmation": order.confirmation, "reason": order.cancel_reason,
    });
    audit(store, actor, action, &format!("order:{}", order.id), detail).await
}
