//! XLSX cell by cell: a million rows are never in memory at once.

use super::ROWS_MAX;
use super::sheet::{Next, OnRow, Row, bad_file};
use crate::{DeskError, Kind, Result};
use calamine::{DataRef, DataType as _, Reader as _, SheetType, SheetVisible, Xlsx};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

/// What a workbook may unpack to.
const UNPACKED_MAX: u64 = 768 << 20;
/// Its table of texts, which is held in memory, and the bytes that each text costs there besides its letters: `<si/>` is short.
const TEXTS_MAX: u64 = 64 << 20;
const TEXT_COST: u64 = std::mem::size_of::<String>() as u64;
const PARTS_MAX: usize = 2000;
/// The parts that are held in memory as a whole: the list of sheets, the styles, what stands where.
const FRAME_MAX: u64 = 32 << 20;
/// A tag or a text without a tag; a cell holds 32,767 characters. The reader keeps one whole piece in memory.
const PIECE_MAX: u64 = 16 << 20;

pub(super) struct XlsxSheet {
    book: Xlsx<BufReader<File>>,
    names: Vec<String>,
    name: String,
    rows_hint: Option<u64>,
}

fn broken(error: &dyn std::fmt::Display) -> DeskError {
    tracing::info!(%error, "workbook refused");
    bad_file(
        "file_broken",
        "Excel 文件不完整或已损坏，请用 Excel 打开并另存为新的 .xlsx 后再上传",
        "the workbook is incomplete or damaged; open it in Excel, save it as a new .xlsx and upload that",
    )
}

impl XlsxSheet {
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Self> {
        check_parts(path)?;
        let mut book: Xlsx<BufReader<File>> = calamine::open_workbook(path).map_err(|e: calamine::XlsxError| broken(&e))?;
        let visible = |s: &&calamine::Sheet| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible;
        let names: Vec<String> = book.sheets_metadata().iter().filter(visible).map(|s| s.name.clone()).collect();
        let wanted = sheet.filter(|s| !s.is_empty());
        let name = match wanted {
            Some(wanted) => names.iter().find(|n| *n == wanted).cloned().ok_or_else(|| {
                DeskError::invalid(
                    "sheet_unknown",
                    "sheet",
                    format!("工作簿里没有“{wanted}”这个工作表"),
                    format!("there is no sheet `{wanted}`"),
                )
            })?,
            None => names
                .first()
                .cloned()
                .ok_or_else(|| bad_file("file_no_sheet", "工作簿里没有可见的工作表", "the workbook has no visible sheet"))?,
        };
        let last_row = book.worksheet_cells_reader(&name).map_err(|e| broken(&e))?.dimensions().end.0;
        // Some writers leave the dimension out.
        let rows_hint = Some(u64::from(last_row) + 1).filter(|n| *n > 1);
        Ok(Self { book, names, name, rows_hint })
    }

    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn rows_hint(&self) -> Option<u64> {
        self.rows_hint
    }

    pub fn rows(&mut self, on_row: &mut OnRow<'_>) -> Result<()> {
        let mut cells = self.book.worksheet_cells_reader(&self.name).map_err(|e| broken(&e))?;
        let mut row = Row { number: 0, cells: Vec::new() };
        while let Some(cell) = cells.next_cell().map_err(|e| broken(&e))? {
            let (at, column) = cell.get_position();
            let number = u64::from(at) + 1;
            if number > ROWS_MAX {
                return Err(bad_file(
                    "file_too_many_rows",
                    "超过 1,048,576 行，请拆分文件",
                    "more than 1,048,576 rows; divide the file",
                ));
            }
            if number != row.number {
                let done = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
                if done.number > 0
                    && let Next::Stop = on_row(done)?
                {
                    return Ok(());
                }
            }
            let column = column as usize;
            if column < super::COLUMNS_MAX && !cell.get_value().is_empty() {
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, String::new());
                }
                row.cells[column] = text_of(cell.get_value());
            }
        }
        if row.number > 0 {
            on_row(row)?;
        }
        Ok(())
    }
}

/// As a person sees the cell; whole numbers with all their digits.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(i) => i.to_string(),
        DataRef::Float(f) => number_text(*f),
        DataRef::String(s) => s.trim().to_owned(),
        DataRef::SharedString(s) => s.trim().to_owned(),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.into(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (y, mo, d, h, mi, s, _) = at.to_ymd_hms_milli();
            match (at.as_f64() < 1.0, h, mi, s) {
                (true, ..) => format!("{h:02}:{mi:02}"),
                (false, 0, 0, 0) => format!("{y:04}-{mo:02}-{d:02}"),
                _ => format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}"),
            }
        }
        DataRef::DateTime(at) => number_text(at.as_f64()),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.replace('T', " "),
        DataRef::Error(e) => e.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn number_text(f: f64) -> String {
    if f.fract() == 0.0 && f.abs() < 1e15 {
        return format!("{f:.0}");
    }
    // 0.1 + 0.2 as people wrote it: spreadsheets show at most fifteen digits.
    let rounded = format!("{f:.10}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn most_of(part: &str) -> u64 {
    match part {
        _ if part.ends_with("sharedstrings.xml") => TEXTS_MAX,
        "xl/workbook.xml" | "xl/styles.xml" => FRAME_MAX,
        _ if part.ends_with(".rels") => FRAME_MAX,
        _ => UNPACKED_MAX,
    }
}

/// Where in the name of a tag the reader stands, as far as `si` (a shared text, with or without a prefix) is concerned.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Name {
    #[default]
    Outside,
    Start,
    S,
    Si,
    Other,
}

/// Takes XML and keeps nothing but the length of its longest piece between two `<`, and the number of shared texts.
#[derive(Default)]
struct Pieces {
    current: u64,
    longest: u64,
    texts: u64,
    name: Name,
}

impl Pieces {
    fn tag_name(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.name = match (self.name, *b) {
                (Name::Outside, _) => return,
                (_, b':') => Name::Start,
                (Name::Start, b's') => Name::S,
                (Name::S, b'i') => Name::Si,
                (name, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n') => {
                    self.texts += u64::from(name == Name::Si);
                    Name::Outside
                }
                _ => Name::Other,
            };
        }
    }
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for (n, run) in bytes.split(|b| *b == b'<').enumerate() {
            if n > 0 {
                (self.current, self.name) = (0, Name::Start);
            }
            self.tag_name(run);
            self.current += run.len() as u64;
            self.longest = self.longest.max(self.current);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How many texts a table says that it holds. The reader makes room for so many before it has seen one: a number out of
/// the air would end the process. The part is no longer than [`TEXTS_MAX`].
fn announced(mut part: impl std::io::Read) -> Result<u64> {
    const KEY: &[u8] = b"uniqueCount";
    let mut bytes = Vec::new();
    part.read_to_end(&mut bytes).map_err(|e| broken(&e))?;
    let mut most = 0;
    for at in (0..bytes.len()).filter(|at| bytes[*at] == KEY[0] && bytes[*at..].starts_with(KEY)) {
        let value = bytes[at + KEY.len()..].iter().skip_while(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'"' | b'\''));
        let digits = value.take_while(|b| b.is_ascii_digit());
        most = most.max(digits.fold(0_u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0'))));
    }
    Ok(most)
}

/// A workbook that unpacks to gigabytes is refused before it is unpacked; sizes are measured, since a header may lie.
fn check_parts(path: &Path) -> Result<()> {
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|e| broken(&e))?;
    let too_large = || DeskError {
        kind: Kind::TooLarge,
        ..bad_file(
            "file_bomb",
            "文件解压后过大，请删去多余的工作表和图片，或拆分后再上传",
            "the file unpacks to too much; remove surplus sheets and pictures, or divide it",
        )
    };
    let too_many_texts = || DeskError {
        kind: Kind::TooLarge,
        ..bad_file(
            "file_texts",
            "工作簿里的文字超过 64 MB，请只保留名单所需的列，或拆成几个文件，或另存为 CSV 后再上传",
            "the workbook holds more than 64 MB of text; keep only the columns that are needed, divide it, or save it as CSV",
        )
    };
    if zip.len() > PARTS_MAX {
        return Err(too_large());
    }
    let (mut total, mut is_workbook) = (0_u64, false);
    for i in 0..zip.len() {
        // Whatever it is called: the workbook says which part is a sheet.
        let part = zip.by_index(i).map_err(|e| broken(&e))?;
        let name = part.name().map_err(|e| broken(&e))?.to_ascii_lowercase();
        is_workbook |= name == "xl/workbook.xml";
        let room = most_of(&name).min(UNPACKED_MAX - total);
        let are_texts = name.ends_with("sharedstrings.xml");
        if part.size() > room {
            return Err(if are_texts { too_many_texts() } else { too_large() });
        }
        let mut pieces = Pieces::default();
        let unpacked = std::io::copy(&mut part.take(room + 1), &mut pieces).map_err(|e| broken(&e))?;
        if are_texts && (unpacked > room || pieces.texts * TEXT_COST > TEXTS_MAX) {
            return Err(too_many_texts());
        }
        if unpacked > room || pieces.longest > PIECE_MAX {
            return Err(too_large());
        }
        if are_texts && announced(zip.by_index(i).map_err(|e| broken(&e))?)? > TEXTS_MAX / TEXT_COST {
            return Err(too_many_texts());
        }
        total += unpacked;
    }
    if is_workbook {
        return Ok(());
    }
    Err(bad_file(
        "file_type",
        "不认识这种文件，请上传 .xlsx 或 .csv（不要上传压缩包、.xlsb 或 WPS 专用格式）",
        "this is neither .xlsx nor .csv",
    ))
}

#[cfg(test)]
mod tests {
    use super::{Pieces, announced, number_text};
    use std::io::Write as _;

    #[test]
    fn shared_texts_are_counted_however_they_are_written_and_cut() {
        let xml = b"<sst><si><t>si</t></si><si/><x:si\n/><six/><t a='<'/><si\t></si></sst>";
        for cut in 1..xml.len() {
            let mut pieces = Pieces::default();
            xml.chunks(cut).for_each(|c| pieces.write_all(c).unwrap());
            assert_eq!(pieces.texts, 4, "cut at {cut}");
        }
    }

    #[test]
    fn what_a_table_of_texts_announces_is_read_however_it_is_written() {
        let of = |xml: &str| announced(xml.as_bytes()).unwrap();
        assert_eq!(of("<sst count=\"3\" uniqueCount=\"2\">"), 2);
        assert_eq!(of("<!-- uniqueCount='1' --><x:sst a='<' uniqueCount = '99999999999999999999999'>"), u64::MAX);
        assert_eq!(of("<sst/>"), 0);
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        assert_eq!(number_text(13_800_138_000.0), "13800138000");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(1234.5), "1234.5");
        assert_eq!(number_text(-7.0), "-7");
    }
}
