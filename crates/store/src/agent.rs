//! 坐席: agents with their skills, what they were doing, and what they did today.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::{Cell as _, cells};
use crate::{Result, Store, StoreError};
use model::event::AGENT_CHANGED;
use model::record::{Agent, AgentTalk, Extension, OrgUnit, Skill, StateInterval, User};
use model::{AgentId, At, SkillId, TenantId, UserId};
use serde_json::json;
use std::collections::BTreeMap;

impl Store {
    /// By their 工号.
    pub async fn agents(&self, tenant: TenantId) -> Result<Vec<Agent>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY number", cells![tenant])).await
    }

    pub async fn agent(&self, tenant: TenantId, id: AgentId) -> Result<Option<Agent>> {
        self.read().by_id(tenant, id.0).await
    }

    /// The 工号 a person signs in with.
    pub async fn agent_of_user(&self, tenant: TenantId, user: UserId) -> Result<Option<Agent>> {
        self.read().one(Sql::new("WHERE tenant_id = ? AND user_id = ?", cells![tenant, user])).await
    }

    /// # Errors
    /// `Duplicate` names `number` or `user_id`; `NotFound` the person, the extension or the skill that is not the tenant's.
    pub async fn create_agent(&self, agent: &Agent) -> Result<()> {
        self.agent_names_own(agent).await?;
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(agent)).await?;
        tx.emit(agent.tenant_id, AGENT_CHANGED, agent.created_at, changed(agent, false));
        tx.commit().await.map(|_| ())
    }

    /// # Errors
    /// `Conflict` when `agent.revision` is not the stored one; otherwise as for a new one.
    pub async fn update_agent(&self, agent: &Agent, now: At) -> Result<Agent> {
        self.agent_names_own(agent).await?;
        let next = Agent { revision: agent.revision + 1, ..agent.clone() };
        let mut tx = self.begin().await?;
        let mut sql = update(&next, &["created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?").bind(&agent.id).bind(&agent.tenant_id).bind(&agent.revision);
        let written = tx.exec(sql).await?;
        let stored: Agent = tx.by_id(agent.tenant_id, agent.id.0).await?.ok_or(StoreError::NotFound("agent"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the agent meanwhile; load it again"));
        }
        tx.emit(stored.tenant_id, AGENT_CHANGED, now, changed(&stored, false));
        tx.commit().await?;
        Ok(stored)
    }

    /// Leaves every group; customers lose their owner. What the agent did stays.
    pub async fn delete_agent(&self, tenant: TenantId, id: AgentId, now: At) -> Result<()> {
        let mut tx = self.begin().await?;
        let agent: Agent = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("agent"))?;
        for text in [
            "DELETE FROM agents WHERE id = ? AND tenant_id = ?",
            "DELETE FROM memberships WHERE agent_id = ? AND tenant_id = ?",
            "UPDATE customers SET owner_id = NULL WHERE owner_id = ? AND tenant_id = ?",
            "UPDATE customers SET seat_id = NULL WHERE seat_id = ? AND tenant_id = ?",
        ] {
            tx.exec(Sql::new(text, cells![id, tenant])).await?;
        }
        tx.emit(tenant, AGENT_CHANGED, now, changed(&agent, true));
        tx.commit().await.map(|_| ())
    }

    async fn agent_names_own(&self, agent: &Agent) -> Result<()> {
        if let Some(user) = agent.user_id {
            self.read().must_own::<User>(agent.tenant_id, user.0, "user").await?;
        }
        if let Some(extension) = agent.extension_id {
            self.read().must_own::<Extension>(agent.tenant_id, extension.0, "extension").await?;
        }
        if let Some(unit) = agent.unit_id {
            self.read().must_own::<OrgUnit>(agent.tenant_id, unit.0, "unit").await?;
        }
        for skill in agent.skills.keys() {
            self.read().must_own::<Skill>(agent.tenant_id, skill.0, "skill").await?;
        }
        Ok(())
    }

    /// By name.
    pub async fn skills(&self, tenant: TenantId) -> Result<Vec<Skill>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY name", cells![tenant])).await
    }

    pub async fn skill(&self, tenant: TenantId, id: SkillId) -> Result<Option<Skill>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn create_skill(&self, skill: &Skill) -> Result<()> {
        self.write().insert(Insert::of(skill)).await.map(|_| ())
    }

    /// # Errors
    /// `Duplicate` of `name`.
    pub async fn update_skill(&self, skill: &Skill) -> Result<()> {
        let sql =
            Sql::new("UPDATE skills SET name = ? WHERE id = ? AND tenant_id = ?", cells![skill.name, skill.id, skill.tenant_id]);
        if self.write().exec(sql).await? == 0 { Err(StoreError::NotFound("skill")) } else { Ok(()) }
    }

    /// Whether anybody has it or asks for it is the caller's to find out.
    pub async fn delete_skill(&self, tenant: TenantId, id: SkillId) -> Result<()> {
        let n = self.write().exec(Sql::new("DELETE FROM skills WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        if n == 0 { Err(StoreError::NotFound("skill")) } else { Ok(()) }
    }

    /// What agents were doing between two points in time, oldest first; spans that reach into them count too.
    pub async fn state_intervals(
        &self,
        tenant: TenantId,
        agent: Option<AgentId>,
        from: At,
        to: At,
    ) -> Result<Vec<StateInterval>> {
        let mut sql = Sql::new("WHERE tenant_id = ? AND started_at < ?", cells![tenant, to]);
        sql.push(" AND (ended_at IS NULL OR ended_at > ?)").bind(&from);
        sql.and_some("agent_id = ?", agent.as_ref()).push(" ORDER BY started_at, session_id, ordinal");
        self.read().all(sql).await
    }

    /// Of each agent since `midnight`: calls talked in, and milliseconds talked.
    pub async fn tallies(&self, tenant: TenantId, midnight: At) -> Result<Vec<(AgentId, u32, i64)>> {
        let sql = "SELECT talks FROM calls WHERE tenant_id = ? AND started_at >= ? AND agent_id IS NOT NULL";
        let mut sums: BTreeMap<AgentId, (u32, i64)> = BTreeMap::new();
        for row in self.read().rows(Sql::new(sql, cells![tenant, midnight])).await? {
            for talk in Vec::<AgentTalk>::get(&row, 0)? {
                if let Some(answered) = talk.answered_at {
                    let sum = sums.entry(talk.agent_id).or_default();
                    sum.0 += 1;
                    sum.1 += talk.ended_at.since_ms(answered);
                }
            }
        }
        Ok(sums.into_iter().map(|(agent, (calls, talk_ms))| (agent, calls, talk_ms)).collect())
    }
}

fn changed(agent: &Agent, deleted: bool) -> serde_json::Value {
    json!({
        "agent_id": agent.id, "agent_number": agent.number, "name": agent.name, "unit_id": agent.unit_id,
        "enabled": agent.enabled, "deleted": deleted,
    })
}
