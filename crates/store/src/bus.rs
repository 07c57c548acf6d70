//! The bus within one process: every stored event after its commit, in the order of seq, and live figures with seq 0.

use model::event::DomainEvent;
use model::{At, TenantId};
use std::sync::Arc;
use tokio::sync::broadcast;

/// How far a subscriber may fall behind before it is told that it missed events and reads them from the store.
const BACKLOG: usize = 8_192;

#[derive(Clone, Debug)]
pub struct Bus {
    sender: broadcast::Sender<Arc<DomainEvent>>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }
}

impl Bus {
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<DomainEvent>> {
        self.sender.subscribe()
    }

    /// Figures a screen shows and forgets: not stored, seq 0.
    pub fn live(&self, tenant: TenantId, kind: &str, data: serde_json::Value, now: At) {
        self.publish(DomainEvent { seq: 0, tenant_id: tenant, kind: kind.into(), ts: now, data });
    }

    /// Nobody listening is no error.
    pub(crate) fn publish(&self, event: DomainEvent) {
        let _ = self.sender.send(Arc::new(event));
    }
}
