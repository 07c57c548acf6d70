//! Claims: leads handed to the floor under a lease, each to one claimer. The heart of "nobody is dialled twice".

use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::ClaimedLead;
use model::{At, CampaignId, Disposition, LeadId};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// Highest priority first.
    pub leads: Vec<ClaimedLead>,
    /// When the next lead may be due; none: nothing waits.
    pub next_due: Option<At>,
    /// No lead is ready, held, in a call or waiting for a retry.
    pub all_settled: bool,
}

impl Store {
    /// Takes up to `n` due leads: ready ones, retries whose time has come, and leads whose lease ran out while they were only
    /// `leased`. One that is `dialing` is never taken: [`Store::recover`] decides over those.
    pub async fn claim_leads(&self, campaign: CampaignId, n: u32, now: At, lease_until: At) -> Result<Claim> {
        let tx = self.begin().await?;
        let lock = tx.engine().skip_locked();
        // Each set by its own partial index, so that a million leads cost no more than a hundred. Within one priority a retry
        // whose time has come goes before a fresh lead.
        let set = |state: &str, due: &str, order: &str| {
            format!(
                "SELECT id FROM leads WHERE campaign_id = ? AND state = '{state}' AND {due} <= ? ORDER BY {order} LIMIT ?{lock}"
            )
        };
        let text = format!(
            "WITH ready AS ({}), retry AS ({}), held AS ({}) UPDATE leads SET state = 'leased', lease_until = ? WHERE id IN \
             (SELECT id FROM leads WHERE id IN (SELECT id FROM ready UNION ALL SELECT id FROM retry UNION ALL SELECT id FROM held) \
             ORDER BY priority DESC, CASE state WHEN 'ready' THEN 1 ELSE 0 END, id LIMIT ?) \
             RETURNING priority, id, phone, name, region, carrier, variables, attempts",
            // The plus keeps the planners on the index that is in this order: sorting a million due leads is no way to take ten.
            set("ready", "+next_at", "priority DESC, id"),
            set("retry", "next_at", "next_at"),
            set("leased", "lease_until", "lease_until"),
        );
        let n = i64::from(n);
        let values = cells![campaign, now, n, campaign, now, n, campaign, now, n, lease_until, n];
        let mut leads = Vec::new();
        for row in tx.rows(Sql::new(text, values)).await? {
            let lead = ClaimedLead {
                id: Cell::get(&row, 1)?,
                phone: Cell::get(&row, 2)?,
                name: Cell::get(&row, 3)?,
                region: Cell::get(&row, 4)?,
                carrier: Cell::get(&row, 5)?,
                variables: Cell::get(&row, 6)?,
                attempts: Cell::get(&row, 7)?,
                ended: BTreeMap::new(),
                lease_until,
            };
            leads.push((std::cmp::Reverse(i64::get(&row, 0)?), lead));
        }
        leads.sort_by_key(|(priority, lead)| (*priority, lead.id));
        let mut claim = Claim { leads: leads.into_iter().map(|(_, lead)| lead).collect(), ..Claim::default() };
        let tried: Vec<LeadId> = claim.leads.iter().map(|lead| lead.id).collect();
        if !tried.is_empty() {
            let mut sql =
                Sql::new("SELECT lead_id, disposition, COUNT(*) FROM attempts WHERE disposition IS NOT NULL", Vec::new());
            sql.and_in("lead_id", &tried).push(" GROUP BY lead_id, disposition");
            for row in tx.rows(sql).await? {
                let (id, disposition, n) = (LeadId::get(&row, 0)?, Disposition::get(&row, 1)?, u32::get(&row, 2)?);
                if let Some(lead) = claim.leads.iter_mut().find(|lead| lead.id == id) {
                    lead.ended.insert(disposition, n);
                }
            }
        }
        let row = tx.row(Sql::new(NEXT, cells![campaign, campaign, campaign, campaign])).await?;
        if let Some(row) = row {
            claim.next_due = Cell::get(&row, 0)?;
            claim.all_settled = claim.next_due.is_none() && i64::get(&row, 1)? == 0;
        }
        tx.commit().await?;
        Ok(claim)
    }

    /// Back to where they were before the claim. Leads that went on to be dialled or were excluded are left alone.
    pub async fn release_leads(&self, campaign: CampaignId, leads: &[LeadId], _now: At) -> Result<u64> {
        if leads.is_empty() {
            return Ok(0);
        }
        let mut sql = Sql::new(RELEASE, Vec::new());
        sql.push(" WHERE state = 'leased' AND campaign_id = ?").bind(&campaign).and_in("id", leads);
        self.write().exec(sql).await
    }
}

/// `next_at` was left as it stood at the claim; a lead that has been tried goes back among the retries.
pub(crate) const RELEASE: &str =
    "UPDATE leads SET state = CASE WHEN last_attempt_at IS NULL THEN 'ready' ELSE 'retry' END, lease_until = NULL";

/// The earliest time at which something is due, and whether a call is up.
const NEXT: &str = "SELECT (SELECT MIN(at) FROM (\
     SELECT MIN(next_at) AS at FROM leads WHERE campaign_id = ? AND state = 'ready' UNION ALL \
     SELECT MIN(next_at) FROM leads WHERE campaign_id = ? AND state = 'retry' UNION ALL \
     SELECT MIN(lease_until) FROM leads WHERE campaign_id = ? AND state = 'leased') due), \
     (SELECT COUNT(*) FROM leads WHERE campaign_id = ? AND state = 'dialing')";
