//! How often each rule of dialling said no, by campaign and quarter of an hour.

use crate::db::{Runs, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{Campaign, RefusalCount};
use model::{At, CampaignId, TenantId};
use std::collections::BTreeMap;

const BUCKET_MS: i64 = 900_000;

/// Of one transaction, written once.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    changes: BTreeMap<(CampaignId, String, i64), i64>,
}

impl Refusals {
    pub fn add(&mut self, campaign: CampaignId, rule: &str, at: At) {
        *self.changes.entry((campaign, rule.to_owned(), at.ms().div_euclid(BUCKET_MS))).or_default() += 1;
    }

    pub async fn write(&mut self, db: &impl Runs) -> Result<()> {
        let changes: Vec<_> = std::mem::take(&mut self.changes).into_iter().collect();
        for chunk in changes.chunks(500) {
            let mut sql = Sql::new("INSERT INTO refusals (campaign_id, rule, bucket, n) VALUES ", Vec::new());
            for (i, ((campaign, rule, bucket), n)) in chunk.iter().enumerate() {
                sql.push(if i == 0 { "(?, ?, ?, ?)" } else { ", (?, ?, ?, ?)" });
                sql.bind(campaign).bind(rule).bind(bucket).bind(n);
            }
            sql.push(" ON CONFLICT (campaign_id, rule, bucket) DO UPDATE SET n = refusals.n + excluded.n");
            db.exec(sql).await?;
        }
        Ok(())
    }
}

impl Store {
    /// By rule, since `midnight` and in all; the most frequent first.
    pub async fn refusals(&self, tenant: TenantId, campaign: CampaignId, midnight: At) -> Result<Vec<RefusalCount>> {
        let db = self.read();
        db.must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let sql = "SELECT rule, CAST(SUM(CASE WHEN bucket >= ? THEN n ELSE 0 END) AS BIGINT), CAST(SUM(n) AS BIGINT) \
                   FROM refusals WHERE campaign_id = ? GROUP BY rule";
        let rows = db.rows(Sql::new(sql, cells![midnight.ms().div_euclid(BUCKET_MS), campaign])).await?;
        let read = |row| Ok(RefusalCount { rule: Cell::get(row, 0)?, today: Cell::get(row, 1)?, all: Cell::get(row, 2)? });
        let mut counts = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        counts.sort_by(|a, b| (b.all, &a.rule).cmp(&(a.all, &b.rule)));
        Ok(counts)
    }
}
