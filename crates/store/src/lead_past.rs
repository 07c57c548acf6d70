//! What other campaigns know of a number: whether it is to be called again, and all that was tried.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::record::{Attempt, Lead};
use model::{At, CampaignId, LeadId, TenantId};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const CHUNK: usize = 1_000;
const DAY_MS: i64 = 86_400_000;
/// Attempts shown of one lead's numbers.
const SHOWN: i64 = 200;

/// Who is not to be taken in. Empty: everybody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dedupe {
    /// Those who wait in another campaign that runs or is paused.
    pub in_other_tasks: bool,
    /// Those who were called within so many days, by whatever campaign.
    pub called_within_days: Option<u32>,
    /// Those who came to one of these results, in whatever campaign.
    pub results: Vec<String>,
}

/// Why a number is not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The other campaign's name.
    InTask(String),
    CalledAt(At),
    Result(String),
}

/// One attempt of any campaign, with what it was about.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    pub attempt: Attempt,
    pub campaign: String,
    /// The result as people read it.
    pub result: Option<String>,
}

impl Dedupe {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Those of `phones` (E.164) that are not to be taken into `campaign`, each with the first reason.
    pub async fn repeats(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        phones: &[String],
        dedupe: &Dedupe,
        now: At,
    ) -> Result<BTreeMap<String, Repeat>> {
        let mut found = BTreeMap::new();
        for chunk in phones.chunks(CHUNK) {
            if dedupe.in_other_tasks {
                let mut sql = Sql::new(
                    "SELECT l.phone, c.name FROM leads l JOIN campaigns c ON c.id = l.campaign_id WHERE l.tenant_id = ? AND l.campaign_id <> ? \
                     AND c.status IN ('running', 'paused') AND l.state IN ('ready', 'retry', 'leased', 'dialing')",
                    cells![tenant, campaign],
                );
                sql.and_in("l.phone", chunk);
                for row in self.read().rows(sql).await? {
                    found.entry(Cell::get(&row, 0)?).or_insert(Repeat::InTask(Cell::get(&row, 1)?));
                }
            }
            if let Some(days) = dedupe.called_within_days {
                let since = now.plus_ms(-i64::from(days) * DAY_MS);
                let mut sql = Sql::new(
                    "SELECT phone, MAX(dialing_at) FROM attempts WHERE tenant_id = ? AND dialing_at > ? \
                     AND (disposition IS NULL OR disposition <> 'blocked')",
                    cells![tenant, since],
                );
                sql.and_in("phone", chunk).push(" GROUP BY phone");
                for row in self.read().rows(sql).await? {
                    found.entry(Cell::get(&row, 0)?).or_insert(Repeat::CalledAt(Cell::get(&row, 1)?));
                }
            }
            if !dedupe.results.is_empty() {
                let mut sql = Sql::new("SELECT phone, result FROM leads WHERE tenant_id = ?", cells![tenant]);
                sql.and_in("phone", chunk).and_in("result", &dedupe.results);
                for row in self.read().rows(sql).await? {
                    found.entry(Cell::get(&row, 0)?).or_insert(Repeat::Result(Cell::get(&row, 1)?));
                }
            }
        }
        Ok(found)
    }

    pub async fn lead_by_source(&self, tenant: TenantId, campaign: CampaignId, source_id: &str) -> Result<Option<Lead>> {
        let sql = "WHERE tenant_id = ? AND campaign_id = ? AND source_id = ?";
        self.read().one(Sql::new(sql, cells![tenant, campaign, source_id.to_string()])).await
    }

    /// Every attempt to any of the lead's numbers in all campaigns, newest first, at most 200.
    pub async fn lead_past(&self, tenant: TenantId, id: LeadId) -> Result<Vec<Before>> {
        let lead = self.lead(tenant, id).await?.ok_or(StoreError::NotFound("lead"))?;
        let numbers: Vec<String> = lead.numbers().map(str::to_owned).collect();
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("phone", &numbers).push(" ORDER BY dialing_at DESC, id DESC LIMIT ?").bind(&SHOWN);
        let attempts: Vec<Attempt> = self.read().all(sql).await?;
        let mut campaigns = BTreeMap::new();
        let mut past = Vec::with_capacity(attempts.len());
        for attempt in attempts {
            if let Entry::Vacant(free) = campaigns.entry(attempt.campaign_id) {
                free.insert(self.campaign(tenant, attempt.campaign_id).await?);
            }
            let campaign = campaigns.get(&attempt.campaign_id).and_then(Option::as_ref);
            let label = |code: &String| {
                let def = campaign.and_then(|c| c.results.iter().find(|r| r.code == *code));
                def.map_or_else(|| code.clone(), |r| r.label.clone())
            };
            let result = attempt.result.as_ref().map(label);
            past.push(Before { campaign: campaign.map(|c| c.name.clone()).unwrap_or_default(), result, attempt });
        }
        Ok(past)
    }
}
