//! Dial modes: how many leads to ask for now. One file a mode.

pub mod appointment;
pub mod ivr;
pub mod manual;
pub mod power;
pub mod predictive;
pub mod preview;
pub mod preview_connect;
pub mod progressive;

use model::record::DialMode;

/// What a mode sees of its campaign and of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snapshot {
    pub concurrency_max: u32,
    /// Attempts begun and not ended.
    pub in_flight: u32,
    /// Leads leased and not begun.
    pub in_hand: u32,
    /// Leads asked for and not yet given.
    pub asked: u32,
    pub calls_per_second_max: f64,
    /// Over all lines that are up and that the campaign may use; zero lines: nothing to dial over.
    pub lines_up: u32,
    pub line_capacity_free: u32,
    pub line_calls_per_second: f64,
    /// Most leads that may be held.
    pub hand_max: u32,

    // --- agents of the campaign; zero where a mode has none ---
    /// Signed in and not on a break, whatever they do.
    pub agents: u32,
    /// May be given a call now.
    pub ready: u32,
    /// Attempts begun and not answered.
    pub ringing: u32,
    /// Answered and not yet with an agent.
    pub waiting: u32,
    /// Calls per ready agent (power).
    pub ratio: f64,
    /// Calls the pacer decided on and that were not started (predictive).
    pub allowed: u32,
}

#[cfg(test)]
impl Snapshot {
    /// A hundred calls at once, ten a second, over one line.
    fn sample() -> Self {
        Self {
            concurrency_max: 100,
            calls_per_second_max: 10.0,
            lines_up: 1,
            line_capacity_free: 200,
            line_calls_per_second: 50.0,
            hand_max: 200,
            ..Self::default()
        }
    }
}

impl Snapshot {
    /// Calls that may be started before a limit is met.
    pub fn room(&self) -> u32 {
        self.concurrency_max.saturating_sub(self.in_flight).min(self.line_capacity_free)
    }

    /// Leads to ask for where `starts` calls are about to be started: those, and one for every agent, since a decision that waits
    /// for the store comes too late. In batches: asking one by one would cost a transaction a lead.
    fn leads_for(&self, starts: u32) -> u32 {
        if self.lines_up == 0 {
            return 0;
        }
        let target = starts.saturating_add(self.agents).min(self.hand_max);
        let have = self.in_hand.saturating_add(self.asked);
        if have > target / 2 { 0 } else { target - have }
    }
}

/// Leads to ask the store for now.
pub fn leads_wanted(mode: DialMode, snapshot: &Snapshot) -> u32 {
    match mode {
        DialMode::Ivr => ivr::leads_wanted(snapshot),
        DialMode::Appointment => appointment::leads_wanted(snapshot),
        DialMode::PlayAgent | DialMode::Power => power::leads_wanted(snapshot),
        DialMode::Manual => manual::leads_wanted(snapshot),
        DialMode::Preview => preview::leads_wanted(snapshot),
        DialMode::PreviewConnect => preview_connect::leads_wanted(snapshot),
        DialMode::Progressive => progressive::leads_wanted(snapshot),
        DialMode::Predictive => predictive::leads_wanted(snapshot),
    }
}
