//! Session descriptions: a forgiving reader, a strict writer, and offer/answer (RFC 4566, 3264). Pure functions.
//!
//! One audio line is accepted, plain or protected by keys that `secure` reads and writes; every other media line of an offer is
//! answered in its place with port 0.

mod answer;
mod offer;
mod parse;
mod secure;

pub use answer::{accept, answer};
pub use offer::offer;
pub use parse::{parse, part_of};
pub use secure::{Protection, Secrets, Security, ufrag_of};

use crate::rtp::secure::Keying;
use crate::sip::header::host_text;
use model::record::Codec;
use std::net::{IpAddr, SocketAddr};

const BYTES_MAX: usize = 32_768;
const MEDIA_MAX: usize = 32;
const FORMATS_MAX: usize = 64;

/// Who sends. As written by the one who wrote the description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sendrecv" => Self::SendRecv,
            "sendonly" => Self::SendOnly,
            "recvonly" => Self::RecvOnly,
            "inactive" => Self::Inactive,
            _ => return None,
        })
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The same state seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            same => same,
        }
    }

    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sdp {
    pub connection: Option<String>,
    pub direction: Option<Direction>,
    pub security: Security,
    pub media: Vec<Media>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    pub kind: String,
    pub port: u16,
    /// As written, to be repeated in the answer.
    pub protocol: String,
    pub formats: Vec<String>,
    pub connection: Option<String>,
    /// Payload type, name in capitals, clock.
    pub rtpmaps: Vec<(u8, String, u32)>,
    /// Payload type and parameters, as written.
    pub fmtps: Vec<(u8, String)>,
    pub ptime: Option<u16>,
    pub maxptime: Option<u16>,
    pub direction: Option<Direction>,
    pub rtcp_port: Option<u16>,
    pub rtcp_mux: bool,
    pub security: Security,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    #[error("the description is longer than {BYTES_MAX} bytes or not text")]
    Unreadable,
    #[error("the description does not begin with v=0")]
    NotSdp,
    #[error("a line of the description is malformed")]
    Malformed,
    #[error("too many media lines or formats")]
    TooMany,
    #[error("no audio that we can speak: the codecs of this line are none of those offered, or not over RTP/AVP")]
    NoCommonCodec,
    #[error("no audio is offered: a call begins with audio here, and T.38 is taken up when the fax runs")]
    NoAudio,
    #[error(
        "the far end wants encrypted media (SRTP), which is switched off here: set SRTP of the trunk to optional or required"
    )]
    SecureRefused,
    #[error(
        "only encrypted media (SRTP) is taken here, and the far end speaks plain RTP: let it use RTP/SAVP with a=crypto, or set SRTP of the trunk to optional"
    )]
    SecureRequired,
    #[error(
        "no key exchange for encrypted media in common: a=crypto with AES_CM_128 or AEAD_AES, or DTLS with a=setup and a=fingerprint by SHA-256"
    )]
    NoCommonKeys,
}

impl SdpError {
    /// The description is well formed, and yet there is nothing in it for us (488 rather than 400).
    pub const fn is_mismatch(self) -> bool {
        matches!(self, Self::NoCommonCodec | Self::NoAudio | Self::SecureRefused | Self::SecureRequired | Self::NoCommonKeys)
    }
}

/// Our side of a description.
#[derive(Clone, Debug)]
pub struct Local<'a> {
    pub ip: IpAddr,
    pub port: u16,
    /// Stays for the life of the leg; the version grows with every change.
    pub session: u64,
    pub version: u64,
    pub codecs: &'a [Codec],
    pub direction: Direction,
    pub protection: Protection<'a>,
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// `None`: the old form of hold, `c=IN IP4 0.0.0.0`, says nothing about where to send.
    pub remote: Option<SocketAddr>,
    pub rtcp: Option<SocketAddr>,
    pub rtcp_mux: bool,
    /// What we send: the first of the far end's codecs that is ours.
    pub codec: Codec,
    pub payload_type: u8,
    /// What else may come in: the other common codecs, in the far end's order.
    pub also: Vec<(u8, Codec)>,
    /// Payload type of telephone-event at the clock of `codec`.
    pub telephone_event: Option<u8>,
    /// Payload type of telephone-event at 8000 where `codec` has another clock.
    pub telephone_event_also: Option<u8>,
    /// As we write it: `RecvOnly` when the far end put us on hold.
    pub direction: Direction,
    /// Length of the packets we send, 10–60 in tens.
    pub ptime_ms: u8,
    pub keying: Keying,
}

impl Agreed {
    /// We may not be heard: the far end put us on hold.
    pub const fn held(&self) -> bool {
        !self.direction.sends()
    }
}

/// The payload types under which we offer digits: at 8000 ticks a second, and at 48 000 where Opus is offered.
pub const TELEPHONE_EVENT: u8 = 101;
pub const TELEPHONE_EVENT_48: u8 = 110;
/// The payload type under which we offer Opus.
pub const OPUS: u8 = 111;

/// The media threads' name for a codec.
pub const fn spoken(codec: Codec) -> media::codec::Codec {
    match codec {
        Codec::Pcma => media::codec::Codec::Pcma,
        Codec::Pcmu => media::codec::Codec::Pcmu,
        Codec::G722 => media::codec::Codec::G722,
        Codec::G729 => media::codec::Codec::G729,
        Codec::Opus => media::codec::Codec::Opus,
    }
}

/// `[::1]:5060` or `1.2.3.4:5060`, as it stands in a URI.
pub fn authority(addr: SocketAddr) -> String {
    format!("{}:{}", host_text(addr.ip()), addr.port())
}
