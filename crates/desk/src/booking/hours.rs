//! When a task may reach a number, and the slots that it offers.

use crate::appointment::DAYS_MAX;
use crate::error::Issues;
use model::calendar::{self, Opening, ScheduleError, Window};
use model::record::{Campaign, Slot};
use model::settings::Settings;
use model::{At, number, zone};
use std::collections::BTreeMap;

const DAY_MS: i64 = 86_400_000;
/// Nobody is offered a slot that begins sooner.
const AHEAD_MS: i64 = 5 * 60_000;
/// Slots in one answer.
const SLOTS_MAX: usize = 2_000;
/// A system that says "at once" may be so late.
const NOW_MS: i64 = 5 * 60_000;

pub(crate) struct Hours<'a> {
    pub campaign: &'a Campaign,
    pub settings: &'a Settings,
}

impl Hours<'_> {
    fn by(&self, at: At, zone: &str) -> Result<Opening, ScheduleError> {
        let rules = &self.settings.compliance;
        let limit = Window { from: rules.hours_from.clone(), to: rules.hours_to.clone() };
        self.campaign.schedule.opening(at, zone, &self.settings.holidays, &limit)
    }

    /// By all clocks that the number may have; without a number by that of home. What cannot be told is closed.
    pub fn opening(&self, phone: &str, at: At) -> Result<Opening, ScheduleError> {
        let zones = if phone.is_empty() {
            vec![number::HOME_ZONE]
        } else {
            zone::clocks(phone, "", &self.settings.compliance.region_zones)
        };
        let (mut until, mut opens, mut closed) = (At(i64::MAX), Some(At(0)), false);
        for zone in zones {
            match self.by(at, zone)? {
                Opening::Open { until: end } => until = until.min(end),
                Opening::Closed { opens: next } => {
                    closed = true;
                    opens = opens.zip(next).map(|(a, b)| a.max(b));
                }
            }
        }
        Ok(if closed { Opening::Closed { opens } } else { Opening::Open { until } })
    }

    /// Ahead, within 90 days, and while the task may reach the number.
    pub fn check(&self, phone: &str, due: At, now: At, field: &str, issues: &mut Issues) {
        let ahead = due.ms() >= now.ms() - NOW_MS && due.since_ms(now) <= DAYS_MAX * DAY_MS;
        if !ahead {
            return issues.add(field, "预约时间须在现在之后、90 天之内", "an appointment lies within 90 days ahead");
        }
        match self.opening(phone, due) {
            Ok(Opening::Open { .. }) => {}
            Ok(Opening::Closed { .. }) => issues.add(
                field,
                "预约时间不在任务的呼叫时间内，请换一个时间",
                "the time is outside the task's hours; choose another",
            ),
            Err(_) => issues.add(
                field,
                "不知道这个号码所在地的时间，不能预约",
                "nobody knows what time it is where the number is; it cannot be booked",
            ),
        }
    }

    /// The slot in which `at` lies, when the task is open for all of it.
    pub fn slot_of(&self, at: At, phone: &str) -> Option<(At, At)> {
        let (from, until) = self.slot_around(at);
        let open = matches!(self.opening(phone, from), Ok(Opening::Open { until: end }) if end >= until);
        open.then_some((from, until))
    }

    /// The slot in which `at` lies, open or not.
    pub fn slot_around(&self, at: At) -> (At, At) {
        let length = self.length_ms();
        let midnight = calendar::midnight(at, number::HOME_ZONE);
        let from = midnight.plus_ms(at.since_ms(midnight).div_euclid(length) * length);
        (from, from.plus_ms(length))
    }

    fn length_ms(&self) -> i64 {
        i64::from(self.campaign.booking.slot_min.max(1)) * 60_000
    }

    /// Slots with a place left from now on, as many days as the task offers. `booked`: appointments by their time.
    pub fn slots(&self, now: At, days: u32, booked: &BTreeMap<At, u32>) -> Vec<Slot> {
        let length = self.length_ms();
        let end = calendar::midnight(now, number::HOME_ZONE).plus_ms(i64::from(days) * DAY_MS);
        let mut slots = Vec::new();
        let mut at = self.next_start(now.plus_ms(AHEAD_MS));
        while at < end && slots.len() < SLOTS_MAX {
            match self.opening("", at) {
                Ok(Opening::Open { until }) => {
                    while at.plus_ms(length) <= until && at < end && slots.len() < SLOTS_MAX {
                        let next = at.plus_ms(length);
                        let taken: u32 = booked.range(at..next).map(|(_, n)| *n).sum();
                        let free = self.campaign.booking.slot_capacity.saturating_sub(taken);
                        if free > 0 {
                            slots.push(Slot { from: at, until: next, free });
                        }
                        at = self.next_start(next);
                    }
                    at = self.next_start(until.max(at.plus_ms(1)));
                }
                Ok(Opening::Closed { opens: Some(opens) }) => at = self.next_start(opens),
                Ok(Opening::Closed { opens: None }) | Err(_) => break,
            }
        }
        slots
    }

    /// Slots begin at midnight and follow one another; the last of a day may be cut off by the next midnight.
    fn next_start(&self, at: At) -> At {
        let length = self.length_ms();
        let midnight = calendar::midnight(at, number::HOME_ZONE);
        let past = at.since_ms(midnight);
        let next = midnight.plus_ms((past + length - 1).div_euclid(length) * length);
        let tomorrow = midnight.plus_ms(DAY_MS);
        if next > tomorrow { tomorrow } else { next }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::calendar::Schedule;
    use model::record::BookingPlan;

    /// 2026-11-30 is a Monday.
    pub fn at(text: &str) -> At {
        let time: jiff::civil::DateTime = text.parse().unwrap();
        At(time.in_tz("Asia/Shanghai").unwrap().timestamp().as_millisecond())
    }

    pub fn campaign(plan: BookingPlan) -> Campaign {
        let windows =
            vec![Window { from: "09:00".into(), to: "12:00".into() }, Window { from: "14:10".into(), to: "18:00".into() }];
        let schedule = Schedule { weekdays: vec![1, 2, 3, 4, 5], windows, ..Schedule::default() };
        Campaign { schedule, booking: plan, ..crate::campaign::sample() }
    }

    fn texts(slots: &[Slot]) -> Vec<String> {
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let text = |at: At| at.timestamp().to_zoned(zone.clone()).strftime("%d %H:%M").to_string();
        slots.iter().map(|s| format!("{}–{}", text(s.from), text(s.until))).collect()
    }

    #[test]
    fn slots_lie_in_the_task_s_hours_and_have_a_place_left() {
        let campaign = campaign(BookingPlan { slot_min: 60, slot_capacity: 2, ..BookingPlan::default() });
        let mut settings = Settings::default();
        settings.holidays.off.insert("2026-12-01".parse().unwrap(), "假".into());
        let hours = Hours { campaign: &campaign, settings: &settings };
        let booked = BTreeMap::from([(at("2026-11-30T15:00:00"), 1), (at("2026-11-30T15:30:00"), 1)]);
        let slots = hours.slots(at("2026-11-30T10:30:00"), 1, &booked);
        assert_eq!(
            texts(&slots),
            ["30 11:00–30 12:00", "30 16:00–30 17:00", "30 17:00–30 18:00"],
            "15:00 is full, 14:10 is no start"
        );
        assert_eq!(slots[0].free, 2);
        assert_eq!(hours.slots(at("2026-11-28T10:00:00"), 2, &booked), [], "the weekend");
        assert_eq!(hours.slots(at("2026-11-30T17:30:00"), 2, &booked).len(), 6, "the first half of Tuesday and the second");
    }

    #[test]
    fn holidays_and_the_law_s_hours_close_too() {
        let mut campaign = campaign(BookingPlan { slot_min: 60, ..BookingPlan::default() });
        campaign.schedule.skip_holidays = true;
        campaign.schedule.windows = vec![Window { from: "06:00".into(), to: "23:00".into() }];
        let mut settings = Settings::default();
        settings.holidays.off.insert("2026-12-01".parse().unwrap(), "假".into());
        let hours = Hours { campaign: &campaign, settings: &settings };
        let slots = hours.slots(at("2026-12-01T00:00:00"), 2, &BTreeMap::new());
        assert_eq!((texts(&slots)[0].as_str(), slots.len()), ("02 08:00–02 09:00", 13), "8 to 21 of the day after");
    }

    #[test]
    fn a_time_outside_hours_behind_us_or_too_far_is_no_time() {
        let campaign = campaign(BookingPlan::default());
        let settings = Settings::default();
        let hours = Hours { campaign: &campaign, settings: &settings };
        let now = at("2026-11-30T10:00:00");
        let fits = |phone: &str, due: &str| {
            let mut issues = Issues::default();
            hours.check(phone, at(due), now, "due_at", &mut issues);
            issues.done().is_ok()
        };
        assert!(fits("+8613800138000", "2026-11-30T10:00:00") && fits("", "2026-12-04T17:59:00"));
        assert!(!fits("+8613800138000", "2026-11-30T09:00:00"), "past");
        assert!(!fits("+8613800138000", "2026-11-30T13:00:00"), "noon");
        assert!(!fits("+8613800138000", "2027-03-01T10:00:00"), "91 days");
        assert!(!fits("+999123456", "2026-11-30T11:00:00"), "nobody knows what time it is there");
        assert_eq!(hours.slot_of(at("2026-11-30T09:40:00"), ""), Some((at("2026-11-30T09:30:00"), at("2026-11-30T10:00:00"))));
        assert_eq!(hours.slot_of(at("2026-11-30T14:10:00"), ""), None, "its slot is not open from the beginning");
    }
}
