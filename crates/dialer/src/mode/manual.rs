//! Manual mode: agents pick leads themselves; the task only keeps a page of them ready.

use super::Snapshot;

/// Leads to hold per agent: what a page shows.
const PAGE: u32 = 5;

/// Leads to ask the store for now.
pub fn leads_wanted(s: &Snapshot) -> u32 {
    let target = s.agents.saturating_mul(PAGE).min(s.hand_max);
    let have = s.in_hand.saturating_add(s.asked);
    if have > target / 2 { 0 } else { target - have }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_every_agent() {
        let s = Snapshot { agents: 4, hand_max: 100, ..Snapshot::default() };
        assert_eq!(leads_wanted(&s), 20);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 5, asked: 2, ..s }), 13);
        assert_eq!(leads_wanted(&Snapshot { in_hand: 11, ..s }), 0);
        assert_eq!(leads_wanted(&Snapshot { agents: 0, ..s }), 0);
        assert_eq!(leads_wanted(&Snapshot { agents: 1_000, ..s }), 100);
    }
}
