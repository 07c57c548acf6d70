//! Preview mode: a ready agent is shown a lead first and has it dialled. Preview-connect is the same with the agent on the line
//! already. Nothing is dialled by itself, so that nobody can be abandoned.

use super::Snapshot;

/// Leads to show to agents now: one for every ready agent. Who looks at one is kept for it, and not ready.
pub const fn shows(s: &Snapshot) -> u32 {
    s.ready
}

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(shows(s))
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
        let s = Snapshot { agents: 5, ready: 3, lines_up: 1, hand_max: 100, ..Snapshot::default() };
        assert_eq!(shows(&s), 3);
        assert_eq!(leads_wanted(&s), 8, "and one for everybody who will be");
        assert_eq!(leads_wanted(&Snapshot { in_hand: 5, ..s }), 0);
    }

    #[test]
    fn skips_run_out() {
        assert!(may_skip(1_000, None));
        assert!(may_skip(2, Some(3)));
        assert!(!may_skip(3, Some(3)));
        assert!(!may_skip(0, Some(0)));
    }
}
