//! The one task that owns every leg, dialog, registration and timer. It takes commands, SIP events, media events and
//! due timers one after the other, so nothing here is locked and nothing races.

mod answer;
mod capacity;
mod commands;
mod dialog;
mod ears;
mod ending;
mod faxes;
mod fork;
mod identity;
mod indialog;
mod info;
mod invite;
mod leg;
mod lines;
mod media;
mod offer;
mod outgoing;
mod phones;
mod redirect;
mod refer;
mod register;
mod registrar;
mod reliable;
mod session;
mod timers;
mod traces;

use crate::ears::{Ears, Report};
use crate::rtp::{MediaEvent, MediaPool};
use crate::sip::dns::{Dns, Located};
use crate::sip::message::Response;
use crate::sip::port::{Port, PortEvent, ServerTx, Target, TxId};
use crate::sip::wire::Wire;
use crate::{InboundPolicy, Limits, SwitchConfig, Timing};
use dialog::Dialog;
use leg::{InviteTx, Leg, MergeKey, Phase};
use lines::Line;
use model::record::{Extension, Registration, Trunk};
use model::telephony::{Command, Event, TrunkState};
use model::{ExtensionId, IdGen, IdLane, LegId, OpId, TrunkId};
use parking_lot::Mutex;
use phones::Phones;
pub(crate) use registrar::wall;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use timers::{Timer, Timers};
use tokio::sync::{mpsc, oneshot};
use traces::Closing;
pub use traces::LegTrace;

/// One living leg, for a floor that takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegInfo {
    pub leg: LegId,
    /// 0 where a phone of ours is at the other end.
    pub trunk: TrunkId,
    pub extension: Option<ExtensionId>,
    /// As it stood in `Originate`; empty for inbound legs.
    pub context: String,
    pub answered: bool,
}

/// What is still held, to see that nothing leaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub legs: usize,
    pub dialogs: usize,
    pub client_transactions: usize,
    pub server_transactions: usize,
    pub merges: usize,
    pub timers: usize,
    /// SIP traces of calls that are up or have just ended.
    pub traces: usize,
    pub library: crate::sip::port::PortCounts,
}

/// What the handle asks of the task.
pub enum Ask {
    Command(Box<Command>),
    Trunks(Vec<Trunk>),
    Tap { leg: LegId, ring: rtrb::Producer<i16> },
    Stream { leg: LegId, op: OpId, ring: rtrb::Consumer<i16> },
    Extensions(Vec<Extension>),
    Restore(Vec<Registration>),
    Legs(oneshot::Sender<Vec<LegInfo>>),
    Held(oneshot::Sender<Held>),
    Shutdown { grace: Duration, done: oneshot::Sender<()> },
}

/// Seen by the handle without asking.
#[derive(Debug, Default)]
pub struct Shared {
    pub states: Mutex<BTreeMap<TrunkId, TrunkState>>,
    pub legs: AtomicUsize,
    pub registrations: Mutex<BTreeMap<ExtensionId, Vec<Registration>>>,
}

/// Whose answer a client transaction brings.
pub(crate) enum Owner {
    Invite(Box<InviteTx>),
    /// A session refresh or other request inside a leg.
    InLeg(LegId),
    /// One digit of a leg.
    Info(LegId, char),
    Refer(LegId),
    Bye {
        dialog: Box<Dialog>,
        request: Box<crate::sip::message::Request>,
    },
    Register(TrunkId),
    Unregister(TrunkId),
    Probe {
        trunk: TrunkId,
        sent: Instant,
    },
    /// OPTIONS to a registered phone.
    Ping {
        extension: ExtensionId,
        serial: u64,
        sent: Instant,
    },
    /// CANCEL, PRACK, NOTIFY: answered or not, nothing follows.
    Fire,
}

/// Whose ACK a server transaction waits for.
pub(crate) enum Waiting {
    Incoming(LegId),
    Reinvite(LegId),
    /// Hung up between our 200 and their ACK: BYE follows the ACK.
    Hung(Box<Dialog>),
}

/// Results of work that must not hold up the task.
pub(crate) enum Found {
    Addresses { trunk: TrunkId, located: Result<Located, String> },
    Fax { leg: LegId, op: OpId, report: crate::fax_line::Report },
}

pub struct Exchange {
    pub(crate) bind: SocketAddr,
    advertised: Option<IpAddr>,
    inbound: InboundPolicy,
    limits: Limits,
    timing: Timing,
    port: Port,
    media: MediaPool,
    ears: Ears,
    kept: HashMap<LegId, ears::Kept>,
    events: mpsc::UnboundedSender<Event>,
    shared: Arc<Shared>,
    /// Boxed: half of a table's places are empty.
    legs: HashMap<LegId, Box<Leg>>,
    /// Call-ID and our tag.
    dialogs: HashMap<(String, String), LegId>,
    merges: HashMap<MergeKey, LegId>,
    owners: HashMap<TxId, Owner>,
    waiting: HashMap<TxId, Waiting>,
    timers: Timers,
    lines: BTreeMap<TrunkId, Line>,
    removed: Vec<Line>,
    /// Legs of each trunk that have not ended.
    busy: HashMap<TrunkId, u32>,
    extensions: BTreeMap<ExtensionId, Extension>,
    phones: Phones,
    dns: Dns,
    ids: IdGen,
    /// Asked of the system and believed for half a minute: addresses and routes change.
    local_ips: HashMap<IpAddr, (IpAddr, Instant)>,
    found: mpsc::UnboundedSender<Found>,
    pending_in: usize,
    draining: Option<(Instant, Option<oneshot::Sender<()>>)>,
    closing: Closing,
    last_stranger_log: Option<Instant>,
    published: Instant,
}

/// The receiving ends of the task's channels.
pub struct Inputs {
    pub asks: mpsc::UnboundedReceiver<Ask>,
    pub port: mpsc::UnboundedReceiver<PortEvent>,
    pub media: mpsc::UnboundedReceiver<MediaEvent>,
    pub ears: mpsc::UnboundedReceiver<Report>,
}

impl Exchange {
    pub fn new(
        config: &SwitchConfig,
        port: Port,
        media: MediaPool,
        ears: Ears,
        events: mpsc::UnboundedSender<Event>,
        shared: Arc<Shared>,
        traces: Option<mpsc::Sender<LegTrace>>,
    ) -> (Self, mpsc::UnboundedReceiver<Found>) {
        let (found, found_rx) = mpsc::unbounded_channel();
        let core = Self {
            bind: port.local(),
            advertised: config.advertised,
            inbound: config.inbound,
            limits: config.limits.clone(),
            timing: config.timing.clone(),
            port,
            media,
            ears,
            kept: HashMap::new(),
            events,
            shared,
            legs: HashMap::new(),
            dialogs: HashMap::new(),
            merges: HashMap::new(),
            owners: HashMap::new(),
            waiting: HashMap::new(),
            timers: Timers::default(),
            lines: BTreeMap::new(),
            removed: Vec::new(),
            busy: HashMap::new(),
            extensions: BTreeMap::new(),
            phones: Phones::default(),
            dns: Dns::new(&config.name_servers),
            ids: IdGen::new(IdLane::Switch),
            local_ips: HashMap::new(),
            found,
            pending_in: 0,
            draining: None,
            closing: Closing::new(traces),
            last_stranger_log: None,
            published: Instant::now(),
        };
        (core, found_rx)
    }

    /// Runs until shutdown is complete.
    pub async fn run(mut self, mut inputs: Inputs, mut found: mpsc::UnboundedReceiver<Found>) {
        self.tell_known();
        // The figures go out once a second even when nothing happens.
        let far = Duration::from_secs(1);
        loop {
            let latest = Instant::now() + far;
            let wake = self.timers.next().map_or(latest, |at| at.min(latest));
            let wake = self.draining.as_ref().map_or(wake, |_| wake.min(Instant::now() + Duration::from_millis(20)));
            tokio::select! {
                Some(ask) = inputs.asks.recv() => self.on_ask(ask),
                Some(event) = inputs.port.recv() => self.on_port(event),
                Some(event) = inputs.media.recv() => self.on_media(event),
                Some(report) = inputs.ears.recv() => self.on_ears(report),
                Some(found) = found.recv() => self.on_found(found),
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            let now = Instant::now();
            while let Some(timer) = self.timers.pop_due(now) {
                self.on_timer(timer);
            }
            self.publish();
            if self.drained() {
                break;
            }
        }
        self.tell_traces(None);
        self.port.close();
        let media = self.media.clone();
        let _ = tokio::task::spawn_blocking(move || media.shutdown()).await;
        if let Some((_, Some(done))) = self.draining.take() {
            let _ = done.send(());
        }
    }

    /// Figures for the handle and, once a second, for the metrics.
    fn publish(&mut self) {
        self.shared.legs.store(self.legs.len(), Ordering::Relaxed);
        let now = Instant::now();
        if now.duration_since(self.published) < Duration::from_secs(1) {
            return;
        }
        self.published = now;
        self.tell_traces(Some(now));
        let held = self.held();
        metrics::gauge!("fengling_sip_legs").set(held.legs as f64);
        metrics::gauge!("fengling_sip_transactions").set(held.library.running as f64);
        metrics::gauge!("fengling_sip_tcp_connections").set(held.library.tcp_connections as f64);
    }

    fn on_ask(&mut self, ask: Ask) {
        match ask {
            Ask::Command(command) => self.on_command(*command),
            Ask::Trunks(trunks) => self.set_trunks(trunks),
            Ask::Tap { leg, ring } => self.media.tap(leg, ring),
            Ask::Stream { leg, op, ring } => self.media.stream(leg, op, ring),
            Ask::Extensions(extensions) => self.set_extensions(extensions),
            Ask::Restore(records) => self.restore(records),
            Ask::Legs(reply) => {
                let mut all: Vec<LegInfo> = self.legs.values().filter(|l| !l.ended()).map(|l| leg_info(l)).collect();
                all.sort_by_key(|l| l.leg);
                let _ = reply.send(all);
            }
            Ask::Held(reply) => {
                let _ = reply.send(self.held());
            }
            Ask::Shutdown { grace, done } => {
                self.draining = Some((Instant::now() + grace, Some(done)));
            }
        }
    }

    fn held(&self) -> Held {
        Held {
            legs: self.legs.len(),
            dialogs: self.dialogs.len(),
            client_transactions: self.owners.len(),
            server_transactions: self.waiting.len(),
            merges: self.merges.len(),
            timers: self.timers.len(),
            traces: self.port.trace().pages().max(self.closing.len()),
            library: self.port.counts(),
        }
    }

    fn on_port(&mut self, event: PortEvent) {
        match event {
            PortEvent::Request { server, request, source, extension } => self.on_request(server, request, source, extension),
            PortEvent::Closed { target } => self.on_closed(target),
            PortEvent::Banned(notice) => self.emit(Event::Banned {
                address: notice.ip.to_string(),
                reason: notice.reason,
                seconds: u32::try_from(notice.length.as_secs()).unwrap_or(u32::MAX),
            }),
            PortEvent::Ack { tx, body, content_type } => self.on_ack(tx, &content_type, &body),
            PortEvent::Cancel { tx, headers } => self.on_cancel(tx, &headers),
            PortEvent::ServerDone { tx } => self.on_server_done(tx),
            PortEvent::Response { tx, response } => self.on_response(tx, &response),
            PortEvent::ClientDone { tx } => self.on_client_done(tx),
        }
    }

    fn on_response(&mut self, tx: TxId, response: &Response) {
        match self.owners.get(&tx) {
            Some(Owner::Invite(_)) => self.on_invite_response(tx, response),
            Some(Owner::InLeg(leg)) => {
                let leg = *leg;
                if !self.on_fax_response(tx, leg, response) {
                    self.on_refresh_response(tx, leg, response);
                }
            }
            Some(Owner::Info(leg, digit)) => {
                let (leg, digit) = (*leg, *digit);
                self.on_info_response(tx, leg, digit, response);
            }
            Some(Owner::Refer(leg)) => {
                let leg = *leg;
                self.on_refer_response(leg, response);
            }
            Some(Owner::Bye { .. }) => self.on_bye_response(tx, response),
            Some(Owner::Register(trunk)) => {
                let trunk = *trunk;
                self.on_register_response(tx, trunk, response);
            }
            Some(Owner::Unregister(trunk)) => {
                let trunk = *trunk;
                self.on_unregister_response(tx, trunk, response);
            }
            Some(Owner::Probe { trunk, sent }) => {
                let (trunk, sent) = (*trunk, *sent);
                self.on_probe_response(trunk, sent, response);
            }
            Some(Owner::Ping { extension, serial, sent }) => {
                let (extension, serial, sent) = (*extension, *serial, *sent);
                self.on_ping_response(extension, serial, sent, response);
            }
            Some(Owner::Fire) | None => {}
        }
    }

    fn on_client_done(&mut self, tx: TxId) {
        let Some(owner) = self.owners.remove(&tx) else { return };
        match owner {
            // The library gave up without a final response.
            Owner::Invite(invite) => self.invite_over(tx, &invite),
            Owner::InLeg(leg) => {
                if let Some(leg) = self.legs.get_mut(&leg).filter(|l| l.refreshing == Some(tx)) {
                    leg.refreshing = None;
                }
                self.fax_unanswered(leg, tx);
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: Timer) {
        match timer {
            Timer::Ring(leg) => self.ring_timeout(leg),
            Timer::CancelGrace(leg) => self.cancel_grace(leg),
            Timer::Decision(leg) => self.undecided(leg),
            Timer::RingIn(leg) => self.rang_too_long(leg),
            Timer::InfoDigit(leg) => self.next_info_digit(leg),
            Timer::Referred(leg) => self.referred_too_long(leg),
            Timer::Refer(leg) => self.refer_timed_out(leg),
            Timer::Provisional(leg) => self.provisional_unacknowledged(leg),
            Timer::Refresh(leg) => self.refresh_session(leg),
            Timer::Fax(leg) => self.fax_timer(leg),
            Timer::Closing(leg) => self.closed_late(leg),
            Timer::Expire(leg) => self.session_expired(leg),
            Timer::Register(trunk) => self.register(trunk),
            Timer::Probe(trunk) => self.probe(trunk),
            Timer::ProbeLate(trunk) => self.probe_missed(trunk, "no answer to OPTIONS"),
            Timer::Resolve(trunk) => self.resolve(trunk),
            Timer::Rested(trunk) => self.rested(trunk),
            Timer::Phone(extension, serial) => self.look_after(extension, serial),
        }
    }

    fn emit(&self, event: Event) {
        let _ = self.events.send(event);
    }

    fn new_leg_id(&mut self) -> LegId {
        LegId(self.ids.next(wall()))
    }

    /// The address of ours that `to` can reach: the advertised one, the one we are bound to, or the one the system would
    /// send from.
    fn local_ip(&mut self, to: IpAddr) -> IpAddr {
        if let Some(ip) = self.advertised {
            return ip;
        }
        if !self.bind.ip().is_unspecified() {
            return self.bind.ip();
        }
        let now = Instant::now();
        if let Some((ip, _)) = self.local_ips.get(&to).filter(|(_, asked)| now.duration_since(*asked) < LOCAL_IP_TTL) {
            return *ip;
        }
        self.local_ips.retain(|_, (_, asked)| now.duration_since(*asked) < LOCAL_IP_TTL);
        // Without a route nothing can be sent either: it is asked again next time.
        let Some(ip) = outgoing_ip(to) else { return to };
        self.local_ips.insert(to, (ip, now));
        ip
    }

    /// `host:port` of ours that `to` can speak to.
    fn authority(&mut self, to: Target) -> String {
        let tls = self.port.local_tls().filter(|_| to.wire == Wire::Tls);
        let port = tls.map_or(self.bind.port(), |addr| addr.port());
        crate::sdp::authority(SocketAddr::new(self.local_ip(to.addr.ip()), port))
    }

    /// Sends a request and remembers who waits for its answer.
    fn send(&mut self, request: crate::sip::message::Request, target: Target, owner: Owner) -> TxId {
        let tx = self.port.request(request, target, self.is_pinned(&owner));
        self.owners.insert(tx, owner);
        tx
    }

    /// True once nothing is left to wait for.
    fn drained(&mut self) -> bool {
        let Some((until, _)) = &self.draining else { return false };
        let (now, until) = (Instant::now(), *until);
        if !self.legs.is_empty() && now < until {
            return false;
        }
        if !self.legs.is_empty() {
            let ids: Vec<LegId> = self.legs.keys().copied().collect();
            for leg in ids {
                self.hang_up(leg, model::telephony::Action::Shutdown);
            }
        }
        self.unregister_all();
        // BYE and unregistration get a moment; who does not answer is not waited for.
        let busy = !self.legs.is_empty() || self.owners.values().any(|o| matches!(o, Owner::Bye { .. } | Owner::Unregister(_)));
        !busy || now >= until + Duration::from_secs(3)
    }
}

/// How long the system's word about our own address is believed.
const LOCAL_IP_TTL: Duration = Duration::from_secs(30);

fn leg_info(leg: &Leg) -> LegInfo {
    let answered = matches!(leg.phase, Phase::Up);
    LegInfo { leg: leg.id, trunk: leg.trunk, extension: leg.extension, context: leg.context.clone(), answered }
}

/// The source address the system would choose towards `to`.
fn outgoing_ip(to: IpAddr) -> Option<IpAddr> {
    let any: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = std::net::UdpSocket::bind(any).ok()?;
    socket.connect((to, 9)).ok()?;
    socket.local_addr().ok().map(|a| a.ip()).filter(|ip| !ip.is_unspecified())
}

/// A refusal of a request that has no leg.
pub(crate) fn refuse(server: &ServerTx, response: Response) {
    metrics::counter!("fengling_sip_refused_total", "code" => response.code.to_string()).increment(1);
    server.respond(response, &dialog::token(10));
}
