//! How values are read aloud: digits, numbers, money, dates, times and phone numbers, in Chinese and English.
//!
//! Input is what sheets and business systems really hold: full-width digits, thousands separators, `¥`, ISO and Chinese dates,
//! day numbers of Excel. A value that cannot be read is an error; the caller then says the raw text.
//! A new way of reading: a file here, a variant of [`As`], an arm in [`read`].

mod date;
mod decimal;
mod digits;
mod english;
mod money;
mod number;

use crate::Language;
use serde::{Deserialize, Serialize};

/// What a value is, so that it is read properly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum As {
    /// 幺零五
    Digits,
    /// 一万零五百
    Number,
    /// 一百零五元三角
    Money,
    /// 二〇二六年十一月二十一日
    Date,
    /// 下午三点半
    Time,
    /// 二〇二六年十一月二十一日下午三点半
    Datetime,
    /// 幺三八，零零幺三，八零零零
    Phone,
    /// 第三
    Ordinal,
    /// 百分之十二点五
    Percent,
    /// 星期六
    Weekday,
}

impl As {
    pub const ALL: [Self; 10] = [
        Self::Digits,
        Self::Number,
        Self::Money,
        Self::Date,
        Self::Time,
        Self::Datetime,
        Self::Phone,
        Self::Ordinal,
        Self::Percent,
        Self::Weekday,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Number => "number",
            Self::Money => "money",
            Self::Date => "date",
            Self::Time => "time",
            Self::Datetime => "datetime",
            Self::Phone => "phone",
            Self::Ordinal => "ordinal",
            Self::Percent => "percent",
            Self::Weekday => "weekday",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.code() == code)
    }
}

/// How to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    pub language: Language,
    /// IANA zone into which points in time with an offset are brought; empty or unknown: read as written.
    pub zone: String,
    /// Say the day of the week after the date.
    pub weekday: bool,
}

/// Text that is not the thing it should be read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be read as {what}")]
pub struct Unreadable {
    pub text: String,
    pub what: &'static str,
}

/// The longest value anybody would listen to.
const TEXT_CHARS_MAX: usize = 200;

/// Reads `text` aloud.
///
/// # Errors
/// When the text is not what `what` says.
pub fn read(text: &str, what: As, manner: &Manner) -> Result<String, Unreadable> {
    let plain = halfwidth(text.trim());
    if plain.is_empty() || plain.chars().count() > TEXT_CHARS_MAX {
        return Err(unreadable(text, what));
    }
    let language = manner.language;
    let out = match what {
        As::Digits => Some(digits::read(&plain, language)),
        As::Phone => digits::phone(&plain, language),
        As::Number => number::read(&plain, language),
        As::Percent => number::percent(&plain, language),
        As::Ordinal => number::ordinal(&plain, language),
        As::Money => money::read(&plain, language),
        As::Date | As::Time | As::Datetime | As::Weekday => date::read(&plain, what, manner),
    };
    out.ok_or_else(|| unreadable(text, what))
}

fn unreadable(text: &str, what: As) -> Unreadable {
    Unreadable { text: text.chars().take(40).collect(), what: what.code() }
}

/// Full-width digits, letters and signs as their ASCII twins; the ideographic space as a space.
fn halfwidth(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            '−' | '–' | '—' => '-',
            '¥' | '￥' => '¥',
            _ => c,
        })
        .collect()
}
