//! What is known about a lead before it is dialled, as hashed features.

/// What kind of number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberClass {
    #[default]
    Mobile,
    Landline,
    Foreign,
    Other,
}

impl NumberClass {
    pub fn of(e164: &str) -> Self {
        match e164.strip_prefix("+86") {
            Some(n) if n.len() == 11 && n.starts_with('1') => Self::Mobile,
            Some(n) if n.len() >= 9 && !n.starts_with("400") && !n.starts_with("800") => Self::Landline,
            Some(_) => Self::Other,
            None if e164.starts_with('+') => Self::Foreign,
            None => Self::Other,
        }
    }
}

/// A lead at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lead<'a> {
    pub class: NumberClass,
    pub carrier: &'a str,
    /// Administrative code or name; empty: unknown.
    pub region: &'a str,
    /// Of the callee's own clock, 0–23.
    pub hour: u8,
    /// 1 Monday – 7 Sunday.
    pub weekday: u8,
    /// Attempts before this one.
    pub attempts: u32,
}

/// Which feature a hash belongs to.
#[derive(Clone, Copy)]
enum Kind {
    Always,
    Class,
    Carrier,
    Region,
    Hour,
    Weekday,
    Attempts,
    WeekendHour,
    CarrierRegion,
    ClassHour,
}

/// FNV-1a; 24 bits make collisions of the few thousand real values rare.
fn hash(kind: Kind, parts: &[&[u8]]) -> u32 {
    let mut h = 0x811c_9dc5_u32;
    let mut eat = |b: u8| h = (h ^ u32::from(b)).wrapping_mul(0x0100_0193);
    eat(kind as u8);
    for part in parts {
        part.iter().copied().for_each(&mut eat);
        eat(0xff);
    }
    (h ^ (h >> 24)) & 0x00ff_ffff
}

const fn attempts_bin(n: u32) -> u8 {
    match n {
        0 => 0,
        1 => 1,
        2 => 2,
        3 | 4 => 3,
        5..=9 => 4,
        _ => 5,
    }
}

impl Lead<'_> {
    /// The feature of the hour alone.
    pub(super) fn of_hour(&self) -> u32 {
        hash(Kind::Hour, &[&[self.hour.min(23)]])
    }

    /// Hands every feature to `take`, the constant one first.
    pub(super) fn features(&self, mut take: impl FnMut(u32)) {
        let class = [self.class as u8];
        let hour = [self.hour.min(23)];
        let weekday = [self.weekday];
        let weekend = [u8::from(self.weekday >= 6)];
        let (carrier, region) = (self.carrier.as_bytes(), self.region.as_bytes());
        take(hash(Kind::Always, &[]));
        take(hash(Kind::Class, &[&class]));
        take(hash(Kind::Hour, &[&hour]));
        take(hash(Kind::Weekday, &[&weekday]));
        take(hash(Kind::WeekendHour, &[&weekend, &hour]));
        take(hash(Kind::ClassHour, &[&class, &hour]));
        take(hash(Kind::Attempts, &[&[attempts_bin(self.attempts)]]));
        if !carrier.is_empty() {
            take(hash(Kind::Carrier, &[carrier]));
        }
        if !region.is_empty() {
            take(hash(Kind::Region, &[region]));
            take(hash(Kind::CarrierRegion, &[carrier, region]));
        }
    }
}
