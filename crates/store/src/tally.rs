//! Counters by quarter hour: what was dialled by campaign, caller id and trunk, so that "how many today" costs at most a
//! hundred small rows in any time zone, whatever the day's volume.

use crate::Result;
use crate::db::{Runs, Sql};
use crate::row::{Cell, cells};
use model::{At, CampaignId, TenantId, TrunkId};
use std::collections::BTreeMap;

const BUCKET_MS: i64 = 900_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tally {
    /// Attempts begun.
    Campaign,
    /// Attempts somebody or something answered.
    Answered,
    /// Milliseconds from answer to end.
    Talk,
    CallerId,
    /// Calls that showed it and were answered; and those refused with 607 or 608.
    CallerIdAnswered,
    CallerIdRefused,
    /// People who answered, the abandoned among them, by the time of the answer.
    Live,
    Trunk,
    /// Milliseconds of sound given to recognisers.
    Heard,
    /// Thousandths of a yuan that calls of a campaign cost.
    Cost,
    /// Minutes begun of calls of a campaign over routes without a rate.
    Unrated,
}

impl Tally {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Answered => "answered",
            Self::Talk => "talk",
            Self::CallerId => "caller_id",
            Self::CallerIdAnswered => "caller_id_answered",
            Self::CallerIdRefused => "caller_id_refused",
            Self::Live => "live",
            Self::Trunk => "trunk",
            Self::Heard => "heard",
            Self::Cost => "cost",
            Self::Unrated => "unrated",
        }
    }
}

/// Changes of one transaction, written once and in key order, so that two batches never wait for each other crosswise.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    changes: BTreeMap<(TenantId, Tally, String, i64), i64>,
}

impl Tallies {
    pub fn add(&mut self, tenant: TenantId, tally: Tally, key: impl ToString, at: At, n: i64) {
        *self.changes.entry((tenant, tally, key.to_string(), at.ms().div_euclid(BUCKET_MS))).or_default() += n;
    }

    pub fn attempt(&mut self, tenant: TenantId, campaign: CampaignId, caller_id: &str, trunk: Option<TrunkId>, at: At, n: i64) {
        self.add(tenant, Tally::Campaign, campaign, at, n);
        self.add(tenant, Tally::CallerId, caller_id, at, n);
        if let Some(trunk) = trunk {
            self.add(tenant, Tally::Trunk, trunk, at, n);
        }
    }

    /// What is not written yet.
    pub fn pending(&self, tenant: TenantId, tally: Tally, key: &str, since: At) -> i64 {
        let from = (tenant, tally, key.to_string(), since.ms().div_euclid(BUCKET_MS));
        self.changes
            .range(from..)
            .take_while(|((t, k, name, _), _)| *t == tenant && *k == tally && name == key)
            .map(|(_, n)| n)
            .sum()
    }

    pub async fn write(&mut self, db: &impl Runs) -> Result<()> {
        let changes: Vec<_> = std::mem::take(&mut self.changes).into_iter().filter(|(_, n)| *n != 0).collect();
        for chunk in changes.chunks(500) {
            let mut sql = Sql::new("INSERT INTO tallies (tenant_id, kind, key, bucket, n) VALUES ", Vec::new());
            for (i, ((tenant, tally, key, bucket), n)) in chunk.iter().enumerate() {
                sql.push(if i == 0 { "(?, ?, ?, ?, ?)" } else { ", (?, ?, ?, ?, ?)" });
                sql.bind(tenant).bind(&tally.code().to_string()).bind(key).bind(bucket).bind(n);
            }
            sql.push(" ON CONFLICT (tenant_id, kind, key, bucket) DO UPDATE SET n = tallies.n + excluded.n");
            db.exec(sql).await?;
        }
        Ok(())
    }
}

/// The sum since `since`; a bucket counts whole, and every zone's midnight lies on a bucket's edge.
pub(crate) async fn sum(db: &impl Runs, tenant: TenantId, tally: Tally, key: &str, since: At) -> Result<i64> {
    let sql =
        "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE tenant_id = ? AND kind = ? AND key = ? AND bucket >= ?";
    let values = cells![tenant, tally.code().to_string(), key.to_string(), since.ms().div_euclid(BUCKET_MS)];
    Ok(db.cell(Sql::new(sql, values)).await?.unwrap_or(0))
}

/// Today's calls of a caller id and of a trunk, in one query.
pub(crate) async fn pair(db: &impl Runs, tenant: TenantId, caller_id: &str, trunk: &str, since: At) -> Result<(i64, i64)> {
    let one =
        "(SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE tenant_id = ? AND kind = ? AND key = ? AND bucket >= ?)";
    let bucket = since.ms().div_euclid(BUCKET_MS);
    let (a, b) = (Tally::CallerId.code().to_string(), Tally::Trunk.code().to_string());
    let values = cells![tenant, a, caller_id.to_string(), bucket, tenant, b, trunk.to_string(), bucket];
    let Some(row) = db.row(Sql::new(format!("SELECT {one}, {one}"), values)).await? else { return Ok((0, 0)) };
    Ok((Cell::get(&row, 0)?, Cell::get(&row, 1)?))
}
