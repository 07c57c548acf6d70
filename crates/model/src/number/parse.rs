//! From what people write to E.164. Chinese numbers by our own quick path; others by libphonenumber's rules.

use super::{NumberError as E, PhoneNumber, table};

const TEXT_MAX: usize = 64;
const EXTENSION_MAX: usize = 8;
/// Long-distance access codes people still keep in front of numbers.
const ACCESS_CODES: [&str; 6] = ["17951", "17911", "17909", "17900", "12593", "10193"];

pub(super) fn parse(raw: &str, default_area: &str) -> Result<PhoneNumber, E> {
    let text = fold(raw)?;
    let text = plain_spreadsheet_number(&text)?;
    let (main, extension) = split_extension(text);
    let (groups, plus) = groups_of(main)?;
    let extension = extension_digits(extension)?;
    let joined: String = groups.concat();
    if joined.is_empty() {
        return Err(E::Empty);
    }
    match dialable(&joined, plus, default_area) {
        Ok(e164) => Ok(PhoneNumber { e164, extension }),
        // 010-88886666-801: the last group is an extension when the number is whole without it.
        Err(whole @ (E::TooLong(_) | E::FixedLength { .. } | E::MobileLength(_))) if extension.is_empty() && groups.len() > 1 => {
            let (last, rest) = groups.split_last().ok_or(E::Empty)?;
            if last.len() > 6 {
                return Err(if rest.iter().chain([last]).all(|g| g.len() >= 7) { E::Several } else { whole });
            }
            match dialable(&rest.concat(), plus, default_area) {
                Ok(e164) => Ok(PhoneNumber { e164, extension: last.clone() }),
                Err(_) => Err(whole),
            }
        }
        Err(e) => Err(e),
    }
}

/// Full-width forms to ASCII, invisible characters away.
fn fold(raw: &str) -> Result<String, E> {
    let mut out = String::with_capacity(raw.len().min(TEXT_MAX));
    for c in raw.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => out.push(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
        if out.len() > TEXT_MAX {
            return Err(E::TooMuchText);
        }
    }
    let trimmed = out.trim_matches(|c: char| c == ' ' || c == '\'' || c == '"' || c == '`');
    if trimmed.is_empty() { Err(E::Empty) } else { Ok(trimmed.into()) }
}

/// Undoes what spreadsheets do to numbers: `13800138000.0`, and `1.3800138E+10` where no digit was lost.
fn plain_spreadsheet_number(text: &str) -> Result<std::borrow::Cow<'_, str>, E> {
    let bytes = text.as_bytes();
    if let Some(e) = text.find(['e', 'E']) {
        let (mantissa, exponent) = (&text[..e], text[e + 1..].trim_start_matches('+'));
        let numeric = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if numeric(whole) && (fraction.is_empty() || numeric(fraction)) && numeric(exponent) {
            // Digits that were rounded away read as zeros: only a mantissa that reaches the last digit is whole.
            let exact = exponent.parse::<usize>().is_ok_and(|n| n == fraction.len() && whole.len() == 1);
            return if exact { Ok(format!("{whole}{fraction}").into()) } else { Err(E::Scientific) };
        }
    }
    if let Some((whole, fraction)) = text.split_once('.')
        && bytes.len() > 3
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0')
        && whole.len() >= 7
        && whole.bytes().all(|b| b.is_ascii_digit())
    {
        return Ok(whole.to_owned().into());
    }
    Ok(text.into())
}

/// Cuts at the first mark of an extension.
fn split_extension(text: std::borrow::Cow<'_, str>) -> (String, Option<String>) {
    let lower = text.to_ascii_lowercase();
    let marks = ["分机号", "分机", "转", "extension", "ext.", "ext", "x", "#"];
    let found =
        marks.iter().filter_map(|m| lower.find(m).map(|at| (at, m.len()))).min_by_key(|(at, len)| (*at, usize::MAX - len));
    match found {
        Some((at, len)) if at > 0 => {
            let mut rest = &lower[at + len..];
            // 转分机801
            for mark in ["分机号", "分机"] {
                rest = rest.strip_prefix(mark).unwrap_or(rest);
            }
            (lower[..at].into(), Some(rest.into()))
        }
        _ => (lower, None),
    }
}

fn extension_digits(text: Option<String>) -> Result<String, E> {
    let Some(text) = text else { return Ok(String::new()) };
    let mut digits = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' | ':' | '.' | '(' | ')' | '#' => {}
            c => return Err(E::Character(c)),
        }
    }
    if digits.len() > EXTENSION_MAX { Err(E::Extension) } else { Ok(digits) }
}

/// The digits, in the groups that dashes make, and whether a `+` stands first.
fn groups_of(text: String) -> Result<(Vec<String>, bool), E> {
    let text = text.strip_prefix("tel:").unwrap_or(&text).trim_start();
    let plus = text.trim_start_matches('(').starts_with('+');
    let mut groups = vec![String::new()];
    for (i, c) in text.char_indices() {
        match c {
            '0'..='9' => {
                if let Some(last) = groups.last_mut() {
                    last.push(c);
                }
            }
            '-' => groups.push(String::new()),
            ' ' | '.' | '(' | ')' | '[' | ']' | '·' => {}
            '+' if text[..i].bytes().all(|b| b == b'(') => {}
            '*' => return Err(E::Masked),
            '/' | ',' | ';' | '、' | '，' | '；' | '|' | '\\' | '+' => return Err(E::Several),
            c => return Err(E::Character(c)),
        }
    }
    groups.retain(|g| !g.is_empty());
    Ok((groups, plus))
}

fn dialable(digits: &str, plus: bool, default_area: &str) -> Result<String, E> {
    if plus {
        return match digits.strip_prefix("86") {
            Some(national) => chinese(national, default_area),
            // +0… is no country: people put a plus in front of what they dial.
            None if digits.starts_with('0') => dialable(digits, false, default_area),
            None => foreign(digits),
        };
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return match rest.strip_prefix("86") {
            Some(national) => chinese(national, default_area),
            None => foreign(rest),
        };
    }
    if digits.len() >= 12
        && let Some(national) = digits.strip_prefix("86")
    {
        return chinese(national, default_area);
    }
    for code in ACCESS_CODES {
        if let Some(rest) = digits.strip_prefix(code).filter(|r| r.len() >= 10) {
            return chinese(rest.strip_prefix("86").filter(|r| r.len() >= 10).unwrap_or(rest), default_area);
        }
    }
    chinese(digits, default_area)
}

/// A number as dialled inside China, with or without the 0 of its area code.
fn chinese(digits: &str, default_area: &str) -> Result<String, E> {
    let n = digits.len();
    if let Some(rest) = digits.strip_prefix('0') {
        // 013800138000: a mobile of another city. Beijing's 010 is followed by 8 digits that do not begin with 1.
        return if is_mobile(rest) { Ok(format!("+86{rest}")) } else { fixed(rest) };
    }
    if is_mobile(digits) {
        return Ok(format!("+86{digits}"));
    }
    if n == 10 && (digits.starts_with("400") || digits.starts_with("800")) {
        return Ok(format!("+86{digits}"));
    }
    if (n == 7 || n == 8) && matches!(digits.as_bytes()[0], b'2'..=b'8') {
        let area = default_area.trim().trim_start_matches("+86").trim_start_matches('0');
        return if area.is_empty() { Err(E::AreaMissing) } else { fixed(&format!("{area}{digits}")) };
    }
    if is_service(digits) {
        return Err(E::Service(digits.into()));
    }
    // A spreadsheet that took the cell for a number has eaten the leading 0.
    if (10..=11).contains(&n)
        && let Ok(e164) = fixed(digits)
    {
        return Ok(e164);
    }
    match digits.as_bytes() {
        [b'1', b'3'..=b'9', ..] if n != 11 && n >= 9 => Err(if n >= 22 { E::Several } else { E::MobileLength(n) }),
        [b'1', ..] if n == 11 => Err(E::MobilePrefix(digits[..3].into())),
        _ if n < 10 => Err(E::TooShort(n)),
        _ if n > 12 => Err(E::TooLong(n)),
        _ => fixed(digits),
    }
}

fn is_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..] if digits.len() == 11)
}

/// 110, 12345, 10086, 95588, 95128123, 96110, 116114: called by people, not by campaigns.
fn is_service(digits: &str) -> bool {
    match digits.as_bytes() {
        [b'1', b'0'..=b'2', ..] => digits.len() <= 8,
        [b'9', b'5' | b'6', ..] => (5..=8).contains(&digits.len()),
        [b'1', ..] => digits.len() <= 6,
        _ => false,
    }
}

/// Area code without its 0, and subscriber number.
fn fixed(digits: &str) -> Result<String, E> {
    let area_len = if digits.starts_with("10") || digits.starts_with('2') { 2 } else { 3 };
    if digits.len() < area_len + 3 {
        return Err(E::TooShort(digits.len()));
    }
    let (area, subscriber) = digits.split_at(area_len);
    if !table::area_known(area) {
        return Err(E::AreaUnknown(format!("0{area}")));
    }
    let (fits, expected) =
        if area_len == 2 { (subscriber.len() == 8, "8") } else { (matches!(subscriber.len(), 7 | 8), "7–8") };
    if is_service(subscriber) && !fits {
        return Err(E::Service(subscriber.into()));
    }
    if subscriber.len() > 12 {
        return Err(E::TooLong(digits.len()));
    }
    if !fits {
        return Err(E::FixedLength { area: format!("0{area}"), expected, found: subscriber.len() });
    }
    if !matches!(subscriber.as_bytes()[0], b'2'..=b'8') {
        return Err(E::FixedPrefix(subscriber.into()));
    }
    Ok(format!("+86{digits}"))
}

fn foreign(digits: &str) -> Result<String, E> {
    match digits.len() {
        0..=6 => return Err(E::TooShort(digits.len())),
        7..=15 => {}
        n => return Err(E::TooLong(n)),
    }
    let number = phonenumber::parse(None, format!("+{digits}")).map_err(|_| E::Foreign)?;
    if !number.is_valid() {
        return Err(E::Foreign);
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}
