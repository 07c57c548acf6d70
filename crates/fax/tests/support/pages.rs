//! Fax pages for tests: made by hand, compared pixel by pixel.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::path::Path;
use std::process::Command;

pub const WIDTH: usize = 1_728;
const LINE: usize = WIDTH / 8;

/// Rows of a page that looks a little like text: no two pages are alike.
pub fn page(number: usize, rows: usize) -> Vec<u8> {
    let mut out = vec![0_u8; LINE * rows];
    for (y, row) in out.chunks_exact_mut(LINE).enumerate() {
        let line = y / 24;
        if y % 24 > 15 || line % 5 == 4 {
            continue;
        }
        for (x, octet) in row.iter_mut().enumerate().take(LINE - 12).skip(12) {
            let letter = (x / 2 * 31 + line * 17 + number * 101) % 7;
            *octet = match (letter, y % 8) {
                (0, _) => 0,
                (1, 0..=1) | (2, 6..=7) => 0xFF,
                (3, _) => 0x18,
                _ => 0x3C >> ((y + number) % 3),
            };
        }
    }
    out
}

/// A TIFF of uncompressed pages, white is zero, 204 by 98 dots an inch.
pub fn write_tiff(path: &Path, pages: &[Vec<u8>]) {
    let mut out = b"II\x2A\0\0\0\0\0".to_vec();
    let mut link = 4;
    for data in pages {
        let strip = out.len() as u32;
        out.extend_from_slice(data);
        let ratios = out.len() as u32;
        for v in [204_u32, 1, 98, 1] {
            out.extend(v.to_le_bytes());
        }
        let directory = out.len() as u32;
        out[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let rows = (data.len() / LINE) as u32;
        let entries: [(u16, u16, u32); 13] = [
            (256, 4, WIDTH as u32),
            (257, 4, rows),
            (258, 3, 1),
            (259, 3, 1),
            (262, 3, 0),
            (266, 3, 1),
            (273, 4, strip),
            (277, 3, 1),
            (278, 4, rows),
            (279, 4, data.len() as u32),
            (282, 5, ratios),
            (283, 5, ratios + 8),
            (296, 3, 2),
        ];
        out.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        link = out.len();
        out.extend([0; 4]);
    }
    std::fs::write(path, out).expect("the TIFF is written");
}

/// The pixels of every page of a TIFF in any coding, white as zero. libtiff's own tool decodes.
pub fn read_tiff(path: &Path) -> Vec<Vec<u8>> {
    let dir = tempfile::tempdir().expect("a directory");
    let plain = dir.path().join("plain.tif");
    let status = Command::new("tiffcp").args(["-c", "none", "-r", "100000"]).arg(path).arg(&plain).status();
    assert!(status.expect("tiffcp runs").success(), "{} is readable", path.display());
    let bytes = std::fs::read(&plain).expect("the copy");
    let pixels = |p: &fax::Page| {
        let mut out: Vec<u8> = p.strips.iter().flat_map(|(o, l)| bytes[*o..o + l].iter().copied()).collect();
        if p.fill_order == 2 {
            out.iter_mut().for_each(|b| *b = b.reverse_bits());
        }
        if p.photometric == 1 {
            out.iter_mut().for_each(|b| *b = !*b);
        }
        out
    };
    fax::inspect(&plain, 1_000).expect("the copy is a fax").iter().map(pixels).collect()
}

/// Pixels that differ between two pages; rows that one lacks count whole.
pub fn difference(a: &[u8], b: &[u8]) -> usize {
    let common = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones() as usize).sum::<usize>();
    common + a.len().abs_diff(b.len()) * 8
}

/// Every page of `sent` stands in `received` without a wrong pixel.
pub fn assert_same(sent: &[Vec<u8>], received: &Path) {
    let got = read_tiff(received);
    assert_eq!(got.len(), sent.len(), "pages received");
    for (n, (s, r)) in sent.iter().zip(&got).enumerate() {
        assert_eq!(difference(s, r), 0, "wrong pixels on page {} ({} rows of {})", n + 1, r.len() / LINE, s.len() / LINE);
    }
}
