//! The RTP port range: handed out round robin, so that a port rests as long as possible between two calls.

use super::{api::MediaError, sys};
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

/// DSCP 46 (expedited forwarding) in the traffic class octet.
const EXPEDITED: u32 = 46 << 2;

/// The source of a datagram as people write it, whatever family the socket has.
pub fn plain(from: SocketAddr) -> SocketAddr {
    SocketAddr::new(from.ip().to_canonical(), from.port())
}

/// Free even ports.
#[derive(Clone, Debug)]
pub struct Ports {
    bind: IpAddr,
    min: u16,
    max: u16,
    free: Arc<Mutex<VecDeque<u16>>>,
}

/// A pair of ports in use; given back when dropped.
#[derive(Debug)]
pub struct PortLease {
    port: u16,
    free: Arc<Mutex<VecDeque<u16>>>,
}

impl Drop for PortLease {
    fn drop(&mut self) {
        self.free.lock().push_back(self.port);
    }
}

/// The two sockets of a leg. Dropped in this order: sockets first, then the port is free again.
#[derive(Debug)]
pub struct SocketPair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    dual: bool,
    lease: PortLease,
}

impl SocketPair {
    pub const fn port(&self) -> u16 {
        self.lease.port
    }

    /// An address as these sockets write it: on a dual-stack socket IPv4 is mapped into IPv6.
    pub fn reach(&self, addr: SocketAddr) -> SocketAddr {
        match addr.ip() {
            IpAddr::V4(ip) if self.dual => SocketAddr::new(ip.to_ipv6_mapped().into(), addr.port()),
            _ => addr,
        }
    }
}

impl Ports {
    pub fn new(bind: IpAddr, min: u16, max: u16) -> Result<Self, MediaError> {
        let first = if min.is_multiple_of(2) { min } else { min.saturating_add(1) };
        let free: VecDeque<u16> = (first..max).step_by(2).collect();
        if min == 0 || free.is_empty() {
            return Err(MediaError::PortRange { min, max });
        }
        Ok(Self { bind, min, max, free: Arc::new(Mutex::new(free)) })
    }

    /// Binds the next free pair; ports that somebody else holds are stepped over.
    pub fn open(&self) -> Result<SocketPair, MediaError> {
        let tries = self.free.lock().len();
        for _ in 0..tries {
            let Some(port) = self.free.lock().pop_front() else { break };
            let lease = PortLease { port, free: Arc::clone(&self.free) };
            match (bind(SocketAddr::new(self.bind, port)), bind(SocketAddr::new(self.bind, port + 1))) {
                (Ok(rtp), Ok(rtcp)) => {
                    sys::stamp_arrivals(&rtcp);
                    return Ok(SocketPair { rtp, rtcp, dual: self.bind.is_ipv6(), lease });
                }
                (Err(e), _) | (_, Err(e)) if e.kind() != std::io::ErrorKind::AddrInUse => {
                    return Err(MediaError::Bind { addr: SocketAddr::new(self.bind, port), source: e });
                }
                _ => {}
            }
        }
        Err(MediaError::NoPort { min: self.min, max: self.max })
    }
}

fn bind(addr: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind(addr)?;
    socket.set_nonblocking(true)?;
    // Refused marking costs quality on a busy network, not the call.
    let marked = socket2::SockRef::from(&socket);
    if addr.is_ipv6() {
        let _ = marked.set_tclass_v6(EXPEDITED);
    } else {
        let _ = marked.set_tos_v4(EXPEDITED);
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn ports_come_back_and_foreign_ones_are_stepped_over() {
        let bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let foreign = UdpSocket::bind((bind, 31_503)).unwrap();
        let ports = Ports::new(bind, 31_501, 31_507).unwrap();
        let a = ports.open().unwrap();
        let b = ports.open().unwrap();
        assert_eq!((a.port(), b.port()), (31_504, 31_506));
        drop(foreign);
        let c = ports.open().unwrap();
        assert_eq!(c.port(), 31_502);
        assert!(matches!(ports.open(), Err(MediaError::NoPort { .. })));
        drop(a);
        assert_eq!(ports.open().unwrap().port(), 31_504);
        assert!(matches!(Ports::new(bind, 31_501, 31_502), Err(MediaError::PortRange { .. })));
    }
}
