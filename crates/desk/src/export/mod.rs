//! 导出: leads, results, calls and reports to XLSX and CSV, streamed from the store into a file that deletes itself.
//!
//! Whoever may not see numbers gets them masked. Every export is in the audit log (I2).

mod calls;
mod customers;
mod leads;
mod orders;
mod report;
mod writer;

pub use calls::calls;
pub use customers::customers;
pub use leads::{leads, results};
pub use orders::orders;
pub use report::report;
pub use writer::{Cell, Download, Format, Writer};

use crate::{Actor, Result};
use model::At;
use model::record::Permission;

const PAGE: u32 = 5000;
const ZONE: &str = model::number::HOME_ZONE;

/// `2026-11-22 09:00:05`, empty when there is none.
fn time_text(at: Option<At>, zone: &jiff::tz::TimeZone) -> String {
    at.map(|at| at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn home_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(ZONE).unwrap_or(jiff::tz::TimeZone::UTC)
}

/// The number as this actor may see it.
fn number_text(actor: &Actor, phone: &str) -> String {
    if actor.can(Permission::NumberReveal) { model::number::national(phone) } else { crate::access::mask(phone) }
}

fn value_text(value: Option<&serde_json::Value>) -> String {
    match value {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(s)) => s.clone(),
        Some(other) => other.to_string(),
    }
}

fn require_export(actor: &Actor) -> Result<()> {
    actor.require(Permission::ResultExport)
}
