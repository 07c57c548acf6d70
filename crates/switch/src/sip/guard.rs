//! Who is turned away without being read: floods by source, guessers and scanners for a growing while.
//!
//! Trunks and phones that are registered never get here. Every table has a limit and says what happens at it.

use model::ExtensionId;
use model::record::BanReason;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Messages a second of one source that is neither trunk nor registered, and how many at once.
const SOURCE_PER_SECOND: f64 = 100.0;
const SOURCE_BURST: f64 = 200.0;
/// Sources watched one by one; more than that share one rate, and those who were quiet for a minute make room.
const SOURCES_MAX: usize = 8_192;
const QUIET: Duration = Duration::from_secs(60);
/// Looking through a full table for those takes time under a lock: forged sources must not bring it about at will.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Wrong secrets within the window that make a ban.
const GUESSES_MAX: u32 = 8;
const GUESS_WINDOW: Duration = Duration::from_secs(600);
/// Wrong secrets for one extension, from wherever, that lock it for addresses it was never used from.
const EXTENSION_GUESSES_MAX: u32 = 20;
const FIRST_BAN: Duration = Duration::from_secs(60);
const LONGEST_BAN: Duration = Duration::from_secs(24 * 3_600);
/// A ban is remembered this long after its end: the next one is longer.
const MEMORY: Duration = Duration::from_secs(24 * 3_600);
const BANS_MAX: usize = 10_000;
/// Addresses of which an extension is remembered to be used rightly.
const HOMES_MAX: usize = 8;

/// A level that refills with time.
#[derive(Debug)]
pub struct Bucket {
    level: f64,
    at: Instant,
    per_second: f64,
    burst: f64,
}

impl Bucket {
    pub fn new(per_second: f64, burst: f64, now: Instant) -> Self {
        Self { level: burst, at: now, per_second, burst }
    }

    pub fn take(&mut self, cost: f64, now: Instant) -> bool {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        self.level = (self.level + refill).min(self.burst);
        self.at = self.at.max(now);
        let enough = self.level >= cost;
        if enough {
            self.level -= cost;
        }
        enough
    }

    /// How full it is, between 0 and 1.
    pub fn fill(&self, now: Instant) -> f64 {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        ((self.level + refill) / self.burst).min(1.0)
    }
}

struct Source {
    bucket: Bucket,
    guesses: u32,
    guessed: Option<Instant>,
}

/// A ban as the guard keeps it.
#[derive(Clone, Debug)]
pub struct Banned {
    pub reason: BanReason,
    pub since: Instant,
    pub until: Instant,
    pub times: u32,
    pub dropped: u64,
}

#[derive(Default)]
struct Lock {
    guesses: u32,
    guessed: Option<Instant>,
    until: Option<Instant>,
    times: u32,
    homes: Vec<IpAddr>,
}

pub struct Guard {
    sources: HashMap<IpAddr, Source>,
    swept: Option<Instant>,
    shared: Bucket,
    bans: HashMap<IpAddr, Banned>,
    locks: HashMap<ExtensionId, Lock>,
    /// The homes of all extensions together.
    homes: HashSet<IpAddr>,
}

/// What one host can call its own: an IPv4 address, 64 bits of IPv6.
pub fn source_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        },
    }
}

impl Guard {
    pub fn new(now: Instant) -> Self {
        let shared = Bucket::new(SOURCE_PER_SECOND, SOURCE_BURST, now);
        Self { sources: HashMap::new(), swept: None, shared, bans: HashMap::new(), locks: HashMap::new(), homes: HashSet::new() }
    }

    /// Whether a message of this source is read at all.
    pub fn admits(&mut self, ip: IpAddr, now: Instant) -> Result<(), &'static str> {
        let ip = source_of(ip);
        if let Some(ban) = self.bans.get_mut(&ip).filter(|b| b.until > now) {
            ban.dropped += 1;
            return Err("a banned address");
        }
        let bucket = match self.source(ip, now) {
            Some(source) => &mut source.bucket,
            None => &mut self.shared,
        };
        if bucket.take(1.0, now) { Ok(()) } else { Err("too much from one address") }
    }

    pub fn is_banned(&self, ip: IpAddr, now: Instant) -> bool {
        self.bans.get(&source_of(ip)).is_some_and(|b| b.until > now)
    }

    fn source(&mut self, ip: IpAddr, now: Instant) -> Option<&mut Source> {
        if self.sources.len() >= SOURCES_MAX && !self.sources.contains_key(&ip) {
            if self.swept.is_some_and(|at| now.saturating_duration_since(at) < SWEEP_EVERY) {
                return None;
            }
            self.swept = Some(now);
            self.sources.retain(|_, s| {
                let last = s.guessed.map_or(s.bucket.at, |g| g + GUESS_WINDOW.saturating_sub(QUIET)).max(s.bucket.at);
                now.saturating_duration_since(last) < QUIET
            });
            if self.sources.len() >= SOURCES_MAX {
                return None;
            }
        }
        let fresh = || Source { bucket: Bucket::new(SOURCE_PER_SECOND, SOURCE_BURST, now), guesses: 0, guessed: None };
        Some(self.sources.entry(ip).or_insert_with(fresh))
    }

    /// A wrong secret for `extension` (none: no such user) from `ip`. The ban that follows, if one does.
    pub fn guessed(&mut self, ip: IpAddr, extension: Option<ExtensionId>, now: Instant) -> Option<Banned> {
        if let Some(id) = extension {
            self.guessed_extension(id, now);
        }
        let source = self.source(source_of(ip), now)?;
        if source.guessed.is_none_or(|at| now.saturating_duration_since(at) > GUESS_WINDOW) {
            source.guesses = 0;
        }
        source.guessed = Some(now);
        source.guesses += 1;
        if source.guesses < GUESSES_MAX {
            return None;
        }
        source.guesses = 0;
        Some(self.ban(ip, BanReason::Guessing, now))
    }

    fn guessed_extension(&mut self, id: ExtensionId, now: Instant) {
        let lock = self.locks.entry(id).or_default();
        if lock.guessed.is_none_or(|at| now.saturating_duration_since(at) > GUESS_WINDOW) {
            lock.guesses = 0;
        }
        lock.guessed = Some(now);
        lock.guesses += 1;
        if lock.guesses >= EXTENSION_GUESSES_MAX {
            lock.guesses = 0;
            lock.times = lock.times.saturating_add(1);
            lock.until = Some(now + growing(lock.times));
            tracing::warn!(extension = %id, "too many wrong secrets: for a while only addresses it was used from may try");
        }
    }

    /// Whether the extension is locked for this address: others guessed at it, and it was never used from here.
    pub fn is_locked(&self, id: ExtensionId, ip: IpAddr, now: Instant) -> bool {
        self.locks.get(&id).is_some_and(|l| l.until.is_some_and(|until| until > now) && !l.homes.contains(&source_of(ip)))
    }

    /// The right secret from `ip`.
    pub fn proved(&mut self, ip: IpAddr, id: ExtensionId) {
        let ip = source_of(ip);
        if let Some(source) = self.sources.get_mut(&ip) {
            source.guesses = 0;
        }
        let lock = self.locks.entry(id).or_default();
        if !lock.homes.contains(&ip) {
            if lock.homes.len() >= HOMES_MAX {
                lock.homes.remove(0);
            }
            lock.homes.push(ip);
            self.homes.insert(ip);
            if self.homes.len() > 2 * HOMES_MAX * self.locks.len() {
                self.gather_homes();
            }
        }
    }

    /// Whether somebody has shown the right secret of an extension from here.
    pub fn is_home(&self, ip: IpAddr) -> bool {
        self.homes.contains(&source_of(ip))
    }

    fn gather_homes(&mut self) {
        self.homes = self.locks.values().flat_map(|l| l.homes.iter().copied()).collect();
    }

    /// Bans an address, longer each time.
    pub fn ban(&mut self, ip: IpAddr, reason: BanReason, now: Instant) -> Banned {
        let ip = source_of(ip);
        if self.bans.len() >= BANS_MAX && !self.bans.contains_key(&ip) {
            self.make_room(now);
        }
        let before = self.bans.get(&ip).filter(|b| b.until + MEMORY > now);
        let times = before.map_or(1, |b| b.times.saturating_add(1));
        let ban = Banned { reason, since: now, until: now + growing(times), times, dropped: 0 };
        self.bans.insert(ip, ban.clone());
        ban
    }

    /// What is long over goes first, then the quarter that ends soonest.
    fn make_room(&mut self, now: Instant) {
        self.bans.retain(|_, b| b.until + MEMORY > now);
        if self.bans.len() >= BANS_MAX {
            let mut ends: Vec<Instant> = self.bans.values().map(|b| b.until).collect();
            ends.sort_unstable();
            let soon = ends[ends.len() / 4];
            self.bans.retain(|_, b| b.until > soon);
        }
    }

    /// True when it was banned.
    pub fn unban(&mut self, ip: IpAddr, now: Instant) -> bool {
        self.bans.remove(&source_of(ip)).is_some_and(|b| b.until > now)
    }

    /// The bans that stand.
    pub fn bans(&self, now: Instant) -> impl Iterator<Item = (IpAddr, &Banned)> {
        self.bans.iter().filter(move |(_, b)| b.until > now).map(|(ip, b)| (*ip, b))
    }

    /// Extensions that exist no more are forgotten.
    pub fn keep_extensions(&mut self, exists: impl Fn(ExtensionId) -> bool) {
        self.locks.retain(|id, _| exists(*id));
        self.gather_homes();
    }
}

/// One minute, then four times as long each time, up to a day.
fn growing(times: u32) -> Duration {
    FIRST_BAN.saturating_mul(4_u32.saturating_pow(times.saturating_sub(1).min(8))).min(LONGEST_BAN)
}

/// Programs that look for open switches; nobody's phone calls itself so.
const SCANNERS: [&str; 12] = [
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "pplsip",
    "sundayddr",
    "sivus",
    "vaxsipuseragent",
    "iwar",
    "smap ",
    "scanner",
];

/// Whether the User-Agent of this message, read or not, is that of a known scanner.
pub fn is_scanner(data: &[u8]) -> bool {
    let head = &data[..data.len().min(4_096)];
    head.split(|b| *b == b'\n').take_while(|line| !line.trim_ascii().is_empty()).any(|line| {
        let Some((name, value)) = std::str::from_utf8(line).ok().and_then(|l| l.split_once(':')) else { return false };
        if !name.trim().eq_ignore_ascii_case("User-Agent") {
            return false;
        }
        let value = value.to_ascii_lowercase();
        SCANNERS.iter().any(|s| value.contains(s))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(n: u32) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::from(0xC633_6400 + n))
    }

    #[test]
    fn guessers_are_banned_for_a_growing_while() {
        let (mut guard, mut now) = (Guard::new(Instant::now()), Instant::now());
        let mut lengths = Vec::new();
        for _ in 0..3 {
            let ban = (0..GUESSES_MAX).find_map(|_| guard.guessed(ip(1), None, now)).expect("a ban");
            assert!(guard.admits(ip(1), now).is_err() && guard.admits(ip(2), now).is_ok());
            lengths.push((ban.until - now).as_secs());
            now = ban.until + Duration::from_secs(1);
            assert!(guard.admits(ip(1), now).is_ok(), "it ends by itself");
        }
        assert_eq!(lengths, [60, 240, 960]);
        let ban = guard.ban(ip(1), BanReason::Scanner, now);
        assert_eq!((ban.times, guard.bans(now).count()), (4, 1));
        assert!(guard.unban(ip(1), now) && guard.admits(ip(1), now).is_ok());
        assert!(!guard.unban(ip(1), now));
    }

    #[test]
    fn slow_mistakes_are_forgiven() {
        let (mut guard, now) = (Guard::new(Instant::now()), Instant::now());
        let slowly = |n: u32| now + (GUESS_WINDOW + Duration::from_secs(1)) * n;
        assert!((0..50).all(|n| guard.guessed(ip(1), None, slowly(n)).is_none()));
        // The right secret wipes the slate.
        for _ in 0..GUESSES_MAX - 1 {
            assert!(guard.guessed(ip(2), None, now).is_none());
        }
        guard.proved(ip(2), ExtensionId(1));
        assert!(guard.guessed(ip(2), None, now).is_none());
    }

    #[test]
    fn an_extension_guessed_at_stays_open_for_its_own_people() {
        let (mut guard, now, id) = (Guard::new(Instant::now()), Instant::now(), ExtensionId(7));
        guard.proved(ip(1), id);
        for n in 0..EXTENSION_GUESSES_MAX {
            guard.guessed(ip(100 + n), Some(id), now);
        }
        assert!(guard.is_locked(id, ip(50), now) && !guard.is_locked(id, ip(1), now));
        assert!(!guard.is_locked(id, ip(50), now + FIRST_BAN), "for a while");
    }

    #[test]
    fn one_source_has_its_own_rate_and_tables_do_not_grow() {
        let (mut guard, now) = (Guard::new(Instant::now()), Instant::now());
        let passed = (0..1_000).filter(|_| guard.admits(ip(1), now).is_ok()).count();
        assert_eq!(passed, SOURCE_BURST as usize);
        assert!(guard.admits(ip(2), now).is_ok());
        for n in 0..20_000 {
            let _ = guard.admits(ip(n), now);
            guard.ban(IpAddr::V6(Ipv6Addr::from(u128::from(n) << 64)), BanReason::Scanner, now);
        }
        assert!(guard.sources.len() <= SOURCES_MAX && guard.bans.len() <= BANS_MAX);
        assert_eq!(source_of("2001:db8::1".parse().unwrap()), source_of("2001:db8::ffff".parse().unwrap()));
    }

    #[test]
    fn a_full_table_is_looked_through_once_a_second() {
        let (mut guard, start) = (Guard::new(Instant::now()), Instant::now());
        for n in 0..SOURCES_MAX as u32 {
            assert!(guard.admits(ip(n), start).is_ok());
        }
        let (fresh, quiet) = (ip(900_000), start + QUIET);
        let at = |ms| quiet + Duration::from_millis(ms);
        // Nobody is quiet long enough yet: the look is in vain, and the next one waits although all would make room.
        let _ = guard.admits(fresh, at(0) - Duration::from_millis(1));
        let _ = guard.admits(fresh, at(998));
        assert_eq!((guard.sources.len(), guard.sources.contains_key(&fresh)), (SOURCES_MAX, false));
        let _ = guard.admits(fresh, at(999));
        assert_eq!((guard.sources.len(), guard.sources.contains_key(&fresh)), (1, true));
    }

    #[test]
    fn homes_are_known_as_long_as_their_extensions() {
        let (mut guard, id) = (Guard::new(Instant::now()), ExtensionId(3));
        for n in 0..200 {
            guard.proved(ip(n), id);
        }
        assert!(guard.is_home(ip(199)) && !guard.is_home(ip(200)));
        assert!(guard.homes.len() <= 2 * HOMES_MAX);
        guard.keep_extensions(|_| false);
        assert!(!guard.is_home(ip(199)));
    }

    #[test]
    fn scanners_by_name() {
        assert!(is_scanner(b"OPTIONS sip:x SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n"));
        assert!(is_scanner(b"OPTIONS sip:x SIP/2.0\r\nuser-agent : SIPVicious 0.3\r\n\r\n"));
        assert!(!is_scanner(b"OPTIONS sip:x SIP/2.0\r\nUser-Agent: baresip v1.0\r\n\r\nUser-Agent: sipcli"));
        assert!(!is_scanner(b"OPTIONS sip:x SIP/2.0\r\nSubject: scanner\r\n\r\n"));
    }
}
