//! Progressive mode: one call for every ready agent, so that whoever answers finds one.

use super::Snapshot;

/// Calls to start now.
pub fn starts(s: &Snapshot) -> u32 {
    s.ready.saturating_sub(s.ringing).saturating_sub(s.waiting).min(s.room())
}

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(starts(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_for_every_ready_agent() {
        let s =
            Snapshot { agents: 10, ready: 4, concurrency_max: 50, line_capacity_free: 50, hand_max: 100, ..Snapshot::default() };
        assert_eq!(starts(&s), 4);
        assert_eq!(starts(&Snapshot { ringing: 3, ..s }), 1);
        assert_eq!(starts(&Snapshot { ringing: 3, waiting: 1, ..s }), 0);
        assert_eq!(starts(&Snapshot { ringing: 9, ..s }), 0);
        assert_eq!(starts(&Snapshot { ready: 0, ..s }), 0);
    }

    #[test]
    fn limits_hold() {
        let s = Snapshot {
            agents: 10,
            ready: 9,
            concurrency_max: 8,
            in_flight: 5,
            line_capacity_free: 50,
            hand_max: 100,
            ..Snapshot::default()
        };
        assert_eq!(starts(&s), 3);
        assert_eq!(starts(&Snapshot { line_capacity_free: 2, ..s }), 2);
        assert_eq!(starts(&Snapshot { in_flight: 20, ..s }), 0);
    }
}
