//! Leads that belong to one agent each: shared out evenly, given by hand, taken back.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{LeadSelection, Result, Store};
use model::record::{Agent, Campaign};
use model::{AgentId, CampaignId, LeadId, TenantId};
use std::collections::BTreeMap;

/// Leads of one statement.
const CHUNK: usize = 5_000;
const OPEN: &str = "state IN ('ready', 'retry', 'leased', 'dialing')";

impl Store {
    /// Gives the chosen leads that are not finished to the agents in turn, in the order they were brought in. Those that belong to
    /// somebody stay with them unless `again`. Answers how many each agent got.
    ///
    /// # Errors
    /// `NotFound` of an agent who is not the tenant's.
    pub async fn assign_leads(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        which: &LeadSelection,
        agents: &[AgentId],
        again: bool,
    ) -> Result<BTreeMap<AgentId, u64>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        for agent in agents {
            self.read().must_own::<Agent>(tenant, agent.0, "agent").await?;
        }
        let mut given = BTreeMap::new();
        let condition = if again { OPEN.to_owned() } else { format!("{OPEN} AND agent_id IS NULL") };
        let chosen = self.chosen(tenant, campaign, which, &condition).await?;
        for chunk in chosen.chunks(CHUNK) {
            let tx = self.begin().await?;
            for (turn, agent) in agents.iter().enumerate() {
                let theirs: Vec<LeadId> = chunk.iter().skip(turn).step_by(agents.len()).copied().collect();
                if theirs.is_empty() {
                    continue;
                }
                let mut sql = Sql::new("UPDATE leads SET agent_id = ? WHERE campaign_id = ?", cells![*agent, campaign]);
                sql.push(" AND ").push(&condition).and_in("id", &theirs);
                *given.entry(*agent).or_default() += tx.exec(sql).await?;
            }
            tx.commit().await?;
        }
        Ok(given)
    }

    /// They may be called by anybody again.
    pub async fn unassign_leads(&self, tenant: TenantId, campaign: CampaignId, which: &LeadSelection) -> Result<u64> {
        self.change(tenant, campaign, which, "UPDATE leads SET agent_id = NULL", Vec::new(), "agent_id IS NOT NULL").await
    }

    /// Open leads that belong to each agent.
    pub async fn assigned_counts(&self, tenant: TenantId, campaign: CampaignId) -> Result<BTreeMap<AgentId, u64>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let sql = format!(
            "SELECT agent_id, COUNT(*) FROM leads WHERE agent_id IN (SELECT id FROM agents WHERE tenant_id = ?) AND campaign_id = ? \
             AND {OPEN} GROUP BY agent_id"
        );
        let rows = self.read().rows(Sql::new(sql, cells![tenant, campaign])).await?;
        rows.iter().map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?))).collect()
    }

    async fn chosen(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        which: &LeadSelection,
        condition: &str,
    ) -> Result<Vec<LeadId>> {
        let head = || {
            let text = format!("SELECT id FROM leads WHERE campaign_id = ? AND tenant_id = ? AND {condition}");
            Sql::new(text, cells![campaign, tenant])
        };
        let mut found = Vec::new();
        match which {
            LeadSelection::Filter(filter) => {
                let mut sql = head();
                self.matching(&mut sql, filter);
                sql.push(" ORDER BY id");
                for row in self.read().rows(sql).await? {
                    found.push(LeadId::get(&row, 0)?);
                }
            }
            LeadSelection::Ids(ids) => {
                for chunk in ids.chunks(CHUNK) {
                    let mut sql = head();
                    sql.and_in("id", chunk).push(" ORDER BY id");
                    for row in self.read().rows(sql).await? {
                        found.push(LeadId::get(&row, 0)?);
                    }
                }
            }
        }
        Ok(found)
    }
}
