//! The intervals as a store would keep them: begun once, ended once, without a gap.

use acd::Output;
use model::AgentId;
use model::record::StateInterval;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Ledger {
    /// The last one of each agent.
    open: BTreeMap<AgentId, StateInterval>,
    ended: Vec<StateInterval>,
    pub count: u64,
    forget: bool,
}

impl Ledger {
    /// Keeps counts alone, for long runs.
    pub fn counting() -> Self {
        Self { forget: true, ..Self::default() }
    }

    pub fn note(&mut self, out: &Output) {
        let Output::Interval(i) = out else { return };
        let last = self.open.remove(&i.agent_id);
        if let Some(ended_at) = i.ended_at {
            let begun = last.expect("an interval ends that never began");
            assert_eq!(StateInterval { ended_at: None, ..i.clone() }, begun, "changed under way");
            assert!(ended_at >= i.started_at);
            self.count += 1;
            if !self.forget {
                self.ended.push(i.clone());
            }
            // What follows begins at this moment; `open` keeps the end for it.
            self.open.insert(i.agent_id, i.clone());
            return;
        }
        if let Some(last) = last {
            assert_eq!(last.ended_at, Some(i.started_at), "a gap or two at once: {last:?}, {i:?}");
            let next = if last.session_id == i.session_id { last.ordinal + 1 } else { 0 };
            assert_eq!(i.ordinal, next);
        }
        self.open.insert(i.agent_id, i.clone());
    }

    pub fn ended(&self, agent: AgentId) -> impl Iterator<Item = &StateInterval> {
        self.ended.iter().filter(move |i| i.agent_id == agent)
    }
}
