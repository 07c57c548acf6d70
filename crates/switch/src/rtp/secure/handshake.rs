//! DTLS handshakes (RFC 5764) on a thread of their own: half a millisecond to several milliseconds of arithmetic each, which
//! no packet of another leg may wait for. The pacing threads hand datagrams over and get keys back.

use super::super::{
    pool::Router,
    worker::{LegCommand, WorkerCommand},
};
use super::identity::{Fingerprint, Identity};
use super::keys::{MasterKey, Suite};
use dimpl::{Config, Dtls, Output, SrtpProfile};
use model::LegId;
use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    time::{Duration, Instant},
};

/// Datagrams waiting for the thread; what comes on top is dropped and sent again by its sender.
const WAITING_MAX: usize = 4_096;
/// Longest record written or read.
const RECORD_MAX: usize = 2_048;
/// A handshake that takes longer has failed.
const HANDSHAKE_MAX: Duration = Duration::from_secs(20);
/// So long after the handshake its state is kept, to repeat the last flight where that was lost.
const LINGER: Duration = Duration::from_secs(30);

/// Which end opens the handshake, and whom we expect there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    /// We send the ClientHello.
    pub active: bool,
    /// Any one of them must fit.
    pub fingerprints: Vec<Fingerprint>,
    /// The far end's address is proved by ICE, so no cookie is asked for.
    pub proven: bool,
    /// Where a handshake may come from when there is no ICE: what SDP and signalling name.
    pub sources: Vec<IpAddr>,
}

pub enum HandshakeJob {
    /// A leg wants keys. `peer` is where an active end begins at once.
    Begin {
        leg: LegId,
        socket: UdpSocket,
        association: Association,
        peer: Option<SocketAddr>,
    },
    /// The far end's address is known now, or another one.
    Peer {
        leg: LegId,
        addr: SocketAddr,
    },
    Datagram {
        leg: LegId,
        from: SocketAddr,
        octets: Box<[u8]>,
    },
    End(LegId),
}

/// The pacing threads' end of the queue.
#[derive(Clone)]
pub struct HandshakeLink {
    jobs: mpsc::Sender<HandshakeJob>,
    waiting: Arc<AtomicUsize>,
}

impl HandshakeLink {
    pub fn new() -> (Self, HandshakeQueue) {
        let (jobs, queue) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        (Self { jobs, waiting: Arc::clone(&waiting) }, HandshakeQueue { jobs: queue, waiting })
    }

    pub fn send(&self, job: HandshakeJob) {
        let _ = self.jobs.send(job);
    }

    /// False when too many wait already; the datagram is dropped.
    pub fn datagram(&self, leg: LegId, from: SocketAddr, octets: &[u8]) -> bool {
        if self.waiting.load(Relaxed) >= WAITING_MAX {
            return false;
        }
        self.waiting.fetch_add(1, Relaxed);
        self.jobs.send(HandshakeJob::Datagram { leg, from, octets: octets.into() }).is_ok()
    }
}

pub struct HandshakeQueue {
    jobs: mpsc::Receiver<HandshakeJob>,
    waiting: Arc<AtomicUsize>,
}

/// The outcome of a handshake, told to the leg.
#[derive(Debug)]
pub enum Outcome {
    Keys {
        send: MasterKey,
        receive: MasterKey,
    },
    Failed {
        reason: String,
    },
    /// The far end has closed its side.
    Closed,
}

struct Peer {
    dtls: Dtls,
    socket: UdpSocket,
    association: Association,
    addr: Option<SocketAddr>,
    /// The certificate fitted a fingerprint.
    recognised: bool,
    keyed: bool,
    deadline: Instant,
    over: Instant,
}

/// The thread.
pub struct Handshakes {
    queue: HandshakeQueue,
    router: Weak<Router>,
    identity: Identity,
    with_cookie: Arc<Config>,
    without_cookie: Arc<Config>,
    peers: HashMap<LegId, Peer>,
    due: BTreeSet<(Instant, LegId)>,
    buffer: Box<[u8; RECORD_MAX]>,
}

impl Handshakes {
    /// # Errors
    /// The library finds its own cryptography wanting.
    pub fn new(queue: HandshakeQueue, router: Weak<Router>, identity: Identity) -> Result<Self, dimpl::Error> {
        let config = |cookie| {
            let quick = Duration::from_millis(200);
            Config::builder()
                .use_server_cookie(cookie)
                .flight_start_rto(quick)
                .flight_retries(6)
                .handshake_timeout(HANDSHAKE_MAX)
                .build()
        };
        Ok(Self {
            queue,
            router,
            identity,
            with_cookie: Arc::new(config(true)?),
            without_cookie: Arc::new(config(false)?),
            peers: HashMap::new(),
            due: BTreeSet::new(),
            buffer: Box::new([0; RECORD_MAX]),
        })
    }

    /// Runs until nobody can ask for anything any more.
    pub fn run(mut self) {
        loop {
            let wait =
                self.due.first().map_or(Duration::from_secs(3_600), |(at, _)| at.saturating_duration_since(Instant::now()));
            match self.queue.jobs.recv_timeout(wait) {
                Ok(job) => self.perform(job),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            let now = Instant::now();
            while let Some((at, leg)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
                self.due.remove(&(at, leg));
                self.drive(leg, now, None);
            }
        }
    }

    fn perform(&mut self, job: HandshakeJob) {
        let now = Instant::now();
        match job {
            HandshakeJob::Begin { leg, socket, association, peer } => self.begin(leg, socket, association, peer, now),
            HandshakeJob::Peer { leg, addr } => {
                if let Some(peer) = self.peers.get_mut(&leg) {
                    let first = peer.addr.replace(addr).is_none();
                    if first && peer.association.active {
                        self.drive(leg, now, None);
                    }
                }
            }
            HandshakeJob::Datagram { leg, from, octets } => {
                self.queue.waiting.fetch_sub(1, Relaxed);
                if let Some(peer) = self.peers.get_mut(&leg) {
                    peer.addr = Some(from);
                    self.drive(leg, now, Some(&octets));
                }
            }
            HandshakeJob::End(leg) => self.forget(leg),
        }
    }

    fn begin(&mut self, leg: LegId, socket: UdpSocket, association: Association, addr: Option<SocketAddr>, now: Instant) {
        self.forget(leg);
        let config = if association.proven { &self.without_cookie } else { &self.with_cookie };
        let mut dtls = Dtls::new_auto(Arc::clone(config), self.identity.certificate.clone(), now);
        if association.active {
            dtls.set_active(true);
        }
        let over = now + HANDSHAKE_MAX;
        let peer = Peer { dtls, socket, association, addr, recognised: false, keyed: false, deadline: over, over };
        let starts = peer.association.active && addr.is_some();
        self.peers.insert(leg, peer);
        self.due.insert((over, leg));
        if starts {
            self.drive(leg, now, None);
        }
    }

    fn forget(&mut self, leg: LegId) {
        if let Some(peer) = self.peers.remove(&leg) {
            self.due.remove(&(peer.deadline, leg));
        }
    }

    fn tell(&self, leg: LegId, outcome: Outcome) {
        if let Some(router) = self.router.upgrade() {
            router.to_leg(leg, |leg| WorkerCommand::Leg(leg, LegCommand::Handshake(Box::new(outcome))));
        }
    }

    /// Lets time pass for a peer, gives it what has arrived and does what it then wants.
    fn drive(&mut self, leg: LegId, now: Instant, datagram: Option<&[u8]>) {
        let Some(peer) = self.peers.get_mut(&leg) else { return };
        let mut outcomes = Vec::new();
        let end = peer.drive(now, datagram, &mut self.buffer[..], &mut outcomes);
        for outcome in outcomes {
            self.tell(leg, outcome);
        }
        if end {
            self.forget(leg);
        } else if let Some(peer) = self.peers.get(&leg) {
            self.due.insert((peer.deadline, leg));
        }
    }
}

impl Peer {
    /// True when the state is of no more use.
    fn drive(&mut self, now: Instant, datagram: Option<&[u8]>, buffer: &mut [u8], outcomes: &mut Vec<Outcome>) -> bool {
        let mut fed = self.dtls.handle_timeout(now);
        if let (Ok(()), Some(octets)) = (&fed, datagram) {
            fed = self.dtls.handle_packet(octets);
        }
        let stopped = self.drain(now, buffer, outcomes);
        if let Err(e) = fed
            && !self.keyed
            && !stopped
        {
            outcomes.push(Outcome::Failed { reason: format!("the DTLS handshake failed: {e}") });
            return true;
        }
        if now >= self.over && !self.keyed && !stopped {
            outcomes.push(Outcome::Failed { reason: "the far end did not complete the DTLS handshake".to_owned() });
            return true;
        }
        stopped || now >= self.over
    }

    /// Sends what is to be sent and collects what has come out. True when nothing more will.
    fn drain(&mut self, now: Instant, buffer: &mut [u8], outcomes: &mut Vec<Outcome>) -> bool {
        loop {
            match self.dtls.poll_output(buffer) {
                Output::Packet(record) => {
                    if let Some(addr) = self.addr {
                        // A lost record is repeated by the protocol.
                        let _ = self.socket.send_to(record, addr);
                    }
                }
                Output::Timeout(at) => {
                    self.deadline = at.clamp(now + Duration::from_millis(1), self.over.max(now + Duration::from_millis(1)));
                    return false;
                }
                Output::PeerCert(certificate) => {
                    self.recognised = self.association.fingerprints.iter().any(|f| f.fits(certificate));
                    if !self.recognised {
                        let reason = "the far end's DTLS certificate is not the one its SDP names (a=fingerprint)".to_owned();
                        outcomes.push(Outcome::Failed { reason });
                        return true;
                    }
                }
                Output::KeyingMaterial(material, profile) => {
                    let keys = master_keys(&material, profile, self.association.active).filter(|_| self.recognised);
                    let Some((send, receive)) = keys else {
                        let reason = "the far end agreed on no SRTP profile that we know".to_owned();
                        outcomes.push(Outcome::Failed { reason });
                        return true;
                    };
                    self.keyed = true;
                    self.over = now + LINGER;
                    outcomes.push(Outcome::Keys { send, receive });
                }
                Output::CloseNotify => {
                    outcomes.push(Outcome::Closed);
                    return true;
                }
                Output::BufferTooSmall { .. } => return true,
                _ => {}
            }
        }
    }
}

/// `client key ‖ server key ‖ client salt ‖ server salt` (RFC 5764 §4.2): what we send with, then what we receive with.
fn master_keys(material: &[u8], profile: SrtpProfile, we_are_client: bool) -> Option<(MasterKey, MasterKey)> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::AesCm80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::AeadAes256Gcm,
        _ => return None,
    };
    let (key, salt) = (suite.key_len(), suite.salt_len());
    if material.len() < 2 * (key + salt) {
        return None;
    }
    let of = |n: usize| {
        let at = 2 * key + n * salt;
        MasterKey::new(suite, &[&material[n * key..(n + 1) * key], &material[at..at + salt]].concat())
    };
    let (client, server) = (of(0)?, of(1)?);
    Some(if we_are_client { (client, server) } else { (server, client) })
}
