//! The embedded table of carriers, regions and zones, read in place. `scripts/numbers-table.py` writes it and describes it.

use super::Carrier;

static BYTES: &[u8] = include_bytes!("china.bin");

const fn u32_at(at: usize) -> usize {
    (BYTES[at] as usize) | (BYTES[at + 1] as usize) << 8 | (BYTES[at + 2] as usize) << 16 | (BYTES[at + 3] as usize) << 24
}

const fn u16_at(at: usize) -> usize {
    (BYTES[at] as usize) | (BYTES[at + 1] as usize) << 8
}

const REGIONS: usize = u32_at(4);
const MOBILE: usize = u32_at(8);
const FIXED: usize = u32_at(12);
const ZONES: usize = u32_at(16);
const PREFIXES: usize = u32_at(20);
const NAMES_AT: usize = 28;
const CARRIERS_AT: usize = NAMES_AT + (REGIONS + ZONES + 1) * 4;
const INDEX_AT: usize = CARRIERS_AT + 1000;
const MOBILE_AT: usize = INDEX_AT + 1001 * 4;
const FIXED_AT: usize = MOBILE_AT + MOBILE * 3;
const PREFIXES_AT: usize = FIXED_AT + FIXED * 6;
const POOL_AT: usize = PREFIXES_AT + PREFIXES * 6;

// A table cut short or of another layout is found when the product is built, not when a call is made.
const _: () = assert!(BYTES[0] == b'F' && BYTES[1] == b'L' && BYTES[2] == b'N' && BYTES[3] == b'1');
const _: () = assert!(POOL_AT + u32_at(24) == BYTES.len());

fn name(index: usize) -> &'static str {
    let (from, to) = (u32_at(NAMES_AT + index * 4), u32_at(NAMES_AT + index * 4 + 4));
    std::str::from_utf8(&BYTES[POOL_AT + from..POOL_AT + to]).unwrap_or("")
}

/// The first `n` digits as a number; none when there are fewer.
fn leading(digits: &str, n: usize) -> Option<usize> {
    digits.get(..n).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse().ok())
}

/// Index of the last of `n` sorted items whose key is not above `wanted`; none when all are above.
fn last_not_above(n: usize, wanted: usize, key: impl Fn(usize) -> usize) -> Option<usize> {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = usize::midpoint(low, high);
        if key(middle) <= wanted { low = middle + 1 } else { high = middle }
    }
    low.checked_sub(1)
}

/// The region of a national number (without 0 or 86).
pub(super) fn region(national: &str) -> &'static str {
    let Some(seven) = leading(national, 7) else { return "" };
    name(region_index(seven))
}

fn region_index(seven: usize) -> usize {
    let block = seven / 1000;
    if (1000..2000).contains(&block) {
        let from = u32_at(INDEX_AT + (block - 1000) * 4);
        let to = u32_at(INDEX_AT + (block - 999) * 4);
        let run = |i: usize| {
            let at = MOBILE_AT + (from + i) * 3;
            u16_at(at) | (BYTES[at + 2] as usize) << 16
        };
        return last_not_above(to - from, seven % 1000, |i| run(i) >> 14).map_or(0, |i| run(i) & 0x3fff);
    }
    last_not_above(FIXED, seven, |i| u32_at(FIXED_AT + i * 6)).map_or(0, |i| u16_at(FIXED_AT + i * 6 + 4))
}

/// Whether a national number's first three or four digits lie in an area somebody lives in.
pub(super) fn area_known(area: &str) -> bool {
    let n = area.len();
    let Some(value) = leading(area, n) else { return false };
    let Some(width) = 7_usize.checked_sub(n).and_then(|e| u32::try_from(e).ok()).map(|e| 10_usize.pow(e)) else { return false };
    // The area's own name, or that of any subscriber range that was split off from it.
    (0..10).any(|tenth| region_index(value * width + tenth * width / 10) != 0)
}

pub(super) fn carrier(national: &str) -> Carrier {
    match leading(national, 4).filter(|p| (1000..2000).contains(p)).map(|p| BYTES[CARRIERS_AT + p - 1000]) {
        Some(1) => Carrier::Mobile,
        Some(2) => Carrier::Unicom,
        Some(3) => Carrier::Telecom,
        Some(4) => Carrier::Broadnet,
        _ => Carrier::Unknown,
    }
}

/// The zone of a foreign number, written without `+`: the longest prefix that is known.
pub(super) fn zone(international: &str) -> Option<&'static str> {
    (1..=8).rev().find_map(|n| {
        let key = leading(international, n)? << 4 | n;
        let at = last_not_above(PREFIXES, key, |i| u32_at(PREFIXES_AT + i * 6))?;
        (u32_at(PREFIXES_AT + at * 6) == key).then(|| name(REGIONS + u16_at(PREFIXES_AT + at * 6 + 4)))
    })
}
