//! Desks that are open: the floor is told when an agent's last stream has gone, so that a closed page is noticed.

use engine::Engine;
use model::AgentId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// How many streams each agent has open.
#[derive(Clone, Debug, Default)]
pub struct Links(Arc<Mutex<HashMap<AgentId, u32>>>);

/// One stream of an agent.
pub struct Link {
    links: Links,
    engine: Engine,
    agent: AgentId,
}

impl Links {
    pub fn open(&self, engine: &Engine, agent: AgentId) -> Link {
        let mut open = self.0.lock();
        *open.entry(agent).or_default() += 1;
        // While the lock is held: the floor hears of openings and closings in their order.
        engine.link(agent, true);
        Link { links: self.clone(), engine: engine.clone(), agent }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut open = self.links.0.lock();
        let left = open.get_mut(&self.agent).map_or(0, |n| {
            *n -= 1;
            *n
        });
        if left == 0 {
            open.remove(&self.agent);
            self.engine.link(self.agent, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_there_as_long_as_one_stream_is() {
        let (links, engine) = (Links::default(), Engine::detached());
        let (first, second) = (links.open(&engine, AgentId(1)), links.open(&engine, AgentId(1)));
        drop(first);
        assert_eq!(links.0.lock().get(&AgentId(1)), Some(&1));
        drop(second);
        assert!(links.0.lock().is_empty());
    }
}
