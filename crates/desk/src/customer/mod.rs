//! 客户: who they are, the lists their numbers are on, and what agents note about a call.

mod check;
mod summary;

pub use summary::{Far, SummaryWish, summarise};

use crate::{Actor, DeskError, Result, audit, now};
use model::record::{CallerClass, Customer, CustomerNumber, ListKind, Permission};
use model::{AgentId, At, CustomerId, CustomerNumberId, Vars};
use serde_json::json;
use std::collections::BTreeSet;
use store::{NewListEntry, Store};

/// What a person writes of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub name: String,
    pub company: String,
    pub classes: BTreeSet<CallerClass>,
    pub owner_id: Option<AgentId>,
    pub seat_id: Option<AgentId>,
    pub fields: Vars,
    pub note: String,
    pub next_contact_at: Option<At>,
    pub numbers: Vec<NumberWish>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberWish {
    /// Of one that is there already.
    pub id: Option<CustomerNumberId>,
    pub number: String,
    pub label: String,
    pub main: bool,
}

/// # Errors
/// Every field that is wrong; the right is missing.
pub async fn create(store: &Store, actor: &Actor, wish: Wish) -> Result<(Customer, Vec<CustomerNumber>)> {
    actor.require(Permission::CustomerWrite)?;
    let at = now();
    let checked = check::wish(store, actor, wish, &Vars::new()).await?;
    let customer = Customer {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        name: checked.name,
        company: checked.company,
        classes: checked.classes,
        owner_id: checked.owner_id,
        seat_id: checked.seat_id,
        fields: checked.fields,
        note: checked.note,
        next_contact_at: checked.next_contact_at,
        created_at: at,
        updated_at: at,
        revision: 1,
    };
    let numbers = numbers(store, &customer, checked.numbers, &[]);
    store.create_customer(&customer, &numbers).await?;
    let detail = json!({ "name": customer.name, "numbers": numbers.len() });
    audit(store, actor, "customer.create", &format!("customer:{}", customer.id), detail).await?;
    Ok((customer, numbers))
}

/// Writes a customer and the numbers whole.
///
/// # Errors
/// As for a new one; `Conflict` when `revision` is not the newest.
pub async fn update(
    store: &Store,
    actor: &Actor,
    before: (Customer, Vec<CustomerNumber>),
    revision: i64,
    wish: Wish,
) -> Result<(Customer, Vec<CustomerNumber>)> {
    actor.require(Permission::CustomerWrite)?;
    let (before, known) = before;
    let checked = check::wish(store, actor, wish, &before.fields).await?;
    let next = Customer {
        name: checked.name,
        company: checked.company,
        classes: checked.classes,
        owner_id: checked.owner_id,
        seat_id: checked.seat_id,
        fields: checked.fields,
        note: checked.note,
        next_contact_at: checked.next_contact_at,
        revision,
        ..before
    };
    let numbers = numbers(store, &next, checked.numbers, &known);
    let stored = store.update_customer(&next, &numbers, now()).await?;
    let detail = json!({ "name": stored.name, "numbers": numbers.len() });
    audit(store, actor, "customer.update", &format!("customer:{}", stored.id), detail).await?;
    Ok((stored, numbers))
}

/// # Errors
/// The customer is not the tenant's; the right is missing.
pub async fn delete(store: &Store, actor: &Actor, id: CustomerId) -> Result<()> {
    actor.require(Permission::CustomerWrite)?;
    let (customer, _) = find(store, actor, id).await?;
    store.delete_customer(actor.tenant, id, now()).await?;
    audit(store, actor, "customer.delete", &format!("customer:{id}"), json!({"name": customer.name})).await
}

/// Puts every number of a customer on a list, or takes them off.
///
/// # Errors
/// The customer has no number or is not the tenant's; the right is missing.
pub async fn set_list(store: &Store, actor: &Actor, id: CustomerId, kind: ListKind, on: bool) -> Result<()> {
    if !actor.can(Permission::ListWrite) {
        actor.require(Permission::CustomerWrite)?;
    }
    let (customer, numbers) = find(store, actor, id).await?;
    if numbers.is_empty() {
        return Err(DeskError::invalid(
            "no_number",
            "numbers",
            "这个客户还没有号码，请先添加号码",
            "the customer has no number; add one first",
        ));
    }
    let phones: Vec<String> = numbers.into_iter().map(|n| n.number).collect();
    if on {
        let reason: String = format!("客户 {}", customer.name).chars().take(200).collect();
        let entry = |phone: &String| NewListEntry { phone: phone.clone(), reason: reason.clone(), expires_at: None };
        store.add_list_entries(actor.tenant, kind, &phones.iter().map(entry).collect::<Vec<_>>(), now()).await?;
    } else {
        store.remove_list_entries(actor.tenant, kind, &phones).await?;
    }
    let action = if on { "list.add" } else { "list.remove" };
    let detail = json!({ "customer": id, "numbers": phones.len() });
    audit(store, actor, action, &format!("list:{}", kind.code()), detail).await
}

async fn find(store: &Store, actor: &Actor, id: CustomerId) -> Result<(Customer, Vec<CustomerNumber>)> {
    store.customer(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("客户", "customer"))
}

/// One that was there keeps its id.
fn numbers(store: &Store, customer: &Customer, wishes: Vec<NumberWish>, known: &[CustomerNumber]) -> Vec<CustomerNumber> {
    let id = |wish: &NumberWish| known.iter().find(|k| k.number == wish.number).map(|k| k.id);
    let made = wishes.into_iter().map(|wish| CustomerNumber {
        id: id(&wish).unwrap_or_else(|| store.new_id(now())),
        tenant_id: customer.tenant_id,
        customer_id: customer.id,
        number: wish.number,
        label: wish.label,
        main: wish.main,
    });
    let mut made: Vec<CustomerNumber> = made.collect();
    made.sort_by_key(|n| !n.main);
    made
}
