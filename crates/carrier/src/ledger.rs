//! What the network saw: one entry per call, for books that must balance.

use model::At;
use parking_lot::Mutex;
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The number called, as dialled; for a call into the system, the number that called.
    pub number: String,
    pub caller: String,
    pub called_in: bool,
    pub offered_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: Option<At>,
    /// Keys pressed so far.
    pub keys: String,
    /// Something was heard after the last key: the system confirmed it.
    pub confirmed: bool,
    /// Heard anything at all.
    pub heard: bool,
}

/// Shared, append-only.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<Vec<Entry>>>);

impl Ledger {
    pub(crate) fn open(&self, entry: Entry) -> usize {
        let mut all = self.0.lock();
        all.push(entry);
        all.len() - 1
    }

    pub(crate) fn change(&self, index: usize, f: impl FnOnce(&mut Entry)) {
        if let Some(e) = self.0.lock().get_mut(index) {
            f(e);
        }
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().clone()
    }
}
