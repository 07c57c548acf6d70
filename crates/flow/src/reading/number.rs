//! Cardinal numbers, decimals, percentages and ordinals.

use super::decimal::Decimal;
use super::{digits, english};
use crate::Language;

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A whole number below ten thousand million million. 2 is 两 before 千, 万 and 亿, 二 elsewhere.
pub(super) fn chinese(n: u64) -> String {
    if n == 0 {
        return DIGITS[0].into();
    }
    let text = grouped(n);
    // 一十五 at the head is 十五.
    text.strip_prefix("一十").map_or(text.clone(), |rest| format!("十{rest}"))
}

fn grouped(n: u64) -> String {
    const YI: u64 = 100_000_000;
    const WAN: u64 = 10_000;
    let (unit, name) = if n >= YI {
        (YI, "亿")
    } else if n >= WAN {
        (WAN, "万")
    } else {
        return section(n);
    };
    let (high, low) = (n / unit, n % unit);
    let mut out = if high == 2 { "两".into() } else { grouped(high) };
    out.push_str(name);
    if low > 0 {
        if low < unit / 10 {
            out.push_str(DIGITS[0]);
        }
        out.push_str(&grouped(low));
    }
    out
}

/// 1–9999.
fn section(n: u64) -> String {
    let mut out = String::new();
    let mut zero = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = n / unit % 10;
        if digit == 0 {
            zero = !out.is_empty();
            continue;
        }
        if zero {
            out.push_str(DIGITS[0]);
            zero = false;
        }
        out.push_str(if digit == 2 && unit == 1000 { "两" } else { DIGITS[usize::try_from(digit).unwrap_or(0)] });
        out.push_str(name);
    }
    out
}

pub(super) fn whole(d: &Decimal, language: Language) -> String {
    match (d.whole_number(), language) {
        (Some(n), Language::Zh) => chinese(n),
        (Some(n), Language::En) => english::cardinal(n),
        // Nobody can hold a number of more than sixteen digits in mind.
        (None, _) => digits::plain(&d.whole, language),
    }
}

fn unsigned(d: &Decimal, language: Language) -> String {
    let mut out = whole(d, language);
    if !d.fraction.is_empty() {
        let (point, join) = if language == Language::Zh { ("点", "") } else { (" point ", "") };
        out.push_str(point);
        out.push_str(join);
        out.push_str(&digits::plain(&d.fraction, language));
    }
    out
}

pub(super) fn minus(language: Language) -> &'static str {
    if language == Language::Zh { "负" } else { "minus " }
}

pub(super) fn read(text: &str, language: Language) -> Option<String> {
    if text.ends_with(['%', '％']) {
        return percent(text, language);
    }
    let d = Decimal::parse(text)?;
    let sign = if d.negative && !d.is_zero() { minus(language) } else { "" };
    Some(format!("{sign}{}", unsigned(&d, language)))
}

/// `12.5%`, and `12.5` too, since the unit is already said by `as`.
pub(super) fn percent(text: &str, language: Language) -> Option<String> {
    let d = Decimal::parse(text.trim_end_matches('%').trim_end())?;
    let sign = if d.negative && !d.is_zero() { minus(language) } else { "" };
    let body = unsigned(&d, language);
    Some(match language {
        Language::Zh => format!("{sign}百分之{body}"),
        Language::En => format!("{sign}{body} percent"),
    })
}

pub(super) fn ordinal(text: &str, language: Language) -> Option<String> {
    let text = text.strip_prefix('第').unwrap_or(text);
    let d = Decimal::parse(text).filter(|d| !d.negative && d.fraction.bytes().all(|b| b == b'0'))?;
    let n = d.whole_number()?;
    Some(match language {
        // 第二, never 第两; 第两千 as people say it.
        Language::Zh => format!("第{}", chinese(n)),
        Language::En => english::ordinal(n),
    })
}
