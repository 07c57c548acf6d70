//! 名单: block, exempt, VIP and consent lists of the tenant, of one task, or of the whole house; sheets in and out.

use crate::error::Issues;
use crate::export::{Download, Format, Writer};
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{ListKind, Permission};
use model::{At, CampaignId, PhoneNumber, TenantId};
use serde_json::json;
use store::{EVERYWHERE, NewListEntry, PageQuery, Place, Store};

/// Lines of one sheet.
pub const LINES_MAX: usize = 100_000;
const REASON_CHARS_MAX: usize = 200;
const PAGE: u32 = 5_000;
/// Mistakes named of one sheet.
const FAULTS_MAX: usize = 100;

/// Which list is meant.
///
/// # Errors
/// A list of the whole house is kept by those who may change the settings of the first tenant; consent and VIP are nobody else's
/// business, and a task has an exempt list only.
pub async fn place(
    store: &Store,
    actor: &Actor,
    kind: ListKind,
    campaign: Option<CampaignId>,
    everywhere: bool,
) -> Result<Place> {
    if everywhere {
        if actor.tenant != TenantId(1) || !actor.can(Permission::SettingsWrite) {
            return Err(DeskError::new(
                Kind::Forbidden,
                "house_list",
                "全局名单对所有单位生效，只能由首个单位的管理员维护",
                "lists of the whole installation are kept by administrators of the first tenant",
            ));
        }
        if campaign.is_some() || !matches!(kind, ListKind::Block | ListKind::Exempt) {
            return Err(DeskError::invalid(
                "house_list",
                "kind",
                "全局名单只有黑名单和免呼名单",
                "the whole installation has a block list and an exempt list only",
            ));
        }
        return Ok(Place::of(EVERYWHERE, kind));
    }
    if let Some(id) = campaign {
        if store.campaign(actor.tenant, id).await?.is_none() {
            return Err(DeskError::not_found("任务", "campaign"));
        }
        if kind != ListKind::Exempt {
            return Err(DeskError::invalid(
                "task_list",
                "kind",
                "任务自己的名单只有免呼名单",
                "a task has an exempt list of its own, and no other",
            ));
        }
    }
    Ok(Place { tenant: actor.tenant, kind, campaign })
}

/// What stands in the audit log.
fn target(place: &Place) -> String {
    let reach = match (place.tenant == EVERYWHERE, place.campaign) {
        (true, _) => ":everywhere".to_owned(),
        (false, Some(id)) => format!(":campaign:{id}"),
        (false, None) => String::new(),
    };
    format!("list:{}{reach}", place.kind.code())
}

/// # Errors
/// No right; the store's.
pub async fn add(store: &Store, actor: &Actor, place: &Place, entries: &[NewListEntry]) -> Result<u64> {
    actor.require(Permission::ListWrite)?;
    let added = store.add_to_list(place, entries, now()).await?;
    audit(store, actor, "list.add", &target(place), json!({ "numbers": entries.len() })).await?;
    Ok(added)
}

/// # Errors
/// No right; the store's.
pub async fn remove(store: &Store, actor: &Actor, place: &Place, phones: &[String]) -> Result<u64> {
    actor.require(Permission::ListWrite)?;
    let removed = store.remove_from_list(place, phones).await?;
    audit(store, actor, "list.remove", &target(place), json!({ "removed": removed })).await?;
    Ok(removed)
}

/// Reads a sheet (CSV or tabs: number, reason, last day) onto a list: all of it, or nothing and every mistake by its line.
///
/// # Errors
/// No right, an unreadable or too long sheet, numbers that are none.
pub async fn import(store: &Store, actor: &Actor, place: &Place, text: &str) -> Result<u64> {
    actor.require(Permission::ListWrite)?;
    let entries = read(text)?;
    let added = store.add_to_list(place, &entries, now()).await?;
    audit(store, actor, "list.import", &target(place), json!({ "numbers": entries.len() })).await?;
    Ok(added)
}

fn read(text: &str) -> Result<Vec<NewListEntry>> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = if text.lines().next().is_some_and(|l| l.contains('\t')) { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut entries, mut issues) = (Vec::new(), Issues::default());
    for (i, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            return Err(DeskError::invalid("not_csv", "text", "文件不是可读的 CSV", "the file is no readable CSV"));
        };
        let cell = |n: usize| record.get(n).unwrap_or_default().trim();
        if record.iter().all(|c| c.trim().is_empty()) || (i == 0 && !cell(0).contains(|c: char| c.is_ascii_digit())) {
            continue;
        }
        if entries.len() >= LINES_MAX {
            let (zh, en) =
                (format!("一次最多 {LINES_MAX} 行，请拆成几个文件"), format!("at most {LINES_MAX} lines; divide the file"));
            return Err(DeskError::invalid("too_many_lines", "text", zh, en));
        }
        let field = format!("text.{}", i + 1);
        let phone = PhoneNumber::parse(cell(0), "")
            .map_err(|e| issues.add(&field, format!("第 {} 行：{}", i + 1, e.zh()), format!("line {}: {e}", i + 1)));
        let until = until(cell(2)).map_err(|()| {
            let zh = format!("第 {} 行：有效期“{}”应写成 2026-12-31", i + 1, cell(2));
            issues.add(&field, zh, format!("line {}: the last day is written 2026-12-31", i + 1));
        });
        if let (Ok(phone), Ok(expires_at)) = (phone, until) {
            let reason = cell(1).chars().take(REASON_CHARS_MAX).collect();
            entries.push(NewListEntry { phone: phone.e164, reason, expires_at });
        }
        if issues.0.len() >= FAULTS_MAX {
            break;
        }
    }
    issues.unless(!entries.is_empty(), "text", "文件里没有号码", "there is no number in the file");
    issues.done()?;
    Ok(entries)
}

/// The day after the last one begins.
fn until(text: &str) -> std::result::Result<Option<At>, ()> {
    if text.is_empty() || text == "长期" {
        return Ok(None);
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| ())?;
    let next = date.tomorrow().map_err(|_| ())?.in_tz(model::number::HOME_ZONE).map_err(|_| ())?;
    Ok(Some(At(next.timestamp().as_millisecond())))
}

/// A list as a sheet that [`import`] takes back.
///
/// # Errors
/// No right; the disk, the store.
pub async fn export(store: &Store, actor: &Actor, place: &Place) -> Result<Download> {
    actor.require(Permission::ResultExport)?;
    let headers = ["号码", "原因", "有效期至", "加入时间"].map(String::from);
    let mut out = Writer::create(Format::Csv, "名单", &headers)?;
    let zone = jiff::tz::TimeZone::get(model::number::HOME_ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = |at: At| at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let mut after = None;
    loop {
        let page = store.list_at(place, "", PageQuery { after, limit: PAGE, count: false }).await?;
        for e in &page.items {
            let phone = if actor.can(Permission::NumberReveal) {
                model::number::national(&e.phone)
            } else {
                crate::access::mask(&e.phone)
            };
            // The day before it ends is the last one.
            let last = e.expires_at.map(|at| day(at.plus_ms(-1))).unwrap_or_default();
            out.cells(&[phone.into(), e.reason.clone().into(), last.into(), day(e.created_at).into()])?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    audit(store, actor, "list.export", &target(place), json!({ "rows": out.rows })).await?;
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_with_and_without_a_heading() {
        let entries = read("\u{feff}号码,原因,有效期至\n13800138000,投诉,2026-12-31\n\n010-88886666,,长期\n").unwrap();
        let got: Vec<_> =
            entries.iter().map(|e| (e.phone.as_str(), e.reason.as_str(), e.expires_at.map(At::to_rfc3339))).collect();
        assert_eq!(got[0], ("+8613800138000", "投诉", Some("2026-12-31T16:00:00.000Z".into())));
        assert_eq!((got[1].0, got[1].2.clone()), ("+861088886666", None));
        assert_eq!(read("13800138000\t投诉").unwrap()[0].reason, "投诉");
    }

    #[test]
    fn every_mistake_is_named_by_its_line() {
        let error = read("13800138000,a\n12,b\n13800138001,c,31.12.2026\n").unwrap_err();
        let fields: Vec<&str> = error.issues.iter().map(|i| i.field.as_str()).collect();
        assert_eq!(fields, ["text.2", "text.3"]);
        assert!(error.issues[0].zh.contains("第 2 行"));
        assert_eq!(read("号码,原因\n").unwrap_err().issues[0].zh, "文件里没有号码");
    }
}
