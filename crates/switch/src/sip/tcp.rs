//! TCP connections: framed and gated here, handed to the library as message channels. One broken message answers or closes
//! its own connection and no other; a connection is used in both directions for as long as it lives.

use super::admission::Admission;
use super::gate::{self, Verdict};
use bytes::{Buf as _, BytesMut};
use parking_lot::Mutex;
use rsipstack::sip::{SipMessage, Transport};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const CONNECT: Duration = Duration::from_secs(8);
const WRITE: Duration = Duration::from_secs(10);
/// Longer than any registration; a connection that says nothing for so long is gone.
const IDLE: Duration = Duration::from_secs(7_200);
/// A stranger's connection must bring a whole message this often.
const STRANGER_IDLE: Duration = Duration::from_secs(30);
/// The share of all connections that strangers may hold: the trunks find room.
const STRANGERS_SHARE: usize = 4;

pub(super) struct TcpHub {
    endpoint: EndpointInnerRef,
    admission: Arc<Admission>,
    connections: Mutex<HashMap<SocketAddr, (u64, SipConnection)>>,
    connections_max: usize,
    stop: CancellationToken,
    serial: std::sync::atomic::AtomicU64,
}

impl TcpHub {
    pub(super) fn new(
        endpoint: EndpointInnerRef,
        admission: Arc<Admission>,
        connections_max: usize,
        stop: CancellationToken,
    ) -> Arc<Self> {
        let connections = Mutex::new(HashMap::new());
        Arc::new(Self { endpoint, admission, connections, connections_max, stop, serial: 0.into() })
    }

    pub(super) fn listen(self: &Arc<Self>, listener: TcpListener) {
        let hub = self.clone();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = hub.stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                match accepted {
                    Ok((stream, peer)) if hub.has_room_for(peer) => {
                        let _ = hub.adopt(stream, peer).await;
                    }
                    Ok(_) => hub.admission.dropped("too many TCP connections"),
                    // Out of file descriptors: give the others time to close.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
    }

    fn has_room_for(&self, peer: SocketAddr) -> bool {
        let connections = self.connections.lock();
        let strangers = || connections.keys().filter(|p| !self.admission.knows(p.ip())).count();
        connections.len() < self.connections_max
            && (self.admission.knows(peer.ip()) || strangers() < self.connections_max / STRANGERS_SHARE)
    }

    /// The living connection to `peer`, or a new one.
    pub(super) async fn connect(self: &Arc<Self>, peer: SocketAddr) -> std::io::Result<SipConnection> {
        if let Some((_, connection)) = self.connections.lock().get(&peer) {
            return Ok(connection.clone());
        }
        let stream =
            tokio::time::timeout(CONNECT, TcpStream::connect(peer)).await.map_err(|_| std::io::ErrorKind::TimedOut)??;
        self.adopt(stream, peer).await
    }

    pub(super) fn open_connections(&self) -> usize {
        self.connections.lock().len()
    }

    async fn adopt(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> std::io::Result<SipConnection> {
        stream.set_nodelay(true)?;
        let (incoming, incoming_rx) = mpsc::unbounded_channel();
        let (outgoing, outgoing_rx) = mpsc::unbounded_channel();
        let addr = SipAddr { r#type: Some(Transport::Tcp), addr: peer.into() };
        let channel = ChannelConnection::create_connection(incoming_rx, outgoing, addr.clone(), Some(self.stop.child_token()))
            .await
            .map_err(std::io::Error::other)?;
        let connection = SipConnection::Channel(channel);
        let serial = self.serial.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.connections.lock().insert(peer, (serial, connection.clone()));
        self.endpoint.transport_layer.add_connection(connection.clone());
        let (read, write) = stream.into_split();
        let (raw, raw_rx) = mpsc::channel(64);
        let alive = self.stop.child_token();
        tokio::spawn(write_loop(write, outgoing_rx, raw_rx, alive.clone(), (self.admission.clone(), peer)));
        let hub = self.clone();
        let reader = Reader { hub: self.clone(), peer, addr, connection: connection.clone(), incoming, raw };
        tokio::spawn(async move {
            tokio::select! {
                () = alive.cancelled() => {}
                () = reader.run(read) => {}
            }
            alive.cancel();
            let mut connections = hub.connections.lock();
            if connections.get(&peer).is_some_and(|(s, _)| *s == serial) {
                connections.remove(&peer);
            }
        });
        Ok(connection)
    }
}

struct Reader {
    hub: Arc<TcpHub>,
    peer: SocketAddr,
    addr: SipAddr,
    connection: SipConnection,
    incoming: mpsc::UnboundedSender<TransportEvent>,
    raw: mpsc::Sender<Vec<u8>>,
}

impl Reader {
    async fn run(self, mut read: OwnedReadHalf) {
        let mut buffer = BytesMut::with_capacity(8_192);
        let mut heard = Instant::now();
        loop {
            let known = self.hub.admission.knows(self.peer.ip());
            let until = heard + if known { IDLE } else { STRANGER_IDLE };
            match tokio::time::timeout_at(until, read.read_buf(&mut buffer)).await {
                Ok(Ok(n)) if n > 0 => {}
                _ => return,
            }
            if known {
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
        match self.hub.admission.judge(data, self.peer, true) {
            Verdict::Pass { message, .. } => {
                let parsed = SipMessage::try_from(message.as_slice()).ok();
                let Some(parsed) = parsed.and_then(|m| SipConnection::update_msg_received(m, self.peer, Transport::Tcp).ok())
                else {
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
                true
            }
        }
    }
}

async fn write_loop(
    mut write: OwnedWriteHalf,
    mut outgoing: mpsc::UnboundedReceiver<TransportEvent>,
    mut raw: mpsc::Receiver<Vec<u8>>,
    alive: CancellationToken,
    (admission, peer): (Arc<Admission>, SocketAddr),
) {
    loop {
        let bytes = tokio::select! {
            () = alive.cancelled() => break,
            event = outgoing.recv() => match event {
                Some(TransportEvent::Incoming(message, _, _)) => {
                    let bytes = message.to_bytes();
                    admission.sent(&bytes, peer, true);
                    bytes
                }
                Some(_) => continue,
                None => break,
            },
            Some(bytes) = raw.recv() => bytes,
        };
        if !matches!(tokio::time::timeout(WRITE, write.write_all(&bytes)).await, Ok(Ok(()))) {
            break;
        }
    }
    alive.cancel();
    let _ = write.shutdown().await;
}
