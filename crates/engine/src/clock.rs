//! The time the floor is told. It never goes back: a clock on the wall that is put back would hold up every timer of every call. Time goes
//! on instead, a little slower until the wall has caught up, and the floor is told how far the wall is behind: calling hours go by that.

use model::At;
use std::time::Instant;

/// The floor hears of a difference from so much on, and of each change by as much.
const TOLD_MS: i64 = 1_000;

#[derive(Debug)]
pub(crate) struct Clock {
    last: At,
    /// Since when the wall is behind, by both clocks.
    since: Option<(At, Instant)>,
    behind_ms: i64,
    told_ms: i64,
}

impl Clock {
    pub(crate) const fn new(wall: At) -> Self {
        Self { last: wall, since: None, behind_ms: 0, told_ms: 0 }
    }

    pub(crate) fn now(&mut self, wall: At, at: Instant) -> At {
        if wall >= self.last {
            (self.last, self.since) = (wall, None);
        } else {
            let (from, began) = *self.since.get_or_insert((self.last, at));
            let passed = i64::try_from(at.saturating_duration_since(began).as_millis()).unwrap_or(i64::MAX);
            self.last = self.last.max(from.plus_ms(passed - passed / 10));
        }
        self.behind_ms = self.last.since_ms(wall);
        self.last
    }

    /// How far the wall was behind when it was looked at last, where that has not been told.
    pub(crate) fn news(&mut self) -> Option<i64> {
        let over = self.behind_ms == 0 && self.told_ms != 0;
        let news = over || (self.behind_ms - self.told_ms).abs() >= TOLD_MS;
        news.then(|| {
            self.told_ms = self.behind_ms;
            self.behind_ms
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_put_back_holds_up_nothing_and_is_told() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut clock = Clock::new(At(10_000_000));
        let mut read = |wall, at| (clock.now(wall, at), clock.news());
        assert_eq!(read(At(10_000_500), after(500)), (At(10_000_500), None));
        // An hour back.
        assert_eq!(read(At(6_400_500), after(500)), (At(10_000_500), Some(3_600_000)));
        assert_eq!(read(At(6_410_500), after(10_500)), (At(10_009_500), Some(3_599_000)), "nine tenths as fast");
        assert_eq!(read(At(6_411_500), after(11_500)), (At(10_010_400), None));
        // It is put right again, or has caught up.
        assert_eq!(read(At(10_011_500), after(11_500)), (At(10_011_500), Some(0)));
        assert_eq!(read(At(10_011_600), after(11_600)), (At(10_011_600), None));
        // Ahead it may go.
        assert_eq!(read(At(90_000_000), after(11_700)), (At(90_000_000), None));
        // A hair's breadth is no news.
        assert_eq!(read(At(89_999_900), after(11_700)), (At(90_000_000), None));
    }
}
