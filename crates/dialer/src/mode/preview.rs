//! Preview mode: a ready agent is shown a lead first and has it dialled. Preview-connect is the same with the agent on the line
//! already. Nothing is dialled by itself, so that nobody can be abandoned.

use super::Snapshot;

/// Leads to show to agents now: one for every ready agent who has none.
pub fn shows(s: &Snapshot) -> u32 {
    s.ready.saturating_sub(s.shown)
}

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(shows(s))
}

/// What becomes of a lead that is shown, when the countdown of the task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Countdown {
    /// None: it waits for the agent.
    Off,
    /// Dialled.
    Dial,
    /// Goes back to the list.
    Skip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// So many ms are left.
    Wait(u32),
    Dial,
    Skip,
    /// The agent decides.
    Ask,
}

/// After `shown_ms` of a countdown of `limit_ms`.
pub fn next(countdown: Countdown, shown_ms: u32, limit_ms: u32) -> Next {
    match countdown {
        Countdown::Off => Next::Ask,
        _ if shown_ms < limit_ms => Next::Wait(limit_ms - shown_ms),
        Countdown::Dial => Next::Dial,
        Countdown::Skip => Next::Skip,
    }
}

/// Whether an agent may skip one more: `skips_max` an hour, none: as many as they like.
pub fn may_skip(skipped_in_hour: u32, skips_max: Option<u32>) -> bool {
    skips_max.is_none_or(|max| skipped_in_hour < max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lead_for_every_ready_agent() {
        let s = Snapshot { agents: 5, ready: 3, shown: 1, lines_up: 1, hand_max: 100, ..Snapshot::default() };
        assert_eq!(shows(&s), 2);
        assert_eq!(shows(&Snapshot { shown: 4, ..s }), 0);
        assert!(leads_wanted(&s) >= 2);
    }

    #[test]
    fn countdowns() {
        assert_eq!(next(Countdown::Off, 90_000, 30_000), Next::Ask);
        assert_eq!(next(Countdown::Dial, 10_000, 30_000), Next::Wait(20_000));
        assert_eq!(next(Countdown::Dial, 30_000, 30_000), Next::Dial);
        assert_eq!(next(Countdown::Skip, 31_000, 30_000), Next::Skip);
        assert_eq!(next(Countdown::Dial, 0, 0), Next::Dial);
    }

    #[test]
    fn skips_run_out() {
        assert!(may_skip(1_000, None));
        assert!(may_skip(2, Some(3)));
        assert!(!may_skip(3, Some(3)));
        assert!(!may_skip(0, Some(0)));
    }
}
