//! Connections: TCP, TLS and WebSocket. Framed and gated here, handed to the library as message channels. One broken message
//! answers or closes its own connection and no other; a connection is used in both directions for as long as it lives.

use super::admission::Admission;
use super::gate::{self, Verdict};
use super::handshakes::Handshakes;
use super::port::{PortEvent, Target};
use super::tls::{ServerTls, TlsDialer, TlsName, TlsPeer};
use super::wire::Wire;
use bytes::{Buf as _, BytesMut};
use parking_lot::Mutex;
use rsipstack::sip::{SipMessage, Transport};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const CONNECT: Duration = Duration::from_secs(8);
/// A TLS handshake, from the first byte to the last.
const HANDSHAKE: Duration = Duration::from_secs(6);
const WRITE: Duration = Duration::from_secs(10);
/// Longer than any registration; a connection that says nothing for so long is gone.
const IDLE: Duration = Duration::from_secs(7_200);
/// A stranger's connection must bring a whole message this often.
const STRANGER_IDLE: Duration = Duration::from_secs(30);
/// The share of all connections that strangers may hold: the trunks find room.
const STRANGERS_SHARE: usize = 2;
/// Connections of one address that is neither trunk nor registered.
const STRANGER_CONNECTIONS_MAX: usize = 32;
/// Messages that wait to be written into one WebSocket.
const WEB_QUEUE: usize = 64;

/// The switch's end of a WebSocket with the subprotocol `sip` that somebody else has accepted (RFC 7118): one SIP message, or
/// a keep-alive of blank lines, is one item. Dropping either half ends the connection.
#[derive(Debug)]
pub struct SipSocket {
    pub to_switch: mpsc::Sender<Vec<u8>>,
    pub from_switch: mpsc::Receiver<Vec<u8>>,
}

pub(super) struct StreamHub {
    endpoint: EndpointInnerRef,
    admission: Arc<Admission>,
    connections: Mutex<HashMap<Target, (u64, SipConnection)>>,
    connections_max: usize,
    handshakes: Arc<Handshakes>,
    dialer: TlsDialer,
    events: mpsc::UnboundedSender<PortEvent>,
    stop: CancellationToken,
    serial: AtomicU64,
}

/// What the two tasks of a connection share with the library.
struct Line {
    at: Target,
    serial: u64,
    addr: SipAddr,
    connection: SipConnection,
    incoming: mpsc::UnboundedSender<TransportEvent>,
    outgoing: mpsc::UnboundedReceiver<TransportEvent>,
    alive: CancellationToken,
}

impl StreamHub {
    pub(super) fn new(
        endpoint: EndpointInnerRef,
        admission: Arc<Admission>,
        connections_max: usize,
        events: mpsc::UnboundedSender<PortEvent>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            endpoint,
            admission,
            connections: Mutex::default(),
            connections_max,
            handshakes: Arc::default(),
            dialer: TlsDialer::default(),
            events,
            stop,
            serial: 0.into(),
        })
    }

    /// Takes connections until the switch stops; with `tls` each begins with a handshake.
    pub(super) fn listen(self: &Arc<Self>, listener: TcpListener, tls: Option<Arc<ServerTls>>) {
        let hub = self.clone();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = hub.stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let wire = if tls.is_some() { Wire::Tls } else { Wire::Tcp };
                match (accepted, &tls) {
                    (Ok((stream, peer)), None) if hub.has_room_for(wire, peer) => {
                        let _ = hub.adopt_tcp(stream, peer).await;
                    }
                    (Ok((stream, peer)), Some(tls)) if hub.has_room_for(wire, peer) => hub.shake_hands(stream, peer, tls),
                    (Ok(_), _) => hub.admission.dropped("too many connections"),
                    // Out of file descriptors: give the others time to close.
                    (Err(_), _) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
    }

    fn has_room_for(&self, wire: Wire, peer: SocketAddr) -> bool {
        if self.admission.refuses(peer.ip()) {
            return false;
        }
        if self.admission.trusts(wire, peer) {
            return self.connections.lock().len() < self.connections_max;
        }
        let connections = self.connections.lock();
        let (mut strangers, mut same) = (0, 0);
        for at in connections.keys().filter(|t| !self.admission.trusts(t.wire, t.addr)) {
            strangers += 1;
            same += usize::from(at.addr.ip() == peer.ip());
        }
        connections.len() < self.connections_max
            && strangers < self.connections_max / STRANGERS_SHARE
            && same < STRANGER_CONNECTIONS_MAX
    }

    fn shake_hands(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, tls: &Arc<ServerTls>) {
        let Some(turn) = self.handshakes.begin(peer.ip(), self.admission.is_familiar(peer.ip())) else {
            return self.admission.dropped("too many TLS handshakes");
        };
        let (hub, acceptor) = (self.clone(), tls.acceptor());
        tokio::spawn(async move {
            let _turn = turn;
            let _ = stream.set_nodelay(true);
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => {
                    let (read, write) = tokio::io::split(stream);
                    let _ = hub.adopt(read, write, Target::of_source(peer, Wire::Tls)).await;
                }
                Ok(Err(_)) => hub.admission.dropped("a TLS handshake failed"),
                Err(_) => hub.admission.dropped("a TLS handshake took too long"),
            }
        });
    }

    /// The number under which `who` is a part of targets.
    pub(super) fn tls_name(&self, who: TlsPeer) -> TlsName {
        self.dialer.name(who)
    }

    pub(super) fn keep_tls_names(&self, names: &HashSet<TlsName>) {
        self.dialer.keep(names);
    }

    /// The living connection to `to`, or a new one. A browser cannot be called back on a new one.
    ///
    /// # Errors
    /// In words for people: what stands between us and the peer.
    pub(super) async fn connect(self: &Arc<Self>, to: Target) -> Result<SipConnection, String> {
        let to = to.as_connection();
        if let Some((_, connection)) = self.connections.lock().get(&to) {
            return Ok(connection.clone());
        }
        if to.wire.is_web() {
            return Err("the browser has gone".into());
        }
        let connecting = tokio::time::timeout(CONNECT, TcpStream::connect(to.addr)).await;
        let stream = connecting.map_err(|_| "no connection in time".to_owned())?.map_err(|e| e.to_string())?;
        match to.wire {
            Wire::Tls => {
                let _ = stream.set_nodelay(true);
                let stream = self.dialer.shake_hands(stream, to.who, HANDSHAKE).await?;
                let (read, write) = tokio::io::split(stream);
                self.adopt(read, write, to).await.map_err(|e| e.to_string())
            }
            _ => self.adopt_tcp(stream, to.addr).await.map_err(|e| e.to_string()),
        }
    }

    pub(super) fn open_connections(&self) -> usize {
        self.connections.lock().len()
    }

    pub(super) fn is_open(&self, target: Target) -> bool {
        self.connections.lock().contains_key(&target.as_connection())
    }

    /// A WebSocket accepted elsewhere. `None`: no room, or a banned address.
    pub(super) async fn accept_web(self: &Arc<Self>, peer: SocketAddr, secure: bool) -> Option<SipSocket> {
        let wire = if secure { Wire::Wss } else { Wire::Ws };
        if !self.has_room_for(wire, peer) {
            self.admission.dropped("too many connections");
            return None;
        }
        let line = self.open_line(Target::of_source(peer, wire)).await.ok()?;
        let (to_switch, messages) = mpsc::channel(WEB_QUEUE);
        let (to_web, from_switch) = mpsc::channel(WEB_QUEUE);
        let alive = line.alive.clone();
        let (reader, outgoing) = self.reader(line, to_web.clone());
        let told = (self.admission.clone(), peer, wire);
        tokio::spawn(web_write_loop(to_web, outgoing, alive.clone(), told));
        self.run(reader, alive, move |reader| Box::pin(async move { reader.run_web(messages).await }));
        Some(SipSocket { to_switch, from_switch })
    }

    async fn adopt_tcp(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> std::io::Result<SipConnection> {
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        self.adopt(read, write, Target::of_source(peer, Wire::Tcp)).await
    }

    async fn adopt<R, W>(self: &Arc<Self>, read: R, write: W, at: Target) -> std::io::Result<SipConnection>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        let line = self.open_line(at).await?;
        let (raw, raw_rx) = mpsc::channel(64);
        let (connection, alive) = (line.connection.clone(), line.alive.clone());
        let (reader, outgoing) = self.reader(line, raw);
        let told = (self.admission.clone(), at.addr, at.wire);
        tokio::spawn(write_loop(write, outgoing, raw_rx, alive.clone(), told));
        self.run(reader, alive, move |reader| Box::pin(async move { reader.run_stream(read).await }));
        Ok(connection)
    }

    async fn open_line(self: &Arc<Self>, at: Target) -> std::io::Result<Line> {
        let (incoming, incoming_rx) = mpsc::unbounded_channel();
        let (outgoing_tx, outgoing) = mpsc::unbounded_channel();
        let addr = SipAddr { r#type: Some(library(at.wire)), addr: at.addr.into() };
        let channel = ChannelConnection::create_connection(incoming_rx, outgoing_tx, addr.clone(), Some(self.stop.child_token()))
            .await
            .map_err(std::io::Error::other)?;
        let connection = SipConnection::Channel(channel);
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        self.connections.lock().insert(at, (serial, connection.clone()));
        self.endpoint.transport_layer.add_connection(connection.clone());
        Ok(Line { at, serial, addr, connection, incoming, outgoing, alive: self.stop.child_token() })
    }

    fn reader(self: &Arc<Self>, line: Line, raw: mpsc::Sender<Vec<u8>>) -> (Reader, mpsc::UnboundedReceiver<TransportEvent>) {
        let Line { at, serial, addr, connection, incoming, outgoing, .. } = line;
        (Reader { hub: self.clone(), at, peer: at.addr, wire: at.wire, serial, addr, connection, incoming, raw }, outgoing)
    }

    /// Reads until somebody lets go, then forgets the connection and says so.
    fn run(
        self: &Arc<Self>,
        reader: Reader,
        alive: CancellationToken,
        read: impl FnOnce(Reader) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + 'static,
    ) {
        let (hub, at, serial) = (self.clone(), reader.at, reader.serial);
        tokio::spawn(async move {
            tokio::select! {
                () = alive.cancelled() => {}
                () = read(reader) => {}
            }
            alive.cancel();
            let mut connections = hub.connections.lock();
            if connections.get(&at).is_some_and(|(s, _)| *s == serial) {
                connections.remove(&at);
                drop(connections);
                let _ = hub.events.send(PortEvent::Closed { target: at });
            }
        });
    }
}

pub(super) fn library(wire: Wire) -> Transport {
    match wire {
        Wire::Udp => Transport::Udp,
        Wire::Tcp => Transport::Tcp,
        Wire::Tls => Transport::Tls,
        Wire::Ws => Transport::Ws,
        Wire::Wss => Transport::Wss,
    }
}

struct Reader {
    hub: Arc<StreamHub>,
    at: Target,
    peer: SocketAddr,
    wire: Wire,
    serial: u64,
    addr: SipAddr,
    connection: SipConnection,
    incoming: mpsc::UnboundedSender<TransportEvent>,
    raw: mpsc::Sender<Vec<u8>>,
}

impl Reader {
    fn trusted(&self) -> bool {
        self.hub.admission.trusts(self.wire, self.peer)
    }

    async fn run_stream(self, mut read: impl AsyncRead + Unpin) {
        let mut buffer = BytesMut::with_capacity(8_192);
        let mut heard = Instant::now();
        loop {
            let trusted = self.trusted();
            let until = heard + if trusted { IDLE } else { STRANGER_IDLE };
            match tokio::time::timeout_at(until, read.read_buf(&mut buffer)).await {
                Ok(Ok(n)) if n > 0 => {}
                _ => return,
            }
            if trusted {
                heard = Instant::now();
            }
            loop {
                self.skip_keepalives(&mut buffer).await;
                match gate::frame(&buffer) {
                    Ok(Some(length)) => {
                        let message = buffer.split_to(length);
                        heard = Instant::now();
                        if !self.take(&message).await {
                            return;
                        }
                    }
                    Ok(None) => break,
                    Err(reason) => {
                        // Where the next message begins is lost: answer what can be read of this one and close.
                        self.hub.admission.dropped(reason);
                        if let Verdict::Answer { message, .. } = gate::refuse(&buffer, self.peer, 400) {
                            let _ = self.raw.send(message).await;
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                        return;
                    }
                }
            }
        }
    }

    async fn run_web(self, mut messages: mpsc::Receiver<Vec<u8>>) {
        let mut heard = Instant::now();
        loop {
            let until = heard + if self.trusted() { IDLE } else { STRANGER_IDLE };
            let Ok(Some(message)) = tokio::time::timeout_at(until, messages.recv()).await else { return };
            if message.iter().all(u8::is_ascii_whitespace) {
                if message == b"\r\n\r\n" && self.raw.send(b"\r\n".to_vec()).await.is_err() {
                    return;
                }
                continue;
            }
            heard = Instant::now();
            if message.len() > gate::MESSAGE_MAX || !self.take(&message).await {
                return;
            }
        }
    }

    /// RFC 5626 §3.5.1: a double CRLF is a ping, a single one its answer.
    async fn skip_keepalives(&self, buffer: &mut BytesMut) {
        while buffer.starts_with(b"\r\n") {
            if buffer.starts_with(b"\r\n\r\n") {
                buffer.advance(4);
                let _ = self.raw.send(b"\r\n".to_vec()).await;
            } else {
                buffer.advance(2);
            }
        }
    }

    /// False when nobody listens any more.
    async fn take(&self, data: &[u8]) -> bool {
        match self.hub.admission.judge(data, self.peer, self.wire) {
            Verdict::Pass { message, .. } => {
                let parsed = SipMessage::try_from(message.as_slice()).ok();
                let received = |m| SipConnection::update_msg_received(m, self.peer, library(self.wire)).ok();
                let Some(parsed) = parsed.and_then(received) else {
                    self.hub.admission.dropped("not understood by the parser");
                    return true;
                };
                self.incoming.send(TransportEvent::Incoming(parsed, self.connection.clone(), self.addr.clone())).is_ok()
            }
            Verdict::Answer { code, message } => {
                metrics::counter!("fengling_sip_refused_total", "code" => code.to_string()).increment(1);
                self.raw.send(message).await.is_ok()
            }
            Verdict::Drop(reason) => {
                self.hub.admission.dropped(reason);
                // Whoever was banned on this connection need not hold it.
                !self.hub.admission.refuses(self.ip())
            }
        }
    }

    fn ip(&self) -> IpAddr {
        self.peer.ip()
    }
}

async fn write_loop(
    mut write: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::UnboundedReceiver<TransportEvent>,
    mut raw: mpsc::Receiver<Vec<u8>>,
    alive: CancellationToken,
    (admission, peer, wire): (Arc<Admission>, SocketAddr, Wire),
) {
    loop {
        let bytes = tokio::select! {
            () = alive.cancelled() => break,
            event = outgoing.recv() => match event {
                Some(TransportEvent::Incoming(message, _, _)) => {
                    let bytes = message.to_bytes();
                    admission.sent(&bytes, peer, wire);
                    bytes
                }
                Some(_) => continue,
                None => break,
            },
            Some(bytes) = raw.recv() => bytes,
        };
        let written = async {
            write.write_all(&bytes).await?;
            write.flush().await
        };
        if !matches!(tokio::time::timeout(WRITE, written).await, Ok(Ok(()))) {
            break;
        }
    }
    alive.cancel();
    let _ = tokio::time::timeout(WRITE, write.shutdown()).await;
}

async fn web_write_loop(
    to_web: mpsc::Sender<Vec<u8>>,
    mut outgoing: mpsc::UnboundedReceiver<TransportEvent>,
    alive: CancellationToken,
    (admission, peer, wire): (Arc<Admission>, SocketAddr, Wire),
) {
    loop {
        let bytes = tokio::select! {
            () = alive.cancelled() => break,
            () = to_web.closed() => break,
            event = outgoing.recv() => match event {
                Some(TransportEvent::Incoming(message, _, _)) => {
                    let bytes = message.to_bytes();
                    admission.sent(&bytes, peer, wire);
                    bytes
                }
                Some(_) => continue,
                None => break,
            },
        };
        if !matches!(tokio::time::timeout(WRITE, to_web.send(bytes)).await, Ok(Ok(()))) {
            break;
        }
    }
    alive.cancel();
}
