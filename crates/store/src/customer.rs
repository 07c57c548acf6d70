//! 客户: customers with their numbers, what was noted about their calls, and all that passed between them and us.

use crate::db::{Insert, Runs as _, Sql, Tx, update};
use crate::dialect::contains;
use crate::row::cells;
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::{CUSTOMER_CHANGED, SUMMARY_CHANGED};
use model::record::{Agent, Call, CallerClass, Customer, CustomerBrief, CustomerNumber, Sms, Summary};
use model::{AgentId, At, CallId, CustomerId, TenantId};
use serde_json::json;

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// Part of the name, the company or a number.
    pub text: String,
    /// A whole number, E.164.
    pub number: Option<String>,
    pub owner_id: Option<AgentId>,
    pub class: Option<CallerClass>,
}

/// One thing that passed between a customer and us.
#[derive(Clone, Debug, PartialEq)]
pub enum Passed {
    Call(Box<Call>),
    Sms(Box<Sms>),
    Summary(Box<Summary>),
}

impl Passed {
    pub fn at(&self) -> At {
        match self {
            Self::Call(call) => call.started_at,
            Self::Sms(sms) => sms.created_at,
            Self::Summary(summary) => summary.created_at,
        }
    }
}

/// Customers shown where a number belongs to several.
const MATCHES_MAX: i64 = 20;

impl Store {
    /// Newest first.
    pub async fn customers(&self, tenant: TenantId, filter: &CustomerFilter, page: PageQuery) -> Result<Page<Customer>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("owner_id = ?", filter.owner_id.as_ref());
        if let Some(class) = filter.class {
            // A document of known codes: the quotes keep one code from being part of another.
            sql.push(" AND CAST(classes AS TEXT) LIKE ?").bind(&format!("%\"{}\"%", class.code()));
        }
        sql.and_some(
            "id IN (SELECT customer_id FROM customer_numbers WHERE tenant_id = customers.tenant_id AND number = ?)",
            filter.number.as_ref(),
        );
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            sql.push(&format!(
                " AND (name {like} OR company {like} OR id IN \
                 (SELECT customer_id FROM customer_numbers n WHERE n.tenant_id = customers.tenant_id AND n.number {like}))"
            ));
            sql.bind(&pattern).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    /// With the customer's numbers, the main one first.
    pub async fn customer(&self, tenant: TenantId, id: CustomerId) -> Result<Option<(Customer, Vec<CustomerNumber>)>> {
        let Some(customer) = self.read().by_id::<Customer>(tenant, id.0).await? else { return Ok(None) };
        Ok(Some((customer, self.customer_numbers(tenant, &[id]).await?)))
    }

    /// Of each customer the main one first.
    pub async fn customer_numbers(&self, tenant: TenantId, customers: &[CustomerId]) -> Result<Vec<CustomerNumber>> {
        let mut all = Vec::new();
        for chunk in customers.chunks(1_000) {
            let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
            sql.and_in("customer_id", chunk).push(" ORDER BY customer_id, main DESC, id");
            all.append(&mut self.read().all(sql).await?);
        }
        Ok(all)
    }

    /// Whose number it may be, the one changed last first; at most 20.
    pub async fn customers_by_number(&self, tenant: TenantId, e164: &str) -> Result<Vec<CustomerBrief>> {
        let sql = "WHERE tenant_id = ? AND id IN (SELECT customer_id FROM customer_numbers WHERE tenant_id = ? AND number = ?) \
                   ORDER BY updated_at DESC, id DESC LIMIT ?";
        let found: Vec<Customer> = self.read().all(Sql::new(sql, cells![tenant, tenant, e164.to_string(), MATCHES_MAX])).await?;
        let brief = |c: Customer| CustomerBrief {
            id: c.id,
            name: c.name,
            company: c.company,
            classes: c.classes,
            owner_id: c.owner_id,
            seat_id: c.seat_id,
        };
        Ok(found.into_iter().map(brief).collect())
    }

    /// # Errors
    /// `Duplicate` of `number` when a number stands there twice; `NotFound` of an agent who is not the tenant's.
    pub async fn create_customer(&self, customer: &Customer, numbers: &[CustomerNumber]) -> Result<()> {
        let mut tx = self.begin().await?;
        names_own(&tx, customer).await?;
        tx.insert(Insert::of(customer)).await?;
        if let Some(insert) = Insert::many(numbers) {
            tx.insert(insert).await?;
        }
        tell(&mut tx, customer, customer.created_at, false);
        tx.commit().await.map(|_| ())
    }

    /// Writes a customer and all the numbers whole.
    ///
    /// # Errors
    /// `Conflict` when `customer.revision` is not the stored one; otherwise as for a new one.
    pub async fn update_customer(&self, customer: &Customer, numbers: &[CustomerNumber], now: At) -> Result<Customer> {
        let next = Customer { revision: customer.revision + 1, updated_at: now, ..customer.clone() };
        let mut tx = self.begin().await?;
        names_own(&tx, customer).await?;
        let mut sql = update(&next, &["created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?");
        sql.bind(&customer.id).bind(&customer.tenant_id).bind(&customer.revision);
        let written = tx.exec(sql).await?;
        let stored: Customer = tx.by_id(customer.tenant_id, customer.id.0).await?.ok_or(StoreError::NotFound("customer"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the customer meanwhile; load it again"));
        }
        tx.exec(Sql::new("DELETE FROM customer_numbers WHERE customer_id = ?", cells![customer.id])).await?;
        if let Some(insert) = Insert::many(numbers) {
            tx.insert(insert).await?;
        }
        tell(&mut tx, &stored, now, false);
        tx.commit().await?;
        Ok(stored)
    }

    /// With the numbers; calls and what was noted about them stay.
    pub async fn delete_customer(&self, tenant: TenantId, id: CustomerId, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let customer: Customer = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("customer"))?;
        for text in [
            "DELETE FROM customers WHERE id = ?",
            "DELETE FROM customer_numbers WHERE customer_id = ?",
            "UPDATE summaries SET customer_id = NULL WHERE customer_id = ?",
        ] {
            tx.exec(Sql::new(text, cells![id])).await?;
        }
        tell(&mut tx, &customer, now, true);
        tx.commit().await.map(|_| ())
    }

    /// Calls and messages of the customer's numbers and what was noted about the customer, newest first; at least `limit` where
    /// there are so many: all of one millisecond come together, so that a page may begin `before` the last one's.
    pub async fn customer_history(
        &self,
        tenant: TenantId,
        id: CustomerId,
        before: Option<At>,
        limit: usize,
    ) -> Result<Vec<Passed>> {
        let numbers: Vec<String> = self.customer_numbers(tenant, &[id]).await?.into_iter().map(|n| n.number).collect();
        let mut all = Vec::new();
        let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let part = |filter: &str, column: &str, time: &str| {
            let mut sql = Sql::new(format!("WHERE tenant_id = ?{filter}"), cells![tenant]);
            sql.and_in(column, &numbers).and_some(&format!("{time} < ?"), before.as_ref());
            sql.push(&format!(" ORDER BY {time} DESC LIMIT ?")).bind(&rows);
            sql
        };
        if !numbers.is_empty() {
            for sql in [
                part(" AND direction = 'inbound'", "caller", "started_at"),
                part(" AND direction = 'outbound'", "called", "started_at"),
            ] {
                all.extend(self.read().all::<Call>(sql).await?.into_iter().map(|c| Passed::Call(Box::new(c))));
            }
            let sql = part("", "phone", "created_at");
            all.extend(self.read().all::<Sms>(sql).await?.into_iter().map(|s| Passed::Sms(Box::new(s))));
        }
        let mut sql = Sql::new("WHERE tenant_id = ? AND customer_id = ?", cells![tenant, id]);
        sql.and_some("created_at < ?", before.as_ref()).push(" ORDER BY created_at DESC LIMIT ?").bind(&rows);
        all.extend(self.read().all::<Summary>(sql).await?.into_iter().map(|s| Passed::Summary(Box::new(s))));
        all.sort_by_key(|passed| std::cmp::Reverse(passed.at()));
        if let Some(last) = limit.checked_sub(1).and_then(|i| all.get(i)).map(Passed::at) {
            all.retain(|passed| passed.at() >= last);
        }
        Ok(all)
    }

    pub async fn summaries(&self, tenant: TenantId, call: CallId) -> Result<Vec<Summary>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND call_id = ? ORDER BY created_at, id", cells![tenant, call])).await
    }

    /// One a call and agent: a later one replaces what the earlier one said. The customer it names is to be called then.
    ///
    /// # Errors
    /// `NotFound` of a customer who is not the tenant's.
    pub async fn save_summary(&self, summary: &Summary) -> Result<Summary> {
        let mut tx = self.begin().await?;
        let stored = put_summary(&mut tx, summary, json!({})).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

/// `more`: what the event tells besides.
pub(crate) async fn put_summary(tx: &mut Tx, summary: &Summary, more: serde_json::Value) -> Result<Summary> {
    if let Some(customer) = summary.customer_id {
        tx.must_own::<Customer>(summary.tenant_id, customer.0, "customer").await?;
        // No new revision: whoever has the customer open need not lose what they are writing.
        let sql = "UPDATE customers SET next_contact_at = COALESCE(?, next_contact_at), updated_at = ? WHERE id = ?";
        tx.exec(Sql::new(sql, cells![summary.next_contact_at, summary.updated_at, customer])).await?;
    }
    let tail = "ON CONFLICT (call_id, agent_id) DO UPDATE SET customer_id = excluded.customer_id, \
                disposition = excluded.disposition, label = excluded.label, note = excluded.note, \
                next_contact_at = excluded.next_contact_at, updated_at = excluded.updated_at";
    tx.insert(Insert::of(summary).tail(tail)).await?;
    let sql = "WHERE tenant_id = ? AND call_id = ? AND agent_id = ?";
    let found = tx.one(Sql::new(sql, cells![summary.tenant_id, summary.call_id, summary.agent_id])).await?;
    let stored: Summary = found.ok_or(StoreError::NotFound("summary"))?;
    let mut data = json!({
        "call_id": stored.call_id,
        "agent_id": stored.agent_id,
        "customer_id": stored.customer_id,
        "disposition": stored.disposition,
        "disposition_label": stored.label,
        "note": stored.note,
        "next_contact_at": stored.next_contact_at,
        "at": stored.updated_at,
    });
    if let (Some(data), serde_json::Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    tx.emit(stored.tenant_id, SUMMARY_CHANGED, stored.updated_at, data);
    Ok(stored)
}

async fn names_own(tx: &Tx, customer: &Customer) -> Result<()> {
    for agent in [customer.owner_id, customer.seat_id].into_iter().flatten() {
        tx.must_own::<Agent>(customer.tenant_id, agent.0, "agent").await?;
    }
    Ok(())
}

fn tell(tx: &mut Tx, customer: &Customer, at: At, deleted: bool) {
    let data = json!({ "customer_id": customer.id, "name": customer.name, "company": customer.company, "deleted": deleted });
    tx.emit(customer.tenant_id, CUSTOMER_CHANGED, at, data);
}
