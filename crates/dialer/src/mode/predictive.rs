//! Predictive mode: as many calls as the pacer (`crate::pacer`) finds worth their risk; `allowed` is what it decided last and
//! what of it has not been started.

use super::Snapshot;

/// Calls to start now.
pub fn starts(s: &Snapshot) -> u32 {
    if s.agents == 0 { 0 } else { s.allowed.min(s.room()) }
}

/// Leads to ask the store for now: enough that the pacer's next decision finds them.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(starts(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_pacer_allows_within_the_limits() {
        let s = Snapshot {
            agents: 10,
            allowed: 6,
            concurrency_max: 50,
            line_capacity_free: 50,
            hand_max: 100,
            ..Snapshot::default()
        };
        assert_eq!(starts(&s), 6);
        assert_eq!(starts(&Snapshot { line_capacity_free: 1, ..s }), 1);
        assert_eq!(starts(&Snapshot { agents: 0, ..s }), 0, "everybody left since it decided");
    }

    #[test]
    fn leads_are_held_ready_for_the_next_decision() {
        let s = Snapshot {
            agents: 10,
            allowed: 6,
            concurrency_max: 50,
            line_capacity_free: 50,
            lines_up: 1,
            hand_max: 100,
            ..Snapshot::default()
        };
        assert_eq!(leads_wanted(&s), 16);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 12, ..s }), 0, "asked in batches");
        assert_eq!(leads_wanted(&Snapshot { lines_up: 0, ..s }), 0);
        assert_eq!(leads_wanted(&Snapshot { hand_max: 5, ..s }), 5);
    }
}
