//! Whose turn it is among lists of one priority: smooth weighted round robin, so that a list of weight 3 beside one of weight 1
//! gives three of four leads, however few are asked for at once, and the small one is never left out.

use model::LeadListId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What each list is owed. Of this process alone: several share out by weight each for itself.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    owed: Mutex<BTreeMap<LeadListId, i64>>,
}

impl Turns {
    /// The next `n` turns.
    pub fn next(&self, lists: &[(LeadListId, u32)], n: usize) -> Vec<LeadListId> {
        if let [(only, _)] = lists {
            return vec![*only; n];
        }
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        let total: i64 = lists.iter().map(|(_, weight)| i64::from(*weight)).sum();
        let mut turns = Vec::with_capacity(n);
        for _ in 0..n {
            for (list, weight) in lists {
                *owed.entry(*list).or_default() += i64::from(*weight);
            }
            let most = lists.iter().max_by_key(|(list, _)| (owed.get(list).copied(), std::cmp::Reverse(*list)));
            let Some((list, _)) = most else { break };
            *owed.entry(*list).or_default() -= total;
            turns.push(*list);
        }
        turns
    }

    /// These have nothing due: what they could not give is not owed to them later.
    pub fn rest(&self, lists: impl Iterator<Item = LeadListId>) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        for list in lists {
            owed.remove(&list);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_the_weights_whatever_is_asked_for_at_once() {
        let lists = [(LeadListId(1), 70), (LeadListId(2), 20), (LeadListId(3), 10)];
        for step in [1, 3, 7, 100] {
            let turns = Turns::default();
            let mut all = Vec::new();
            while all.len() < 700 {
                all.extend(turns.next(&lists, step));
            }
            for (list, weight) in lists {
                let got = all[..700].iter().filter(|l| **l == list).count();
                assert_eq!(got, usize::try_from(weight).unwrap() * 7, "{list} in steps of {step}");
            }
            let third = all.iter().position(|l| *l == LeadListId(3)).unwrap();
            assert!(third < 10, "the small one came only {third}th");
        }
    }

    #[test]
    fn a_list_that_had_nothing_is_owed_nothing() {
        let (turns, lists) = (Turns::default(), [(LeadListId(1), 1), (LeadListId(2), 1)]);
        for _ in 0..50 {
            turns.next(&lists, 1);
            turns.rest([LeadListId(2)].into_iter());
        }
        let next = turns.next(&lists, 10);
        assert!(next.iter().filter(|l| **l == LeadListId(2)).count() <= 6, "{next:?}");
    }
}
