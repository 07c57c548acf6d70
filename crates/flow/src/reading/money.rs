//! Amounts in yuan, down to the fen.

use super::decimal::Decimal;
use super::number;
use crate::Language;

const MARKS: [&str; 8] = ["¥", "RMB", "CNY", "rmb", "人民币", "元", "块", "圆"];

pub(super) fn read(text: &str, language: Language) -> Option<String> {
    let mut bare = text.trim();
    let (negative, rest) = match bare.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, bare),
    };
    bare = rest.trim();
    for mark in MARKS {
        bare = bare.strip_prefix(mark).or_else(|| bare.strip_suffix(mark)).unwrap_or(bare).trim();
    }
    let parsed = Decimal::parse(bare)?.rounded(2)?;
    let d = Decimal { negative: negative != parsed.negative, ..parsed };
    let sign = if d.negative && !d.is_zero() { number::minus(language) } else { "" };
    let (jiao, fen) = (d.fraction.as_bytes()[0] - b'0', d.fraction.as_bytes()[1] - b'0');
    let body = match language {
        Language::Zh => chinese(&d, jiao, fen),
        Language::En => english(&d, jiao, fen),
    };
    Some(format!("{sign}{body}"))
}

fn chinese(d: &Decimal, jiao: u8, fen: u8) -> String {
    let mut out = String::new();
    let whole = d.whole != "0";
    if whole || (jiao == 0 && fen == 0) {
        out = if d.whole == "2" { "两".into() } else { number::whole(d, Language::Zh) };
        out.push('元');
    }
    if jiao > 0 {
        // 两角 alone, 两元二角 in a row.
        let alone = !whole && jiao == 2;
        out.push_str(&if alone { "两".into() } else { number::chinese(jiao.into()) });
        out.push('角');
    }
    if fen > 0 {
        if whole && jiao == 0 {
            out.push('零');
        }
        out.push_str(&if !whole && jiao == 0 && fen == 2 { "两".into() } else { number::chinese(fen.into()) });
        out.push('分');
    }
    out
}

fn english(d: &Decimal, jiao: u8, fen: u8) -> String {
    let cents = u64::from(jiao) * 10 + u64::from(fen);
    let whole = format!("{} yuan", number::whole(d, Language::En));
    match (d.whole.as_str(), cents) {
        (_, 0) => whole,
        ("0", _) => format!("{} fen", super::english::cardinal(cents)),
        _ => format!("{whole} and {} fen", super::english::cardinal(cents)),
    }
}
