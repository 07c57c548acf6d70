//! What an upload looks like before it is brought in.

use super::guess::{self, Column};
use super::row::Plan;
use super::sheet::{Next, Row, Sheet, bad_file};
use super::{Mapping, ROWS_MAX, file_of, load, uploader};
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{CampaignStatus, FieldDef, Import, ImportState, Permission};
use model::{CampaignId, ImportId, PhoneNumber};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashSet;
use std::path::Path;
use store::Store;

const SHOWN: usize = 20;
/// Rows looked at for titles and guesses.
const LOOKED_AT: usize = 60;
const TITLE_ROWS: usize = 10;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// None: the first visible one.
    pub sheet: Option<String>,
    /// None: told from the content.
    pub encoding: Option<String>,
    /// Area code of fixed numbers written without one, e.g. `0531`.
    pub default_area: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// `utf-8`, `gbk`, `utf-16` or `xlsx`.
    pub encoding: String,
    pub sheets: Vec<String>,
    pub sheet: String,
    pub columns: Vec<Column>,
    pub rows: Vec<PreviewRow>,
    /// Rows below the titles, where that is cheap to know.
    pub rows_total: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// As the spreadsheet numbers it.
    pub row: u64,
    pub values: Vec<String>,
    /// `ok`, `duplicate` or `rejected`.
    pub verdict: String,
    pub phone: Option<String>,
    pub reason: Option<String>,
    pub reason_en: Option<String>,
}

/// Where the titles stand and what they are.
pub(super) struct Head {
    /// Rows up to this one are not leads.
    pub last_title_row: u64,
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

impl Head {
    /// Reads the beginning: titles may stand below a heading, or not at all.
    pub fn read(sheet: &mut Sheet) -> Result<Self> {
        let mut rows: Vec<Row> = Vec::new();
        sheet.rows(&mut |row| {
            rows.push(row);
            Ok(if rows.len() < LOOKED_AT { Next::More } else { Next::Stop })
        })?;
        if rows.is_empty() {
            return Err(bad_file(
                "file_empty",
                "表里没有内容，请检查是否选错了工作表",
                "there is nothing in the sheet; is it the right one?",
            ));
        }
        let is_phone = |c: &String| PhoneNumber::parse(c, "010").is_ok();
        let is_title = |r: &Row| {
            r.cells.iter().any(|c| guess::phone_score(c) > 0 && c.chars().count() <= 20) && !r.cells.iter().any(is_phone)
        };
        let title = match rows.iter().take(TITLE_ROWS).position(is_title) {
            Some(at) => Some(at),
            None if rows[0].cells.iter().any(is_phone) => None,
            None => Some(0),
        };
        let width = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
        let mut headers: Vec<String> = title.map(|t| rows[t].cells.clone()).unwrap_or_default();
        headers.resize(width, String::new());
        for (i, header) in headers.iter_mut().enumerate() {
            *header = header.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
            if header.is_empty() {
                *header = format!("第{}列", i + 1);
            }
        }
        let last_title_row = title.map_or(0, |t| rows[t].number);
        rows.retain(|r| r.number > last_title_row);
        Ok(Self { last_title_row, headers, rows })
    }
}

/// Looks at a file; blocking.
pub(super) fn inspect(path: &Path, options: &Options, known: &[FieldDef]) -> Result<Preview> {
    let mut sheet = Sheet::open(path, options.sheet.as_deref(), options.encoding.as_deref())?;
    let head = Head::read(&mut sheet)?;
    let rows_total = sheet.rows_hint().map(|n| n.saturating_sub(head.last_title_row));
    if rows_total.is_some_and(|n| n > ROWS_MAX) {
        return Err(DeskError {
            kind: Kind::TooLarge,
            ..bad_file("file_too_many_rows", "超过 1,048,576 行，请拆分文件", "more than 1,048,576 rows; divide the file")
        });
    }
    let samples: Vec<Vec<String>> = head.rows.iter().map(|r| r.cells.clone()).collect();
    let columns = guess::columns(&head.headers, &samples, known);
    let rows = verdicts(&head, &columns, known, &options.default_area);
    Ok(Preview { encoding: sheet.encoding().into(), sheets: sheet.names(), sheet: sheet.name(), columns, rows, rows_total })
}

fn verdicts(head: &Head, columns: &[Column], known: &[FieldDef], default_area: &str) -> Vec<PreviewRow> {
    let mapping: Vec<Mapping> = columns.iter().map(Mapping::of_guess).collect();
    let fields: Vec<FieldDef> = known.iter().cloned().chain(columns.iter().filter_map(|c| c.new_field.clone())).collect();
    let plan = Plan::new(&mapping, &fields, default_area, ImportId(0)).ok();
    let mut seen = HashSet::new();
    let judge = |row: &Row| {
        let values: Vec<String> = row.cells.iter().map(|c| c.chars().take(200).collect()).collect();
        let blank =
            PreviewRow { row: row.number, values, verdict: "rejected".into(), phone: None, reason: None, reason_en: None };
        let Some(plan) = &plan else {
            return PreviewRow {
                reason: Some("请先指定电话号码列".into()),
                reason_en: Some("choose the telephone column first".into()),
                ..blank
            };
        };
        match plan.lead(&row.cells) {
            Ok(lead) if seen.insert(lead.phone.clone()) => PreviewRow { verdict: "ok".into(), phone: Some(lead.phone), ..blank },
            Ok(lead) => PreviewRow {
                verdict: "duplicate".into(),
                phone: Some(lead.phone),
                reason: Some("与前面的行号码相同".into()),
                reason_en: Some("same number as a row above".into()),
                ..blank
            },
            Err(e) => PreviewRow { reason: Some(e.zh), reason_en: Some(e.en), ..blank },
        }
    };
    head.rows.iter().take(SHOWN).map(judge).collect()
}

async fn inspect_off_runtime(path: std::path::PathBuf, options: Options, known: Vec<FieldDef>) -> Result<Preview> {
    let turn = super::turn(&super::LOOKING).await?;
    // The turn goes with the reading, which goes on when the one who asked has left.
    let looking = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        inspect(&path, &options, &known)
    });
    looking.await.map_err(|e| DeskError::internal(&e))?
}

/// Takes an uploaded file over (it is moved) and looks at it. Nothing is kept of a file that cannot be read.
///
/// # Errors
/// No right, a campaign that is over, or what is wrong with the file.
pub async fn upload(
    store: &Store,
    actor: &Actor,
    campaign: CampaignId,
    file_name: &str,
    uploaded: &Path,
) -> Result<(Import, Preview)> {
    actor.require(Permission::LeadWrite)?;
    let campaign = store.campaign(actor.tenant, campaign).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
    if campaign.status == CampaignStatus::Stopped {
        return Err(DeskError::conflict(
            "campaign_over",
            "任务已停止，不能再导入名单；请复制任务",
            "the campaign is stopped; copy it",
        ));
    }
    let options = Options::default();
    let preview = inspect_off_runtime(uploaded.to_owned(), options, campaign.fields).await?;
    let at = now();
    let file_name = file_name.rsplit(['/', '\\']).next().unwrap_or("").chars().filter(|c| !c.is_control()).take(120).collect();
    let import = Import {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        campaign_id: campaign.id,
        file_name,
        state: ImportState::Uploaded,
        rows_total: preview.rows_total.unwrap_or(0),
        rows_read: 0,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        error: None,
        created_by: actor.name.clone(),
        created_at: at,
        finished_at: None,
    };
    let to = file_of(store, import.id);
    if let Some(dir) = to.parent() {
        tokio::fs::create_dir_all(dir).await?;
    }
    if tokio::fs::rename(uploaded, &to).await.is_err() {
        // Another file system.
        tokio::fs::copy(uploaded, &to).await?;
        tokio::fs::remove_file(uploaded).await?;
    }
    store.insert_import(&import, &json!({ "preview": preview, "uploader": uploader(actor) })).await?;
    audit(
        store,
        actor,
        "import.upload",
        &format!("import:{}", import.id),
        json!({"campaign": campaign.id, "file": import.file_name}),
    )
    .await?;
    Ok((import, preview))
}

/// Looks again with another sheet, encoding or area code.
///
/// # Errors
/// No right, no such import, or what is wrong with the file.
pub async fn preview(store: &Store, actor: &Actor, id: ImportId, options: &Options) -> Result<Preview> {
    actor.require(Permission::LeadWrite)?;
    let import = load(store, actor, id).await?;
    let campaign =
        store.campaign(actor.tenant, import.campaign_id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
    inspect_off_runtime(file_of(store, id), options.clone(), campaign.fields).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{LOOKING, turn};
    use std::time::Duration;

    #[tokio::test]
    async fn a_third_look_waits_for_its_turn() {
        let look = || inspect_off_runtime("/nowhere/sheet.csv".into(), Options::default(), Vec::new());
        let (first, second) = (turn(&LOOKING).await.unwrap(), turn(&LOOKING).await.unwrap());
        assert!(tokio::time::timeout(Duration::from_millis(300), look()).await.is_err(), "it did not wait");
        drop((first, second));
        assert_eq!(look().await.unwrap_err().code, "file_gone");
    }
}
