//! The structure of a TIFF file: enough to say whether it is a fax before a library decodes it, and where its strips lie.

use std::path::Path;

/// Largest file read.
const BYTES_MAX: u64 = 64 << 20;
const ENTRIES_MAX: usize = 256;
const STRIPS_MAX: usize = 20_000;
/// Rows of one page: 2.5 m at 196 lines an inch.
pub const ROWS_MAX: u32 = 20_000;
/// Pixels across A4, B4 and A3 at the one horizontal resolution every machine has.
pub const WIDTHS: [u32; 3] = [1_728, 2_048, 2_432];

/// Why a file is not a fax document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FileError {
    #[error("the file is longer than {} MB", BYTES_MAX >> 20)]
    TooLong,
    #[error("the file is neither a TIFF nor a PDF")]
    Unknown,
    #[error("the TIFF is damaged at page {page}: {what}")]
    Damaged { page: u16, what: &'static str },
    #[error("the document has more than {max} pages")]
    Pages { max: u16 },
    #[error("page {page} is {width} pixels wide; a fax page has 1728, 2048 or 2432: send the document as a PDF instead")]
    Width { page: u16, width: u32 },
    #[error("page {page} has {rows} rows; 1 to {ROWS_MAX} are possible")]
    Rows { page: u16, rows: u32 },
    #[error("page {page} is not black and white in a coding of fax machines: send the document as a PDF instead")]
    Coding { page: u16 },
}

/// One page as its tags describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub width: u32,
    pub rows: u32,
    /// 1 none, 2 and 3 T.4, 4 T.6.
    pub compression: u32,
    /// 0: white is zero.
    pub photometric: u32,
    /// 2: the least significant bit comes first.
    pub fill_order: u32,
    /// Dots an inch.
    pub resolution: (u32, u32),
    /// Offset and length of every strip, within the file.
    pub strips: Vec<(usize, usize)>,
}

struct File<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl File<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let b: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let b: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) })
    }

    /// The values of an entry of type SHORT or LONG.
    fn values(&self, entry: usize) -> Option<Vec<u32>> {
        let (kind, count) = (self.u16(entry + 2)?, self.u32(entry + 4)? as usize);
        let size = match kind {
            3 => 2,
            4 => 4,
            _ => return None,
        };
        if count == 0 || count > STRIPS_MAX {
            return None;
        }
        let at = if count * size <= 4 { entry + 8 } else { self.u32(entry + 8)? as usize };
        let one = |i: usize| if size == 2 { self.u16(at + i * 2).map(u32::from) } else { self.u32(at + i * 4) };
        (0..count).map(one).collect()
    }

    fn ratio(&self, entry: usize) -> Option<u32> {
        let at = self.u32(entry + 8)? as usize;
        let (n, d) = (self.u32(at)?, self.u32(at + 4)?);
        n.checked_div(d)
    }
}

/// Reads the structure of a file.
///
/// # Errors
/// [`FileError`] names the page and what is wrong with it.
pub fn inspect(path: &Path, pages_max: u16) -> Result<Vec<Page>, crate::FaxError> {
    let io = |source| crate::FaxError::Io { path: path.display().to_string(), source };
    if std::fs::metadata(path).map_err(io)?.len() > BYTES_MAX {
        return Err(FileError::TooLong.into());
    }
    let bytes = std::fs::read(path).map_err(io)?;
    Ok(pages(&bytes, pages_max)?)
}

/// Reads the structure of a file in memory.
///
/// # Errors
/// As [`inspect`].
pub fn pages(bytes: &[u8], pages_max: u16) -> Result<Vec<Page>, FileError> {
    let big = match bytes.get(..4) {
        Some([b'I', b'I', 42, 0]) => false,
        Some([b'M', b'M', 0, 42]) => true,
        _ => return Err(FileError::Unknown),
    };
    let file = File { bytes, big };
    let damaged = |page, what| FileError::Damaged { page, what };
    let mut at = file.u32(4).ok_or(damaged(1, "the file is cut off"))? as usize;
    let mut pages = Vec::new();
    // The limit on pages also ends a chain that bites its tail.
    while at != 0 {
        let number = pages.len() as u16 + 1;
        if number > pages_max {
            return Err(FileError::Pages { max: pages_max });
        }
        let count = usize::from(file.u16(at).ok_or(damaged(number, "the directory lies outside the file"))?);
        if count > ENTRIES_MAX {
            return Err(damaged(number, "the directory has too many entries"));
        }
        pages.push(page(&file, at, count, number)?);
        at = file.u32(at + 2 + count * 12).ok_or(damaged(number, "the directory is cut off"))? as usize;
    }
    if pages.is_empty() { Err(damaged(1, "there is no page")) } else { Ok(pages) }
}

fn page(file: &File<'_>, at: usize, count: usize, number: u16) -> Result<Page, FileError> {
    let mut page =
        Page { width: 0, rows: 0, compression: 1, photometric: 0, fill_order: 1, resolution: (204, 98), strips: Vec::new() };
    let (mut offsets, mut lengths, mut plain, mut per_cm) = (Vec::new(), Vec::new(), true, false);
    for entry in (0..count).map(|i| at + 2 + i * 12) {
        let tag = file.u16(entry).ok_or(FileError::Damaged { page: number, what: "the directory is cut off" })?;
        let values = file.values(entry).unwrap_or_default();
        let first = values.first().copied();
        match (tag, first) {
            (256, Some(v)) => page.width = v,
            (257, Some(v)) => page.rows = v,
            // Bits a sample and samples a pixel.
            (258 | 277, Some(v)) => plain &= v == 1,
            (259, Some(v)) => page.compression = v,
            (262, Some(v)) => page.photometric = v,
            (266, Some(v)) => page.fill_order = v,
            (273, _) => offsets = values,
            (279, _) => lengths = values,
            (282, _) => page.resolution.0 = file.ratio(entry).unwrap_or(page.resolution.0),
            (283, _) => page.resolution.1 = file.ratio(entry).unwrap_or(page.resolution.1),
            (296, Some(v)) => per_cm = v == 3,
            _ => {}
        }
    }
    if per_cm {
        let to_inch = |v: u32| v.saturating_mul(254).saturating_add(50) / 100;
        page.resolution = (to_inch(page.resolution.0), to_inch(page.resolution.1));
    }
    page.strips =
        strips(file, &offsets, &lengths).ok_or(FileError::Damaged { page: number, what: "its image lies outside the file" })?;
    judge(&page, plain, number)?;
    Ok(page)
}

fn strips(file: &File<'_>, offsets: &[u32], lengths: &[u32]) -> Option<Vec<(usize, usize)>> {
    if offsets.is_empty() || offsets.len() != lengths.len() {
        return None;
    }
    let strip = |(o, l): (&u32, &u32)| {
        let (offset, length) = (*o as usize, *l as usize);
        file.bytes.get(offset..offset.checked_add(length)?)?;
        Some((offset, length))
    };
    offsets.iter().zip(lengths).map(strip).collect()
}

fn judge(page: &Page, plain: bool, number: u16) -> Result<(), FileError> {
    if !plain || !(1..=4).contains(&page.compression) || page.photometric > 1 || !(1..=2).contains(&page.fill_order) {
        return Err(FileError::Coding { page: number });
    }
    if !WIDTHS.contains(&page.width) {
        return Err(FileError::Width { page: number, width: page.width });
    }
    if !(1..=ROWS_MAX).contains(&page.rows) {
        return Err(FileError::Rows { page: number, rows: page.rows });
    }
    Ok(())
}
