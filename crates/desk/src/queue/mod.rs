//! 坐席组: groups with their rules and members.

mod check;

use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Membership, Permission, Queue};
use model::{AgentId, QueueId};
use serde_json::json;
use std::collections::BTreeSet;
use store::Store;

const MEMBERS_MAX: usize = 2_000;

/// # Errors
/// Every rule that does not hold; a name that another group has; the right is missing.
pub async fn create(store: &Store, actor: &Actor, wish: Queue) -> Result<Queue> {
    actor.require(Permission::AgentWrite)?;
    let at = now();
    let queue = Queue { id: store.new_id(at), tenant_id: actor.tenant, created_at: at, revision: 1, ..wish };
    let queue = check::rules(store, queue).await?;
    store.create_queue(&queue).await?;
    audit(store, actor, "queue.create", &format!("queue:{}", queue.id), json!(queue)).await?;
    Ok(queue)
}

/// Writes a group whole; `wish.revision` is the one that was edited.
///
/// # Errors
/// As for a new one; `Conflict` when the revision is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: &Queue, wish: Queue) -> Result<Queue> {
    actor.require(Permission::AgentWrite)?;
    let queue = Queue { id: before.id, tenant_id: actor.tenant, created_at: before.created_at, ..wish };
    let queue = check::rules(store, queue).await?;
    let stored = store.update_queue(&queue, now()).await?;
    audit(store, actor, "queue.update", &format!("queue:{}", stored.id), json!(stored)).await?;
    Ok(stored)
}

/// # Errors
/// Other groups send their callers there; the group is not the tenant's.
pub async fn delete(store: &Store, actor: &Actor, id: QueueId) -> Result<()> {
    actor.require(Permission::AgentWrite)?;
    let queue = store.queue(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("坐席组", "group"))?;
    let all = store.queues(actor.tenant).await?;
    let names: Vec<&str> = all.iter().filter(|q| q.id != id && check::sends_to(q, id)).map(|q| q.name.as_str()).collect();
    if !names.is_empty() {
        let names = names.join("、");
        return Err(DeskError::conflict(
            "queue_in_use",
            format!("坐席组 {names} 的来电会转到这里，请先改掉它们的溢出或按键去向"),
            format!("callers of {names} are sent here; change where they go first"),
        ));
    }
    store.delete_queue(actor.tenant, id, now()).await?;
    audit(store, actor, "queue.delete", &format!("queue:{id}"), json!({"name": queue.name})).await?;
    Ok(())
}

/// Writes the members of a group whole.
///
/// # Errors
/// An agent who is not the tenant's or stands there twice, a schedule without any time; the group is not the tenant's.
pub async fn set_members(store: &Store, actor: &Actor, id: QueueId, members: &[Membership]) -> Result<Vec<Membership>> {
    actor.require(Permission::AgentWrite)?;
    let queue = store.queue(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("坐席组", "group"))?;
    let mut issues = Issues::default();
    issues.unless(members.len() <= MEMBERS_MAX, "members", "一个坐席组最多 2000 个坐席", "a group has at most 2,000 agents");
    let known: BTreeSet<_> = store.agents(actor.tenant).await?.into_iter().map(|a| a.id).collect();
    let mut seen = BTreeSet::new();
    for (i, member) in members.iter().enumerate().take(MEMBERS_MAX) {
        let agent = format!("{i}.agent_id");
        issues.unless(known.contains(&member.agent_id), &agent, "没有这个坐席，请刷新后重选", "there is no such agent; reload");
        issues.unless(seen.insert(member.agent_id), &agent, "同一个坐席只能加入一次", "an agent can be in a group once");
        let place = format!("{i}.place");
        issues.unless(member.place <= 1_000_000, &place, "顺序须为 0–1000000", "a place is 0–1,000,000");
        if let Some(e) = member.schedule.as_ref().and_then(|s| s.validate().err()) {
            issues.add(format!("{i}.schedule"), format!("排班时间有误：{e}"), format!("schedule: {e}"));
        }
    }
    issues.done()?;
    store.set_members(actor.tenant, id, members, now()).await?;
    let detail = json!({ "name": queue.name, "members": members.len() });
    audit(store, actor, "queue.members", &format!("queue:{id}"), detail).await?;
    Ok(store.members(actor.tenant, id).await?)
}

/// Puts an agent into these groups and no others.
///
/// # Errors
/// `NotFound` of the agent, `Invalid` of a group that is not there.
pub async fn set_queues_of(store: &Store, actor: &Actor, agent: AgentId, queues: &BTreeSet<QueueId>) -> Result<()> {
    actor.require(Permission::AgentWrite)?;
    let record = store.agent(actor.tenant, agent).await?.ok_or_else(|| DeskError::not_found("坐席", "agent"))?;
    let known: BTreeSet<_> = store.queues(actor.tenant).await?.into_iter().map(|q| q.id).collect();
    let mut issues = Issues::default();
    issues.unless(
        queues.is_subset(&known),
        "queues",
        "有的坐席组已不存在，请刷新后重选",
        "a group is not there any more; reload",
    );
    issues.done()?;
    store.set_queues_of_agent(actor.tenant, agent, queues, now()).await?;
    let detail = json!({ "number": record.number, "queues": queues });
    audit(store, actor, "agent.queues", &format!("agent:{agent}"), detail).await
}
