//! Power mode: a fixed number of calls for every ready agent. Some who answer find nobody; how many, nobody steers.

use super::Snapshot;

/// Calls per ready agent that a supervisor may set.
pub const RATIO_MAX: f64 = 10.0;

/// Calls to start now.
pub fn starts(s: &Snapshot) -> u32 {
    let ratio = if s.ratio.is_finite() { s.ratio.clamp(1.0, RATIO_MAX) } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and saturates")]
    let aim = (ratio * f64::from(s.ready)) as u32;
    aim.saturating_sub(s.ringing).saturating_sub(s.waiting).min(s.room())
}

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(starts(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        let concurrency_max = 50;
        Snapshot {
            agents: 10,
            ready: 3,
            concurrency_max,
            line_capacity_free: 50,
            hand_max: 100,
            ratio: 2.5,
            ..Snapshot::default()
        }
    }

    #[test]
    fn so_many_calls_for_every_ready_agent() {
        assert_eq!(starts(&snapshot()), 7);
        assert_eq!(starts(&Snapshot { ringing: 5, waiting: 1, ..snapshot() }), 1);
        assert_eq!(starts(&Snapshot { ready: 0, ..snapshot() }), 0);
        assert_eq!(starts(&Snapshot { line_capacity_free: 2, ..snapshot() }), 2);
    }

    #[test]
    fn nonsense_is_progressive() {
        assert_eq!(starts(&Snapshot { ratio: f64::NAN, ..snapshot() }), 3);
        assert_eq!(starts(&Snapshot { ratio: -4.0, ..snapshot() }), 3);
        assert_eq!(starts(&Snapshot { ratio: 1e300, ..snapshot() }), 30);
    }
}
