//! How many new calls a second are let in: one rate for all, and of it a share that nobody's flood can take from the others.

use super::guard::{Bucket, source_of};
use model::ExtensionId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Callers with a share of their own; more than that share one.
const CALLERS_MAX: usize = 4_096;
/// Callers who have not called for so long make room.
const QUIET: Duration = Duration::from_secs(60);
/// A full table is looked through no more often than this.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Of the whole rate, what one caller may always have, and what is left for others by one who takes more.
const SHARE: f64 = 0.5;

/// Who calls, as far as it is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    Address(IpAddr),
    Extension(ExtensionId),
}

pub struct Shares {
    all: Bucket,
    own: HashMap<Caller, (Bucket, Instant)>,
    others: Bucket,
    swept: Option<Instant>,
    per_second: f64,
}

impl Shares {
    pub fn new(per_second: f64, now: Instant) -> Self {
        let others = Self::share(per_second, now);
        Self { all: Bucket::new(per_second, per_second, now), own: HashMap::new(), others, swept: None, per_second }
    }

    fn share(per_second: f64, now: Instant) -> Bucket {
        let share = (per_second * SHARE).max(1.0);
        Bucket::new(share, share, now)
    }

    /// Whether there is room for one more call. A caller beyond its share only gets what nobody else seems to want.
    pub fn take(&mut self, caller: Caller, now: Instant) -> bool {
        let caller = match caller {
            Caller::Address(ip) => Caller::Address(source_of(ip)),
            Caller::Extension(_) => caller,
        };
        let within = self.own(caller, now).take(1.0, now);
        (within || self.all.fill(now) > SHARE) && self.all.take(1.0, now)
    }

    fn own(&mut self, caller: Caller, now: Instant) -> &mut Bucket {
        if self.own.len() >= CALLERS_MAX && !self.own.contains_key(&caller) {
            if self.swept.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP_EVERY) {
                self.swept = Some(now);
                self.own.retain(|_, (_, last)| now.saturating_duration_since(*last) < QUIET);
            }
            if self.own.len() >= CALLERS_MAX {
                return &mut self.others;
            }
        }
        let per_second = self.per_second;
        let (bucket, last) = self.own.entry(caller).or_insert_with(|| (Self::share(per_second, now), now));
        *last = now;
        bucket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(n: u32) -> Caller {
        Caller::Address(IpAddr::V4(std::net::Ipv4Addr::from(0xC633_6400 + n)))
    }

    #[test]
    fn one_callers_flood_leaves_the_others_their_share() {
        let now = Instant::now();
        let mut shares = Shares::new(100.0, now);
        let mut passed = [0, 0];
        // Ten seconds: one calls 1,000 times a second, another 40 times.
        for ms in 0..10_000_u64 {
            let at = now + Duration::from_millis(ms);
            passed[0] += u32::from(shares.take(ip(1), at));
            if ms % 25 == 0 {
                passed[1] += u32::from(shares.take(ip(2), at));
            }
        }
        assert_eq!(passed[1], 400, "nobody else is refused");
        assert!((550..=700).contains(&passed[0]), "{passed:?}: the flood has what is left");
    }

    #[test]
    fn one_caller_alone_has_the_whole_rate_and_tables_do_not_grow() {
        let now = Instant::now();
        let mut shares = Shares::new(100.0, now);
        let passed = (0..10_000).filter(|ms| shares.take(ip(1), now + Duration::from_millis(*ms))).count();
        assert!((950..=1_050).contains(&passed), "{passed} in ten seconds");
        for n in 0..20_000 {
            shares.take(ip(n), now);
            shares.take(Caller::Extension(ExtensionId(n.into())), now);
        }
        assert!(shares.own.len() <= CALLERS_MAX);
        shares.take(ip(30_000), now + QUIET + SWEEP_EVERY);
        assert_eq!(shares.own.len(), 1);
    }
}
