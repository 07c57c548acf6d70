//! How fast and how many at once: one gate per tenant or endpoint.

use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Gate {
    room: Semaphore,
    next: Mutex<Instant>,
}

impl Gate {
    pub fn new(at_once: usize) -> Self {
        Self { room: Semaphore::new(at_once), next: Mutex::new(Instant::now()) }
    }

    /// Waits for room and for the next slot at `per_second`; none when neither comes before `until`.
    pub async fn pass(&self, per_second: u32, until: Instant) -> Option<SemaphorePermit<'_>> {
        let permit = tokio::time::timeout_at(until, self.room.acquire()).await.ok()?.ok()?;
        let slot = {
            let mut next = self.next.lock().await;
            let slot = (*next).max(Instant::now());
            if slot > until {
                return None;
            }
            *next = slot + Duration::from_secs(1) / per_second.max(1);
            slot
        };
        tokio::time::sleep_until(slot).await;
        Some(permit)
    }
}
