//! One leg's protection.

use super::super::{counters::bump, leg::Surroundings};
use super::{
    demux::{Kind, kind_of},
    handshake::{Association, HandshakeJob},
    ice::{Check, IceCredentials, IceLite},
    keys::MasterKey,
    srtp::{Receiver, Rejected, Sender},
};
use model::LegId;
use std::net::{SocketAddr, UdpSocket};

/// DTLS datagrams a leg takes within a second; a handshake needs a dozen.
const DTLS_PER_SECOND_MAX: u32 = 60;

/// How a leg's media is protected, as agreed in SDP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keying {
    /// RTP as it is.
    Plain,
    /// Keys from `a=crypto` (RFC 4568).
    Sdes { send: MasterKey, receive: MasterKey },
    /// Keys from a DTLS handshake on the media path (RFC 5764), over ICE where the far end wants it.
    Dtls { association: Association, ice: Option<IceKeying> },
}

impl Keying {
    /// The far end's ICE name, by which a restart is seen.
    pub fn remote_ufrag(&self) -> Option<&str> {
        match self {
            Self::Dtls { ice: Some(ice), .. } => Some(&ice.remote_ufrag),
            _ => None,
        }
    }
}

/// Both ends' ICE credentials as far as a lite end needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceKeying {
    pub local: IceCredentials,
    pub remote_ufrag: String,
}

/// What has become of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    /// The first so many octets of the buffer are RTP or RTCP in the clear.
    Media(usize),
    /// It was for us and has been dealt with; the far end is alive.
    Alive,
    /// Thrown away and counted.
    Dropped,
}

struct Srtp {
    sender: Sender,
    receiver: Receiver,
    /// Keys before the last change, until the first packet under the new ones: the far end may be slower than its signalling.
    previous: Option<Receiver>,
}

/// See the module.
pub struct Shield {
    keying: Keying,
    srtp: Option<Box<Srtp>>,
    ice: Option<Box<IceLite>>,
    /// A handshake is known to the other thread.
    engaged: bool,
    dtls_second: u64,
    dtls_taken: u32,
    /// Packets that failed their tag or came twice.
    pub refused: u64,
}

impl Default for Shield {
    fn default() -> Self {
        Self { keying: Keying::Plain, srtp: None, ice: None, engaged: false, dtls_second: 0, dtls_taken: 0, refused: 0 }
    }
}

impl Shield {
    /// Whether packets may be sent: plain, or the keys are there.
    pub const fn is_ready(&self) -> bool {
        matches!(self.keying, Keying::Plain) || self.srtp.is_some()
    }

    /// Whether a packet that comes out of [`Self::open`] has proved that the far end wrote it.
    pub const fn proves_origin(&self) -> bool {
        !matches!(self.keying, Keying::Plain)
    }

    /// Whether the far end moves by ICE rather than by where its packets come from.
    pub const fn has_ice(&self) -> bool {
        self.ice.is_some()
    }

    /// Where ICE wants our packets.
    pub fn target(&self) -> Option<SocketAddr> {
        self.ice.as_ref().and_then(|i| i.nominated())
    }

    /// A new agreement. What has not changed goes on: counters of a key that is kept, a handshake under way.
    pub fn change(&mut self, keying: Keying, leg: LegId, socket: &UdpSocket, peer: SocketAddr, with: &Surroundings<'_>) {
        if keying == self.keying {
            return;
        }
        match &keying {
            Keying::Plain => {
                (self.srtp, self.ice) = (None, None);
                self.disengage(leg, with);
            }
            Keying::Sdes { send, receive } => {
                self.ice = None;
                self.disengage(leg, with);
                self.rekey(send, receive);
            }
            Keying::Dtls { association, ice } => self.associate(association, ice.as_ref(), leg, socket, peer, with),
        }
        self.keying = keying;
    }

    fn rekey(&mut self, send: &MasterKey, receive: &MasterKey) {
        let Some(srtp) = &mut self.srtp else {
            let (sender, receiver) = (Sender::new(send), Receiver::new(receive));
            self.srtp = Some(Box::new(Srtp { sender, receiver, previous: None }));
            return;
        };
        // A sender that began again under the same key would use its key stream twice.
        if !srtp.sender.has_key(send) {
            srtp.sender = Sender::new(send);
        }
        if !srtp.receiver.has_key(receive) {
            srtp.previous = Some(std::mem::replace(&mut srtp.receiver, Receiver::new(receive)));
        }
    }

    fn associate(
        &mut self,
        association: &Association,
        ice: Option<&IceKeying>,
        leg: LegId,
        socket: &UdpSocket,
        peer: SocketAddr,
        with: &Surroundings<'_>,
    ) {
        let (same_association, same_ice) = match &self.keying {
            Keying::Dtls { association: a, ice: i } => (a == association, i.as_ref() == ice),
            _ => (false, false),
        };
        if !same_ice {
            self.ice = ice.map(|i| Box::new(IceLite::new(i.local.clone(), i.remote_ufrag.clone())));
        }
        if same_association {
            return;
        }
        self.srtp = None;
        self.disengage(leg, with);
        // Without a second descriptor there is no handshake, and the leg times out for want of media.
        if let Ok(socket) = socket.try_clone() {
            let peer = if ice.is_some() { self.target() } else { Some(peer) };
            with.handshakes.send(HandshakeJob::Begin { leg, socket, association: association.clone(), peer });
            self.engaged = true;
        }
    }

    fn disengage(&mut self, leg: LegId, with: &Surroundings<'_>) {
        if std::mem::take(&mut self.engaged) {
            with.handshakes.send(HandshakeJob::End(leg));
        }
    }

    /// The leg ends.
    pub fn close(&mut self, leg: LegId, with: &Surroundings<'_>) {
        self.disengage(leg, with);
    }

    /// Takes the keys of a handshake. False when they are not wanted any more.
    pub fn keyed(&mut self, send: &MasterKey, receive: &MasterKey) -> bool {
        let wanted = matches!(self.keying, Keying::Dtls { .. });
        if wanted {
            self.rekey(send, receive);
        }
        wanted
    }

    /// Judges the first `n` octets of `buffer`, which came to the leg's RTP socket.
    pub fn open(
        &mut self,
        buffer: &mut [u8],
        n: usize,
        from: SocketAddr,
        leg: LegId,
        socket: &UdpSocket,
        with: &Surroundings<'_>,
    ) -> Opened {
        if matches!(self.keying, Keying::Plain) {
            return Opened::Media(n);
        }
        let datagram = &mut buffer[..n];
        match kind_of(datagram) {
            Kind::Stun => self.check(datagram, from, leg, socket, with),
            Kind::Dtls => self.handshake(datagram, from, leg, with),
            Kind::Rtp => self.unseal(datagram, from, leg, with, Receiver::open_rtp),
            Kind::Rtcp => self.unseal(datagram, from, leg, with, Receiver::open_rtcp),
            Kind::Unknown => {
                bump(&with.counters.rejects, 1);
                Opened::Dropped
            }
        }
    }

    fn stranger(with: &Surroundings<'_>) -> Opened {
        bump(&with.counters.strangers, 1);
        Opened::Dropped
    }

    fn check(&mut self, datagram: &[u8], from: SocketAddr, leg: LegId, socket: &UdpSocket, with: &Surroundings<'_>) -> Opened {
        let Some(ice) = &mut self.ice else { return Self::stranger(with) };
        match ice.check(datagram, from) {
            Check::Stranger => Self::stranger(with),
            Check::Reply { reply, nominated } => {
                let _ = socket.send_to(reply.octets(), from);
                if nominated {
                    with.handshakes.send(HandshakeJob::Peer { leg, addr: from });
                }
                Opened::Alive
            }
        }
    }

    /// Only from addresses that ICE has proved or signalling named, and only so many a second: a stranger's ClientHello costs
    /// us nothing.
    fn handshake(&mut self, datagram: &[u8], from: SocketAddr, leg: LegId, with: &Surroundings<'_>) -> Opened {
        let expected = match (&self.ice, &self.keying) {
            (Some(ice), _) => ice.is_validated(from),
            (None, Keying::Dtls { association, .. }) => association.sources.contains(&from.ip()),
            _ => false,
        };
        if !self.engaged || !expected {
            return Self::stranger(with);
        }
        let second = with.now_ms / 1_000;
        if second != self.dtls_second {
            (self.dtls_second, self.dtls_taken) = (second, 0);
        }
        self.dtls_taken += 1;
        if self.dtls_taken > DTLS_PER_SECOND_MAX || !with.handshakes.datagram(leg, from, datagram) {
            return Self::stranger(with);
        }
        Opened::Alive
    }

    fn unseal(
        &mut self,
        packet: &mut [u8],
        from: SocketAddr,
        leg: LegId,
        with: &Surroundings<'_>,
        open: fn(&mut Receiver, &mut [u8]) -> Result<usize, Rejected>,
    ) -> Opened {
        let Some(srtp) = &mut self.srtp else { return Self::stranger(with) };
        let mut opened = open(&mut srtp.receiver, packet);
        if opened.is_ok() {
            srtp.previous = None;
        } else if let Some(previous) = &mut srtp.previous {
            opened = open(previous, packet);
        }
        match opened {
            Ok(n) => {
                if self.ice.as_mut().is_some_and(|i| i.follow(from)) {
                    with.handshakes.send(HandshakeJob::Peer { leg, addr: from });
                }
                Opened::Media(n)
            }
            Err(why) => {
                self.refused += 1;
                bump(if why == Rejected::Replayed { &with.counters.replayed } else { &with.counters.forged }, 1);
                Opened::Dropped
            }
        }
    }

    /// A report that came to the separate RTCP socket. The length in the clear.
    pub fn open_rtcp(&mut self, packet: &mut [u8], with: &Surroundings<'_>) -> Option<usize> {
        if matches!(self.keying, Keying::Plain) {
            return Some(packet.len());
        }
        let opened = self.srtp.as_mut()?.receiver.open_rtcp(packet);
        if let Err(why) = opened {
            self.refused += 1;
            bump(if why == Rejected::Replayed { &with.counters.replayed } else { &with.counters.forged }, 1);
        }
        opened.ok()
    }

    /// Protects `buffer[..n]`, which has room for a tag behind it. `None`: nothing may be sent now.
    pub fn seal_rtp(&mut self, buffer: &mut [u8], n: usize) -> Option<usize> {
        match (&self.keying, &mut self.srtp) {
            (Keying::Plain, _) => Some(n),
            (_, Some(srtp)) => srtp.sender.seal_rtp(buffer, n),
            _ => None,
        }
    }

    /// The same for a report.
    pub fn seal_rtcp(&mut self, buffer: &mut [u8], n: usize) -> Option<usize> {
        match (&self.keying, &mut self.srtp) {
            (Keying::Plain, _) => Some(n),
            (_, Some(srtp)) => srtp.sender.seal_rtcp(buffer, n),
            _ => None,
        }
    }
}
