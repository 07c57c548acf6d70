//! Appointment mode: leads are reached at the times they were promised. The claim gives none before its time, so that this asks for as
//! many as can be dialled at once, and holds none ready beyond that: whoever is held could be called off or moved meanwhile, and a
//! lead whose line is busy waits in the store, where its limit runs.

use super::Snapshot;

pub fn leads_wanted(s: &Snapshot) -> u32 {
    let per_second = s.calls_per_second_max.min(s.line_calls_per_second);
    if s.lines_up == 0 || per_second <= 0.0 || !per_second.is_finite() {
        return 0;
    }
    let have = s.in_hand.saturating_add(s.asked);
    if have > 0 { 0 } else { s.room().min(second_of(per_second)).min(s.hand_max) }
}

/// Calls that one second may start: all of them are due, and more would only wait in the hand.
fn second_of(per_second: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1,000")]
    let calls = per_second.ceil().clamp(1.0, 1_000.0) as u32;
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_what_a_second_may_start() {
        assert_eq!(leads_wanted(&Snapshot::sample()), 10);
        assert_eq!(leads_wanted(&Snapshot { line_calls_per_second: 2.5, ..Snapshot::sample() }), 3);
        assert_eq!(leads_wanted(&Snapshot { calls_per_second_max: 0.1, ..Snapshot::sample() }), 1);
        assert_eq!(leads_wanted(&Snapshot { in_flight: 96, ..Snapshot::sample() }), 4);
        assert_eq!(leads_wanted(&Snapshot { hand_max: 2, ..Snapshot::sample() }), 2);
    }

    #[test]
    fn holds_nobody_whom_it_cannot_dial() {
        assert_eq!(leads_wanted(&Snapshot { in_flight: 100, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { line_capacity_free: 0, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 1, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { asked: 3, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { lines_up: 0, ..Snapshot::sample() }), 0);
        assert_eq!(
            leads_wanted(&Snapshot { calls_per_second_max: f64::NAN, line_calls_per_second: f64::NAN, ..Snapshot::sample() }),
            0
        );
    }
}
