//! What a switch is started with, and why it may refuse to start.

use crate::sip::tls::{CertificateProblem, TlsListen};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Everything a [`crate::Switch`] needs to know before it opens a socket.
#[derive(Clone, Debug)]
pub struct SwitchConfig {
    /// SIP over UDP and TCP. Port 0 takes a free one (tests); [`crate::Switch::local_addr`] tells which.
    pub bind: SocketAddr,
    /// SIP over TLS, where it is wanted.
    pub tls: Option<TlsListen>,
    /// Name servers for trunks named by a domain; empty: the system's.
    pub name_servers: Vec<SocketAddr>,
    /// The address written into Via, Contact and SDP when it is not the one we are bound to (NAT, several interfaces).
    pub advertised: Option<IpAddr>,
    /// Ports of RTP sockets; even ones are used.
    pub rtp_ports: RangeInclusive<u16>,
    /// Media threads; 0: one per core.
    pub media_workers: usize,
    pub user_agent: String,
    pub inbound: InboundPolicy,
    pub limits: Limits,
    pub timing: Timing,
}

impl Default for SwitchConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([0, 0, 0, 0], 5060)),
            tls: None,
            name_servers: Vec::new(),
            advertised: None,
            rtp_ports: 20_000..=29_998,
            media_workers: 0,
            user_agent: "Fengling".into(),
            inbound: InboundPolicy::TrunksOnly,
            limits: Limits::default(),
            timing: Timing::default(),
        }
    }
}

impl SwitchConfig {
    /// The defaults on this SIP address.
    pub fn new(bind: SocketAddr) -> Self {
        Self { bind, ..Self::default() }
    }
}

/// Whose calls we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundPolicy {
    /// Only from the addresses of configured trunks; others get 403 and are counted.
    TrunksOnly,
    /// From everybody, as `TrunkId(0)` where no trunk matches: a carrier's side.
    Anyone,
}

/// Beyond these a new request is answered 503 with Retry-After; calls already up are never touched.
#[derive(Clone, Debug)]
pub struct Limits {
    pub legs_max: usize,
    /// Inbound calls not yet answered.
    pub incoming_pending_max: usize,
    pub invites_per_second_max: u32,
    pub tcp_connections_max: usize,
    pub retry_after_s: u32,
    /// Digits of one SendDigits.
    pub digits_max: usize,
    /// Faxes under way at once; each has a thread of its own.
    pub faxes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            legs_max: 10_000,
            incoming_pending_max: 2_000,
            invites_per_second_max: 2_000,
            tcp_connections_max: 1_000,
            retry_after_s: 5,
            digits_max: 256,
            faxes_max: 60,
        }
    }
}

/// Protocol times. The defaults are the RFCs'; tests shorten them.
#[derive(Clone, Debug)]
pub struct Timing {
    /// RFC 3261 T1; transactions die after 64 × T1.
    pub t1: Duration,
    /// The floor must decide over an inbound call within this time.
    pub decision: Duration,
    /// Session-Expires we ask for (RFC 4028); never below 90 s on the wire unless a test says so.
    pub session_expires_s: u32,
    pub session_min_s: u32,
    /// A leg that is answered and gets no RTP for this long ends with `MediaTimeout`; zero: never.
    pub media_timeout: Duration,
    /// First wait after a failed registration; doubles up to `register_retry_max`, with jitter.
    pub register_retry: Duration,
    pub register_retry_max: Duration,
    /// Waiting for the answer to one OPTIONS probe.
    pub options_answer: Duration,
    /// What a phone may ask for when it registers; shorter is refused with 423, longer is cut.
    pub register_min_s: u32,
    pub register_max_s: u32,
    /// Between two OPTIONS to a phone behind NAT, whose way back closes after half a minute.
    pub phone_keepalive: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            decision: Duration::from_secs(10),
            session_expires_s: 1_800,
            session_min_s: 90,
            media_timeout: Duration::from_secs(60),
            register_retry: Duration::from_secs(2),
            register_retry_max: Duration::from_secs(120),
            options_answer: Duration::from_secs(4),
            register_min_s: 60,
            register_max_s: 3_600,
            phone_keepalive: Duration::from_secs(25),
        }
    }
}

/// Why a switch did not start.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    #[error("SIP port {port} on {ip} ({transport}) is in use by another program: stop it or set another `sip.listen`")]
    PortInUse { ip: IpAddr, port: u16, transport: &'static str },
    #[error("cannot listen for SIP on {bind} ({transport}): {source}")]
    Bind { bind: SocketAddr, transport: &'static str, source: std::io::Error },
    #[error("SIP certificate: {0}")]
    Certificate(#[from] CertificateProblem),
    #[error("cannot start the RTP workers on ports {from}–{to}: {reason}")]
    Media { from: u16, to: u16, reason: String },
    #[error("`rtp_ports` {from}–{to} holds no pair of ports: give at least two")]
    RtpPorts { from: u16, to: u16 },
}
