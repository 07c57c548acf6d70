//! Who may come in at the web port, how many at once, and how long they may take to say what they want.

use crate::config::Config;
use axum_server::accept::Accept;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use nix::sys::resource::{Resource, getrlimit};
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// For the head of a request; an idle connection is closed after as long.
const HEAD_WITHIN: Duration = if cfg!(test) { Duration::from_secs(2) } else { Duration::from_secs(10) };
/// HTTP/2 asks a silent client whether it is there, and waits so long for the answer.
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// The server reads so many octets to tell HTTP/1 from HTTP/2 (RFC 9113, section 3.4), and has no deadline of its own for them.
const PREFACE: u64 = 24;
const CONNECTIONS_MAX: u64 = 10_000;
/// Files of the database, logs, listeners, prompts, requests to others.
const FILES_BESIDE: u64 = 256;
const TELL_EVERY: Duration = Duration::from_secs(60);

pub fn deadlines(builder: &mut Builder<TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING_EVERY).keep_alive_timeout(PONG_WITHIN);
}

/// Counts who is in.
pub struct Gate {
    total_max: u64,
    each_max: u64,
    /// A proxy of one's own speaks for many; it is on this machine or in its network.
    proxied: bool,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    total: u64,
    each: HashMap<IpAddr, u64>,
    told_at: Option<Instant>,
}

impl Gate {
    pub fn new(config: &Config) -> Arc<Self> {
        let wanted = config.http.connections_max as u64;
        let total_max = if wanted > 0 { wanted } else { beside_the_calls(config, files_max()) };
        let each_max = match config.http.connections_per_address_max {
            0 => u64::MAX,
            n => u64::from(n),
        };
        Arc::new(Self { total_max, each_max, proxied: config.http.trust_forwarded, inside: Mutex::default() })
    }

    /// None: there is no room. The place is free again when the permit is dropped.
    fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Permit> {
        let from = network(from);
        let each_max = if self.proxied && is_near(from) { u64::MAX } else { self.each_max };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let here = inside.each.get(&from).copied().unwrap_or(0);
        if inside.total >= self.total_max || here >= each_max {
            let now = Instant::now();
            if inside.told_at.is_none_or(|at| now - at > TELL_EVERY) {
                inside.told_at = Some(now);
                tracing::warn!(%from, of_this_address = here, total = inside.total, "too many web connections; more are closed");
            }
            return None;
        }
        inside.total += 1;
        inside.each.insert(from, here + 1);
        drop(inside);
        Some(Permit { gate: Arc::clone(self), from })
    }
}

struct Permit {
    gate: Arc<Gate>,
    from: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut inside = self.gate.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.total -= 1;
        if let Some(here) = inside.each.get_mut(&self.from) {
            *here -= 1;
            if *here == 0 {
                inside.each.remove(&self.from);
            }
        }
    }
}

/// A household has a /64 of IPv6, and could come from each of its addresses.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        other => other,
    }
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

fn files_max() -> u64 {
    getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft)
}

/// What the limit of open files leaves to the web when all calls are up: two sockets a call, and no more than there are ports.
fn beside_the_calls(config: &Config, files: u64) -> u64 {
    let ports = config.sip.rtp_ports.len() as u64;
    let calls = 2 * (u64::from(config.limits.calls_max) + u64::from(config.limits.inbound_calls_max));
    files.saturating_sub(calls.min(ports) + FILES_BESIDE).max(files / 8).min(CONNECTIONS_MAX)
}

/// Lets connections in by the gate, then by what is behind it (TLS).
#[derive(Clone)]
pub struct Door<A> {
    gate: Arc<Gate>,
    inner: A,
}

impl<A> Door<A> {
    pub const fn new(gate: Arc<Gate>, inner: A) -> Self {
        Self { gate, inner }
    }
}

type Accepting<S, T> = Pin<Box<dyn Future<Output = io::Result<(Guest<S>, T)>> + Send>>;

impl<A, S> Accept<TcpStream, S> for Door<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: Send + 'static,
    A::Service: Send + 'static,
{
    type Stream = Guest<A::Stream>;
    type Service = A::Service;
    type Future = Accepting<A::Stream, A::Service>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let permit = stream.peer_addr().ok().and_then(|from| self.gate.enter(from.ip()));
        let Some(permit) = permit else {
            return Box::pin(std::future::ready(Err(io::ErrorKind::ConnectionRefused.into())));
        };
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let opening = Some(Box::pin(tokio::time::sleep(HEAD_WITHIN)));
            Ok((Guest { stream, opening, heard: 0, _permit: permit }, service))
        })
    }
}

/// A connection, which is to say something within [`HEAD_WITHIN`].
pub struct Guest<S> {
    stream: S,
    /// Until the first octets are there.
    opening: Option<Pin<Box<Sleep>>>,
    heard: u64,
    _permit: Permit,
}

impl<S: AsyncRead + Unpin> AsyncRead for Guest<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if let Some(opening) = &mut self.opening {
            if read.is_pending() {
                return opening.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
            }
            self.heard += (buf.filled().len() - before) as u64;
            if self.heard >= PREFACE {
                self.opening = None;
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guest<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn gate(total_max: u64, each_max: u64, proxied: bool) -> Arc<Gate> {
        Arc::new(Gate { total_max, each_max, proxied, inside: Mutex::default() })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn so_many_of_an_address_so_many_at_all_and_places_become_free() {
        let gate = gate(5, 2, false);
        let first = [gate.enter(ip("203.0.113.1")), gate.enter(ip("::ffff:203.0.113.1"))];
        assert!(first.iter().all(Option::is_some) && gate.enter(ip("203.0.113.1")).is_none());
        let six = [gate.enter(ip("2001:db8::1")), gate.enter(ip("2001:db8::ffff"))];
        assert!(six.iter().all(Option::is_some) && gate.enter(ip("2001:db8::2")).is_none(), "a /64 is one address");
        let fifth = gate.enter(ip("2001:db8:0:1::1"));
        assert!(fifth.is_some() && gate.enter(ip("203.0.113.2")).is_none(), "five are all");
        drop(first);
        assert!(gate.enter(ip("203.0.113.1")).is_some());
        drop((six, fifth));
        let inside = gate.inside.lock().unwrap();
        assert!(inside.total == 0 && inside.each.is_empty());
    }

    #[test]
    fn a_proxy_of_ones_own_speaks_for_many() {
        let gate = gate(100, 2, true);
        for near in ["127.0.0.1", "::1", "192.168.1.2", "fd00::2"] {
            let many: Vec<_> = (0..10).map(|_| gate.enter(ip(near))).collect();
            assert!(many.iter().all(Option::is_some), "{near}");
        }
        let far: Vec<_> = (0..10).map(|_| gate.enter(ip("203.0.113.1"))).collect();
        assert_eq!(far.iter().flatten().count(), 2);
    }

    #[test]
    fn calls_keep_their_sockets() {
        let config = Config::default();
        assert_eq!(beside_the_calls(&config, 1_048_576), CONNECTIONS_MAX);
        assert_eq!(beside_the_calls(&config, 9_000), 9_000 - 7_000 - FILES_BESIDE);
        assert_eq!(beside_the_calls(&config, 1_024), 128, "with too few files for the calls, the web still has some");
    }

    async fn served(gate: Arc<Gate>) -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let at = listener.local_addr().unwrap();
        let mut server = axum_server::from_tcp(listener).unwrap();
        deadlines(server.http_builder());
        let door = Door::new(gate, axum_server::accept::DefaultAcceptor::new());
        let service = Router::new().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { server.acceptor(door).serve(service).await });
        at
    }

    /// Everything until the far end closes.
    async fn until_closed(stream: &mut TcpStream) -> String {
        let mut all = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await;
        // A connection closed with unread octets in it is reset.
        let _ = closed.expect("the connection stays open");
        String::from_utf8_lossy(&all).into_owned()
    }

    #[tokio::test]
    async fn one_too_many_is_closed_at_once_and_the_others_are_answered() {
        let at = served(gate(10, 1, false)).await;
        let mut first = TcpStream::connect(at).await.unwrap();
        first.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut start = [0; 12];
        first.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 404");
        let begun = Instant::now();
        assert_eq!(until_closed(&mut TcpStream::connect(at).await.unwrap()).await, "");
        assert!(begun.elapsed() < HEAD_WITHIN / 2, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn those_who_say_nothing_or_half_a_head_are_shown_out() {
        let at = served(gate(10, 10, false)).await;
        let mut waiting = Vec::new();
        for said in ["", "PRI * HTTP/2", "GET / HTTP/1.1\r\nHost: example.com\r\nX-Slow: "] {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream.write_all(said.as_bytes()).await.unwrap();
            waiting.push(tokio::spawn(async move { until_closed(&mut stream).await }));
        }
        for one in waiting {
            one.await.unwrap();
        }
    }
}
