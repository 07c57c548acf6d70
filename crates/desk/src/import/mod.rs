//! 名单导入: CSV and XLSX to leads, with a preview, a mapping of columns, and every refused row kept with its reason.
//!
//! Reading and number work run on the blocking pool and hand chunks to the task that writes; a file that was half brought in
//! when the process died is simply run again.

mod appointed;
mod commit;
mod csv;
mod guess;
mod preview;
mod row;
mod sheet;
mod xlsx;

pub use commit::{Commit, ListChoice, Mapping, commit};
pub use guess::Column;
pub use preview::{Options, Preview, PreviewRow, preview, upload};

use crate::export::{Download, Format};
use crate::{Actor, DeskError, Result};
use model::ImportId;
use model::record::{Import, Permission};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use store::Store;
use tokio::sync::{Semaphore, SemaphorePermit};

pub const FILE_BYTES_MAX: u64 = 50 << 20;
pub const ROWS_MAX: u64 = 1_048_576;
const COLUMNS_MAX: usize = 200;
/// What a cell of a spreadsheet holds.
const CELL_CHARS_MAX: usize = 32_767;

/// A workbook's texts are held in memory while it is read: so many are looked at, and so many brought in, at once. The two do
/// not wait for each other, since an import takes as long as the database.
static LOOKING: Semaphore = Semaphore::const_new(2);
static BRINGING_IN: Semaphore = Semaphore::const_new(2);

/// A turn is never taken away: the semaphores live as long as the process.
async fn turn(of: &'static Semaphore) -> Result<SemaphorePermit<'static>> {
    of.acquire().await.map_err(|e| DeskError::internal(&e))
}

async fn load(store: &Store, actor: &Actor, id: ImportId) -> Result<Import> {
    store.import(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("导入记录", "import"))
}

fn file_of(store: &Store, id: ImportId) -> PathBuf {
    store.data_dir().join("imports").join(id.to_string())
}

/// Sheets that were not brought in are kept for so long.
const SHEET_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Removes sheets that nobody brought in for a week: they hold people's data. Answers how many; blocking.
///
/// # Errors
/// The directory cannot be read.
pub fn remove_old_sheets(store: &Store, now: SystemTime) -> std::io::Result<usize> {
    let dir = match std::fs::read_dir(store.data_dir().join("imports")) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        dir => dir?,
    };
    let mut removed = 0;
    for entry in dir.flatten() {
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| now.duration_since(at).ok());
        if age.is_some_and(|age| age > SHEET_KEPT) && std::fs::remove_file(entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

/// The sheets of a campaign that is gone. What cannot be removed now goes with the old ones.
pub(crate) async fn remove_sheets(store: &Store, imports: &[Import]) {
    for import in imports {
        let _ = tokio::fs::remove_file(file_of(store, import.id)).await;
    }
}

/// Who an import's head says it came from.
fn uploader(actor: &Actor) -> String {
    actor.user.map_or_else(|| actor.name.clone(), |id| format!("user:{id}"))
}

/// Whether this one may see the numbers of a sheet: who may see all, and who brought this one, since they hold it already.
///
/// # Errors
/// The store does not answer.
pub async fn shows_numbers(store: &Store, actor: &Actor, id: ImportId) -> Result<bool> {
    if actor.can(Permission::NumberReveal) {
        return Ok(true);
    }
    let head = store.import_head(actor.tenant, id).await?.unwrap_or_default();
    Ok(head.get("uploader").and_then(|u| u.as_str()) == Some(uploader(actor).as_str()))
}

/// How numbers are hidden: in a cell, and within a sentence.
#[derive(Clone, Copy)]
pub struct Masks {
    pub cell: fn(&str) -> String,
    pub sentence: fn(&str) -> String,
}

/// The refused rows with row number and reason, as a CSV that spreadsheets open rightly. `masks`: for those who may not see
/// the sheet's numbers.
///
/// # Errors
/// No right, no such import.
pub async fn rejected_csv(store: &Store, actor: &Actor, id: ImportId, masks: Masks) -> Result<Download> {
    actor.require(Permission::LeadWrite)?;
    let import = load(store, actor, id).await?;
    let plain = shows_numbers(store, actor, id).await?;
    let head = store.import_head(actor.tenant, id).await?.unwrap_or_default();
    let headers = head.pointer("/preview/columns").and_then(|c| c.as_array()).cloned().unwrap_or_default();
    let mut table = vec!["行号".to_owned(), "原因".to_owned()];
    table.extend(headers.iter().map(|c| c.get("header").and_then(|h| h.as_str()).unwrap_or("").to_owned()));
    let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    let mut out = crate::export::Writer::create(Format::Csv, &format!("{stem}-未导入"), &table)?;
    let mut after = 0;
    loop {
        let rows = store.rejected_rows(actor.tenant, id, after, 5000).await?;
        let Some(last) = rows.last() else { break };
        after = last.row;
        for mut row in rows {
            if !plain {
                row.reason = (masks.sentence)(&row.reason);
                row.cells.iter_mut().for_each(|cell| *cell = (masks.cell)(cell));
            }
            let mut cells = vec![row.row.to_string(), row.reason];
            cells.extend(row.cells);
            out.row(&cells)?;
        }
    }
    out.finish()
}

/// A value of a field as a person writes it; none when it is not well formed.
pub(crate) fn value_of(kind: model::record::FieldKind, text: &str) -> Option<serde_json::Value> {
    let field = model::record::FieldDef { key: String::new(), label: String::new(), kind };
    row::value_of(&field, text).ok()
}
