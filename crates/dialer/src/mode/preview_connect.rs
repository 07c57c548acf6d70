//! Preview-connect mode: as preview, with the agent on the line before the lead is dialled, so that not even a second passes
//! between the answer and the first word.

use super::{Snapshot, preview};

/// Leads to show to agents now; those without a line to their phone get none.
pub fn shows(s: &Snapshot) -> u32 {
    preview::shows(&Snapshot { ready: s.ready.min(s.connected), ..*s })
}

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    s.leads_for(shows(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_agents_on_the_line_get_a_lead() {
        let s = Snapshot { agents: 5, ready: 4, connected: 2, shown: 1, lines_up: 1, hand_max: 100, ..Snapshot::default() };
        assert_eq!(shows(&s), 1);
        assert_eq!(shows(&Snapshot { connected: 0, ..s }), 0);
    }
}
