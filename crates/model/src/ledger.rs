//! 呼损台账: of the people who answered, how many found nobody; by task, over 24 hours and over 30 days. Kept by the hour, so that
//! thirty days cost 721 numbers, and loaded from the store after a restart ([`Ledger::load`]) as exact as it was counted.

use crate::At;
use crate::record::LedgerHour;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
const DAY_H: i64 = 24;
const MONTH_H: i64 = 30 * 24;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Live answers, the abandoned among them.
    pub answers: u32,
    pub abandoned: u32,
}

impl Sum {
    /// Percent; nothing answered is nothing abandoned.
    pub fn percent(self) -> f64 {
        if self.answers == 0 { 0.0 } else { f64::from(self.abandoned) * 100.0 / f64::from(self.answers) }
    }

    pub fn is_over(self, percent_max: f64) -> bool {
        self.abandoned > 0 && self.percent() > percent_max
    }

    /// How many more may be abandoned before the cap is passed, if nobody else answers. None may where the cap makes no sense.
    pub fn left(self, percent_max: f64) -> u32 {
        let allowed = (f64::from(self.answers) * percent_max.max(0.0) / 100.0).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, at most the answers' share")]
        let allowed = allowed.min(f64::from(u32::MAX)) as u32;
        allowed.saturating_sub(self.abandoned)
    }
}

/// Answers by the hour in which they came. An hour counts whole until it has left the window, so that nothing is forgotten early.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    hours: BTreeMap<i64, Sum>,
}

/// Of an instant, as the store keeps it.
pub const fn hour_of(at: At) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

/// From when on the store has to be read at `now`.
pub const fn since(now: At) -> At {
    At((hour_of(now) - MONTH_H) * HOUR_MS)
}

impl Ledger {
    /// As the store counted.
    pub fn load(hours: &[LedgerHour]) -> Self {
        let kept = |h: &LedgerHour| (h.hour, Sum { answers: h.answers, abandoned: h.abandoned });
        Self { hours: hours.iter().map(kept).collect() }
    }

    /// A person answered at `at`; `abandoned`: and found nobody. Told once, at the end of the call.
    pub fn count(&mut self, at: At, abandoned: bool) {
        let hour = self.hours.entry(hour_of(at)).or_default();
        hour.answers = hour.answers.saturating_add(1);
        hour.abandoned = hour.abandoned.saturating_add(u32::from(abandoned));
        let oldest = self.hours.last_key_value().map_or(0, |(newest, _)| newest - MONTH_H);
        // A clock that jumped ahead and back again must not have cost a month.
        while self.hours.len() > (MONTH_H + 2) as usize && self.hours.first_key_value().is_some_and(|(h, _)| *h < oldest) {
            self.hours.pop_first();
        }
    }

    pub fn day(&self, now: At) -> Sum {
        self.over(now, DAY_H)
    }

    pub fn month(&self, now: At) -> Sum {
        self.over(now, MONTH_H)
    }

    fn over(&self, now: At, hours: i64) -> Sum {
        let from = hour_of(now) - hours;
        self.hours.range(from..).fold(Sum::default(), |sum, (_, hour)| Sum {
            answers: sum.answers.saturating_add(hour.answers),
            abandoned: sum.abandoned.saturating_add(hour.abandoned),
        })
    }

    /// Over one of the two windows.
    pub fn is_over(&self, now: At, percent_max: f64) -> bool {
        self.day(now).is_over(percent_max) || self.month(now).is_over(percent_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At(1_790_000_000_000);

    fn ago(hours: i64) -> At {
        NOW.plus_ms(-hours * HOUR_MS)
    }

    fn filled(rows: &[(i64, u32, u32)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (hours, answers, abandoned) in rows {
            for n in 0..*answers {
                ledger.count(ago(*hours), n < *abandoned);
            }
        }
        ledger
    }

    #[test]
    fn two_windows_over_the_hours() {
        let ledger = filled(&[(0, 100, 2), (23, 100, 3), (24, 10, 1), (25, 50, 50), (29 * 24, 700, 7), (31 * 24, 500, 500)]);
        assert_eq!(ledger.day(NOW), Sum { answers: 210, abandoned: 6 });
        assert_eq!(ledger.month(NOW), Sum { answers: 960, abandoned: 63 });
        assert!(ledger.is_over(NOW, 3.0), "of the month, not of the day");
        assert!(!ledger.day(NOW).is_over(3.0));
        assert!(!ledger.is_over(NOW.plus_ms(40 * 24 * HOUR_MS), 3.0), "all of it is long ago");
    }

    #[test]
    fn the_cap_is_passed_not_reached() {
        let at_cap = filled(&[(1, 100, 3)]).day(NOW);
        assert!(!at_cap.is_over(3.0));
        assert_eq!(at_cap.left(3.0), 0);
        assert_eq!(filled(&[(1, 100, 1)]).day(NOW).left(3.0), 2);
        assert!(filled(&[(1, 1, 1)]).day(NOW).is_over(3.0), "one of one");
        assert!(!Sum::default().is_over(0.0));
        assert_eq!(Sum { answers: 100, abandoned: 0 }.left(f64::NAN), 0);
    }

    #[test]
    fn what_the_store_counted_is_what_was_counted() {
        let ledger = filled(&[(0, 7, 1), (5, 90, 2), (700, 3, 3)]);
        let stored: Vec<LedgerHour> = ledger
            .hours
            .iter()
            .map(|(hour, sum)| LedgerHour { hour: *hour, answers: sum.answers, abandoned: sum.abandoned })
            .collect();
        assert_eq!(Ledger::load(&stored), ledger);
        assert!(since(NOW) <= ago(30 * 24));
    }

    #[test]
    fn old_hours_are_let_go_and_a_jump_of_the_clock_costs_nothing() {
        let mut ledger = Ledger::default();
        for h in 0..2_000 {
            ledger.count(At(h * HOUR_MS), false);
        }
        assert!(ledger.hours.len() <= 723);
        assert_eq!(ledger.month(At(1_999 * HOUR_MS)).answers, 721);
        ledger.count(At(9_000 * HOUR_MS), false);
        assert!(ledger.month(At(1_999 * HOUR_MS)).answers > 700, "still there when the clock is right again");
    }
}
