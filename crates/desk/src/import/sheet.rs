//! A file as rows of text, whatever it is.

use super::{COLUMNS_MAX, FILE_BYTES_MAX, csv, xlsx};
use crate::{DeskError, Kind, Result};
use std::io::Read as _;
use std::path::Path;

/// One row: its number as the spreadsheet shows it, and its cells.
pub(super) struct Row {
    pub number: u64,
    pub cells: Vec<String>,
}

/// Whether to go on reading.
pub(super) enum Next {
    More,
    Stop,
}

pub(super) type OnRow<'a> = dyn FnMut(Row) -> Result<Next> + 'a;

pub(super) enum Sheet {
    Csv(csv::CsvSheet),
    Xlsx(Box<xlsx::XlsxSheet>),
}

pub(super) fn bad_file(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> DeskError {
    DeskError::invalid(code, "file", zh, en)
}

fn gone() -> DeskError {
    bad_file(
        "file_gone",
        "这份文件上传后 7 天没有导入，已经删除，请重新上传",
        "this sheet was not brought in within 7 days and is removed; upload it again",
    )
}

impl Sheet {
    pub fn open(path: &Path, sheet: Option<&str>, encoding: Option<&str>) -> Result<Self> {
        let bytes = match std::fs::metadata(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(gone()),
            found => found?.len(),
        };
        if bytes > FILE_BYTES_MAX {
            return Err(DeskError {
                kind: Kind::TooLarge,
                ..bad_file("file_too_large", "文件超过 50 MB，请拆成几个文件分别导入", "the file is larger than 50 MB; divide it")
            });
        }
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(4096).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(bad_file("file_empty", "文件是空的，请重新导出后再上传", "the file is empty; export it anew"));
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Xlsx(Box::new(xlsx::XlsxSheet::open(path, sheet)?)));
        }
        if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(bad_file(
                "file_old_excel",
                "这是旧版 .xls 或加了密码的工作簿，请在 Excel 中另存为 .xlsx（不设密码）后再上传",
                "this is an old .xls or a workbook with a password; save it as .xlsx without one",
            ));
        }
        let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
        if head.starts_with(b"PK") || (head.contains(&0) && !utf16) || head.starts_with(b"%PDF") {
            return Err(bad_file("file_type", "不认识这种文件，请上传 .xlsx 或 .csv", "this is neither .xlsx nor .csv"));
        }
        csv::CsvSheet::open(path, encoding).map(Self::Csv)
    }

    /// Names of all sheets; one nameless for CSV.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Csv(_) => Vec::new(),
            Self::Xlsx(x) => x.names(),
        }
    }

    pub fn name(&self) -> String {
        match self {
            Self::Csv(_) => String::new(),
            Self::Xlsx(x) => x.name().into(),
        }
    }

    pub fn encoding(&self) -> &'static str {
        match self {
            Self::Csv(c) => c.encoding,
            Self::Xlsx(_) => "xlsx",
        }
    }

    /// Rows in the file, the header included, where that is cheap to know.
    pub fn rows_hint(&self) -> Option<u64> {
        match self {
            Self::Csv(c) => Some(c.rows_hint()),
            Self::Xlsx(x) => x.rows_hint(),
        }
    }

    /// All rows in which anything stands, in order.
    pub fn rows(&mut self, on_row: &mut OnRow<'_>) -> Result<()> {
        let mut filtered = |mut row: Row| {
            row.cells.truncate(COLUMNS_MAX);
            if row.cells.iter().all(|c| c.trim().is_empty()) { Ok(Next::More) } else { on_row(row) }
        };
        match self {
            Self::Csv(c) => c.rows(&mut filtered),
            Self::Xlsx(x) => x.rows(&mut filtered),
        }
    }
}
