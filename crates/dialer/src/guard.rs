//! May this number be dialled now? Asked at dial time, over facts read in the transaction that wrote the attempt. What cannot be
//! read forbids.

use model::At;
use model::calendar::{Holidays, Opening, Schedule, ScheduleError, Window};
use model::record::{DialFacts, Purpose};
use model::settings::Compliance;
use std::collections::BTreeMap;

/// Everything the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub now: At,
    pub purpose: Purpose,
    pub compliance: &'a Compliance,
    /// Of the callee's zone, see [`Hours`]. Why it cannot be told otherwise.
    pub opening: Result<Opening, &'a ScheduleError>,
    /// None: the store gave none.
    pub facts: Option<&'a DialFacts>,
    /// Start of the callee's next day.
    pub tomorrow: At,
    /// Counted attempts of the lead so far, and the campaign's cap.
    pub attempts: u32,
    pub attempts_max: u32,
    /// Of the campaign, today.
    pub campaign_today: u32,
    /// Own caps of the caller id and of the trunk; 0: none.
    pub caller_id_per_day_max: u32,
    pub trunk_per_day_max: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    Refuse(Refusal),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub rule: Rule,
    pub then: Then,
}

/// What becomes of the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    RetryAt(At),
    Excluded,
    Exhausted,
}

/// Which rule said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    Unreadable,
    OutsideHours,
    Blocked,
    Exempt,
    LockedOut,
    InCall,
    AttemptsMax,
    ContactPerDay,
    NumberPer24h,
    NumberPer5min,
    CampaignPerDay,
    CallerIdPerDay,
    TrunkPerDay,
    /// No line may take this number.
    NoRoute,
    /// The campaign was paused or stopped, or the floor drains, before the INVITE left.
    Halted,
    /// The store did not answer in time.
    BeginTimeout,
}

impl Rule {
    /// As stored in `Attempt::refusal`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::OutsideHours => "outside_hours",
            Self::Blocked => "blocked",
            Self::Exempt => "exempt",
            Self::LockedOut => "locked_out",
            Self::InCall => "in_call",
            Self::AttemptsMax => "attempts_max",
            Self::ContactPerDay => "contact_per_day",
            Self::NumberPer24h => "number_per_24h",
            Self::NumberPer5min => "number_per_5min",
            Self::CampaignPerDay => "campaign_per_day",
            Self::CallerIdPerDay => "caller_id_per_day",
            Self::TrunkPerDay => "trunk_per_day",
            Self::NoRoute => "no_route",
            Self::Halted => "halted",
            Self::BeginTimeout => "begin_timeout",
        }
    }
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

pub fn check(ask: &Ask<'_>) -> Verdict {
    match hours(ask).or_else(|| lists(ask)).or_else(|| caps(ask)) {
        Some(refusal) => Verdict::Refuse(refusal),
        None => Verdict::Allow,
    }
}

const fn refuse(rule: Rule, then: Then) -> Option<Refusal> {
    Some(Refusal { rule, then })
}

fn hours(ask: &Ask<'_>) -> Option<Refusal> {
    match ask.opening {
        Err(_) => refuse(Rule::Unreadable, Then::RetryAt(ask.now.plus_ms(HOUR_MS))),
        Ok(Opening::Open { .. }) => None,
        // When it never opens again the campaign stands still; the lead is left as it was for whoever prolongs it.
        Ok(Opening::Closed { opens }) => refuse(Rule::OutsideHours, Then::RetryAt(opens.unwrap_or(ask.now))),
    }
}

fn lists(ask: &Ask<'_>) -> Option<Refusal> {
    let Some(facts) = ask.facts else {
        return refuse(Rule::Unreadable, Then::RetryAt(ask.now.plus_ms(10 * MINUTE_MS)));
    };
    if facts.blocked {
        return refuse(Rule::Blocked, Then::Excluded);
    }
    if facts.exempt && matches!(ask.purpose, Purpose::Marketing | Purpose::Collection) {
        return refuse(Rule::Exempt, Then::Excluded);
    }
    if facts.locked_out {
        return refuse(Rule::LockedOut, Then::RetryAt(ask.now.plus_ms(HOUR_MS)));
    }
    if facts.number_in_call {
        return refuse(Rule::InCall, Then::RetryAt(ask.now.plus_ms(MINUTE_MS)));
    }
    None
}

fn caps(ask: &Ask<'_>) -> Option<Refusal> {
    let facts = ask.facts?;
    let rules = ask.compliance;
    let later = |oldest: Option<At>, window_ms: i64, guess_ms: i64| {
        let frees = oldest.map_or(ask.now.plus_ms(guess_ms), |at| at.plus_ms(window_ms));
        Then::RetryAt(frees.max(ask.now.plus_ms(1000)))
    };
    let tomorrow = Then::RetryAt(ask.tomorrow.max(ask.now.plus_ms(1000)));
    // 0 switches off where the setting says so; the contact's and the number's caps have no such thing.
    let over = |count: u32, max: u32| max > 0 && count >= max;
    if ask.attempts >= ask.attempts_max {
        return refuse(Rule::AttemptsMax, Then::Exhausted);
    }
    if facts.number_5min >= rules.number_per_5min_max {
        return refuse(Rule::NumberPer5min, later(facts.number_5min_oldest, 5 * MINUTE_MS, 5 * MINUTE_MS));
    }
    if facts.number_24h >= rules.number_per_24h_max {
        return refuse(Rule::NumberPer24h, later(facts.number_24h_oldest, 24 * HOUR_MS, 6 * HOUR_MS));
    }
    if facts.contact_today >= rules.contact_per_day_max {
        return refuse(Rule::ContactPerDay, tomorrow);
    }
    if over(ask.campaign_today, rules.campaign_per_day_max) {
        return refuse(Rule::CampaignPerDay, tomorrow);
    }
    // Another number or line may be free at once.
    let soon = Then::RetryAt(ask.now.plus_ms(MINUTE_MS));
    if over(facts.caller_id_today, rules.caller_id_per_day_max) || over(facts.caller_id_today, ask.caller_id_per_day_max) {
        return refuse(Rule::CallerIdPerDay, soon);
    }
    if over(facts.trunk_today, ask.trunk_per_day_max) {
        return refuse(Rule::TrunkPerDay, soon);
    }
    None
}

/// Opening hours by zone, remembered until they change: a campaign asks for each call, and a calendar is slow to read.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    by_zone: BTreeMap<String, Day>,
}

/// What holds until `until`.
#[derive(Clone, Debug)]
struct Day {
    from: At,
    until: At,
    opening: Result<Opening, ScheduleError>,
    midnight: At,
    tomorrow: At,
}

/// Civil facts of a zone, now.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    pub opening: Result<Opening, &'a ScheduleError>,
    pub midnight: At,
    pub tomorrow: At,
}

impl Hours {
    /// To be called when schedule, calendar or limits change.
    pub fn forget(&mut self) {
        self.by_zone.clear();
    }

    pub fn today(&mut self, now: At, zone: &str, schedule: &Schedule, holidays: &Holidays, rules: &Compliance) -> Today<'_> {
        if !self.by_zone.get(zone).is_some_and(|d| d.from <= now && now < d.until) {
            self.by_zone.insert(zone.to_owned(), read(now, zone, schedule, holidays, rules));
        }
        let day = &self.by_zone[zone];
        Today { opening: day.opening.as_ref().map(|o| *o), midnight: day.midnight, tomorrow: day.tomorrow }
    }
}

fn read(now: At, zone: &str, schedule: &Schedule, holidays: &Holidays, rules: &Compliance) -> Day {
    let limit = Window { from: rules.hours_from.clone(), to: rules.hours_to.clone() };
    let opening = schedule.opening(now, zone, holidays, &limit);
    let midnight = model::calendar::midnight(now, zone);
    // 25 h and more after midnight is inside the next day even where clocks change.
    let tomorrow = model::calendar::midnight(midnight.plus_ms(26 * HOUR_MS), zone);
    let changes = match opening {
        Ok(Opening::Open { until }) => until,
        Ok(Opening::Closed { opens: Some(opens) }) => opens,
        _ => tomorrow,
    };
    let until = changes.min(tomorrow).max(now.plus_ms(1));
    Day { from: now, until, opening, midnight, tomorrow }
}

#[cfg(test)]
mod tests;
