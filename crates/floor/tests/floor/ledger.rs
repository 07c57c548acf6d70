//! What was written down of people: each call, stay and interval once, whatever was written twice being the same.

use model::fact::Fact;
use model::record::{AgentState, Call, QueueEntry, StateInterval};
use model::{AgentId, AgentSessionId, AttemptId, CallId, Disposition, LeadId, LegId, QueueEntryId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Ledger {
    pub calls: BTreeMap<CallId, Call>,
    legs: BTreeMap<LegId, CallId>,
    pub entries: BTreeMap<(QueueEntryId, u32), QueueEntry>,
    pub intervals: BTreeMap<(AgentSessionId, u32), StateInterval>,
    attempts: BTreeMap<AttemptId, Disposition>,
    pub ended: BTreeMap<Disposition, u32>,
    pub skipped: Vec<LeadId>,
    wrong: Vec<String>,
}

impl Ledger {
    pub fn write(&mut self, fact: Fact) {
        match fact {
            Fact::CallEnded { call, .. } => self.call(*call),
            Fact::AttemptEnded { end, call, .. } => {
                // Offered again where the store was slow to say that it is written.
                match self.attempts.insert(end.id, end.disposition) {
                    None => *self.ended.entry(end.disposition).or_default() += 1,
                    Some(old) if old == end.disposition => {}
                    Some(_) => self.wrong.push(format!("attempt {} ends twice", end.id)),
                }
                if let Some(call) = call {
                    self.call(*call);
                }
            }
            Fact::LeadSkipped { lead, .. } => self.skipped.push(lead),
            Fact::QueueEntry(entry) => {
                let key = (entry.id, entry.ordinal);
                if let Some(old) = self.entries.insert(key, (*entry).clone())
                    && old != *entry
                {
                    self.wrong.push(format!("two stays {key:?}: {old:?}\n{entry:?}"));
                }
            }
            Fact::Interval(interval) => {
                let key = (interval.session_id, interval.ordinal);
                let old = self.intervals.get(&key);
                // The end may be written before the beginning is, where the store was slow to say so.
                if old.is_none_or(|o| o.ended_at.is_none()) {
                    self.intervals.insert(key, *interval);
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, call: Call) {
        for leg in &call.legs {
            if self.legs.insert(leg.id, call.id).is_some_and(|c| c != call.id) {
                self.wrong.push(format!("leg {} has two records", leg.id));
            }
            if leg.ended_at < leg.started_at {
                self.wrong.push(format!("leg {} ends before it begins", leg.id));
            }
        }
        let ids: BTreeSet<LegId> = call.legs.iter().map(|l| l.id).collect();
        for talk in &call.talks {
            let times = talk.ended_at >= talk.answered_at.unwrap_or(talk.rung_at);
            let talked_ms = talk.answered_at.map_or(0, |at| talk.ended_at.since_ms(at));
            if !ids.contains(&talk.leg_id) || !times || i64::from(talk.held_ms) > talked_ms {
                self.wrong.push(format!("call {}: {talk:?}", call.id));
            }
        }
        if let Some(old) = self.calls.insert(call.id, call.clone())
            && old != call
        {
            self.wrong.push(format!("call {} is written twice, differently", call.id));
        }
    }

    pub fn check(&self) -> Result<(), String> {
        if let Some(wrong) = self.wrong.first() {
            return Err(wrong.clone());
        }
        for (id, ordinal) in self.entries.keys() {
            if *ordinal > 0 && !self.entries.contains_key(&(*id, ordinal - 1)) {
                return Err(format!("entry {id} has no stay {}", ordinal - 1));
            }
        }
        for entry in self.entries.values() {
            if entry.ended_at < entry.entered_at || entry.call_id.is_some_and(|c| !self.calls.contains_key(&c)) {
                return Err(format!("stay of no call: {entry:?}"));
            }
        }
        self.check_intervals()
    }

    fn check_intervals(&self) -> Result<(), String> {
        let mut of_agent: BTreeMap<AgentId, Vec<&StateInterval>> = BTreeMap::new();
        for interval in self.intervals.values() {
            of_agent.entry(interval.agent_id).or_default().push(interval);
        }
        for (agent, mut all) in of_agent {
            all.sort_by_key(|i| (i.session_id, i.ordinal));
            for pair in all.windows(2) {
                // An agent whose record was removed begins anew.
                let anew = pair[0].state == AgentState::Off && pair[0].ended_at.is_none();
                if pair[0].ended_at != Some(pair[1].started_at) && !anew {
                    return Err(format!("a gap of agent {agent}: {:?}\n{:?}", pair[0], pair[1]));
                }
            }
            if let Some(last) = all.last().filter(|i| i.state != AgentState::Off || i.ended_at.is_some()) {
                return Err(format!("agent {agent} is left {last:?}"));
            }
        }
        Ok(())
    }

    pub fn figures(&self) -> BTreeMap<String, u32> {
        let mut figures = BTreeMap::new();
        let mut count = |what: String| *figures.entry(what).or_default() += 1;
        for call in self.calls.values() {
            count(format!("call {:?}", call.disposition));
            call.talks.iter().for_each(|t| count(format!("talk answered={}", t.answered_at.is_some())));
            if call.satisfaction.is_some() {
                count("rated".into());
            }
        }
        for (disposition, n) in &self.ended {
            (0..*n).for_each(|_| count(format!("attempt {disposition:?}")));
        }
        self.skipped.iter().for_each(|_| count("skipped".into()));
        self.entries.values().for_each(|e| count(format!("stay {:?}", e.outcome)));
        figures
    }
}
