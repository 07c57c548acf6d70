//! D2: which of the agents who are free and fit.

use model::record::Strategy;
use model::{AgentId, At};

/// What the strategies look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) agent: AgentId,
    pub(crate) place: u32,
    pub(crate) calls: u32,
    pub(crate) talk_ms: i64,
    pub(crate) idle_since: At,
    /// Sum of the levels in the skills asked for.
    pub(crate) skill: u32,
}

/// The one whose key is smallest; the last part of each key is the id, so that there is always one.
pub(crate) fn pick(
    strategy: Strategy,
    cursor: Option<(u32, AgentId)>,
    candidates: impl Iterator<Item = Candidate>,
) -> Option<AgentId> {
    let key = |c: &Candidate| -> (i64, i64, AgentId) {
        let (idle, place) = (c.idle_since.ms(), i64::from(c.place));
        match strategy {
            Strategy::RoundRobin => (i64::from(cursor.is_some_and(|last| (c.place, c.agent) <= last)), place, c.agent),
            Strategy::FewestCalls => (i64::from(c.calls), idle, c.agent),
            Strategy::LeastTalk => (c.talk_ms, idle, c.agent),
            Strategy::FixedOrder => (place, 0, c.agent),
            Strategy::LongestIdle => (idle, 0, c.agent),
            Strategy::SkillBased => (-i64::from(c.skill), idle, c.agent),
        }
    };
    candidates.min_by_key(key).map(|c| c.agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn candidate(agent: i64, place: u32, calls: u32, talk_ms: i64, idle: i64, skill: u32) -> Candidate {
        Candidate { agent: AgentId(agent), place, calls, talk_ms, idle_since: At(idle), skill }
    }

    const THREE: [Candidate; 3] =
        [candidate(1, 30, 5, 900, 300, 4), candidate(2, 10, 4, 950, 200, 9), candidate(3, 20, 6, 100, 100, 9)];

    fn best(strategy: Strategy, cursor: Option<(u32, AgentId)>) -> i64 {
        pick(strategy, cursor, THREE.into_iter()).unwrap().0
    }

    #[test]
    fn d2_each_strategy_by_its_own_figure() {
        assert_eq!(best(Strategy::FewestCalls, None), 2);
        assert_eq!(best(Strategy::LeastTalk, None), 3);
        assert_eq!(best(Strategy::FixedOrder, None), 2);
        assert_eq!(best(Strategy::LongestIdle, None), 3);
        assert_eq!(best(Strategy::SkillBased, None), 3, "of two equals the one longer idle");
        assert_eq!(pick(Strategy::FixedOrder, None, std::iter::empty()), None);
    }

    #[test]
    fn d2_the_round_goes_on_after_the_last_and_begins_anew() {
        assert_eq!(best(Strategy::RoundRobin, None), 2);
        assert_eq!(best(Strategy::RoundRobin, Some((10, AgentId(2)))), 3);
        assert_eq!(best(Strategy::RoundRobin, Some((20, AgentId(3)))), 1);
        assert_eq!(best(Strategy::RoundRobin, Some((30, AgentId(1)))), 2);
    }
}
