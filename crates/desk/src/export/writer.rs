//! A table on its way into a file, row by row.

use crate::{DeskError, Result};
use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet};
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use tempfile::TempPath;

/// A sheet holds 1,048,576 rows; the next million goes to the next sheet.
const SHEET_ROWS_MAX: u32 = 1_000_000;
const CELL_CHARS_MAX: usize = 32_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Xlsx,
    Csv,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// A finished file; it is deleted when this is dropped.
#[derive(Debug)]
pub struct Download {
    file: TempPath,
    pub file_name: String,
    pub content_type: &'static str,
}

impl Download {
    pub fn path(&self) -> &Path {
        &self.file
    }
}

enum Out {
    Csv(Box<csv::Writer<BufWriter<std::fs::File>>>),
    Xlsx { book: Box<Workbook>, sheets: usize, row: u32 },
}

pub struct Writer {
    out: Out,
    path: TempPath,
    file_name: String,
    headers: Vec<String>,
    pub rows: u64,
}

fn xlsx(e: rust_xlsxwriter::XlsxError) -> DeskError {
    DeskError::internal(&e)
}

fn csv_error(e: csv::Error) -> DeskError {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => e.into(),
        other => DeskError::internal(&format!("{other:?}")),
    }
}

/// Spreadsheets take text that begins so for a formula, which a number from a stranger's sheet must not become.
fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

impl Writer {
    /// `stem`: the file's name without extension.
    ///
    /// # Errors
    /// No room for the file.
    pub fn create(format: Format, stem: &str, headers: &[String]) -> Result<Self> {
        let mut file = tempfile::Builder::new().prefix("export-").tempfile()?;
        let safe: String =
            stem.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).take(80).collect();
        let (out, extension) = match format {
            Format::Csv => {
                // The mark makes spreadsheets read Chinese rightly.
                file.write_all("\u{feff}".as_bytes())?;
                let buffered = BufWriter::with_capacity(1 << 16, file.as_file().try_clone()?);
                (Out::Csv(Box::new(csv::WriterBuilder::new().flexible(true).from_writer(buffered))), "csv")
            }
            Format::Xlsx => (Out::Xlsx { book: Box::new(Workbook::new()), sheets: 0, row: 0 }, "xlsx"),
        };
        let mut writer = Self {
            out,
            path: file.into_temp_path(),
            file_name: format!("{safe}.{extension}"),
            headers: headers.to_vec(),
            rows: 0,
        };
        writer.open_sheet()?;
        Ok(writer)
    }

    fn open_sheet(&mut self) -> Result<()> {
        match &mut self.out {
            Out::Csv(csv) => csv.write_record(self.headers.iter().map(|h| harmless(h).into_owned())).map_err(csv_error),
            Out::Xlsx { book, sheets, row } => {
                let bold = CellFormat::new().set_bold();
                let sheet = book.add_worksheet_with_constant_memory().map_err(xlsx)?;
                *sheets += 1;
                for (i, header) in self.headers.iter().enumerate() {
                    let column = column(i)?;
                    let width = header.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>().clamp(10.0, 40.0) + 4.0;
                    sheet.set_column_width(column, width).map_err(xlsx)?;
                    sheet.write_string_with_format(0, column, header, &bold).map_err(xlsx)?;
                }
                sheet.set_freeze_panes(1, 0).map_err(xlsx)?;
                *row = 1;
                Ok(())
            }
        }
    }

    /// A row of texts.
    ///
    /// # Errors
    /// The disk.
    pub fn row(&mut self, cells: &[String]) -> Result<()> {
        let cells: Vec<Cell> = cells.iter().map(|c| Cell::Text(c.clone())).collect();
        self.cells(&cells)
    }

    /// # Errors
    /// The disk.
    pub fn cells(&mut self, cells: &[Cell]) -> Result<()> {
        self.rows += 1;
        if matches!(&self.out, Out::Xlsx { row, .. } if *row >= SHEET_ROWS_MAX) {
            self.open_sheet()?;
        }
        match &mut self.out {
            Out::Csv(csv) => {
                let texts = cells.iter().map(|c| match c {
                    Cell::Text(t) => harmless(t).into_owned(),
                    Cell::Number(n) => n.to_string(),
                });
                csv.write_record(texts).map_err(csv_error)
            }
            Out::Xlsx { book, sheets, row } => {
                let sheet = book.worksheet_from_index(*sheets - 1).map_err(xlsx)?;
                for (i, cell) in cells.iter().enumerate() {
                    put(sheet, *row, column(i)?, cell)?;
                }
                *row += 1;
                Ok(())
            }
        }
    }

    /// # Errors
    /// The disk.
    pub fn finish(self) -> Result<Download> {
        let content_type = match self.out {
            Out::Csv(csv) => {
                let mut buffered = csv.into_inner().map_err(|e| DeskError::from(e.into_error()))?;
                buffered.flush()?;
                "text/csv; charset=utf-8"
            }
            Out::Xlsx { mut book, .. } => {
                book.save(&*self.path).map_err(xlsx)?;
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        };
        Ok(Download { file: self.path, file_name: self.file_name, content_type })
    }
}

fn column(i: usize) -> Result<u16> {
    u16::try_from(i).map_err(|e| DeskError::internal(&e))
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<()> {
    match cell {
        Cell::Text(t) if t.is_empty() => Ok(()),
        // Written as a string, text that looks like a formula stays text.
        Cell::Text(t) if t.len() > CELL_CHARS_MAX => {
            sheet.write_string(row, column, t.chars().take(CELL_CHARS_MAX).collect::<String>()).map(|_| ()).map_err(xlsx)
        }
        Cell::Text(t) => sheet.write_string(row, column, t).map(|_| ()).map_err(xlsx),
        Cell::Number(n) => sheet.write_number(row, column, *n).map(|_| ()).map_err(xlsx),
    }
}
