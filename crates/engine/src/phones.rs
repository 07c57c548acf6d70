//! The phones that are registered with the switch: shown to the rooms above, and saved so that a restart does not silence them.

use crate::drive::{Engine, now};
use model::record::{Ban, Registration};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use store::Store;
use switch::{SipSocket, Switch};
use tokio::sync::watch;

/// How often who is registered is saved, where it changed. A phone that registers in between registers again by itself.
const SAVE_EVERY: Duration = Duration::from_secs(15);

impl Engine {
    /// Who is registered now, of all extensions.
    pub fn registrations(&self) -> Vec<Registration> {
        self.switch.as_ref().map(|s| s.registrations().into_values().flatten().collect()).unwrap_or_default()
    }

    /// Addresses that the switch does not listen to now.
    pub fn bans(&self) -> Vec<Ban> {
        self.switch.as_ref().map(Switch::bans).unwrap_or_default()
    }

    /// Listens to an address again. False: it was not banned.
    pub fn unban(&self, ip: IpAddr) -> bool {
        self.switch.as_ref().is_some_and(|s| s.unban(ip))
    }

    /// Hands a WebSocket with the subprotocol `sip` to the switch. `None`: it is not wanted.
    pub async fn accept_web(&self, peer: SocketAddr, secure: bool) -> Option<SipSocket> {
        self.switch.as_ref()?.accept_web(peer, secure).await
    }

    /// Where SIP is listened for: by UDP and TCP, and by TLS.
    pub fn sip_addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        (self.switch.as_ref().map(Switch::local_addr), self.switch.as_ref().and_then(Switch::local_tls_addr))
    }
}

/// Saves those who can be reached again without a connection, until the engine is idle for good.
pub(crate) async fn save(store: Store, switch: Switch, mut idle: watch::Receiver<bool>) {
    let mut saved: Option<Vec<Registration>> = None;
    loop {
        let over = tokio::time::timeout(SAVE_EVERY, idle.wait_for(|idle| *idle)).await.is_ok();
        let mut now_here: Vec<Registration> = switch.registrations().into_values().flatten().collect();
        now_here.retain(|r| r.transport == "udp");
        let kept = |r: &Registration| Registration { latency_ms: None, reachable: true, ..r.clone() };
        let now_here: Vec<Registration> = now_here.iter().map(kept).collect();
        if saved.as_ref() != Some(&now_here) {
            match store.save_registrations(&now_here, now()).await {
                Ok(()) => saved = Some(now_here),
                Err(error) => tracing::warn!(%error, "registrations were not saved; trying again"),
            }
        }
        if over {
            return;
        }
    }
}
