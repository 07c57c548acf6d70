//! Dial modes: how many leads to ask for now. One file a mode.

pub mod ivr;

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
}

/// Leads to ask the store for now.
pub fn leads_wanted(mode: DialMode, snapshot: &Snapshot) -> u32 {
    match mode {
        DialMode::Ivr => ivr::leads_wanted(snapshot),
    }
}
