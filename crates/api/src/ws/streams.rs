//! Who has streams open: so many each, and a word to them when it must be looked whether they may still read.

use parking_lot::Mutex;
use std::collections::HashMap;
use tokio::sync::watch;

const PER_PRINCIPAL_MAX: usize = 20;

/// By [`crate::principal::Principal::key`]; a stream is open as long as its receiver lives.
#[derive(Debug, Default)]
pub struct Streams {
    open: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Streams {
    /// None when the principal has as many as it may.
    pub fn open(&self, principal: &str) -> Option<watch::Receiver<()>> {
        let mut open = self.open.lock();
        open.retain(|_, streams| streams.receiver_count() > 0);
        let streams = open.entry(principal.to_owned()).or_insert_with(|| watch::channel(()).0);
        (streams.receiver_count() < PER_PRINCIPAL_MAX).then(|| streams.subscribe())
    }

    /// The principal has signed out, or lost a right, or its key: its streams look at once.
    pub fn look_again(&self, principal: &str) {
        if let Some(streams) = self.open.lock().get(principal) {
            streams.send_replace(());
        }
    }

    /// What many may see has changed: all look at once.
    pub fn all_look_again(&self) {
        self.open.lock().values().for_each(|streams| streams.send_modify(|()| {}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_each_and_no_more() {
        let streams = Streams::default();
        let mut held: Vec<_> = (0..PER_PRINCIPAL_MAX).map(|_| streams.open("user:1").unwrap()).collect();
        assert!(streams.open("user:1").is_none());
        assert!(streams.open("user:2").is_some());
        held.pop();
        let last = streams.open("user:1").unwrap();
        streams.look_again("user:1");
        assert!(last.has_changed().unwrap());
        drop((held, last));
        assert!(streams.open("user:3").is_some());
        assert_eq!(streams.open.lock().len(), 1, "who has gone is forgotten");
    }
}
