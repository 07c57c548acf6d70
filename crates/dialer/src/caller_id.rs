//! 主叫号码池: which number a callee is shown. Numbers that are flagged, rest, were shown a moment ago or have had their day are not;
//! among the others one of the callee's city comes first where the task wants that, then the task's rotation decides.
//!
//! A [`Book`] is what is remembered of one number. The floor keeps the books and writes their state with each attempt, so that a
//! number goes on resting after a restart.

use model::record::{CallerIdHour, CallerIdUse, DialRules, FlagReason, Rotation, stricter};
use model::settings::Compliance;
use model::{At, Disposition};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
const WATCH_H: i64 = 24;

/// How numbers are spared: the stricter of the tenant's and the task's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Care {
    pub interval_ms: i64,
    /// 0: never rests.
    pub rest_after: u32,
    pub rest_ms: i64,
    /// 0: no cap.
    pub per_day_max: u32,
}

impl Care {
    pub fn of(tenant: &Compliance, task: &DialRules) -> Self {
        let rest_min = tenant.caller_id_rest_min.max(task.caller_id_rest_min);
        Self {
            interval_ms: i64::from(tenant.caller_id_interval_s.max(task.caller_id_interval_s)) * 1_000,
            rest_after: stricter(tenant.caller_id_rest_after, task.caller_id_rest_after),
            rest_ms: i64::from(rest_min) * 60_000,
            per_day_max: stricter(tenant.caller_id_per_day_max, task.caller_id_per_day_max),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hour {
    calls: u32,
    answered: u32,
    refused: u32,
}

/// Of one number, over the last day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    hours: BTreeMap<i64, Hour>,
    last_at: Option<At>,
    run: u32,
    rest_until: At,
}

/// What a number did within 24 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub calls: u32,
    pub answered: u32,
    pub refused: u32,
}

impl Book {
    /// From the store: hours the store knows and how it was last used. What was counted here meanwhile stays where it is more.
    pub fn load(&mut self, hours: &[CallerIdHour], used: Option<&CallerIdUse>) {
        for h in hours {
            let mine = self.hours.entry(h.hour).or_default();
            mine.calls = mine.calls.max(h.calls);
            mine.answered = mine.answered.max(h.answered);
            mine.refused = mine.refused.max(h.refused);
        }
        if let Some(used) = used.filter(|u| self.last_at.is_none_or(|at| at < u.last_at)) {
            self.last_at = Some(used.last_at);
            self.run = used.run;
            self.rest_until = self.rest_until.max(used.rest_until);
        }
    }

    /// A call shows it now. Answers what is to be written with the attempt.
    pub fn shown(&mut self, caller_id: &str, now: At, care: Care) -> CallerIdUse {
        let hour = self.hours.entry(now.0.div_euclid(HOUR_MS)).or_default();
        hour.calls = hour.calls.saturating_add(1);
        self.forget(now);
        // Who was left alone for as long as a rest lasts has rested.
        let rested = self.last_at.is_none_or(|at| now.since_ms(at) >= care.rest_ms.max(1));
        self.run = if rested { 1 } else { self.run.saturating_add(1) };
        self.last_at = Some(now);
        if care.rest_after > 0 && self.run >= care.rest_after {
            self.run = 0;
            self.rest_until = now.plus_ms(care.rest_ms);
        }
        CallerIdUse { caller_id: caller_id.to_owned(), last_at: now, run: self.run, rest_until: self.rest_until }
    }

    /// A call that showed it at `at` came to this.
    pub fn ended(&mut self, at: At, disposition: Disposition) {
        let hour = self.hours.entry(at.0.div_euclid(HOUR_MS)).or_default();
        match disposition {
            // Nothing was sent.
            Disposition::Blocked => hour.calls = hour.calls.saturating_sub(1),
            d if d.is_answered() => hour.answered = hour.answered.saturating_add(1),
            Disposition::Unwanted | Disposition::CallerIdBlocked => hour.refused = hour.refused.saturating_add(1),
            _ => {}
        }
    }

    /// A flag was lifted: what led to it is forgotten.
    pub fn forgive(&mut self) {
        for hour in self.hours.values_mut() {
            (hour.answered, hour.refused) = (hour.calls, 0);
        }
    }

    pub fn day(&self, now: At) -> Day {
        self.sum(now.0.div_euclid(HOUR_MS) - WATCH_H)
    }

    pub fn today(&self, midnight: At) -> u32 {
        self.sum(midnight.0.div_euclid(HOUR_MS)).calls
    }

    fn sum(&self, from: i64) -> Day {
        self.hours.range(from..).fold(Day::default(), |d, (_, h)| Day {
            calls: d.calls.saturating_add(h.calls),
            answered: d.answered.saturating_add(h.answered),
            refused: d.refused.saturating_add(h.refused),
        })
    }

    fn forget(&mut self, now: At) {
        let oldest = now.0.div_euclid(HOUR_MS) - 2 * WATCH_H;
        while self.hours.len() > 50 && self.hours.first_key_value().is_some_and(|(h, _)| *h < oldest) {
            self.hours.pop_first();
        }
    }

    /// When it may be shown again, if not now.
    fn free_at(&self, now: At, care: Care) -> Option<At> {
        let since = self.last_at.map_or(At(0), |at| at.plus_ms(care.interval_ms));
        // A clock that went back leaves nothing resting for longer than a rest takes.
        let free = since.min(now.plus_ms(care.interval_ms)).max(self.rest_until.min(now.plus_ms(care.rest_ms.max(0))));
        (free > now).then_some(free)
    }

    /// Whether it rests after a run of calls, and until when.
    pub fn resting(&self, now: At) -> Option<At> {
        (self.rest_until > now).then_some(self.rest_until)
    }
}

/// A number of the pool as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// 归属地; empty: not known.
    pub region: &'a str,
    /// It may be shown on this line at all: the tenant's, for outbound, not flagged.
    pub usable: bool,
    /// Its own cap; 0: none.
    pub per_day_max: u32,
    pub book: Option<&'a Book>,
}

/// For whom, and how.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub now: At,
    /// Start of the day by which caps are counted.
    pub midnight: At,
    pub care: Care,
    pub rotation: Rotation,
    pub local_presence: bool,
    /// The callee's 归属地.
    pub region: &'a str,
    /// Calls of the task before this one.
    pub turn: usize,
    /// Anything that differs from call to call.
    pub salt: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Its place in the pool.
    Show(usize),
    /// All that may be shown rest; the first may be again then.
    Wait(At),
    /// None may be shown before somebody does something, or before tomorrow.
    Nothing,
}

pub fn choose(pool: &[Candidate<'_>], wish: &Wish<'_>) -> Choice {
    let mut free: Vec<usize> = Vec::with_capacity(pool.len());
    let mut wait: Option<At> = None;
    for (i, c) in pool.iter().enumerate() {
        let cap = stricter(wish.care.per_day_max, c.per_day_max);
        let spent = cap > 0 && c.book.is_some_and(|b| b.today(wish.midnight) >= cap);
        if !c.usable || spent {
            continue;
        }
        match c.book.and_then(|b| b.free_at(wish.now, wish.care)) {
            None => free.push(i),
            Some(at) => wait = Some(wait.map_or(at, |w| w.min(at))),
        }
    }
    if wish.local_presence {
        let near = |i: &usize| nearness(pool[*i].region, wish.region);
        let nearest = free.iter().map(near).max().unwrap_or(0);
        free.retain(|i| near(i) == nearest);
    }
    match (rotate(pool, &free, wish), wait) {
        (Some(i), _) => Choice::Show(i),
        (None, Some(at)) => Choice::Wait(at),
        (None, None) => Choice::Nothing,
    }
}

fn rotate(pool: &[Candidate<'_>], free: &[usize], wish: &Wish<'_>) -> Option<usize> {
    let from = wish.turn % pool.len().max(1);
    // The next in turn that is free.
    let in_turn = || free.iter().copied().min_by_key(|i| (i + pool.len() - from) % pool.len());
    match wish.rotation {
        Rotation::Turn => in_turn(),
        Rotation::LeastUsed => free.iter().copied().min_by_key(|i| {
            let book = pool[*i].book;
            (book.map_or(0, |b| b.day(wish.now).calls), book.and_then(|b| b.last_at), *i)
        }),
        Rotation::Random => {
            let n = u64::try_from(free.len()).unwrap_or(1).max(1);
            free.get(usize::try_from(mixed(wish.salt) % n).unwrap_or(0)).copied()
        }
    }
}

/// splitmix64's last step: neighbours come out far apart.
const fn mixed(salt: u64) -> u64 {
    let z = salt.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 2: of one city; 1: of one province; 0: neither, or not known.
fn nearness(a: &str, b: &str) -> u8 {
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        2
    } else {
        u8::from(province(a) == province(b))
    }
}

/// No two provinces of China begin with the same two characters.
fn province(region: &str) -> (Option<char>, Option<char>) {
    let mut chars = region.chars();
    (chars.next(), chars.next())
}

/// A number that should not be shown any more, and why: for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub reason: FlagReason,
    pub note: String,
}

/// Calls of a number, and of the others of its pool, before its answers are compared with theirs.
const COMPARE_CALLS_MIN: u32 = 100;
/// Standard deviations between the two shares.
const COMPARE_Z: f64 = 3.0;

/// A number of thousands of calls may be marked by a few all the same: so many percent of its calls must have been refused.
const REFUSED_PERCENT_MIN: u32 = 1;

/// Whether a number is to be flagged. `own`: its day; `others`: the day of the rest of its pool.
pub fn judge(own: Day, others: Day, rules: &Compliance) -> Option<Verdict> {
    let after = rules.flag_after_refusals;
    if after > 0 && own.refused >= after && own.refused.saturating_mul(100) >= own.calls.saturating_mul(REFUSED_PERCENT_MIN) {
        let note = format!("24 小时内 {} 次被标记为骚扰或被网络拒绝（607、608）", own.refused);
        return Some(Verdict { reason: FlagReason::Refused, note });
    }
    let below = rules.flag_below_percent;
    if below == 0 || own.calls < COMPARE_CALLS_MIN || others.calls < COMPARE_CALLS_MIN {
        return None;
    }
    let share = |d: Day| f64::from(d.answered.min(d.calls)) / f64::from(d.calls);
    let (mine, theirs) = (share(own), share(others));
    let both = f64::from(own.answered + others.answered) / f64::from(own.calls + others.calls);
    let spread = (both * (1.0 - both) * (1.0 / f64::from(own.calls) + 1.0 / f64::from(others.calls))).sqrt();
    if mine * 100.0 < theirs * f64::from(below) && theirs - mine > COMPARE_Z * spread {
        let note = format!("24 小时接通率 {:.1}%，同任务其他号码 {:.1}%", mine * 100.0, theirs * 100.0);
        return Some(Verdict { reason: FlagReason::LowAnswer, note });
    }
    None
}

#[cfg(test)]
mod tests;
