//! Digit by digit: codes, card and phone numbers.

use crate::Language;

const ENGLISH: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// 幺 for 1, as numbers are read out over the phone, where 一 and 七 are easily confused.
const PHONE: [&str; 10] = ["零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"];
const PLAIN: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

fn place(c: char) -> Option<usize> {
    c.to_digit(10).and_then(|d| usize::try_from(d).ok())
}

/// The digits of a fraction or of a year: 一 stays 一. Anything else is left out.
pub(super) fn plain(digits: &str, language: Language) -> String {
    let table = if language == Language::Zh { PLAIN } else { ENGLISH };
    let join = if language == Language::Zh { "" } else { " " };
    digits.chars().filter_map(place).map(|d| table[d]).collect::<Vec<_>>().join(join)
}

/// Every sign on its own; letters as they are, blanks and dashes as a pause.
pub(super) fn read(text: &str, language: Language) -> String {
    let zh = language == Language::Zh;
    let table = if zh { PHONE } else { ENGLISH };
    let mut groups: Vec<Vec<String>> = vec![Vec::new()];
    for c in text.chars() {
        let sign = match (c, zh) {
            ('*', true) => "星号".into(),
            ('*', false) => "star".into(),
            ('#', true) => "井号".into(),
            ('#', false) => "pound".into(),
            ('.', true) => "点".into(),
            ('.', false) => "point".into(),
            ('+', true) => "加".into(),
            ('+', false) => "plus".into(),
            (c, _) if c.is_whitespace() || matches!(c, '-' | '(' | ')' | '/' | ',' | '，') => {
                groups.push(Vec::new());
                continue;
            }
            (c, _) => place(c).map_or_else(|| c.to_string(), |d| table[d].to_owned()),
        };
        if let Some(group) = groups.last_mut() {
            group.push(sign);
        }
    }
    let (inner, outer) = if zh { ("", "，") } else { (" ", ", ") };
    groups.into_iter().filter(|g| !g.is_empty()).map(|g| g.join(inner)).collect::<Vec<_>>().join(outer)
}

/// A phone number in groups that can be written down: 138 0013 8000.
pub(super) fn phone(text: &str, language: Language) -> Option<String> {
    if !text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()*#转ext.,".contains(c)) {
        return None;
    }
    let (number, extension) = match text.split_once('转').or_else(|| text.split_once("ext")) {
        Some((number, extension)) => (number, extension.trim_matches(['.', ' '])),
        None => (text, ""),
    };
    let compact: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if !compact.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let national = compact.strip_prefix("+86").or_else(|| compact.strip_prefix("0086")).unwrap_or(&compact);
    let grouped = if national.len() == 11 && national.starts_with('1') {
        format!("{} {} {}", &national[..3], &national[3..7], &national[7..])
    } else if national.len() == 10 && national.starts_with(['4', '8']) && national[1..].starts_with("00") {
        format!("{} {} {}", &national[..3], &national[3..6], &national[6..])
    } else if national != compact {
        if national.len() >= 9 { landline(national) } else { national.to_owned() }
    } else {
        number.trim().to_owned()
    };
    let mut out = read(&grouped, language);
    if !extension.is_empty() {
        out.push_str(if language == Language::Zh { "，转，" } else { ", extension " });
        out.push_str(&read(extension, language));
    }
    Some(out)
}

/// `53188881234` without its trunk zero, as E.164 leaves it: the zero comes back, the last eight digits in two groups.
fn landline(national: &str) -> String {
    let area = if national.starts_with(['1', '2']) { 2 } else { 3 };
    let (area, local) = national.split_at(area);
    let half = local.len().saturating_sub(4);
    format!("0{area} {} {}", &local[..half], &local[half..])
}
