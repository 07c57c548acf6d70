#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)] pub struct ReportParams { pub campaign_id: Option<CampaignId>, pub from: Option<At>, pub to: Option<At>, /// IANA zone of the reader: days and hours are cut by it.
    pub zone: String }
#[derive(Clone, Copy, Debug)]
pub enum ColumnKind { Text, Count, Percent, DurationMs, Date, Hour }
#[derive(Clone, Copy, Debug)]
pub struct Column { pub key: &'static str, pub zh: &'static str, pub en: &'static str, pub kind: ColumnKind }
#[derive(Clone, Copy, Debug)]
pub struct ReportInfo { pub code: &'static str, pub zh: &'static str, pub en: &'static str, pub columns: &'static [Column] }
#[derive(Clone, Debug)] pub struct ReportTable { pub info: &'static ReportInfo, pub rows: Vec<Vec<serde_json::Value>>, /// Sums where they make sense.
    pub totals: Option<Vec<serde_json::Value>> }
pub fn all() -> &'static [&'static ReportInfo] { &[] }
impl Store { pub async fn report(&self, tenant: TenantId, code: &str, params: &ReportParams) -> Result<ReportTable> { Err(StoreError::Unbuilt("store")) } }
