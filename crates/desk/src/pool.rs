//! 公海: customers who are nobody's. Agents take them within limits and give them back; those nobody calls come back by themselves.

use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::calendar::midnight;
use model::record::{Agent, Customer, Permission, PoolRules};
use model::{AgentId, At, CustomerId};
use serde_json::json;
use std::time::Duration;
use store::{PoolRefusal, Store};
use tokio_util::sync::CancellationToken;

/// What an agent took today and holds, and what the rules allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub rules: PoolRules,
    pub taken_today: u32,
    pub held: u32,
}

/// # Errors
/// The store does not answer.
pub async fn share(store: &Store, agent: &Agent) -> Result<Share> {
    let (rules, midnight) = rules(store, agent.tenant_id, now()).await?;
    let (taken_today, held) = store.pool_share(agent.tenant_id, agent.id, midnight).await?;
    Ok(Share { rules, taken_today, held })
}

async fn rules(store: &Store, tenant: model::TenantId, at: At) -> Result<(PoolRules, At)> {
    let settings = store.settings(tenant).await?;
    Ok((settings.pool, midnight(at, &settings.desk.zone)))
}

/// The agent takes a customer.
///
/// # Errors
/// Somebody was faster, or a limit is reached.
pub async fn claim(store: &Store, actor: &Actor, agent: &Agent, id: CustomerId) -> Result<Customer> {
    actor.require(Permission::CustomerRead)?;
    let at = now();
    let (rules, midnight) = rules(store, actor.tenant, at).await?;
    let refused = match store.claim_customer(actor.tenant, id, agent.id, &rules, &actor.name, (at, midnight)).await? {
        Ok(customer) => {
            audit(store, actor, "pool.claim", &format!("customer:{id}"), json!({"agent": agent.number})).await?;
            return Ok(customer);
        }
        Err(refused) => refused,
    };
    Err(match refused {
        PoolRefusal::Taken => {
            DeskError::conflict("pool_taken", "这个客户刚被别人领走，请换一个", "somebody else took the customer; choose another")
        }
        PoolRefusal::DayFull(n) => DeskError::conflict(
            "pool_day_full",
            format!("今天已领满 {n} 个客户，请明天再来"),
            format!("{n} customers were taken today; come again tomorrow"),
        ),
        PoolRefusal::HandFull(n) => DeskError::conflict(
            "pool_hand_full",
            format!("名下客户已满 {n} 个，请先放回不再跟进的"),
            format!("{n} customers are held; give some back first"),
        ),
    })
}

/// Back into the pool: one's own, or anybody's for those who may give customers to agents.
///
/// # Errors
/// It is somebody else's, or nobody's.
pub async fn release(store: &Store, actor: &Actor, own: Option<&Agent>, id: CustomerId, note: &str) -> Result<Customer> {
    actor.require(Permission::CustomerRead)?;
    let leads = actor.can(Permission::AgentSupervise);
    let owner = if leads { None } else { own.map(|a| a.id) };
    if !leads && owner.is_none() {
        let (zh, en) = ("您还没有工号，请让管理员添加", "you have no agent's number; ask an administrator");
        return Err(DeskError::new(Kind::Forbidden, "no_agent", zh, en));
    }
    let note: String = note.trim().chars().take(200).collect();
    let customer = store.release_customer(actor.tenant, id, owner, (&actor.name, &note), now()).await.map_err(|e| match e {
        store::StoreError::Conflict(_) => {
            DeskError::conflict("pool_not_yours", "这个客户不在您名下，请刷新", "the customer is not yours; load again")
        }
        other => other.into(),
    })?;
    audit(store, actor, "pool.release", &format!("customer:{id}"), json!({"note": note})).await?;
    Ok(customer)
}

/// From whomever it belongs to, to this agent.
///
/// # Errors
/// There is no such agent or customer; the right is missing.
pub async fn assign(store: &Store, actor: &Actor, id: CustomerId, to: AgentId) -> Result<Customer> {
    actor.require(Permission::AgentSupervise)?;
    if store.agent(actor.tenant, to).await?.is_none() {
        return Err(DeskError::invalid(
            "agent_unknown",
            "agent_id",
            "没有这个坐席，请重新选择",
            "there is no such agent; choose again",
        ));
    }
    let customer = store.assign_customer(actor.tenant, id, to, &actor.name, now()).await?;
    audit(store, actor, "pool.assign", &format!("customer:{id}"), json!({"agent": to})).await?;
    Ok(customer)
}

/// Customers whom nobody was in contact with come back, of all tenants. Answers how many.
///
/// # Errors
/// The store does not answer.
pub async fn recycle(store: &Store, at: At) -> Result<u64> {
    let mut recycled = 0;
    for tenant in store.tenants().await? {
        let rules = store.settings(tenant.id).await?.pool;
        recycled += store.recycle_customers(tenant.id, &rules, at).await?;
    }
    Ok(recycled)
}

/// Runs until shutdown; once an hour.
pub async fn run(store: Store, shutdown: CancellationToken) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    while shutdown.run_until_cancelled(hourly.tick()).await.is_some() {
        match recycle(&store, now()).await {
            Ok(0) => {}
            Ok(customers) => tracing::info!(customers, "customers without contact came back into the pool"),
            Err(error) => tracing::warn!(%error, "customers were not taken back; trying again in an hour"),
        }
    }
}
