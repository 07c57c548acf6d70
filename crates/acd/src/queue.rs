//! A queue as the room sees it: rules, members, those who wait, figures.

use crate::level::Level;
use model::record::{CallerClass, Membership};
use model::{AgentId, At, QueueEntryId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Before the first call is over.
const HANDLE_MS: i64 = 180_000;

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) record: Membership,
    /// By the calendar, now.
    pub(crate) active: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) record: Arc<model::record::Queue>,
    pub(crate) members: BTreeMap<AgentId, Member>,
    /// By rank: the time of arrival less the head start. Those offered are not among them.
    pub(crate) waiting: BTreeSet<(At, QueueEntryId)>,
    /// Who was offered a caller last, in the round.
    pub(crate) cursor: Option<(u32, AgentId)>,
    pub(crate) open: bool,
    /// Mean time a call keeps an agent.
    pub(crate) handle_ms: i64,
    pub(crate) level: Level,
    pub(crate) alarmed: bool,
    /// Its members take nobody of their other groups.
    pub(crate) dedicated: bool,
}

impl Queue {
    pub(crate) fn new(record: Arc<model::record::Queue>) -> Self {
        Self {
            record,
            members: BTreeMap::new(),
            waiting: BTreeSet::new(),
            cursor: None,
            open: true,
            handle_ms: HANDLE_MS,
            level: Level::default(),
            alarmed: false,
            dedicated: false,
        }
    }

    pub(crate) fn is_member(&self, agent: AgentId) -> bool {
        self.members.get(&agent).is_some_and(|m| m.active)
    }

    pub(crate) fn head_start_ms(&self, classes: &BTreeSet<CallerClass>) -> i64 {
        classes.iter().filter_map(|c| self.record.head_start_ms.get(c)).copied().max().unwrap_or(0)
    }

    /// From 1.
    pub(crate) fn position(&self, rank: At, entry: QueueEntryId) -> u32 {
        u32::try_from(self.waiting.range(..(rank, entry)).count()).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= self.record.capacity as usize
    }

    pub(crate) const fn handled(&mut self, ms: i64) {
        self.handle_ms += (ms - self.handle_ms) / 8;
        if self.handle_ms < 1 {
            self.handle_ms = 1;
        }
    }
}
