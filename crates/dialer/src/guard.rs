//! May this number be dialled now? Asked at dial time, over facts read in the transaction that wrote the attempt. What cannot be
//! read forbids.

use model::At;
use model::calendar::{Holidays, Opening, Schedule, ScheduleError, Window};
use model::record::{DialFacts, DialRules, Purpose, stricter};
use model::settings::Compliance;
use std::collections::BTreeMap;

/// Everything the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub now: At,
    pub purpose: Purpose,
    pub compliance: &'a Compliance,
    /// The task's own, where it is stricter.
    pub task: &'a DialRules,
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
    /// The number to be shown was flagged after it was chosen.
    pub caller_id_flagged: bool,
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
    /// Nobody knows what time it is where the callee is.
    RegionUnknown,
    OutsideHours,
    Blocked,
    BlockedEverywhere,
    Exempt,
    ExemptEverywhere,
    /// On the task's own exempt list.
    ExemptHere,
    /// The task calls only those who agreed, and nothing says that this one did.
    NoConsent,
    LockedOut,
    InCall,
    AttemptsMax,
    ContactPerDay,
    NumberPer24h,
    NumberPer5min,
    CampaignPerDay,
    CallerIdPerDay,
    CallerIdFlagged,
    TrunkPerDay,
    /// No line may take this number.
    NoRoute,
    /// The campaign was paused or stopped, or the floor drains, before the INVITE left.
    Halted,
    /// The store did not answer in time.
    BeginTimeout,
}

impl Rule {
    pub const ALL: [Self; 22] = [
        Self::Unreadable,
        Self::RegionUnknown,
        Self::OutsideHours,
        Self::Blocked,
        Self::BlockedEverywhere,
        Self::Exempt,
        Self::ExemptEverywhere,
        Self::ExemptHere,
        Self::NoConsent,
        Self::LockedOut,
        Self::InCall,
        Self::AttemptsMax,
        Self::ContactPerDay,
        Self::NumberPer24h,
        Self::NumberPer5min,
        Self::CampaignPerDay,
        Self::CallerIdPerDay,
        Self::CallerIdFlagged,
        Self::TrunkPerDay,
        Self::NoRoute,
        Self::Halted,
        Self::BeginTimeout,
    ];

    /// As stored in `Attempt::refusal`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::RegionUnknown => "region_unknown",
            Self::OutsideHours => "outside_hours",
            Self::Blocked => "blocked",
            Self::BlockedEverywhere => "blocked_everywhere",
            Self::Exempt => "exempt",
            Self::ExemptEverywhere => "exempt_everywhere",
            Self::ExemptHere => "exempt_here",
            Self::NoConsent => "no_consent",
            Self::LockedOut => "locked_out",
            Self::InCall => "in_call",
            Self::AttemptsMax => "attempts_max",
            Self::ContactPerDay => "contact_per_day",
            Self::NumberPer24h => "number_per_24h",
            Self::NumberPer5min => "number_per_5min",
            Self::CampaignPerDay => "campaign_per_day",
            Self::CallerIdPerDay => "caller_id_per_day",
            Self::CallerIdFlagged => "caller_id_flagged",
            Self::TrunkPerDay => "trunk_per_day",
            Self::NoRoute => "no_route",
            Self::Halted => "halted",
            Self::BeginTimeout => "begin_timeout",
        }
    }
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The first rule that says no is the one named; the lead waits until the last of them would let it through, as far as that can be
/// told.
pub fn check(ask: &Ask<'_>) -> Verdict {
    let mut no = No(None);
    hours(ask, &mut no);
    match ask.facts {
        Some(facts) => {
            lists(ask, facts, &mut no);
            caps(ask, facts, &mut no);
        }
        None => no.later(Rule::Unreadable, ask.now.plus_ms(10 * MINUTE_MS)),
    }
    no.0.map_or(Verdict::Allow, Verdict::Refuse)
}

/// As [`check`], and nobody is told to come back while it is closed.
pub fn verdict(ask: &Ask<'_>, clock: &Clock<'_>) -> Verdict {
    let mut verdict = check(ask);
    if let Verdict::Refuse(Refusal { then: Then::RetryAt(at), .. }) = &mut verdict
        && let Ok(Some(opens)) = clock.open_from(*at)
    {
        *at = opens;
    }
    verdict
}

struct No(Option<Refusal>);

impl No {
    fn say(&mut self, rule: Rule, then: Then) {
        match (&mut self.0, then) {
            (None, then) => self.0 = Some(Refusal { rule, then }),
            (Some(Refusal { then: Then::RetryAt(at), .. }), Then::RetryAt(other)) => *at = (*at).max(other),
            (Some(_), _) => {}
        }
    }

    fn later(&mut self, rule: Rule, at: At) {
        self.say(rule, Then::RetryAt(at));
    }
}

fn hours(ask: &Ask<'_>, no: &mut No) {
    match ask.opening {
        Err(ScheduleError::Zone(name)) if name.is_empty() => no.later(Rule::RegionUnknown, ask.now.plus_ms(24 * HOUR_MS)),
        Err(_) => no.later(Rule::Unreadable, ask.now.plus_ms(HOUR_MS)),
        Ok(Opening::Open { .. }) => {}
        // When it never opens again the lead is left as it was for whoever prolongs the campaign.
        Ok(Opening::Closed { opens }) => {
            no.later(Rule::OutsideHours, opens.unwrap_or(ask.now.plus_ms(HOUR_MS)).max(ask.now.plus_ms(1)));
        }
    }
}

fn lists(ask: &Ask<'_>, facts: &DialFacts, no: &mut No) {
    let sells = matches!(ask.purpose, Purpose::Marketing | Purpose::Collection);
    let excluded = [
        (facts.blocked, Rule::Blocked),
        (facts.blocked_everywhere, Rule::BlockedEverywhere),
        (facts.exempt && sells, Rule::Exempt),
        (facts.exempt_everywhere && sells, Rule::ExemptEverywhere),
        (facts.exempt_here, Rule::ExemptHere),
        (ask.task.consent_required && !facts.consent, Rule::NoConsent),
    ];
    for (_, rule) in excluded.into_iter().filter(|(says_no, _)| *says_no) {
        no.say(rule, Then::Excluded);
    }
    if facts.locked_out {
        let until = facts.locked_until.unwrap_or(ask.now.plus_ms(HOUR_MS));
        no.later(Rule::LockedOut, until.max(ask.now.plus_ms(1000)));
    }
    if facts.number_in_call {
        no.later(Rule::InCall, ask.now.plus_ms(MINUTE_MS));
    }
}

fn caps(ask: &Ask<'_>, facts: &DialFacts, no: &mut No) {
    let (rules, task) = (ask.compliance, ask.task);
    let frees = |oldest: Option<At>, window_ms: i64, guess_ms: i64| {
        let frees = oldest.map_or(ask.now.plus_ms(guess_ms), |at| at.plus_ms(window_ms));
        frees.max(ask.now.plus_ms(1000))
    };
    let tomorrow = ask.tomorrow.max(ask.now.plus_ms(1000));
    // 0 switches off where the setting says so; the contact's and the number's caps have no such thing.
    let over = |count: u32, max: u32| max > 0 && count >= max;
    let reached = |count: u32, tenant: u32, task: u32| count >= tenant || over(count, task);
    if ask.attempts >= ask.attempts_max {
        no.say(Rule::AttemptsMax, Then::Exhausted);
    }
    if reached(facts.number_5min, rules.number_per_5min_max, task.number_per_5min_max) {
        no.later(Rule::NumberPer5min, frees(facts.number_5min_oldest, 5 * MINUTE_MS, 5 * MINUTE_MS));
    }
    if reached(facts.number_24h, rules.number_per_24h_max, task.number_per_24h_max) {
        no.later(Rule::NumberPer24h, frees(facts.number_24h_oldest, 24 * HOUR_MS, 6 * HOUR_MS));
    }
    if reached(facts.contact_today, rules.contact_per_day_max, task.contact_per_day_max) {
        no.later(Rule::ContactPerDay, tomorrow);
    }
    if over(ask.campaign_today, stricter(rules.campaign_per_day_max, task.campaign_per_day_max)) {
        no.later(Rule::CampaignPerDay, tomorrow);
    }
    // Another number or line may be free at once.
    let soon = ask.now.plus_ms(MINUTE_MS);
    let own = stricter(rules.caller_id_per_day_max, task.caller_id_per_day_max);
    if over(facts.caller_id_today, stricter(own, ask.caller_id_per_day_max)) {
        no.later(Rule::CallerIdPerDay, soon);
    }
    if ask.caller_id_flagged {
        no.later(Rule::CallerIdFlagged, soon);
    }
    if over(facts.trunk_today, ask.trunk_per_day_max) {
        no.later(Rule::TrunkPerDay, soon);
    }
}

/// When one number may be called: what a campaign and the law say, by the clocks that may hang where it rings (see
/// [`crate::zone::clocks`]).
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    pub zones: &'a [&'a str],
    pub schedule: &'a Schedule,
    pub holidays: &'a Holidays,
    pub rules: &'a Compliance,
}

/// Windows of two zones that never meet are given up after so many steps: a fortnight of them.
const STEPS_MAX: usize = 60;

impl Clock<'_> {
    /// The first moment from `at` on at which it is open by all clocks.
    ///
    /// # Errors
    /// A schedule or zone that cannot be read.
    pub fn open_from(&self, at: At) -> Result<Option<At>, ScheduleError> {
        let limit = Window { from: self.rules.hours_from.clone(), to: self.rules.hours_to.clone() };
        let mut from = at;
        for _ in 0..STEPS_MAX {
            let mut open_from = from;
            for zone in self.zones {
                match self.schedule.opening(from, zone, self.holidays, &limit)? {
                    Opening::Open { .. } => {}
                    Opening::Closed { opens: Some(opens) } => open_from = open_from.max(opens),
                    Opening::Closed { opens: None } => return Ok(None),
                }
            }
            if open_from == from {
                return Ok(Some(from));
            }
            from = open_from;
        }
        Ok(None)
    }
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
    /// Full hours that are open for a while.
    hours: Vec<At>,
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

    /// By all clocks at once; midnight and tomorrow by the first.
    pub fn by(&mut self, now: At, clock: &Clock<'_>) -> Today<'_> {
        for zone in clock.zones {
            self.today(now, zone, clock.schedule, clock.holidays, clock.rules);
        }
        let mut days = clock.zones.iter().filter_map(|zone| self.by_zone.get(*zone));
        let Some(first) = days.next() else { return Today { opening: Err(&NO_CLOCK), midnight: now, tomorrow: now } };
        let mut today = Today { opening: first.opening.as_ref().map(|o| *o), midnight: first.midnight, tomorrow: first.tomorrow };
        for day in days {
            today.opening = both(today.opening, day.opening.as_ref().map(|o| *o));
            today.tomorrow = today.tomorrow.max(day.tomorrow);
        }
        today
    }

    /// The full hours after `from` that are open on the day that was last read.
    pub fn later(&self, from: At, zone: &str) -> impl Iterator<Item = At> + '_ {
        let hours = self.by_zone.get(zone).map_or(&[][..], |d| &d.hours);
        hours.iter().copied().filter(move |at| *at > from)
    }

    pub fn today(&mut self, now: At, zone: &str, schedule: &Schedule, holidays: &Holidays, rules: &Compliance) -> Today<'_> {
        if !self.by_zone.get(zone).is_some_and(|d| d.from <= now && now < d.until) {
            self.by_zone.insert(zone.to_owned(), read(now, zone, schedule, holidays, rules));
        }
        let day = &self.by_zone[zone];
        Today { opening: day.opening.as_ref().map(|o| *o), midnight: day.midnight, tomorrow: day.tomorrow }
    }
}

static NO_CLOCK: ScheduleError = ScheduleError::Zone(String::new());

/// Open only where both are.
fn both<'a>(a: Result<Opening, &'a ScheduleError>, b: Result<Opening, &'a ScheduleError>) -> Result<Opening, &'a ScheduleError> {
    use Opening::{Closed, Open};
    Ok(match (a?, b?) {
        (Open { until: a }, Open { until: b }) => Open { until: a.min(b) },
        (Closed { opens: None }, _) | (_, Closed { opens: None }) => Closed { opens: None },
        (Closed { opens: Some(a) }, Closed { opens: Some(b) }) => Closed { opens: Some(a.max(b)) },
        (closed @ Closed { .. }, Open { .. }) | (Open { .. }, closed @ Closed { .. }) => closed,
    })
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
    let open = |at: &At| match schedule.opening(*at, zone, holidays, &limit) {
        Ok(Opening::Open { until }) => until.since_ms(*at) >= HOUR_MS / 4,
        _ => false,
    };
    let first = At((now.0.div_euclid(HOUR_MS) + 1) * HOUR_MS);
    let hours = (0..25).map(|k| first.plus_ms(k * HOUR_MS)).take_while(|at| *at < tomorrow).filter(open).collect();
    Day { from: now, until, opening, midnight, tomorrow, hours }
}

#[cfg(test)]
mod tests;
