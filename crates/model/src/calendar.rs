//! Date and time windows with weekdays and holidays, in the callee's zone. Pure: the time is handed in.

use crate::At;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a campaign may dial. Dates and times are civil, read in the callee's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Schedule {
    /// First day, inclusive; none: from now on.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = Date))]
    pub start_date: Option<Date>,
    /// Last day, inclusive; none: without end.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = Date))]
    pub end_date: Option<Date>,
    /// 1 = Monday … 7 = Sunday.
    pub weekdays: Vec<u8>,
    /// At least one; each within one day.
    pub windows: Vec<Window>,
    /// Do not dial on holidays; make-up working days (调休) count as working days.
    pub skip_holidays: bool,
}

/// `HH:MM`, from inclusive to exclusive; `24:00` is the end of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Window {
    pub from: String,
    pub to: String,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            start_date: None,
            end_date: None,
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            windows: vec![
                Window { from: "09:00".into(), to: "12:00".into() },
                Window { from: "14:00".into(), to: "20:00".into() },
            ],
            skip_holidays: false,
        }
    }
}

/// The tenant's calendar: days off and make-up working days, each with its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Holidays {
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub off: BTreeMap<Date, String>,
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub working: BTreeMap<Date, String>,
}

/// Openings and closings that are looked ahead: two years of a morning and an afternoon each day.
const WINDOWS_AHEAD: usize = 4 * 730;

/// Where `at` stands in a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Open {
        /// When the current window closes.
        until: At,
    },
    Closed {
        /// When the next window opens; none: never again.
        opens: Option<At>,
    },
}

impl Opening {
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// A window that cannot be read or is empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("`{0}` is not a time HH:MM")]
    Time(String),
    #[error("window {0}–{1} is empty")]
    EmptyWindow(String, String),
    #[error("weekday {0} is not in 1–7")]
    Weekday(u8),
    #[error("no weekday and no window leaves nothing to dial in")]
    Nothing,
    #[error("the last day lies before the first")]
    Dates,
    #[error("`{0}` is not a known time zone")]
    Zone(String),
}

/// Minutes since midnight, 0–1440.
fn minutes(text: &str) -> Result<i32, ScheduleError> {
    let bad = || ScheduleError::Time(text.into());
    let (h, m) = text.split_once(':').ok_or_else(bad)?;
    let (h, m) = (h.parse::<u8>().map_err(|_| bad())?, m.parse::<u8>().map_err(|_| bad())?);
    let total = i32::from(h) * 60 + i32::from(m);
    if m > 59 || total > 1440 { Err(bad()) } else { Ok(total) }
}

impl Window {
    /// # Errors
    /// Unreadable times, or an end that is not after the start.
    pub fn range(&self) -> Result<(i32, i32), ScheduleError> {
        let (from, to) = (minutes(&self.from)?, minutes(&self.to)?);
        if from >= to { Err(ScheduleError::EmptyWindow(self.from.clone(), self.to.clone())) } else { Ok((from, to)) }
    }
}

impl Schedule {
    /// # Errors
    /// The first thing that makes the schedule unusable.
    pub fn validate(&self) -> Result<(), ScheduleError> {
        if let Some(w) = self.weekdays.iter().find(|w| !(1..=7).contains(*w)) {
            return Err(ScheduleError::Weekday(*w));
        }
        if self.weekdays.is_empty() || self.windows.is_empty() {
            return Err(ScheduleError::Nothing);
        }
        if let (Some(a), Some(b)) = (self.start_date, self.end_date)
            && b < a
        {
            return Err(ScheduleError::Dates);
        }
        self.windows.iter().try_for_each(|w| w.range().map(|_| ()))
    }

    /// Whether dialling is allowed at `at` in `zone`, cut down to `limit` (the legal calling hours).
    ///
    /// # Errors
    /// An invalid schedule or zone: the caller must not dial.
    pub fn opening(&self, at: At, zone: &str, holidays: &Holidays, limit: &Window) -> Result<Opening, ScheduleError> {
        self.validate()?;
        let tz = zone_of(zone)?;
        let (limit_from, limit_to) = limit.range()?;
        let mut ranges = Vec::with_capacity(self.windows.len());
        for w in &self.windows {
            let (from, to) = w.range()?;
            let (from, to) = (from.max(limit_from), to.min(limit_to));
            if from < to {
                ranges.push((from, to));
            }
        }
        ranges.sort_unstable();
        let today = at.timestamp().to_zoned(tz.clone()).date();
        // A year ahead covers every pattern of weekdays and holidays.
        let mut date = today.max(self.start_date.unwrap_or(today));
        for _ in 0..=366 {
            if self.end_date.is_some_and(|end| date > end) {
                break;
            }
            if self.day_open(date, holidays) {
                for &(from, to) in &ranges {
                    let (Some(opens), Some(closes)) = (instant(date, from, &tz), instant(date, to, &tz)) else { continue };
                    if at < opens {
                        return Ok(Opening::Closed { opens: Some(opens) });
                    }
                    if at < closes {
                        return Ok(Opening::Open { until: closes });
                    }
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        Ok(Opening::Closed { opens: None })
    }

    /// When `ms` of open time will have passed after `at`; none: it never will, within two years.
    ///
    /// # Errors
    /// An invalid schedule or zone.
    pub fn after_open(
        &self,
        at: At,
        ms: i64,
        zone: &str,
        holidays: &Holidays,
        limit: &Window,
    ) -> Result<Option<At>, ScheduleError> {
        let (mut now, mut left) = (at, ms);
        for _ in 0..WINDOWS_AHEAD {
            match self.opening(now, zone, holidays, limit)? {
                Opening::Open { until } if until.since_ms(now) >= left => return Ok(Some(now.plus_ms(left))),
                Opening::Open { until } => (left, now) = (left - until.since_ms(now), until),
                Opening::Closed { opens: Some(opens) } => now = opens,
                Opening::Closed { opens: None } => break,
            }
        }
        Ok(None)
    }

    fn day_open(&self, date: Date, holidays: &Holidays) -> bool {
        if self.skip_holidays {
            if holidays.working.contains_key(&date) {
                return true;
            }
            if holidays.off.contains_key(&date) {
                return false;
            }
        }
        let day = date.weekday().to_monday_one_offset().unsigned_abs();
        debug_assert!(day >= Weekday::Monday.to_monday_one_offset().unsigned_abs());
        self.weekdays.contains(&day)
    }
}

/// # Errors
/// A name that the bundled database does not know.
pub fn zone_of(zone: &str) -> Result<TimeZone, ScheduleError> {
    TimeZone::get(zone).map_err(|_| ScheduleError::Zone(zone.into()))
}

/// The start of `at`'s day in `zone`; `at` itself when the zone is not known.
pub fn midnight(at: At, zone: &str) -> At {
    let Ok(tz) = zone_of(zone) else { return at };
    instant(at.timestamp().to_zoned(tz.clone()).date(), 0, &tz).unwrap_or(at)
}

fn instant(date: Date, minute: i32, tz: &TimeZone) -> Option<At> {
    let (date, minute) = if minute == 1440 { (date.tomorrow().ok()?, 0) } else { (date, minute) };
    let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    Some(At(date.to_datetime(time).to_zoned(tz.clone()).ok()?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SH: &str = "Asia/Shanghai";

    fn at(text: &str) -> At {
        At::parse_rfc3339(text).unwrap()
    }

    fn legal() -> Window {
        Window { from: "08:00".into(), to: "21:00".into() }
    }

    #[test]
    fn opens_and_closes_by_the_callee_s_clock() {
        let s = Schedule::default();
        let none = Holidays::default();
        let open = s.opening(at("2026-11-21T10:00:00+08:00"), SH, &none, &legal()).unwrap();
        assert_eq!(open, Opening::Open { until: at("2026-11-21T12:00:00+08:00") });
        let noon = s.opening(at("2026-11-21T12:00:00+08:00"), SH, &none, &legal()).unwrap();
        assert_eq!(noon, Opening::Closed { opens: Some(at("2026-11-21T14:00:00+08:00")) });
        let urumqi = s.opening(at("2026-11-21T10:00:00+08:00"), "Asia/Urumqi", &none, &legal()).unwrap();
        assert_eq!(urumqi, Opening::Closed { opens: Some(at("2026-11-21T11:00:00+08:00")) });
    }

    #[test]
    fn the_legal_hours_cut_a_campaign_s_window() {
        let s = Schedule { windows: vec![Window { from: "00:00".into(), to: "24:00".into() }], ..Schedule::default() };
        let late = s.opening(at("2026-11-21T22:00:00+08:00"), SH, &Holidays::default(), &legal()).unwrap();
        assert_eq!(late, Opening::Closed { opens: Some(at("2026-11-22T08:00:00+08:00")) });
    }

    #[test]
    fn holidays_close_and_make_up_days_open() {
        let day = |d: &str| d.parse::<Date>().unwrap();
        let holidays = Holidays {
            off: BTreeMap::from([(day("2026-10-01"), "国庆节".into())]),
            working: BTreeMap::from([(day("2026-10-10"), "调休上班".into())]),
        };
        let s = Schedule { weekdays: vec![1, 2, 3, 4, 5], skip_holidays: true, ..Schedule::default() };
        assert!(!s.opening(at("2026-10-01T10:00:00+08:00"), SH, &holidays, &legal()).unwrap().is_open());
        assert!(s.opening(at("2026-10-10T10:00:00+08:00"), SH, &holidays, &legal()).unwrap().is_open());
        assert!(!s.opening(at("2026-10-11T10:00:00+08:00"), SH, &holidays, &legal()).unwrap().is_open());
    }

    #[test]
    fn work_goes_on_in_the_next_window() {
        let (s, none) = (Schedule::default(), Holidays::default());
        let after = |ms| s.after_open(at("2026-11-21T11:00:00+08:00"), ms, SH, &none, &legal()).unwrap();
        assert_eq!(after(3_600_000), Some(at("2026-11-21T12:00:00+08:00")));
        assert_eq!(after(2 * 3_600_000), Some(at("2026-11-21T15:00:00+08:00")));
        assert_eq!(after(8 * 3_600_000), Some(at("2026-11-22T10:00:00+08:00")), "an hour, six, and one the next day");
        let last = Schedule { end_date: Some("2026-11-21".parse().unwrap()), ..Schedule::default() };
        assert_eq!(last.after_open(at("2026-11-21T11:00:00+08:00"), 8 * 3_600_000, SH, &none, &legal()).unwrap(), None);
    }

    #[test]
    fn after_the_last_day_it_never_opens_again() {
        let s = Schedule { end_date: Some("2026-11-20".parse().unwrap()), ..Schedule::default() };
        let o = s.opening(at("2026-11-21T10:00:00+08:00"), SH, &Holidays::default(), &legal()).unwrap();
        assert_eq!(o, Opening::Closed { opens: None });
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let s = Schedule { windows: vec![Window { from: "25:00".into(), to: "26:00".into() }], ..Schedule::default() };
        assert_eq!(s.validate(), Err(ScheduleError::Time("25:00".into())));
    }
}
