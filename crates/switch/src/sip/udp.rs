//! The UDP socket the library reads from: ours, so that every datagram passes the gate first.

use super::admission::Admission;
use super::gate::{self, Verdict};
use super::wire::Wire;
use async_trait::async_trait;
use rsipstack::platform::net::UdpSocket as LibrarySocket;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::sync::Mutex;

pub(super) struct GatedUdp {
    socket: UdpSocket,
    buffer: Mutex<Vec<u8>>,
    admission: Arc<Admission>,
}

impl GatedUdp {
    pub(super) fn bind(addr: SocketAddr, admission: Arc<Admission>) -> std::io::Result<Self> {
        let socket =
            socket2::Socket::new(socket2::Domain::for_address(addr), socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        // A burst of calls must fit; the system caps this at its own limit.
        let _ = socket.set_recv_buffer_size(4 << 20);
        let _ = socket.set_send_buffer_size(4 << 20);
        socket.bind(&addr.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        Ok(Self { socket, buffer: Mutex::new(vec![0; gate::MESSAGE_MAX + 1]), admission })
    }

    pub(super) fn addr(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

#[async_trait]
impl LibrarySocket for GatedUdp {
    async fn recv_from(&self, out: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        let mut buffer = self.buffer.lock().await;
        loop {
            // ICMP errors of earlier sends surface here; they say nothing about this socket.
            let Ok((length, source)) = self.socket.recv_from(&mut buffer).await else {
                tokio::task::yield_now().await;
                continue;
            };
            let data = &buffer[..length];
            if data.iter().all(u8::is_ascii_whitespace) {
                if length == 4 {
                    let _ = self.socket.send_to(b"\r\n", source).await;
                }
                continue;
            }
            let verdict = match self.admission.judge(data, source, Wire::Udp) {
                Verdict::Pass { message, .. } if message.len() > out.len() => gate::refuse(data, source, 513),
                other => other,
            };
            match verdict {
                Verdict::Pass { message, .. } => {
                    out[..message.len()].copy_from_slice(&message);
                    return Ok((message.len(), source));
                }
                Verdict::Answer { code, message } => {
                    metrics::counter!("fengling_sip_refused_total", "code" => code.to_string()).increment(1);
                    let _ = self.socket.send_to(&message, source).await;
                }
                Verdict::Drop(reason) => self.admission.dropped(reason),
            }
        }
    }

    async fn send_to(&self, data: &[u8], addr: SocketAddr) -> rsipstack::Result<usize> {
        self.admission.sent(data, addr, Wire::Udp);
        Ok(self.socket.send_to(data, addr).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}
