//! What one pacing thread counts, read by anybody.

use super::api::{LATENESS_US, MediaCounters};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Written by one thread only; the reader may see one field a packet ahead of another.
#[derive(Debug, Default)]
pub struct WorkerCounters {
    pub legs: AtomicU64,
    pub sent: AtomicU64,
    pub received: AtomicU64,
    pub strangers: AtomicU64,
    pub rejects: AtomicU64,
    pub forged: AtomicU64,
    pub replayed: AtomicU64,
    pub send_errors: AtomicU64,
    pub lateness: [AtomicU64; 9],
    pub clock_slips: AtomicU64,
    pub record_blocks_dropped: AtomicU64,
    pub tap_samples_dropped: AtomicU64,
    pub frames_not_encoded: AtomicU64,
}

/// Adds without a locked instruction: there is one writer.
pub fn bump(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

impl WorkerCounters {
    pub fn late_by(&self, ns: u64) {
        let us = u32::try_from(ns / 1_000).unwrap_or(u32::MAX);
        let bucket = LATENESS_US.iter().position(|b| us <= *b).unwrap_or(LATENESS_US.len());
        bump(&self.lateness[bucket], 1);
    }

    pub fn add_to(&self, sum: &mut MediaCounters) {
        let get = |c: &AtomicU64| c.load(Relaxed);
        sum.legs += get(&self.legs);
        sum.packets_sent += get(&self.sent);
        sum.packets_received += get(&self.received);
        sum.strangers += get(&self.strangers);
        sum.rejects += get(&self.rejects);
        sum.forged += get(&self.forged);
        sum.replayed += get(&self.replayed);
        sum.send_errors += get(&self.send_errors);
        for (s, b) in sum.lateness.iter_mut().zip(&self.lateness) {
            *s += get(b);
        }
        sum.clock_slips += get(&self.clock_slips);
        sum.record_blocks_dropped += get(&self.record_blocks_dropped);
        sum.frames_not_encoded += get(&self.frames_not_encoded);
        sum.tap_samples_dropped += get(&self.tap_samples_dropped);
    }
}
