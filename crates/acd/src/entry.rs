//! One caller's place.

use crate::io::Ask;
use model::record::{Need, Rung};
use model::{AgentId, At, QueueEntryId, QueueId, ReservationId};
use std::collections::BTreeMap;

const RUNG_MAX: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Waiting,
    Offered(AgentId, ReservationId),
}

/// The caller hung up and is to be called.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) number: String,
    /// Tries that did not reach them.
    pub(crate) attempts: u32,
    pub(crate) not_before: At,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) ask: Ask,
    pub(crate) queue: QueueId,
    pub(crate) ordinal: u32,
    pub(crate) came_at: At,
    /// Into this queue.
    pub(crate) entered_at: At,
    /// Smallest first.
    pub(crate) rank: At,
    pub(crate) place: Place,
    /// Asked for by the queue and the caller.
    pub(crate) needs: Vec<Need>,
    /// Steps by which the levels have sunk.
    pub(crate) relaxed: u8,
    /// Waits for this agent alone, until then.
    pub(crate) lock: Option<(AgentId, At)>,
    /// Has waited so once in this queue.
    pub(crate) lock_spent: bool,
    /// Not to be offered to these again before.
    pub(crate) skipped: BTreeMap<AgentId, At>,
    pub(crate) visited: Vec<QueueId>,
    /// Overflow rules that were tried.
    pub(crate) overflow_done: usize,
    pub(crate) wait_until: At,
    pub(crate) longest_at: Option<At>,
    /// The choices were offered; until then.
    pub(crate) choosing: Option<At>,
    pub(crate) announce_at: Option<At>,
    pub(crate) long_wait_at: Option<At>,
    /// Until they are on the line.
    pub(crate) callback: Option<Callback>,
    pub(crate) was_callback: bool,
    pub(crate) rung: Vec<Rung>,
}

impl Entry {
    pub(crate) const fn id(&self) -> QueueEntryId {
        self.ask.entry
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.place == Place::Waiting
    }

    /// The level asked for, after what has been relaxed.
    pub(crate) fn level(&self, need: Need) -> u8 {
        need.level_min.saturating_sub(self.relaxed).max(1)
    }

    pub(crate) fn can_relax(&self) -> bool {
        self.needs.iter().any(|n| self.level(*n) > 1)
    }

    pub(crate) fn add_rung(&mut self, rung: Rung) {
        if self.rung.len() >= RUNG_MAX {
            self.rung.remove(0);
        }
        self.rung.push(rung);
    }
}
