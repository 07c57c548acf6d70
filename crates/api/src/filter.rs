//! Filters of lists as they stand in a URL: several codes separated by commas.

use crate::prelude::*;

/// Codes of an enum, `a,b,c`; empty when absent.
///
/// # Errors
/// A code nobody knows, by name.
pub fn codes<T>(text: Option<&str>, field: &str, read: impl Fn(&str) -> Option<T>) -> Answer<Vec<T>> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty());
    words
        .map(|word| {
            read(word).ok_or_else(|| {
                let text = Text::new(format!("{field} 没有取值 {word}"), format!("{field} has no value {word}"));
                Problem::bad_request("bad_query", text).with_field(field)
            })
        })
        .collect()
}

/// Free words, `a,b,c`.
pub fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Text searched for in numbers. Who may not see whole numbers must not find them out digit by digit either.
///
/// # Errors
/// 422 for part of a number without the right to see numbers.
pub fn search(text: Option<&str>, who: &Principal, field: &str) -> Answer<String> {
    let text = text.unwrap_or_default().trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let like_number = digits > 0 && text.chars().all(|c| c.is_ascii_digit() || "+-* ".contains(c));
    if like_number && digits < 11 && !who.reveals() {
        let text = Text::new(
            "您无权查看完整号码，请输入完整号码或姓名来查找",
            "without the right to see numbers, search by a whole number or a name",
        );
        return Err(Problem::invalid(field, text));
    }
    Ok(text.chars().take(100).collect())
}
