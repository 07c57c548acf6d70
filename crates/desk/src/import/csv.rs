//! CSV as people's machines write it: UTF-8 with and without a mark, GBK, UTF-16; comma, semicolon, tab or bar.

use super::sheet::{Next, OnRow, Row, bad_file};
use super::{CELL_CHARS_MAX, COLUMNS_MAX};
use crate::{DeskError, Result};
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::cell::Cell;
use std::io::Read;
use std::path::Path;

/// A row, with the line breaks within its quotes. The reader holds a whole row, and some bytes for each of its cells.
const LINE_BYTES_MAX: usize = 1 << 20;

pub(super) struct CsvSheet {
    text: String,
    delimiter: u8,
    pub encoding: &'static str,
}

impl CsvSheet {
    pub fn open(path: &Path, encoding: Option<&str>) -> Result<Self> {
        let bytes = std::fs::read(path)?;
        let (text, encoding) = decode(&bytes, encoding)?;
        let delimiter = delimiter_of(&text);
        Ok(Self { text, delimiter, encoding })
    }

    fn reader<'a>(&'a self, taken: &'a Cell<usize>) -> csv::Reader<Bounded<'a>> {
        let text = Bounded { text: self.text.as_bytes(), taken };
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter).from_reader(text)
    }

    pub fn rows_hint(&self) -> u64 {
        u64::try_from(self.text.bytes().filter(|b| *b == b'\n').count()).unwrap_or(u64::MAX)
            + u64::from(!self.text.ends_with('\n'))
    }

    /// The line of what stands behind a position, past the line ends that come first.
    fn line_of(&self, at: &csv::Position) -> u64 {
        let rest = usize::try_from(at.byte()).ok().and_then(|from| self.text.as_bytes().get(from..)).unwrap_or_default();
        let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
        at.line() + u64::try_from(ends).unwrap_or(0)
    }

    pub fn rows(&self, on_row: &mut OnRow<'_>) -> Result<()> {
        let taken = Cell::new(0);
        let mut reader = self.reader(&taken);
        let mut record = csv::StringRecord::new();
        let mut number = 0;
        loop {
            taken.set(0);
            let line = reader.position().line();
            if !reader.read_record(&mut record).map_err(|e| unreadable(&e, line))? {
                return Ok(());
            }
            // The reader stands before the second half of CR LF, and before empty lines; where lines end with CR alone it counts none.
            number = record.position().map_or(0, |at| self.line_of(at)).max(number + 1);
            let cells = record.iter().take(COLUMNS_MAX).map(cell).collect();
            if let Next::Stop = on_row(Row { number, cells })? {
                return Ok(());
            }
        }
    }
}

fn cell(text: &str) -> String {
    let text = text.trim();
    if text.len() > CELL_CHARS_MAX { text.chars().take(CELL_CHARS_MAX).collect() } else { text.to_owned() }
}

/// `line`: where the row began.
fn unreadable(error: &csv::Error, line: u64) -> DeskError {
    if matches!(error.kind(), csv::ErrorKind::Io(_)) {
        return bad_file(
            "file_line_too_long",
            format!("第 {line} 行超过 1 MB，不像是一行名单；请检查分隔符、换行和引号，用 Excel 另存为 CSV 后再试"),
            format!("line {line} is longer than 1 MB; check separators, line ends and quotes, and save the file as CSV again"),
        );
    }
    bad_file(
        "file_csv",
        format!("第 {line} 行无法读取，请用 Excel 打开后另存为 CSV 再试"),
        format!("line {line} cannot be read; save the file as CSV again"),
    )
}

/// Hands the text over in pieces, and no more of it once a row has taken its share: what a row is, quotes and all, only the
/// reader behind it knows.
struct Bounded<'a> {
    text: &'a [u8],
    /// Bytes handed over since the last row ended.
    taken: &'a Cell<usize>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.taken.get() > LINE_BYTES_MAX {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let n = self.text.read(to)?;
        self.taken.set(self.taken.get() + n);
        Ok(n)
    }
}

fn decode(bytes: &[u8], wanted: Option<&str>) -> Result<(String, &'static str)> {
    let chosen = match wanted.filter(|w| !w.is_empty()) {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            DeskError::invalid(
                "encoding_unknown",
                "encoding",
                format!("不认识编码“{label}”，请选 UTF-8 或 GBK"),
                format!("unknown encoding `{label}`; choose utf-8 or gbk"),
            )
        })?,
        None => match Encoding::for_bom(bytes) {
            Some((encoding, _)) => encoding,
            None if std::str::from_utf8(bytes).is_ok() => UTF_8,
            None => GB18030,
        },
    };
    let (text, used, broken) = chosen.decode(bytes);
    let wrong = text.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).take(50).count();
    if broken && wrong >= 50.min(1 + text.len() / 200) {
        return Err(bad_file(
            "file_encoding",
            "文件编码无法识别，请用 Excel 另存为“CSV UTF-8”或 .xlsx 后再上传",
            "the encoding cannot be told; save the file as CSV UTF-8 or .xlsx",
        ));
    }
    let name = if used == GB18030 || used == encoding_rs::GBK {
        "gbk"
    } else if used == UTF_8 {
        "utf-8"
    } else {
        "utf-16"
    };
    Ok((text.into_owned(), name))
}

/// The mark that stands most often in the first lines, quoted text aside.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b'\t', 0), (b';', 0), (b'|', 0)];
    let mut quoted = false;
    for b in text.bytes().take(20_000) {
        match b {
            b'"' => quoted = !quoted,
            b if !quoted => {
                if let Some((_, n)) = counts.iter_mut().find(|(d, _)| *d == b) {
                    *n += 1;
                }
            }
            _ => {}
        }
    }
    counts.into_iter().rev().max_by_key(|(_, n)| *n).filter(|(_, n)| *n > 0).map_or(b',', |(d, _)| d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("姓名,电话".as_bytes(), None).unwrap(), ("姓名,电话".into(), "utf-8"));
        assert_eq!(decode("\u{feff}姓名".as_bytes(), None).unwrap(), ("姓名".into(), "utf-8"));
        let (gbk, _, _) = encoding_rs::GBK.encode("姓名,电话\n张伟,138");
        assert_eq!(decode(&gbk, None).unwrap(), ("姓名,电话\n张伟,138".into(), "gbk"));
        let utf16: Vec<u8> = "\u{feff}姓名\t电话".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16, None).unwrap(), ("姓名\t电话".into(), "utf-16"));
        assert_eq!(decode(b"x", Some("klingon")).unwrap_err().code, "encoding_unknown");
        let noise = [0x80_u8, 0xff, 0x7f, 0xff].repeat(500);
        assert_eq!(decode(&noise, None).unwrap_err().code, "file_encoding");
    }

    fn rows_of(text: String) -> Result<Vec<Row>> {
        let sheet = CsvSheet { text, delimiter: b',', encoding: "utf-8" };
        let mut rows = Vec::new();
        sheet.rows(&mut |row| {
            rows.push(row);
            Ok(Next::More)
        })?;
        Ok(rows)
    }

    #[test]
    fn a_row_is_cut_to_what_a_spreadsheet_holds() {
        let rows = rows_of(format!("a{}\n{}\n", ",".repeat(5_000), "长".repeat(50_000))).unwrap();
        assert_eq!(rows[0].cells.len(), COLUMNS_MAX);
        assert!(rows[0].cells.capacity() <= 2 * COLUMNS_MAX, "{}", rows[0].cells.capacity());
        assert_eq!(rows[1].cells[0].chars().count(), CELL_CHARS_MAX);
    }

    #[test]
    fn rows_have_the_numbers_of_their_lines() {
        let numbers = |text: &str| rows_of(text.into()).unwrap().iter().map(|r| r.number).collect::<Vec<_>>();
        assert_eq!(numbers("姓名,电话\n张,1\n\n李,2\n"), [1, 2, 4]);
        assert_eq!(numbers("姓名,电话\r\n张,1\r\n\r\n李,2\r\n"), [1, 2, 4], "as Excel writes it");
        assert_eq!(numbers("姓名,电话\r张,1\r李,2"), [1, 2, 3]);
        assert_eq!(numbers("\r\n姓名,\"电\r\n话\"\r\n张,1"), [2, 4]);
    }

    #[test]
    fn a_line_too_long_is_named_before_it_is_taken_apart() {
        let commas = rows_of(format!("a,b\nc,d\n{}", ",".repeat(LINE_BYTES_MAX + 20_000))).err().unwrap();
        assert_eq!(commas.code, "file_line_too_long");
        assert!(commas.zh.contains("第 3 行"), "{}", commas.zh);
        // Short lines, but a single row: each line break stands within quotes.
        let quoted = rows_of(format!("a,b\n\"{}", "\",\"\n".repeat(LINE_BYTES_MAX / 3))).err().unwrap();
        assert!(quoted.code == "file_line_too_long" && quoted.zh.contains("第 2 行"), "{}", quoted.zh);
        let many = rows_of("张伟,13800138000\n".repeat(2 * LINE_BYTES_MAX / 20)).unwrap();
        assert_eq!(many.len(), 2 * LINE_BYTES_MAX / 20, "a long file of short lines is none of that");
    }

    #[test]
    fn delimiters_are_counted_outside_quotes() {
        assert_eq!(delimiter_of("a,b\n1,2"), b',');
        assert_eq!(delimiter_of("a;b\n\"1,,,,,\";2"), b';');
        assert_eq!(delimiter_of("a\tb\tc"), b'\t');
        assert_eq!(delimiter_of("电话\n138"), b',');
    }
}
