//! 公海: customers without an owner, taken, given back, taken back by the rule, each with its history.

use crate::db::{Insert, Runs as _, Sql, Tx};
use crate::dialect::contains;
use crate::row::{Cell, cells};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::CUSTOMER_CHANGED;
use model::record::{Agent, Customer, PoolMove, PoolMoveKind, PoolRules};
use model::{AgentId, At, CustomerId, PoolMoveId, TenantId};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;
/// Customers taken back in one transaction.
const CHUNK: i64 = 200;

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct PoolFilter {
    /// Part of the name or the company.
    pub text: String,
}

/// Why a customer cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolRefusal {
    /// Somebody was faster.
    Taken,
    /// So many were taken since midnight.
    DayFull(u32),
    /// So many are held.
    HandFull(u32),
}

/// One change of owner that is to be written.
struct Move<'a> {
    kind: PoolMoveKind,
    to: Option<AgentId>,
    actor: &'a str,
    note: &'a str,
    at: At,
}

impl Store {
    /// Customers who are nobody's, newest first.
    pub async fn pool(&self, tenant: TenantId, filter: &PoolFilter, page: PageQuery) -> Result<Page<Customer>> {
        let mut sql = Sql::new("WHERE tenant_id = ? AND owner_id IS NULL", cells![tenant]);
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            sql.push(&format!(" AND (name {like} OR company {like})")).bind(&pattern).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    /// The customer becomes this agent's, within the rules. `midnight`: the beginning of the agent's day.
    pub async fn claim_customer(
        &self,
        tenant: TenantId,
        id: CustomerId,
        agent: AgentId,
        rules: &PoolRules,
        actor: &str,
        (now, midnight): (At, At),
    ) -> Result<Result<Customer, PoolRefusal>> {
        let mut tx = self.begin().await?;
        // Two claims of one agent at once are counted one after the other.
        let sql = format!("WHERE id = ? AND tenant_id = ?{}", tx.engine().for_update());
        tx.one::<Agent>(Sql::new(sql, cells![agent, tenant])).await?.ok_or(StoreError::NotFound("agent"))?;
        let taken = claims_since(&tx, tenant, agent, midnight).await?;
        if rules.claims_per_day_max > 0 && taken >= rules.claims_per_day_max {
            return Ok(Err(PoolRefusal::DayFull(rules.claims_per_day_max)));
        }
        if rules.holds_max > 0 && held(&tx, tenant, agent).await? >= rules.holds_max {
            return Ok(Err(PoolRefusal::HandFull(rules.holds_max)));
        }
        let claim = Move { kind: PoolMoveKind::Claim, to: Some(agent), actor, note: "", at: now };
        match self.move_customer(&mut tx, tenant, id, None, &claim).await? {
            Some(customer) => {
                tx.commit().await?;
                Ok(Ok(customer))
            }
            None => Ok(Err(PoolRefusal::Taken)),
        }
    }

    /// Back into the pool. `owner`: only when it is this agent's.
    ///
    /// # Errors
    /// `Conflict` when it is not.
    pub async fn release_customer(
        &self,
        tenant: TenantId,
        id: CustomerId,
        owner: Option<AgentId>,
        (actor, note): (&str, &str),
        now: At,
    ) -> Result<Customer> {
        let mut tx = self.begin().await?;
        let stored: Customer = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("customer"))?;
        let Some(holder) = stored.owner_id.filter(|holder| owner.is_none_or(|o| o == *holder)) else {
            return Err(StoreError::Conflict("the customer belongs to nobody, or to somebody else"));
        };
        let back = Move { kind: PoolMoveKind::Release, to: None, actor, note, at: now };
        let moved = self.move_customer(&mut tx, tenant, id, Some(holder), &back).await?;
        let customer = moved.ok_or(StoreError::Conflict("somebody else changed the customer meanwhile; load it again"))?;
        tx.commit().await?;
        Ok(customer)
    }

    /// From whomever it belongs to, to this agent.
    pub async fn assign_customer(&self, tenant: TenantId, id: CustomerId, to: AgentId, actor: &str, now: At) -> Result<Customer> {
        let mut tx = self.begin().await?;
        tx.must_own::<Agent>(tenant, to.0, "agent").await?;
        let stored: Customer = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("customer"))?;
        let assign = Move { kind: PoolMoveKind::Assign, to: Some(to), actor, note: "", at: now };
        let moved = self.move_customer(&mut tx, tenant, id, stored.owner_id, &assign).await?;
        let customer = moved.ok_or(StoreError::Conflict("somebody else changed the customer meanwhile; load it again"))?;
        tx.commit().await?;
        Ok(customer)
    }

    /// Customers with whom nobody of ours was in contact for so long come back into the pool: no call answered, nothing noted or
    /// changed, no new owner. Answers how many.
    pub async fn recycle_customers(&self, tenant: TenantId, rules: &PoolRules, now: At) -> Result<u64> {
        if rules.recycle_days == 0 {
            return Ok(0);
        }
        let (since, note) = (now.plus_ms(-i64::from(rules.recycle_days) * DAY_MS), format!("{} 天无联系", rules.recycle_days));
        let mut recycled = 0;
        loop {
            let mut tx = self.begin().await?;
            let rows = tx.rows(Sql::new(IDLE, cells![tenant, since, since, since, since, CHUNK])).await?;
            for row in &rows {
                let (id, owner) = (Cell::get(row, 0)?, Cell::get(row, 1)?);
                let back = Move { kind: PoolMoveKind::Recycle, to: None, actor: "", note: &note, at: now };
                recycled += u64::from(self.move_customer(&mut tx, tenant, id, owner, &back).await?.is_some());
            }
            tx.commit().await?;
            if rows.len() < usize::try_from(CHUNK).unwrap_or(0) {
                return Ok(recycled);
            }
        }
    }

    /// What an agent took since midnight and holds now.
    pub async fn pool_share(&self, tenant: TenantId, agent: AgentId, midnight: At) -> Result<(u32, u32)> {
        let tx = self.begin().await?;
        Ok((claims_since(&tx, tenant, agent, midnight).await?, held(&tx, tenant, agent).await?))
    }

    /// Newest first, at most 200.
    pub async fn pool_moves(&self, tenant: TenantId, customer: CustomerId) -> Result<Vec<PoolMove>> {
        self.read().must_own::<Customer>(tenant, customer.0, "customer").await?;
        let sql = "WHERE tenant_id = ? AND customer_id = ? ORDER BY id DESC LIMIT 200";
        self.read().all(Sql::new(sql, cells![tenant, customer])).await
    }

    /// None where the owner is not `from` any more.
    async fn move_customer(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: CustomerId,
        from: Option<AgentId>,
        to: &Move<'_>,
    ) -> Result<Option<Customer>> {
        let mut sql = Sql::new(
            "UPDATE customers SET owner_id = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND tenant_id = ?",
            cells![to.to, to.at, id, tenant],
        );
        match from {
            Some(from) => sql.push(" AND owner_id = ?").bind(&from),
            None => sql.push(" AND owner_id IS NULL"),
        };
        let written = tx.exec(sql).await?;
        let customer: Customer = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("customer"))?;
        if written == 0 {
            return Ok(None);
        }
        let moved = PoolMove {
            id: self.new_id::<PoolMoveId>(to.at),
            tenant_id: tenant,
            customer_id: id,
            kind: to.kind,
            from_agent: from,
            to_agent: to.to,
            actor: to.actor.into(),
            note: to.note.into(),
            at: to.at,
        };
        tx.insert(Insert::of(&moved)).await?;
        let data = json!({ "customer_id": id, "name": customer.name, "company": customer.company, "deleted": false });
        tx.emit(tenant, CUSTOMER_CHANGED, to.at, data);
        Ok(Some(customer))
    }
}

async fn claims_since(tx: &Tx, tenant: TenantId, agent: AgentId, midnight: At) -> Result<u32> {
    let sql = "SELECT COUNT(*) FROM pool_moves WHERE to_agent = ? AND kind = 'claim' AND at >= ? AND tenant_id = ?";
    Ok(tx.cell(Sql::new(sql, cells![agent, midnight, tenant])).await?.unwrap_or(0))
}

async fn held(tx: &Tx, tenant: TenantId, agent: AgentId) -> Result<u32> {
    let sql = "SELECT COUNT(*) FROM customers WHERE tenant_id = ? AND owner_id = ?";
    Ok(tx.cell(Sql::new(sql, cells![tenant, agent])).await?.unwrap_or(0))
}

const IDLE: &str = "SELECT c.id, c.owner_id FROM customers c WHERE c.tenant_id = ? AND c.owner_id IS NOT NULL AND c.updated_at < ? \
    AND NOT EXISTS (SELECT 1 FROM pool_moves m WHERE m.customer_id = c.id AND m.at >= ?) \
    AND NOT EXISTS (SELECT 1 FROM customer_numbers n JOIN calls k ON k.tenant_id = c.tenant_id AND k.called = n.number \
        AND k.direction = 'outbound' AND k.started_at >= ? WHERE n.customer_id = c.id AND k.answered_at IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM customer_numbers n JOIN calls k ON k.tenant_id = c.tenant_id AND k.caller = n.number \
        AND k.direction = 'inbound' AND k.started_at >= ? WHERE n.customer_id = c.id AND k.answered_at IS NOT NULL) \
    ORDER BY c.id LIMIT ?";
