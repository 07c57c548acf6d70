//! 名单导入: CSV and XLSX to leads, with a preview, a mapping of columns, and every refused row kept with its reason.
//!
//! Reading and number work run on the blocking pool and hand chunks to the task that writes; a file that was half brought in
//! when the process died is simply run again.

mod commit;
mod csv;
mod guess;
mod preview;
mod row;
mod sheet;
mod xlsx;

pub use commit::{Commit, Mapping, commit};
pub use guess::Column;
pub use preview::{Options, Preview, PreviewRow, preview, upload};

use crate::export::{Download, Format};
use crate::{Actor, DeskError, Result};
use model::ImportId;
use model::record::{Import, Permission};
use std::path::PathBuf;
use store::Store;

pub const FILE_BYTES_MAX: u64 = 50 << 20;
pub const ROWS_MAX: u64 = 1_048_576;
const COLUMNS_MAX: usize = 200;

async fn load(store: &Store, actor: &Actor, id: ImportId) -> Result<Import> {
    store.import(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("导入记录", "import"))
}

fn file_of(store: &Store, id: ImportId) -> PathBuf {
    store.data_dir().join("imports").join(id.to_string())
}

/// The refused rows with row number and reason, as a CSV that spreadsheets open rightly.
///
/// # Errors
/// No right, no such import.
pub async fn rejected_csv(store: &Store, actor: &Actor, id: ImportId) -> Result<Download> {
    actor.require(Permission::LeadWrite)?;
    let import = load(store, actor, id).await?;
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
        for row in rows {
            let mut cells = vec![row.row.to_string(), row.reason];
            cells.extend(row.cells);
            out.row(&cells)?;
        }
    }
    out.finish()
}
