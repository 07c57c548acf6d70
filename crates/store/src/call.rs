//! 通话记录: found by what people remember of a call. They are written by `commit/`.

use crate::db::{Runs as _, Sql};
use crate::dialect::contains;
use crate::row::cells;
use crate::tally::{self, Tally};
use crate::{Page, PageQuery, Result, Store};
use model::record::{Call, Direction, Recording};
use model::{At, CallId, CampaignId, Disposition, LeadId, TenantId, TrunkId};

/// Empty fields match all.
#[derive(Clone, Debug, Default)]
pub struct CallFilter {
    /// Started at or after.
    pub from: Option<At>,
    /// Started before.
    pub to: Option<At>,
    /// Part of caller or called.
    pub number: String,
    pub direction: Option<Direction>,
    pub dispositions: Vec<Disposition>,
    pub results: Vec<String>,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub trunk_id: Option<TrunkId>,
    /// Only calls with a recording.
    pub recorded: bool,
    /// Only calls of these people; none: of all.
    pub seen: Option<crate::report::Seen>,
}

impl Store {
    /// Newest first, without legs.
    pub async fn calls(&self, tenant: TenantId, filter: &CallFilter, page: PageQuery) -> Result<Page<Call>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("started_at >= ?", filter.from.as_ref()).and_some("started_at < ?", filter.to.as_ref());
        sql.and_some("direction = ?", filter.direction.as_ref());
        sql.and_some("campaign_id = ?", filter.campaign_id.as_ref()).and_some("lead_id = ?", filter.lead_id.as_ref());
        sql.and_some("trunk_id = ?", filter.trunk_id.as_ref());
        sql.and_in("disposition", &filter.dispositions).and_in("result", &filter.results);
        if !filter.number.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.number));
            sql.push(&format!(" AND (caller {like} OR called {like})")).bind(&pattern).bind(&pattern);
        }
        if filter.recorded {
            sql.push(" AND EXISTS (SELECT 1 FROM recordings r WHERE r.call_id = calls.id)");
        }
        if let Some(seen) = &filter.seen {
            seen.limit(&mut sql, "calls");
        }
        self.read().page(sql, true, page).await
    }

    /// Milliseconds of sound given to recognisers since `since`.
    pub async fn heard_ms(&self, tenant: TenantId, since: At) -> Result<i64> {
        tally::sum(&self.read(), tenant, Tally::Heard, "", since).await
    }

    /// With its legs, what was said, and recordings.
    pub async fn call(&self, tenant: TenantId, id: CallId) -> Result<Option<(Call, Vec<Recording>)>> {
        let found: Option<Call> = self.read().by_id(tenant, id.0).await?;
        let Some(mut call) = found else { return Ok(None) };
        call.legs = self.read().all(Sql::new("WHERE call_id = ? ORDER BY started_at, id", cells![id])).await?;
        call.utterances = self.read().all(Sql::new("WHERE call_id = ? ORDER BY from_ms", cells![id])).await?;
        Ok(Some((call, self.recordings_of(tenant, &[id]).await?)))
    }
}
