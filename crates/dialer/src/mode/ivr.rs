//! IVR mode: nobody has to be free for the callee, so the campaign dials as fast as its own and the lines' limits allow.
//!
//! The limits themselves are kept where calls start; this only decides how many leads to hold ready, so that a line that
//! frees finds a lead and a lease is not kept idle.

use super::Snapshot;

/// Leads are held ready for this long ahead.
const AHEAD_S: f64 = 2.0;

pub fn leads_wanted(s: &Snapshot) -> u32 {
    if s.lines_up == 0 {
        return 0;
    }
    let per_second = s.calls_per_second_max.min(s.line_calls_per_second);
    if per_second <= 0.0 || !per_second.is_finite() {
        return 0;
    }
    let ahead = (per_second * AHEAD_S).ceil().min(f64::from(s.hand_max));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and at most hand_max")]
    let ahead = (ahead as u32).max(1);
    let room = s.concurrency_max.saturating_sub(s.in_flight).min(s.line_capacity_free);
    // A few more than there is room for: the next line that frees should not wait for the store.
    let target = ahead.min(room.saturating_add(s.concurrency_max / 10).max(1)).min(s.hand_max);
    let have = s.in_hand.saturating_add(s.asked);
    // In batches: asking one by one would cost a transaction a lead.
    if have > target / 2 { 0 } else { target - have }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_two_seconds_of_dialling() {
        assert_eq!(leads_wanted(&Snapshot::sample()), 20);
        assert_eq!(leads_wanted(&Snapshot { line_calls_per_second: 3.0, ..Snapshot::sample() }), 6);
        assert_eq!(leads_wanted(&Snapshot { calls_per_second_max: 0.1, ..Snapshot::sample() }), 1);
    }

    #[test]
    fn asks_in_batches_and_counts_what_is_under_way() {
        assert_eq!(leads_wanted(&Snapshot { in_hand: 11, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 4, asked: 7, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 4, asked: 2, ..Snapshot::sample() }), 14);
    }

    #[test]
    fn never_holds_much_more_than_there_is_room_for() {
        assert_eq!(leads_wanted(&Snapshot { in_flight: 97, ..Snapshot::sample() }), 13);
        assert_eq!(leads_wanted(&Snapshot { in_flight: 100, ..Snapshot::sample() }), 10);
        assert_eq!(leads_wanted(&Snapshot { line_capacity_free: 0, ..Snapshot::sample() }), 10);
        assert_eq!(leads_wanted(&Snapshot { concurrency_max: 1, in_flight: 1, ..Snapshot::sample() }), 1);
        assert_eq!(leads_wanted(&Snapshot { hand_max: 5, ..Snapshot::sample() }), 5);
    }

    #[test]
    fn asks_for_nothing_without_a_line() {
        assert_eq!(leads_wanted(&Snapshot { lines_up: 0, ..Snapshot::sample() }), 0);
        assert_eq!(leads_wanted(&Snapshot { calls_per_second_max: 0.0, ..Snapshot::sample() }), 0);
        assert_eq!(
            leads_wanted(&Snapshot { calls_per_second_max: f64::NAN, line_calls_per_second: f64::NAN, ..Snapshot::sample() }),
            0
        );
    }
}
