//! Leads that were to be called within a time, and were not.

use crate::commit::expired_event;
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::event::LEAD_EXPIRED;
use model::record::{Campaign, Lead};
use model::{At, CampaignId, LeadId};

/// Leads ended in one transaction.
const CHUNK: i64 = 500;

impl Store {
    /// Ends those whose time is over, of all tenants, and tells of each. One that is just being dialled ends when the call does. Answers
    /// the campaigns that had such.
    pub async fn expire_leads(&self, now: At) -> Result<Vec<CampaignId>> {
        let sql = "SELECT id FROM campaigns WHERE EXISTS (SELECT 1 FROM leads WHERE campaign_id = campaigns.id \
                   AND expires_at IS NOT NULL AND state IN ('ready', 'retry', 'leased') AND expires_at <= ?) ORDER BY id";
        let mut campaigns = Vec::new();
        for row in self.read().rows(Sql::new(sql, cells![now])).await? {
            let id = CampaignId::get(&row, 0)?;
            while self.expire_some(id, now).await? == u64::try_from(CHUNK).unwrap_or(0) {}
            campaigns.push(id);
        }
        Ok(campaigns)
    }

    async fn expire_some(&self, id: CampaignId, now: At) -> Result<u64> {
        let mut tx = self.begin().await?;
        let Some(campaign) = tx.all::<Campaign>(Sql::new("WHERE id = ?", cells![id])).await?.pop() else { return Ok(0) };
        let text = format!(
            "WITH p AS MATERIALIZED (SELECT id FROM leads WHERE campaign_id = ? AND expires_at IS NOT NULL \
             AND state IN ('ready', 'retry', 'leased') AND expires_at <= ? AND (state <> 'leased' OR lease_until <= ?) \
             ORDER BY expires_at LIMIT ?{}) \
             UPDATE leads SET state = 'expired', lease_until = NULL WHERE id IN (SELECT id FROM p) RETURNING id",
            tx.engine().skip_locked()
        );
        let rows = tx.rows(Sql::new(text, cells![id, now, now, CHUNK])).await?;
        let ids = rows.iter().map(|row| LeadId::get(row, 0)).collect::<Result<Vec<_>>>()?;
        if !ids.is_empty() {
            let mut sql = Sql::new("WHERE campaign_id = ?", cells![id]);
            sql.and_in("id", &ids).push(" ORDER BY id");
            for lead in tx.all::<Lead>(sql).await? {
                tx.emit(campaign.tenant_id, LEAD_EXPIRED, now, expired_event(&campaign, &lead));
            }
        }
        tx.commit().await?;
        Ok(u64::try_from(ids.len()).unwrap_or(0))
    }
}
