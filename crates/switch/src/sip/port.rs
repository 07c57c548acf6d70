//! The only door to the SIP library. Outside, requests and responses are our own plain types and a transaction is a number;
//! inside, every transaction is driven by one task of its own, because the library's advance only while somebody awaits
//! them and break when that await is dropped.

use super::accounts::Accounts;
use super::admission::{Admission, BanNotice, Flow, Known};
use super::answered::{self, Shelf};
use super::client::ACK_TO;
use super::guard::Guard;
use super::header::{self, UriParts};
use super::message::{Headers, Request, Response};
use super::stream::{SipSocket, StreamHub};
use super::tls::{ServerTls, TlsName, TlsPeer};
use super::trace::TraceBook;
use super::udp::GatedUdp;
use super::wire::Wire;
use crate::{SwitchConfig, SwitchError};
use async_trait::async_trait;
use model::ExtensionId;
use parking_lot::Mutex;
use rsipstack::EndpointBuilder;
use rsipstack::sip::headers::make_header;
use rsipstack::sip::{Header, HostWithPort, Method, SipMessage, StatusCode, Transport as LibTransport, Uri, Version};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::{Endpoint, EndpointOption, TargetLocator};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventSender};
use rsipstack::transport::transport_layer::DomainResolver;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Number of a transaction, unique within one switch.
pub type TxId = u64;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    pub addr: SocketAddr,
    pub wire: Wire,
    /// Whom a new TLS connection must lead to.
    pub who: TlsName,
}

impl Target {
    /// Where a message was heard from; over TLS it is reached for as long as that connection lives.
    pub fn of_source(addr: SocketAddr, wire: Wire) -> Self {
        Self { addr, wire, who: TlsName::default() }
    }

    /// What tells connections apart: whom it leads to is proved by none but TLS.
    pub(super) fn as_connection(self) -> Self {
        if self.wire == Wire::Tls { self } else { Self::of_source(self.addr, self.wire) }
    }

    /// Where a request goes whose next hop is this URI, where it went to `self` until now: a connection is kept, and names stay
    /// with the address already spoken to.
    pub fn towards(self, hop: &str) -> Self {
        let Some(uri) = UriParts::parse(hop).filter(|_| !self.wire.is_stream()) else { return self };
        let Some(ip) = uri.ip().filter(|ip| !ip.is_unspecified()) else { return self };
        let named = uri.param("transport").and_then(Wire::parse).filter(|w| !w.is_web());
        let secure = hop.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sips:"));
        let wire = if secure { Wire::Tls } else { named.unwrap_or(Wire::Udp) };
        Self { addr: SocketAddr::new(ip, uri.port.unwrap_or(wire.default_port())), wire, who: self.who }
    }
}

#[derive(Debug)]
pub enum PortEvent {
    /// A request that began a server transaction; answer it through `server`.
    Request {
        server: ServerTx,
        request: Request,
        source: Target,
        /// Whose credentials the request carried, where it had to carry any.
        extension: Option<ExtensionId>,
    },
    Ack {
        tx: TxId,
        body: Vec<u8>,
        content_type: String,
    },
    Cancel {
        tx: TxId,
        headers: Headers,
    },
    /// The server transaction is over; an INVITE answered 2xx without an ACK until now will never get one.
    ServerDone {
        tx: TxId,
    },
    Response {
        tx: TxId,
        response: Response,
    },
    ClientDone {
        tx: TxId,
    },
    /// A connection is gone: nobody is reached by it any more.
    Closed {
        target: Target,
    },
    Banned(BanNotice),
}

/// A server transaction that waits for our answer.
#[derive(Clone, Debug)]
pub struct ServerTx {
    pub id: TxId,
    sender: TransactionEventSender,
    fields: Arc<Headers>,
    user_agent: Arc<str>,
}

impl ServerTx {
    /// Sends a response. Via, From, Call-ID and CSeq are the request's; `to_tag` is put on To where it has none.
    pub fn respond(&self, response: Response, to_tag: &str) {
        let mut headers = Vec::new();
        for (name, value) in self.fields.iter() {
            let value =
                if name == "To" && header::NameAddr::parse(value).is_some_and(|a| a.tag().is_none()) && response.code > 100 {
                    format!("{value};tag={to_tag}")
                } else {
                    value.to_owned()
                };
            headers.push(make_header(name, value));
        }
        for (name, value) in response.headers.iter() {
            headers.push(make_header(name, value.to_owned()));
        }
        headers.push(Header::UserAgent(self.user_agent.to_string().into()));
        headers.push(Header::ContentLength(u32::try_from(response.body.len()).unwrap_or(0).into()));
        let status_code =
            StatusCode::try_from((response.code, response.reason.as_str())).unwrap_or(StatusCode::ServerInternalError);
        let message = rsipstack::sip::Response {
            status_code,
            wire_reason: None,
            version: Version::V2,
            headers: headers.into(),
            body: response.body,
        };
        let _ = self.sender.send(TransactionEvent::Respond(message));
    }
}

/// Addresses for the library's own look-ups: names in Via by the system's resolver, and the ACK of a 2xx where we say. Always
/// UDP, because on connections the library answers on the one it was spoken to.
struct SystemResolver;

#[async_trait]
impl DomainResolver for SystemResolver {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        let port = target.addr.port.map_or(5060, u16::from);
        let host = target.addr.host.to_string();
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await?.next();
        let addr = found.ok_or_else(|| rsipstack::Error::DnsResolutionError(host))?;
        Ok(SipAddr { r#type: Some(LibTransport::Udp), addr: addr.into() })
    }
}

#[async_trait]
impl TargetLocator for SystemResolver {
    async fn locate(&self, uri: &Uri) -> rsipstack::Result<SipAddr> {
        let mut addr: HostWithPort = ACK_TO.try_with(|to| (*to).into()).unwrap_or_else(|_| uri.host_with_port.clone());
        addr.port.get_or_insert(5060.into());
        Ok(SipAddr { r#type: Some(LibTransport::Udp), addr })
    }
}

#[derive(Clone)]
pub struct Port {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) streams: Arc<StreamHub>,
    admission: Arc<Admission>,
    pub(super) next: Arc<AtomicU64>,
    /// INVITEs to phones on connections, which end with those.
    pub(super) ringing: Arc<Mutex<HashMap<TxId, CancellationToken>>>,
    pub(super) events: mpsc::UnboundedSender<PortEvent>,
    pub(super) user_agent: Arc<str>,
    trace: Arc<TraceBook>,
    pub(super) stop: CancellationToken,
    pub(super) answered: Shelf,
    local: SocketAddr,
    local_tls: Option<SocketAddr>,
}

/// How many transactions the library still holds, for tests and metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortCounts {
    pub running: usize,
    pub finished: usize,
    pub waiting_ack: usize,
    pub tcp_connections: usize,
}

impl Port {
    /// Opens UDP and TCP on the same port, and TLS where it is asked for.
    pub async fn open(config: &SwitchConfig) -> Result<(Self, mpsc::UnboundedReceiver<PortEvent>), SwitchError> {
        let (bind, stop) = (config.bind, CancellationToken::new());
        let (events, receiver) = mpsc::unbounded_channel();
        let trace: Arc<TraceBook> = Arc::default();
        let (notices, told) = mpsc::unbounded_channel();
        let admission = Arc::new(Admission::new(config.limits.invites_per_second_max, trace.clone(), notices));
        let (udp, listener) = bind_both(bind, &admission).await?;
        let tls = match &config.tls {
            Some(listen) => Some((ServerTls::load(listen)?, bind_tls(listen.bind).await?)),
            None => None,
        };
        let local = udp.addr().unwrap_or(bind);
        let failed = |e: rsipstack::Error| SwitchError::Bind { bind, transport: "UDP", source: std::io::Error::other(e) };
        let layer = TransportLayer::new_with_domain_resolver(stop.child_token(), Box::new(SystemResolver));
        let connection = UdpConnection::from_socket(Arc::new(udp), None, Some(stop.child_token())).await.map_err(failed)?;
        layer.add_transport(SipConnection::Udp(connection));
        let endpoint = EndpointBuilder::new()
            .with_user_agent(&config.user_agent)
            .with_transport_layer(layer)
            .with_cancel_token(stop.child_token())
            .with_option(options(config.timing.t1, local))
            .with_target_locator(Box::new(SystemResolver))
            .build();
        let incoming = endpoint.incoming_transactions().map_err(failed)?;
        let connections_max = config.limits.tcp_connections_max;
        let streams = StreamHub::new(endpoint.inner.clone(), admission.clone(), connections_max, events.clone(), stop.clone());
        streams.listen(listener, None);
        let local_tls = tls.as_ref().and_then(|(_, listener)| listener.local_addr().ok());
        if let (Some((tls, listener)), Some(listen)) = (tls, &config.tls) {
            tokio::spawn(tls.clone().watch(listen.reload_every, stop.child_token()));
            streams.listen(listener, Some(tls));
        }
        let endpoint = Arc::new(endpoint);
        let (answered, shelved) = Shelf::new();
        let (next, user_agent) = (Arc::default(), config.user_agent.as_str().into());
        let port = Self {
            endpoint: endpoint.clone(),
            streams,
            admission,
            next,
            ringing: Arc::default(),
            events,
            user_agent,
            trace,
            stop,
            answered,
            local,
            local_tls,
        };
        tokio::spawn(async move { endpoint.serve().await });
        tokio::spawn(port.clone().accept(incoming));
        tokio::spawn(answered::keep(port.clone(), shelved));
        tokio::spawn(tell_bans(told, port.events.clone()));
        Ok((port, receiver))
    }

    /// What was said in calls.
    pub const fn trace(&self) -> &Arc<TraceBook> {
        &self.trace
    }

    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Where SIP over TLS is listened for.
    pub fn local_tls(&self) -> Option<SocketAddr> {
        self.local_tls
    }

    /// Who may register.
    pub fn set_accounts(&self, accounts: Accounts) {
        self.admission.set_accounts(accounts);
    }

    /// Where registered phones are heard from now.
    pub fn set_phones(&self, flows: impl Iterator<Item = (Flow, ExtensionId)>) {
        self.admission.set_phones(flows);
    }

    pub fn with_guard<T>(&self, look: impl FnOnce(&mut Guard) -> T) -> T {
        self.admission.with_guard(look)
    }

    /// Whose certificate must be shown where a target bears this name.
    pub fn tls_name(&self, who: TlsPeer) -> TlsName {
        self.streams.tls_name(who)
    }

    /// Forgets the names of all others: no new connection is opened to them.
    pub fn keep_tls_names(&self, names: &HashSet<TlsName>) {
        self.streams.keep_tls_names(names);
    }

    pub fn is_open(&self, target: Target) -> bool {
        self.streams.is_open(target)
    }

    /// A WebSocket that the web server has accepted. `None`: it is not wanted.
    pub async fn accept_web(&self, peer: SocketAddr, secure: bool) -> Option<SipSocket> {
        self.streams.accept_web(peer, secure).await
    }

    /// Whose messages are not those of strangers.
    pub fn set_known(&self, known: Known) {
        self.admission.set_known(known);
    }

    pub fn close(&self) {
        self.stop.cancel();
    }

    pub fn counts(&self) -> PortCounts {
        let stats = self.endpoint.inner.get_stats();
        PortCounts {
            running: stats.running_transactions,
            finished: stats.finished_transactions,
            waiting_ack: stats.waiting_ack,
            tcp_connections: self.streams.open_connections(),
        }
    }

    async fn accept(self, mut incoming: TransactionReceiver) {
        while let Some(tx) = until(&self.stop, incoming.recv()).await {
            let Some(request) = plain_request(&tx.original) else { continue };
            let Some(header::Source { addr, wire, extension }) = header::source(&request.headers) else { continue };
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let server = ServerTx {
                id,
                sender: tx.tu_sender.clone(),
                fields: Arc::new(answer_fields(&tx.original)),
                user_agent: self.user_agent.clone(),
            };
            let _ = self.events.send(PortEvent::Request { server, request, source: Target::of_source(addr, wire), extension });
            tokio::spawn(drive_server(id, tx, self.events.clone(), self.stop.clone()));
        }
    }
}

fn options(t1: Duration, local: SocketAddr) -> EndpointOption {
    EndpointOption {
        t1,
        t2: (t1 * 8).max(t1),
        t4: t1 * 10,
        t1x64: t1 * 64,
        timerc: Duration::from_secs(600),
        callid_suffix: Some(local.ip().to_string()),
        ..EndpointOption::default()
    }
}

async fn tell_bans(mut told: mpsc::UnboundedReceiver<BanNotice>, events: mpsc::UnboundedSender<PortEvent>) {
    while let Some(notice) = told.recv().await {
        if events.send(PortEvent::Banned(notice)).is_err() {
            return;
        }
    }
}

async fn bind_tls(bind: SocketAddr) -> Result<tokio::net::TcpListener, SwitchError> {
    tokio::net::TcpListener::bind(bind).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => SwitchError::PortInUse { ip: bind.ip(), port: bind.port(), transport: "TLS" },
        _ => SwitchError::Bind { bind, transport: "TLS", source: e },
    })
}

async fn bind_both(bind: SocketAddr, admission: &Arc<Admission>) -> Result<(GatedUdp, tokio::net::TcpListener), SwitchError> {
    let refused = |transport: &'static str, e: std::io::Error, at: SocketAddr| match e.kind() {
        std::io::ErrorKind::AddrInUse => SwitchError::PortInUse { ip: at.ip(), port: at.port(), transport },
        _ => SwitchError::Bind { bind: at, transport, source: e },
    };
    let mut tries = 0;
    loop {
        let udp = GatedUdp::bind(bind, admission.clone()).map_err(|e| refused("UDP", e, bind))?;
        let local = udp.addr().map_err(|e| refused("UDP", e, bind))?;
        match tokio::net::TcpListener::bind(local).await {
            Ok(listener) => return Ok((udp, listener)),
            // A free UDP port may be taken for TCP when the system chose it.
            Err(_) if bind.port() == 0 && tries < 20 => tries += 1,
            Err(e) => return Err(refused("TCP", e, local)),
        }
    }
}

/// What comes, until the switch stops: then nothing is awaited any more, and sockets and tasks let go of each other.
pub(super) async fn until<T>(stop: &CancellationToken, what: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::select! {
        () = stop.cancelled() => None,
        what = what => what,
    }
}

/// As `Transaction::receive`, whose future has 13 KiB: that is spent while an event is worked on, not while the next one is
/// awaited, which after the answer to an INVITE lasts half a minute.
async fn next_message(tx: &mut Transaction) -> Option<SipMessage> {
    while let Some(event) = tx.tu_receiver.recv().await {
        let is_over = matches!(event, TransactionEvent::Terminate(_));
        let message = work_off(tx, event).await;
        if message.is_some() || is_over {
            return message;
        }
    }
    None
}

/// Gives the library this one event: when it is worked off, it finds its channel closed.
pub(super) async fn work_off(tx: &mut Transaction, event: TransactionEvent) -> Option<SipMessage> {
    let (sender, only_this) = mpsc::unbounded_channel();
    let _ = sender.send(event);
    drop(sender);
    let events = std::mem::replace(&mut tx.tu_receiver, only_this);
    let message = Box::pin(tx.receive()).await;
    tx.tu_receiver = events;
    message
}

async fn drive_server(id: TxId, mut tx: Transaction, events: mpsc::UnboundedSender<PortEvent>, stop: CancellationToken) {
    while let Some(message) = until(&stop, next_message(&mut tx)).await {
        let SipMessage::Request(request) = message else { continue };
        let headers = plain_headers(&request.headers);
        let event = match request.method {
            Method::Ack => PortEvent::Ack {
                tx: id,
                content_type: headers.get("Content-Type").unwrap_or_default().to_owned(),
                body: request.body,
            },
            Method::Cancel => PortEvent::Cancel { tx: id, headers },
            _ => continue,
        };
        let _ = events.send(event);
    }
    let _ = events.send(PortEvent::ServerDone { tx: id });
}

pub(super) fn plain_headers(headers: &rsipstack::sip::Headers) -> Headers {
    let mut out = Headers::default();
    for h in headers.iter() {
        out.push(h.name(), h.value());
    }
    out
}

fn plain_request(request: &rsipstack::sip::Request) -> Option<Request> {
    Some(Request {
        method: request.method.to_string(),
        uri: request.uri.to_string(),
        headers: plain_headers(&request.headers),
        body: request.body.clone(),
    })
}

pub(super) fn plain_response(response: &rsipstack::sip::Response) -> Response {
    Response {
        code: response.status_code.code(),
        reason: response.reason_phrase().unwrap_or_else(|| response.status_code.text()).to_owned(),
        headers: plain_headers(&response.headers),
        body: response.body.clone(),
        local: false,
    }
}

/// What every response copies from its request.
fn answer_fields(request: &rsipstack::sip::Request) -> Headers {
    let mut out = Headers::default();
    for h in request.headers.iter() {
        if matches!(h, Header::Via(_) | Header::From(_) | Header::To(_) | Header::CallId(_) | Header::CSeq(_)) {
            out.push(h.name(), h.value());
        }
    }
    out
}
