//! Between the legs and the ears.

use super::Exchange;
use crate::ears::{Report, Shelf};
use model::LegId;
use model::telephony::{Detect, Event};
use std::path::PathBuf;

/// What is kept of a leg that is listened to, and where it goes.
#[derive(Debug)]
pub(crate) struct Kept {
    shelf: Shelf,
    path: Option<String>,
}

impl Exchange {
    pub(super) fn detect(&mut self, detect: Detect) {
        let (ring, shelf) = self.ears.listen(&detect);
        self.media.tap(detect.leg, ring);
        self.kept.insert(detect.leg, Kept { shelf, path: detect.keep });
    }

    /// A person is there, or nobody wants to know any more.
    pub(super) fn stop_detect(&mut self, leg: LegId) {
        if self.kept.remove(&leg).is_some() {
            self.ears.stop(leg);
        }
    }

    pub(super) fn on_ears(&self, (leg, heard): Report) {
        // A verdict that crosses the order to stop is not wanted any more.
        if self.kept.contains_key(&leg) && self.legs.get(&leg).is_some_and(|l| !l.ended()) {
            self.emit(Event::Heard { leg, heard });
        }
    }

    /// The leg is over: what was kept is told of before its end, and written meanwhile.
    pub(super) fn put_away(&mut self, leg: LegId) {
        let Some(kept) = self.kept.remove(&leg) else { return };
        self.ears.stop(leg);
        let (Some(path), Some((wav, duration_ms))) = (kept.path, kept.shelf.take()) else { return };
        let bytes = wav.len() as u64;
        self.emit(Event::Kept { leg, path: path.clone(), duration_ms, bytes });
        tokio::task::spawn_blocking(move || {
            if let Err(error) = write(&path, &wav) {
                tracing::error!(%leg, path, %error, "what was heard could not be kept");
            }
        });
    }
}

fn write(path: &str, wav: &[u8]) -> std::io::Result<()> {
    let path = PathBuf::from(path);
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(path, wav)
}
