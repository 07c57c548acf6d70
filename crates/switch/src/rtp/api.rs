//! What the signalling side says to the media threads and hears from them.

use super::secure::Suite;
use media::{codec::Codec, peaks::Peaks};
use model::{
    LegId, OpId,
    telephony::{MediaStats, PlayOutcome},
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// How the media threads run.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// Address the RTP sockets are bound to; what goes into SDP is the caller's affair (NAT).
    pub bind: IpAddr,
    /// First and last UDP port, inclusive. A leg takes an even port for RTP and the next one for RTCP.
    pub port_min: u16,
    pub port_max: u16,
    /// Number of pacing threads; 0 takes one per core.
    pub workers: usize,
    /// Ask for SCHED_FIFO on the pacing threads; where the system refuses there is one warning.
    pub realtime: bool,
    /// A locked source must have been silent this long before another may take its place without a new SDP.
    pub relatch_silence_ms: u32,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            port_min: 20_000,
            port_max: 39_999,
            workers: 0,
            realtime: true,
            relatch_silence_ms: 3_000,
        }
    }
}

/// Our end of a leg's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalRtp {
    /// RTP port; RTCP is the next one.
    pub port: u16,
}

/// Direction of a stream as we see it (the answer's attribute, not the offer's).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// A payload type and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub payload_type: u8,
    pub codec: Codec,
}

/// A few payload types; more than fit are forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats([Option<Format>; 6]);

impl Formats {
    pub const NONE: Self = Self([None; 6]);

    pub fn find(&self, payload_type: u8) -> Option<Codec> {
        self.0.iter().flatten().find(|f| f.payload_type == payload_type).map(|f| f.codec)
    }
}

impl FromIterator<Format> for Formats {
    fn from_iter<T: IntoIterator<Item = Format>>(formats: T) -> Self {
        let mut all = Self::NONE;
        all.0.iter_mut().zip(formats).for_each(|(place, format)| *place = Some(format));
        all
    }
}

/// The result of an SDP exchange. May be given again at every SDP change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteRtp {
    /// Where the SDP says the far end listens; symmetric RTP may correct it.
    pub addr: SocketAddr,
    /// Where the SDP says RTCP goes; `None` is the next port (or `addr` itself with `rtcp_mux`).
    pub rtcp: Option<SocketAddr>,
    pub rtcp_mux: bool,
    /// What we send.
    pub codec: Codec,
    /// RTP payload type of `codec`.
    pub payload_type: u8,
    /// What else was negotiated and may come in at any time. The static payload types of G.711 are always understood.
    pub also: Formats,
    /// Length of the packets we send: 10–60 in tens. Opus is sent in packets of 20 ms whatever stands here.
    pub ptime_ms: u8,
    /// Payload type of telephone-event at the clock of `codec` when negotiated; without it digits are sent as tones.
    pub dtmf_payload_type: Option<u8>,
    /// Payload type of telephone-event at the other clock, understood when it comes in.
    pub dtmf_also: Option<u8>,
    pub direction: Direction,
    /// Report [`MediaEvent::TimedOut`] when nothing arrives for so long. `None` before the answer: early media may be silent.
    pub timeout_ms: Option<u32>,
}

impl RemoteRtp {
    /// The codec of a sound packet; `None` when its payload type was never agreed.
    pub fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        if payload_type == self.payload_type {
            return Some(self.codec);
        }
        let g711 = || Codec::from_static_payload_type(payload_type).filter(|c| c.law().is_some());
        self.also.find(payload_type).or_else(g711)
    }

    /// G.711 A-law to `addr` with telephone-event 101, both ways, no time-out.
    pub const fn pcma(addr: SocketAddr) -> Self {
        Self {
            addr,
            rtcp: None,
            rtcp_mux: false,
            codec: Codec::Pcma,
            payload_type: 8,
            also: Formats::NONE,
            ptime_ms: 20,
            dtmf_payload_type: Some(101),
            dtmf_also: None,
            direction: Direction::SendRecv,
            timeout_ms: None,
        }
    }
}

/// Why a leg got no media.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("port_min {min} and port_max {max} leave no even RTP port with its RTCP port: give a range of at least two ports")]
    PortRange { min: u16, max: u16 },
    #[error("no free RTP port between {min} and {max}: widen the range or take fewer calls at once")]
    NoPort { min: u16, max: u16 },
    #[error("RTP address {addr} cannot be bound: {source}")]
    Bind { addr: SocketAddr, source: std::io::Error },
    #[error("leg {0} already has media")]
    LegExists(LegId),
    #[error("no certificate for DTLS can be made: {0}")]
    Identity(rcgen::Error),
    #[error("DTLS cannot be used on this machine: {0}")]
    Handshakes(dimpl::Error),
    #[error("media thread cannot be started: {0}")]
    Thread(std::io::Error),
}

/// Reported by the media threads. Order per leg is the order in which things happened; nothing comes after `Closed`.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// The first valid packet of the far end since `open` or the last SDP change: media flows, from here.
    Latched {
        leg: LegId,
        addr: SocketAddr,
    },
    Digit {
        leg: LegId,
        digit: char,
    },
    PlayDone {
        leg: LegId,
        op: OpId,
        outcome: PlayOutcome,
        played_ms: u32,
    },
    DigitsSent {
        leg: LegId,
        op: OpId,
    },
    RecordDone {
        leg: LegId,
        op: OpId,
        path: PathBuf,
        duration_ms: u32,
        bytes: u64,
        peaks: Peaks,
    },
    /// The recording stopped early: disk full or too slow, path not writable. What was written before is intact and
    /// playable; a `RecordDone` for the same `op` follows when a file exists. An alarm for the operator.
    RecordFailed {
        leg: LegId,
        op: OpId,
        path: PathBuf,
        reason: String,
    },
    Activity {
        leg: LegId,
        speaking: bool,
    },
    /// The far end has proved who it is and the keys are in use. Only where keys come from a DTLS handshake.
    Secured {
        leg: LegId,
        suite: Suite,
    },
    /// The handshake failed; there will be no media.
    Insecure {
        leg: LegId,
        reason: String,
    },
    /// Nothing has come for [`QUIET_MS`], or something comes again. Only after the answer.
    Quiet {
        leg: LegId,
        on: bool,
    },
    /// No RTP for `timeout_ms`; reported once until media flows again. The leg goes on until it is closed.
    TimedOut {
        leg: LegId,
    },
    /// The leg is over; where it was recorded, `Closed` waits for the file, and this comes first.
    Measured {
        leg: LegId,
        stats: MediaStats,
    },
    Closed {
        leg: LegId,
        stats: MediaStats,
    },
}

impl MediaEvent {
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Latched { leg, .. }
            | Self::Digit { leg, .. }
            | Self::PlayDone { leg, .. }
            | Self::DigitsSent { leg, .. }
            | Self::RecordDone { leg, .. }
            | Self::RecordFailed { leg, .. }
            | Self::Activity { leg, .. }
            | Self::Quiet { leg, .. }
            | Self::TimedOut { leg }
            | Self::Secured { leg, .. }
            | Self::Insecure { leg, .. }
            | Self::Measured { leg, .. }
            | Self::Closed { leg, .. } => *leg,
        }
    }
}

/// A browser asks for consent more often than this; a phone that does not suppress silence sends all the time.
pub const QUIET_MS: u64 = 6_000;

/// Upper bounds of the lateness buckets in microseconds; the last bucket is everything above.
pub const LATENESS_US: [u32; 8] = [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];

/// Totals since the start, over all media threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaCounters {
    pub legs: u64,
    pub packets_sent: u64,
    pub packets_received: u64,
    /// From a source that is not the leg's.
    pub strangers: u64,
    /// Not RTP at all, or a payload type never negotiated.
    pub rejects: u64,
    /// SRTP or SRTCP that failed its tag: wrong key, or changed on the way.
    pub forged: u64,
    /// SRTP or SRTCP that came twice or far too late.
    pub replayed: u64,
    /// The system refused a send (far end gone, buffer full).
    pub send_errors: u64,
    /// Packets by how much later than their due time they left, see [`LATENESS_US`].
    pub lateness: [u64; 9],
    /// Times a pacing thread was held up so long that its schedule was moved.
    pub clock_slips: u64,
    /// Recorded blocks thrown away because the writer could not keep up.
    pub record_blocks_dropped: u64,
    /// Samples that a listener of [`super::MediaPool::tap`] was too slow to take.
    pub tap_samples_dropped: u64,
    /// Frames that were not sent because the encoder of a costly codec was too far behind.
    pub frames_not_encoded: u64,
}
