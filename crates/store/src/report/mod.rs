//! Reports: each a file with its columns and its query. Columns come first: the API, the Excel sheet and the table on the
//! screen follow from them. To add one: `docs/adding-a-report.md`.

mod campaign_days;
mod campaign_dispositions;
mod campaign_hours;
mod campaign_results;
mod facts;
mod traffic_hours;

use crate::{Result, Store, StoreError};
use model::{At, CampaignId, TenantId};
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct ReportParams {
    pub campaign_id: Option<CampaignId>,
    /// Dialled at or after.
    pub from: Option<At>,
    /// Dialled before.
    pub to: Option<At>,
    /// IANA zone of the reader: days and hours are cut by it.
    pub zone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Count,
    /// 0–100 with one decimal.
    Percent,
    DurationMs,
    /// `YYYY-MM-DD`
    Date,
    /// 0–23
    Hour,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub kind: ColumnKind,
}

#[derive(Clone, Copy, Debug)]
pub struct ReportInfo {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub columns: &'static [Column],
}

#[derive(Clone, Debug)]
pub struct ReportTable {
    pub info: &'static ReportInfo,
    /// Each in the order of the columns.
    pub rows: Vec<Vec<Value>>,
    /// Sums where they make sense.
    pub totals: Option<Vec<Value>>,
}

const fn column(key: &'static str, zh: &'static str, en: &'static str, kind: ColumnKind) -> Column {
    Column { key, zh, en, kind }
}

/// Every report there is, in the order of the menu.
pub fn all() -> &'static [&'static ReportInfo] {
    ALL
}

static ALL: &[&ReportInfo] =
    &[&campaign_results::INFO, &campaign_dispositions::INFO, &campaign_days::INFO, &campaign_hours::INFO, &traffic_hours::INFO];

impl Store {
    /// # Errors
    /// `NotFound` for an unknown code, `Config` for an unknown zone.
    pub async fn report(&self, tenant: TenantId, code: &str, params: &ReportParams) -> Result<ReportTable> {
        match code {
            c if c == campaign_results::INFO.code => campaign_results::run(self, tenant, params).await,
            c if c == campaign_dispositions::INFO.code => campaign_dispositions::run(self, tenant, params).await,
            c if c == campaign_days::INFO.code => campaign_days::run(self, tenant, params).await,
            c if c == campaign_hours::INFO.code => campaign_hours::run(self, tenant, params).await,
            c if c == traffic_hours::INFO.code => traffic_hours::run(self, tenant, params).await,
            _ => Err(StoreError::NotFound("report")),
        }
    }
}

/// A share in percent with one decimal.
fn percent(part: u64, whole: u64) -> Value {
    if whole == 0 {
        return Value::Null;
    }
    let permille = (part.saturating_mul(1000) + whole / 2) / whole;
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand")]
    let value = permille as f64 / 10.0;
    value.into()
}
