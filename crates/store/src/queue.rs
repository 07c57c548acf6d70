//! 坐席组: groups with their rules, who belongs to them, and who waited in them.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::cells;
use crate::{Result, Store, StoreError};
use model::event::QUEUE_CHANGED;
use model::record::{Agent, Membership, Queue, QueueEntry};
use model::{AgentId, At, CallId, QueueId, TenantId};
use serde_json::json;
use std::collections::BTreeSet;

impl Store {
    /// By name.
    pub async fn queues(&self, tenant: TenantId) -> Result<Vec<Queue>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY name", cells![tenant])).await
    }

    pub async fn queue(&self, tenant: TenantId, id: QueueId) -> Result<Option<Queue>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn create_queue(&self, queue: &Queue) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(queue)).await?;
        tx.emit(queue.tenant_id, QUEUE_CHANGED, queue.created_at, changed(queue, false));
        tx.commit().await.map(|_| ())
    }

    /// # Errors
    /// `Conflict` when `queue.revision` is not the stored one.
    pub async fn update_queue(&self, queue: &Queue, now: At) -> Result<Queue> {
        let next = Queue { revision: queue.revision + 1, ..queue.clone() };
        let mut tx = self.begin().await?;
        let mut sql = update(&next, &["created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?").bind(&queue.id).bind(&queue.tenant_id).bind(&queue.revision);
        let written = tx.exec(sql).await?;
        let stored: Queue = tx.by_id(queue.tenant_id, queue.id.0).await?.ok_or(StoreError::NotFound("queue"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the group meanwhile; load it again"));
        }
        tx.emit(stored.tenant_id, QUEUE_CHANGED, now, changed(&stored, false));
        tx.commit().await?;
        Ok(stored)
    }

    /// With its memberships; who waited in it stays known.
    pub async fn delete_queue(&self, tenant: TenantId, id: QueueId, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let queue: Queue = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("queue"))?;
        tx.exec(Sql::new("DELETE FROM queues WHERE id = ?", cells![id])).await?;
        tx.exec(Sql::new("DELETE FROM memberships WHERE queue_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        tx.exec(Sql::new("DELETE FROM pacer_states WHERE queue_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        tx.emit(tenant, QUEUE_CHANGED, now, changed(&queue, true));
        tx.commit().await.map(|_| ())
    }

    /// Of all groups.
    pub async fn memberships(&self, tenant: TenantId) -> Result<Vec<Membership>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY queue_id, place, agent_id", cells![tenant])).await
    }

    /// In their order.
    pub async fn members(&self, tenant: TenantId, queue: QueueId) -> Result<Vec<Membership>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND queue_id = ? ORDER BY place, agent_id", cells![tenant, queue])).await
    }

    /// Writes the members of a group whole.
    ///
    /// # Errors
    /// `NotFound` when the group or an agent is not the tenant's, `Duplicate` when an agent stands there twice.
    pub async fn set_members(&self, tenant: TenantId, id: QueueId, members: &[Membership], now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let queue: Queue = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("queue"))?;
        tx.exec(Sql::new("DELETE FROM memberships WHERE queue_id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        for member in members {
            tx.must_own::<Agent>(tenant, member.agent_id.0, "agent").await?;
            let member = Membership { queue_id: id, ..member.clone() };
            tx.insert(Insert::of(&member).with("tenant_id", &tenant)).await?;
        }
        tx.emit(tenant, QUEUE_CHANGED, now, changed(&queue, false));
        tx.commit().await.map(|_| ())
    }

    /// The groups of an agent, whole and at once: new ones at the end of their order, in the others the membership stays as it is.
    ///
    /// # Errors
    /// `NotFound` when the agent or a group is not the tenant's.
    pub async fn set_queues_of_agent(&self, tenant: TenantId, agent: AgentId, queues: &BTreeSet<QueueId>, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.must_own::<Agent>(tenant, agent.0, "agent").await?;
        let of_agent = Sql::new("WHERE tenant_id = ? AND agent_id = ?", cells![tenant, agent]);
        let before: BTreeSet<QueueId> = tx.all::<Membership>(of_agent).await?.into_iter().map(|m| m.queue_id).collect();
        for left in before.difference(queues) {
            tx.exec(Sql::new("DELETE FROM memberships WHERE queue_id = ? AND agent_id = ?", cells![*left, agent])).await?;
        }
        for id in before.symmetric_difference(queues) {
            let queue: Queue = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("queue"))?;
            if queues.contains(id) {
                let others: Vec<Membership> = tx.all(Sql::new("WHERE queue_id = ?", cells![*id])).await?;
                let place = others.iter().map(|m| m.place).max().map_or(1, |last| last.saturating_add(1));
                let member =
                    Membership { queue_id: *id, agent_id: agent, place, vip_only: false, outbound: false, schedule: None };
                tx.insert(Insert::of(&member).with("tenant_id", &tenant)).await?;
            }
            tx.emit(tenant, QUEUE_CHANGED, now, changed(&queue, false));
        }
        tx.commit().await.map(|_| ())
    }

    /// The stays of a call's caller, in order.
    pub async fn queue_entries_of_call(&self, tenant: TenantId, call: CallId) -> Result<Vec<QueueEntry>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND call_id = ? ORDER BY entered_at, ordinal", cells![tenant, call])).await
    }
}

fn changed(queue: &Queue, deleted: bool) -> serde_json::Value {
    json!({ "queue_id": queue.id, "name": queue.name, "deleted": deleted })
}
