//! What the campaign reports count, read once: attempts by quarter hour, disposition and result.

use super::ReportParams;
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::{At, Disposition, TenantId};

const BUCKET_MS: i64 = 900_000;

/// Attempts that began in one quarter hour and ended alike.
pub(super) struct Slice {
    bucket: i64,
    pub disposition: Disposition,
    pub result: Option<String>,
    pub attempts: u64,
    pub answered: u64,
    pub talk_ms: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub attempts: u64,
    pub answered: u64,
    pub results: u64,
    pub talk_ms: u64,
}

impl Sum {
    pub fn add(&mut self, slice: &Slice) {
        self.attempts += slice.attempts;
        self.answered += slice.answered;
        self.talk_ms += slice.talk_ms;
        if slice.result.is_some() {
            self.results += slice.attempts;
        }
    }

    pub const fn mean_talk_ms(&self) -> u64 {
        match self.talk_ms.checked_div(self.answered) {
            Some(mean) => mean,
            None => 0,
        }
    }
}

/// A reader's zone; quarter hours fit every zone there is.
pub(super) struct Zone(jiff::tz::TimeZone);

impl Zone {
    pub fn of(params: &ReportParams) -> Result<Self> {
        jiff::tz::TimeZone::get(&params.zone)
            .map(Self)
            .map_err(|_| StoreError::Config(format!("zone: `{}` is not known", params.zone)))
    }

    pub fn date(&self, slice: &Slice) -> String {
        self.civil(slice).date().to_string()
    }

    pub fn hour(&self, slice: &Slice) -> i8 {
        self.civil(slice).hour()
    }

    pub fn date_of(&self, at: At) -> String {
        at.timestamp().to_zoned(self.0.clone()).date().to_string()
    }

    fn civil(&self, slice: &Slice) -> jiff::Zoned {
        At(slice.bucket * BUCKET_MS).timestamp().to_zoned(self.0.clone())
    }
}

/// Ended attempts that were sent out; a rule's refusal is counted by the disposition report alone.
pub(super) async fn attempts(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<Vec<Slice>> {
    let mut sql = Sql::new(
        format!(
            "SELECT dialing_at / {BUCKET_MS}, disposition, result, COUNT(*), COUNT(answered_at), \
             CAST(COALESCE(SUM(CASE WHEN answered_at IS NULL THEN 0 ELSE ended_at - answered_at END), 0) AS BIGINT) \
             FROM attempts WHERE tenant_id = ? AND disposition IS NOT NULL"
        ),
        cells![tenant],
    );
    sql.and_some("campaign_id = ?", params.campaign_id.as_ref());
    sql.and_some("dialing_at >= ?", params.from.as_ref()).and_some("dialing_at < ?", params.to.as_ref());
    sql.push(" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
    let rows = store.read().rows(sql).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok(Slice {
            bucket: Cell::get(row, 0)?,
            disposition: Cell::get(row, 1)?,
            result: Cell::get(row, 2)?,
            attempts: Cell::get(row, 3)?,
            answered: Cell::get(row, 4)?,
            talk_ms: Cell::get(row, 5)?,
        })
    };
    rows.iter().map(read).collect()
}
