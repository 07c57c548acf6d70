//! 呼损台账: abandoned calls, written with the end of their attempt and never changed; live answers by the hour.

use crate::commit::Batch;
use crate::db::{Insert, Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::tally::Tally;
use crate::{Page, PageQuery, Result, Store};
use model::record::{AbandonedCall, Attempt, AttemptEnd, Campaign, LedgerHour};
use model::{At, CampaignId, Disposition, TenantId};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
/// Of the tallies, which count by the quarter of an hour.
const BUCKETS: i64 = 4;

impl Batch {
    /// A person answered; the ledger gets what it came to.
    pub(crate) async fn live_answer(&mut self, attempt: &Attempt, end: &AttemptEnd, name: &str) -> Result<()> {
        if !matches!(end.disposition, Disposition::Human | Disposition::Abandoned) {
            return Ok(());
        }
        let at = attempt.answered_at.unwrap_or(end.ended_at);
        self.tallies.add(attempt.tenant_id, Tally::Live, attempt.campaign_id, at, 1);
        if end.disposition != Disposition::Abandoned {
            return Ok(());
        }
        let told = end.abandoned.unwrap_or_default();
        let waited_ms = if end.abandoned.is_some() { told.waited_ms } else { end.ended_at.since_ms(at) };
        let lockout_h = i64::from(self.lockout_h(attempt.tenant_id).await?);
        let call = AbandonedCall {
            attempt_id: attempt.id,
            tenant_id: attempt.tenant_id,
            campaign_id: attempt.campaign_id,
            lead_id: attempt.lead_id,
            phone: attempt.phone.clone(),
            name: name.to_owned(),
            answered_at: at,
            waited_ms: waited_ms.max(0),
            message: told.message,
            locked_until: end.ended_at.plus_ms(lockout_h * HOUR_MS),
        };
        self.tx.insert(Insert::of(&call)).await.map(|_| ())
    }
}

impl Store {
    /// Live answers of a campaign by the hour from `since` on, for the pacer after a restart and for people.
    pub async fn ledger_hours(&self, tenant: TenantId, campaign: CampaignId, since: At) -> Result<Vec<LedgerHour>> {
        let db = self.read();
        let from = since.ms().div_euclid(HOUR_MS);
        let mut hours: BTreeMap<i64, LedgerHour> = BTreeMap::new();
        let answers = "SELECT bucket, n FROM tallies WHERE tenant_id = ? AND kind = ? AND key = ? AND bucket >= ?";
        let values = cells![tenant, Tally::Live.code().to_string(), campaign.to_string(), from * BUCKETS];
        for row in db.rows(Sql::new(answers, values)).await? {
            let hour = i64::get(&row, 0)?.div_euclid(BUCKETS);
            hours.entry(hour).or_insert(LedgerHour { hour, ..LedgerHour::default() }).answers += u32::get(&row, 1)?;
        }
        let abandoned = "SELECT answered_at FROM abandoned_calls WHERE campaign_id = ? AND tenant_id = ? AND answered_at >= ?";
        for row in db.rows(Sql::new(abandoned, cells![campaign, tenant, from * HOUR_MS])).await? {
            let hour = i64::get(&row, 0)?.div_euclid(HOUR_MS);
            hours.entry(hour).or_insert(LedgerHour { hour, ..LedgerHour::default() }).abandoned += 1;
        }
        Ok(hours.into_values().collect())
    }

    /// The calls themselves, the latest first.
    pub async fn abandoned_calls(&self, tenant: TenantId, campaign: CampaignId, page: PageQuery) -> Result<Page<AbandonedCall>> {
        self.read().must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        self.read().page(Sql::new("WHERE tenant_id = ? AND campaign_id = ?", cells![tenant, campaign]), true, page).await
    }
}
