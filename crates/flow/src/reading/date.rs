//! Dates and times of day, from whatever a sheet or a business system holds.

use super::{As, Manner, digits, english, number};
use crate::Language;
use jiff::civil::{Date, Time, Weekday};

/// What could be made out: any part may be absent, e.g. the year of `11月21日`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moment {
    year: Option<i16>,
    month_day: Option<(i8, i8)>,
    time: Option<Time>,
}

impl Moment {
    fn date(self) -> Option<Date> {
        let (month, day) = self.month_day?;
        Date::new(self.year?, month, day).ok()
    }
}

pub(super) fn read(text: &str, what: As, manner: &Manner) -> Option<String> {
    let moment = parse(text, &manner.zone, what)?;
    let zh = manner.language == Language::Zh;
    match what {
        As::Weekday => Some(weekday(moment.date()?.weekday(), zh).into()),
        As::Time => moment.time.map(|t| time(t, zh)),
        _ => {
            let mut out = date(moment, zh)?;
            if manner.weekday
                && let Some(full) = moment.date()
            {
                out = format!("{out}{}{}", if zh { "，" } else { ", " }, weekday(full.weekday(), zh));
            }
            if what == As::Datetime
                && let Some(t) = moment.time
            {
                let join = match (zh, manner.weekday) {
                    (true, true) => "，",
                    (true, false) => "",
                    (false, _) => " at ",
                };
                out = format!("{out}{join}{}", time(t, zh));
            }
            Some(out)
        }
    }
}

fn parse(text: &str, zone: &str, what: As) -> Option<Moment> {
    if let Some(moment) = instant(text, zone).or_else(|| serial(text)) {
        return Some(moment);
    }
    if what == As::Time
        && let Some(time) = time_of_day(text)
    {
        return Some(Moment { time: Some(time), ..Moment::default() });
    }
    let (date_text, time_text) = split(text);
    let (year, month, day) = calendar_day(date_text)?;
    // A leap year stands in where no year is given, so that 2月29日 is not refused.
    Date::new(year.unwrap_or(2024), month, day).ok()?;
    let time = if time_text.is_empty() { None } else { Some(time_of_day(time_text)?) };
    Some(Moment { year, month_day: Some((month, day)), time })
}

/// A point in time with an offset, brought into the zone.
fn instant(text: &str, zone: &str) -> Option<Moment> {
    let stamp: jiff::Timestamp = text.parse().ok()?;
    let tz = model::calendar::zone_of(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let civil = stamp.to_zoned(tz).datetime();
    Some(Moment { year: Some(civil.year()), month_day: Some((civil.month(), civil.day())), time: Some(civil.time()) })
}

/// Days since 1899-12-30, as Excel stores dates; the fraction is the time of day. 1954 to 2119.
fn serial(text: &str) -> Option<Moment> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, ""));
    if days.len() != 5 || !days.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days: i64 = days.parse().ok().filter(|d| (20_000..80_000).contains(d))?;
    let day_fraction: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a day in seconds is at most 86 400")]
    let seconds = (day_fraction * 86_400.0).round() as i64;
    let base = Date::new(1899, 12, 30).ok()?.to_datetime(Time::midnight());
    let at = base.checked_add(jiff::SignedDuration::from_secs(days * 86_400 + seconds)).ok()?;
    let time = (!fraction.is_empty()).then(|| at.time());
    Some(Moment { year: Some(at.year()), month_day: Some((at.month(), at.day())), time })
}

/// The day and what follows it. A weekday between them (`2026-11-21 星期六 15:30`) is dropped: it follows from the day.
fn split(text: &str) -> (&str, &str) {
    let end = text
        .char_indices()
        .find(|(i, c)| *i > 0 && (*c == 'T' || *c == ' ' || *c == '日' || *c == '号'))
        .map_or(text.len(), |(i, c)| if matches!(c, '日' | '号') { i + c.len_utf8() } else { i });
    let (date, rest) = text.split_at(end);
    let mut rest = rest.trim_start_matches('T').trim();
    for head in ["星期", "周", "(星期", "(周", "礼拜"] {
        if let Some(after) = rest.strip_prefix(head) {
            rest = after.trim_start_matches(['一', '二', '三', '四', '五', '六', '日', '天']).trim_start_matches(')').trim();
        }
    }
    (date, rest)
}

fn calendar_day(text: &str) -> Option<(Option<i16>, i8, i8)> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some((text[..4].parse().ok(), text[4..6].parse().ok()?, text[6..].parse().ok()?));
    }
    let plain = text.trim_end_matches(['日', '号']).replace(['年', '月', '/', '.'], "-");
    let fields: Vec<&str> = plain.split('-').map(str::trim).collect();
    let numeric = fields.iter().all(|f| !f.is_empty() && f.len() <= 4 && f.bytes().all(|b| b.is_ascii_digit()));
    match fields.as_slice() {
        _ if !numeric => None,
        [y, m, d] if y.len() == 4 => Some((y.parse().ok(), m.parse().ok()?, d.parse().ok()?)),
        // Excel's American form, 11/21/2026 and 11/21/26.
        [m, d, y] if text.contains('/') && (y.len() == 4 || y.len() == 2) => {
            let year: i16 = y.parse().ok()?;
            Some((Some(if year < 100 { 2000 + year } else { year }), m.parse().ok()?, d.parse().ok()?))
        }
        [m, d] if text.contains(['月', '/', '-']) => Some((None, m.parse().ok()?, d.parse().ok()?)),
        _ => None,
    }
}

fn time_of_day(text: &str) -> Option<Time> {
    let upper = text.trim().to_ascii_uppercase();
    let (mut body, mut afternoon) = (upper.as_str(), None);
    for (mark, is_afternoon) in [
        ("凌晨", false),
        ("早上", false),
        ("上午", false),
        ("中午", true),
        ("下午", true),
        ("晚上", true),
        ("AM", false),
        ("PM", true),
    ] {
        if let Some(rest) = body.strip_prefix(mark).or_else(|| body.strip_suffix(mark)) {
            (body, afternoon) = (rest.trim(), Some((mark, is_afternoon)));
        }
    }
    let half = body.strip_suffix('半');
    let plain = half.unwrap_or(body).replace(['点', '时'], ":").replace('分', ":").replace('秒', "");
    let mut fields = plain.trim_end_matches(':').split(':').map(str::trim);
    let hour: i8 = fields.next()?.parse().ok()?;
    let minute: i8 = match (fields.next(), half) {
        (Some(m), None) => m.parse().ok()?,
        (None, Some(_)) => 30,
        (None, None) if body.contains(['点', '时']) || afternoon.is_some() => 0,
        _ => return None,
    };
    if let Some(seconds) = fields.next() {
        let whole = seconds.split('.').next()?;
        whole.parse::<i8>().ok().filter(|s| (0..60).contains(s))?;
    }
    let hour = match afternoon {
        Some((_, true)) if (1..12).contains(&hour) && !(afternoon == Some(("中午", true)) && hour == 11) => hour + 12,
        Some(("AM" | "凌晨", _)) if hour == 12 => 0,
        _ => hour,
    };
    if fields.next().is_some() { None } else { Time::new(hour, minute, 0, 0).ok() }
}

fn unsigned(n: i8) -> u64 {
    u64::from(n.unsigned_abs())
}

fn date(moment: Moment, zh: bool) -> Option<String> {
    let (month, day) = moment.month_day?;
    if zh {
        let year = moment.year.map_or(String::new(), |y| {
            // A year's zero is written 〇, and read like 零.
            format!("{}年", digits::plain(&y.to_string(), Language::Zh).replace('零', "〇"))
        });
        return Some(format!("{year}{}月{}日", number::chinese(unsigned(month)), number::chinese(unsigned(day))));
    }
    let name = MONTHS.get(usize::try_from(month - 1).ok()?)?;
    let mut out = format!("{name} {}", english::ordinal(unsigned(day)));
    if let Some(year) = moment.year {
        out = format!("{out}, {}", english::year(u64::from(year.unsigned_abs())));
    }
    Some(out)
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const fn weekday(day: Weekday, zh: bool) -> &'static str {
    match (day, zh) {
        (Weekday::Monday, true) => "星期一",
        (Weekday::Tuesday, true) => "星期二",
        (Weekday::Wednesday, true) => "星期三",
        (Weekday::Thursday, true) => "星期四",
        (Weekday::Friday, true) => "星期五",
        (Weekday::Saturday, true) => "星期六",
        (Weekday::Sunday, true) => "星期日",
        (Weekday::Monday, false) => "Monday",
        (Weekday::Tuesday, false) => "Tuesday",
        (Weekday::Wednesday, false) => "Wednesday",
        (Weekday::Thursday, false) => "Thursday",
        (Weekday::Friday, false) => "Friday",
        (Weekday::Saturday, false) => "Saturday",
        (Weekday::Sunday, false) => "Sunday",
    }
}

fn time(t: Time, zh: bool) -> String {
    let (hour, minute) = (t.hour(), unsigned(t.minute()));
    if !zh {
        let clock = english::cardinal(unsigned((hour + 11) % 12 + 1));
        let half = if hour < 12 { "AM" } else { "PM" };
        return match minute {
            0 => format!("{clock} {half}"),
            1..10 => format!("{clock} oh {} {half}", english::cardinal(minute)),
            _ => format!("{clock} {} {half}", english::cardinal(minute)),
        };
    }
    let part = match hour {
        0..6 => "凌晨",
        6..8 => "早上",
        8..12 => "上午",
        12 => "中午",
        13..18 => "下午",
        _ => "晚上",
    };
    let clock = match if hour > 12 { hour - 12 } else { hour } {
        2 => "两".into(),
        h => number::chinese(unsigned(h)),
    };
    match minute {
        0 => format!("{part}{clock}点"),
        30 => format!("{part}{clock}点半"),
        1..10 => format!("{part}{clock}点零{}分", number::chinese(minute)),
        _ => format!("{part}{clock}点{}分", number::chinese(minute)),
    }
}
