//! What happens to leads by time alone.

use crate::now;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(5);

/// Runs until shutdown: first the filters that a killed process did not apply to the end, then, every few seconds, the leads whose
/// time is over.
pub async fn run(store: Store, shutdown: CancellationToken) {
    match store.unapplied_lists().await {
        Ok(lists) => {
            for list in lists {
                if let Err(error) = store.apply_filter(list.tenant_id, list.id).await {
                    tracing::warn!(%error, list = %list.id, "a list's filter was not applied; its leads wait until it is saved again");
                }
            }
        }
        Err(error) => tracing::warn!(%error, "filters of lists were not looked at"),
    }
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(clock.tick()).await.is_some() {
        if let Err(error) = store.expire_leads(now()).await {
            tracing::warn!(%error, "leads whose time is over were not ended; trying again soon");
        }
    }
}
