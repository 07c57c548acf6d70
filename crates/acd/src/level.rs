//! The service level of the last half hour, by minutes.

use model::At;
use std::collections::VecDeque;

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 30;

#[derive(Clone, Debug, Default)]
pub(crate) struct Level {
    /// Minute since 1970, served within the limit, all.
    minutes: VecDeque<(i64, u32, u32)>,
}

impl Level {
    pub(crate) fn count(&mut self, now: At, good: bool) {
        let minute = now.ms().div_euclid(MINUTE_MS);
        while self.minutes.front().is_some_and(|(m, _, _)| *m <= minute - MINUTES) {
            self.minutes.pop_front();
        }
        match self.minutes.back_mut() {
            Some((m, g, all)) if *m == minute => {
                *g += u32::from(good);
                *all += 1;
            }
            _ => self.minutes.push_back((minute, u32::from(good), 1)),
        }
    }

    /// Percent and of how many; none where nobody came.
    pub(crate) fn percent(&self, now: At) -> Option<(u8, u32)> {
        let oldest = now.ms().div_euclid(MINUTE_MS) - MINUTES;
        let recent = self.minutes.iter().filter(|(m, _, _)| *m > oldest);
        let (good, all) = recent.fold((0u64, 0u64), |(g, a), (_, good, all)| (g + u64::from(*good), a + u64::from(*all)));
        if all == 0 {
            return None;
        }
        Some((u8::try_from(good * 100 / all).unwrap_or(100), u32::try_from(all).unwrap_or(u32::MAX)))
    }
}
