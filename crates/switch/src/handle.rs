//! The handle every other room holds.

use crate::ears::Ears;
use crate::exchange::{Ask, Exchange, Held, Inputs, LegInfo, LegTrace, Shared};
use crate::rtp::{MediaConfig, MediaCounters, MediaPool};
use crate::sip::port::Port;
use crate::sip::stream::SipSocket;
use crate::sip::trace::TraceBook;
use crate::{SwitchConfig, SwitchError};
use model::record::{Ban, Extension, Registration, Trunk};
use model::telephony::{Command, Event, TrunkState};
use model::{ExtensionId, LegId, OpId, TenantId, TrunkId};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Traces that wait for their reader.
const TRACES_MAX: usize = 4_096;

/// A running switch. Cheap to clone; the switch runs until [`Switch::shutdown`].
#[derive(Clone)]
pub struct Switch {
    inner: Arc<Inner>,
}

struct Inner {
    asks: mpsc::UnboundedSender<Ask>,
    local: SocketAddr,
    local_tls: Option<SocketAddr>,
    /// Until shutdown: it holds the sockets.
    port: Mutex<Option<Port>>,
    shared: Arc<Shared>,
    media: MediaPool,
    traces: Mutex<Option<mpsc::Receiver<LegTrace>>>,
    book: Arc<TraceBook>,
    ears: Ears,
}

impl std::fmt::Debug for Switch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Switch").field("local", &self.local_addr()).field("legs", &self.legs()).finish()
    }
}

impl Switch {
    /// Opens the sockets and starts the tasks.
    ///
    /// # Errors
    /// [`SwitchError`] names the port that is taken or the setting that is wrong.
    pub async fn start(config: SwitchConfig) -> Result<(Self, mpsc::UnboundedReceiver<Event>), SwitchError> {
        let (from, to) = (*config.rtp_ports.start(), *config.rtp_ports.end());
        if to <= from {
            return Err(SwitchError::RtpPorts { from, to });
        }
        let (port, port_events) = Port::open(&config).await?;
        let media_config = MediaConfig {
            bind: config.bind.ip(),
            port_min: from,
            port_max: to,
            workers: config.media_workers,
            ..MediaConfig::default()
        };
        let (media, media_events) = match MediaPool::start(media_config) {
            Ok(started) => started,
            Err(e) => {
                port.close();
                return Err(SwitchError::Media { from, to, reason: e.to_string() });
            }
        };
        let (to_core, from_media) = mpsc::unbounded_channel();
        // The media threads know no tokio; one thread carries what they report. It ends with them.
        let carry = move || while media_events.recv().is_ok_and(|event| to_core.send(event).is_ok()) {};
        std::thread::Builder::new().name("media-events".into()).spawn(carry).map_err(|e| SwitchError::Media {
            from,
            to,
            reason: e.to_string(),
        })?;
        let (events, receiver) = mpsc::unbounded_channel();
        let (asks, asks_rx) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let (told, traces) = mpsc::channel(TRACES_MAX);
        let (book, traces) = (port.trace().clone(), Mutex::new(Some(traces)));
        let (reports, from_ears) = mpsc::unbounded_channel();
        let ears =
            Ears::start(reports).map_err(|e| SwitchError::Media { from, to, reason: format!("no thread for the ears: {e}") })?;
        let (core, found) = Exchange::new(&config, port.clone(), media.clone(), ears.clone(), events, shared.clone(), Some(told));
        let inputs = Inputs { asks: asks_rx, port: port_events, media: from_media, ears: from_ears };
        tokio::spawn(core.run(inputs, found));
        let (local, local_tls, port) = (port.local(), port.local_tls(), Mutex::new(Some(port)));
        let inner = Inner { asks, local, local_tls, port, shared, media, ears, traces, book };
        Ok((Self { inner: Arc::new(inner) }, receiver))
    }

    /// The SIP messages of every leg that ends from now on; the first to ask has them, and they are kept only when somebody
    /// does. A reader that falls behind loses some.
    pub fn traces(&self) -> Option<mpsc::Receiver<LegTrace>> {
        let traces = self.inner.traces.lock().take();
        if traces.is_some() {
            self.inner.book.switch_on();
        }
        traces
    }

    /// Asks for something. Never blocks; callable from any thread. After shutdown commands are dropped.
    pub fn send(&self, command: Command) {
        let _ = self.inner.asks.send(Ask::Command(Box::new(command)));
    }

    /// A copy of what the far end of a leg says, 8 kHz, 160 samples every 20 ms; ends with the leg, or with its consumer
    /// (`rtp::MediaPool::tap`). In order with the commands sent.
    pub fn tap(&self, leg: LegId, ring: rtrb::Producer<i16>) {
        let _ = self.inner.asks.send(Ask::Tap { leg, ring });
    }

    /// Plays 8 kHz samples from a ring like a Play with `op`, until the producer is dropped and all is played
    /// (`rtp::MediaPool::stream`). In order with the commands sent. A leg that has ended abandons the ring.
    pub fn stream(&self, leg: LegId, op: OpId, ring: rtrb::Consumer<i16>) {
        let _ = self.inner.asks.send(Ask::Stream { leg, op, ring });
    }

    /// The trunks as they are now; unchanged ones are not disturbed, calls of removed ones go on to their end.
    pub fn set_trunks(&self, trunks: Vec<Trunk>) {
        let _ = self.inner.asks.send(Ask::Trunks(trunks));
    }

    /// The phones that may register, of all tenants; those of removed or disabled ones are forgotten.
    pub fn set_extensions(&self, extensions: Vec<Extension>) {
        let _ = self.inner.asks.send(Ask::Extensions(extensions));
    }

    /// Registrations of the last run, after [`Switch::set_extensions`]. Those by connections are not taken.
    pub fn restore(&self, registrations: Vec<Registration>) {
        let _ = self.inner.asks.send(Ask::Restore(registrations));
    }

    /// Who is registered now, by extension.
    pub fn registrations(&self) -> BTreeMap<ExtensionId, Vec<Registration>> {
        self.inner.shared.registrations.lock().clone()
    }

    /// Addresses that are not listened to now.
    pub fn bans(&self) -> Vec<Ban> {
        let (now, wall) = (std::time::Instant::now(), crate::exchange::wall());
        let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        let Some(port) = self.inner.port.lock().clone() else { return Vec::new() };
        let mut bans: Vec<Ban> = port.with_guard(|guard| {
            let shown = |(ip, b): (IpAddr, &crate::sip::guard::Banned)| Ban {
                address: if ip.is_ipv6() { format!("{ip}/64") } else { ip.to_string() },
                reason: b.reason,
                since: wall.plus_ms(-ms(now.saturating_duration_since(b.since))),
                until: wall.plus_ms(ms(b.until.saturating_duration_since(now))),
                times: b.times,
                dropped: b.dropped,
            };
            guard.bans(now).map(shown).collect()
        });
        bans.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.address.cmp(&b.address)));
        bans
    }

    /// Listens to an address again. False: it was not banned.
    pub fn unban(&self, ip: IpAddr) -> bool {
        let port = self.inner.port.lock().clone();
        port.is_some_and(|p| p.with_guard(|guard| guard.unban(ip, std::time::Instant::now())))
    }

    /// Takes over a WebSocket with the subprotocol `sip` from `peer`; `secure` when the browser speaks TLS to us. `None`: there
    /// is no room for it, or the address is banned.
    pub async fn accept_web(&self, peer: SocketAddr, secure: bool) -> Option<SipSocket> {
        let port = self.inner.port.lock().clone()?;
        port.accept_web(peer, secure).await
    }

    /// The announcements a tenant knows, for legs detected from now on. Takes a moment with thousands of them: call it from
    /// a thread that may wait.
    pub fn set_library(&self, tenant: TenantId, entries: Vec<media::ears::Entry>) {
        self.inner.ears.set_library(tenant, entries);
    }

    pub fn trunk_states(&self) -> BTreeMap<TrunkId, TrunkState> {
        self.inner.shared.states.lock().clone()
    }

    /// Where SIP is listened for (the port is the real one when 0 was asked for).
    pub fn local_addr(&self) -> SocketAddr {
        self.inner.local
    }

    /// Where SIP over TLS is listened for.
    pub fn local_tls_addr(&self) -> Option<SocketAddr> {
        self.inner.local_tls
    }

    /// Legs that have not ended yet.
    pub fn legs(&self) -> usize {
        self.inner.shared.legs.load(Ordering::Relaxed)
    }

    /// What the media threads have counted since the start.
    pub fn media_counters(&self) -> MediaCounters {
        self.inner.media.counters()
    }

    /// The living legs with the context their floor gave them: a restarted floor carries on from here.
    pub async fn list_legs(&self) -> Vec<LegInfo> {
        let (reply, answer) = oneshot::channel();
        let _ = self.inner.asks.send(Ask::Legs(reply));
        answer.await.unwrap_or_default()
    }

    /// Table sizes, to see that nothing leaks.
    pub async fn held(&self) -> Held {
        let (reply, answer) = oneshot::channel();
        let _ = self.inner.asks.send(Ask::Held(reply));
        answer.await.unwrap_or_default()
    }

    /// Takes no new calls, waits up to `grace` for the present ones, then ends them with `Action::Shutdown`, unregisters
    /// and closes the sockets.
    pub async fn shutdown(&self, grace: Duration) {
        let (done, finished) = oneshot::channel();
        if self.inner.asks.send(Ask::Shutdown { grace, done }).is_ok() {
            let _ = finished.await;
        }
        self.inner.port.lock().take();
    }
}

/// A `tracing` filter directive that keeps whole SIP messages, credentials included, of the library out of the log.
pub const fn quiet_log_filter() -> &'static str {
    "rsipstack=off"
}
