//! Session descriptions: a forgiving reader, a strict writer, and offer/answer (RFC 4566, 3264). Pure functions.
//!
//! Only audio over plain RTP with PCMA or PCMU is ever accepted; every other media line of an offer is answered in its
//! place with port 0.

use crate::sip::header::host_text;
use model::record::Codec;
use std::fmt::Write as _;
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
    pub media: Vec<Media>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    pub kind: String,
    pub port: u16,
    pub protocol: String,
    pub formats: Vec<String>,
    pub connection: Option<String>,
    pub rtpmaps: Vec<(u8, String, u32)>,
    pub ptime: Option<u16>,
    pub direction: Option<Direction>,
    pub rtcp_port: Option<u16>,
    pub rtcp_mux: bool,
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
    #[error("no audio that we can speak: we know PCMA and PCMU over RTP/AVP")]
    NoCommonCodec,
}

/// Reads a description.
///
/// # Errors
/// [`SdpError`] when it is not one or goes beyond our limits; unknown lines and attributes are skipped.
pub fn parse(body: &[u8]) -> Result<Sdp, SdpError> {
    if body.len() > BYTES_MAX {
        return Err(SdpError::Unreadable);
    }
    let text = std::str::from_utf8(body).map_err(|_| SdpError::Unreadable)?;
    let mut lines = text.lines().map(str::trim_end).filter(|l| !l.is_empty());
    if lines.next() != Some("v=0") {
        return Err(SdpError::NotSdp);
    }
    let mut sdp = Sdp::default();
    for line in lines {
        let (kind, value) = line.split_once('=').ok_or(SdpError::Malformed)?;
        match kind {
            "m" => {
                if sdp.media.len() == MEDIA_MAX {
                    return Err(SdpError::TooMany);
                }
                sdp.media.push(parse_media(value)?);
            }
            "c" => {
                let address = parse_connection(value);
                match sdp.media.last_mut() {
                    Some(m) => m.connection = m.connection.take().or(address),
                    None => sdp.connection = address,
                }
            }
            "a" => parse_attribute(&mut sdp, value),
            _ => {}
        }
    }
    Ok(sdp)
}

fn parse_media(value: &str) -> Result<Media, SdpError> {
    let mut words = value.split_whitespace();
    let kind = words.next().ok_or(SdpError::Malformed)?.to_ascii_lowercase();
    // `49170/2` is a range of ports; we use the first.
    let port = words.next().and_then(|p| p.split('/').next()).and_then(|p| p.parse().ok()).ok_or(SdpError::Malformed)?;
    let protocol = words.next().ok_or(SdpError::Malformed)?.to_ascii_uppercase();
    let formats: Vec<String> = words.map(str::to_owned).collect();
    if formats.len() > FORMATS_MAX {
        return Err(SdpError::TooMany);
    }
    Ok(Media { kind, port, protocol, formats, ..Media::default() })
}

fn parse_connection(value: &str) -> Option<String> {
    let mut words = value.split_whitespace();
    let (network, family, address) = (words.next()?, words.next()?, words.next()?);
    (network == "IN" && (family == "IP4" || family == "IP6")).then(|| address.split('/').next().unwrap_or(address).to_owned())
}

fn parse_attribute(sdp: &mut Sdp, value: &str) {
    let (name, value) = value.split_once(':').unwrap_or((value, ""));
    let name = name.trim();
    if let Some(direction) = Direction::parse(name) {
        match sdp.media.last_mut() {
            Some(m) => m.direction = Some(direction),
            None => sdp.direction = Some(direction),
        }
        return;
    }
    let Some(media) = sdp.media.last_mut() else { return };
    match name {
        "rtpmap" => {
            let Some((pt, codec)) = value.trim().split_once(char::is_whitespace) else { return };
            let mut parts = codec.trim().split('/');
            let (encoding, rate) = (parts.next().unwrap_or_default(), parts.next().and_then(|r| r.parse().ok()).unwrap_or(0));
            if let Ok(pt) = pt.parse::<u8>()
                && media.rtpmaps.len() < FORMATS_MAX
            {
                media.rtpmaps.push((pt, encoding.to_ascii_uppercase(), rate));
            }
        }
        "ptime" => media.ptime = value.trim().split('.').next().and_then(|v| v.parse().ok()),
        "rtcp" => media.rtcp_port = value.split_whitespace().next().and_then(|v| v.parse().ok()),
        "rtcp-mux" => media.rtcp_mux = true,
        _ => {}
    }
}

impl Media {
    fn usable(&self) -> bool {
        self.kind == "audio" && self.port != 0 && (self.protocol == "RTP/AVP" || self.protocol == "RTP/AVPF")
    }

    /// Codec of a payload type: by its rtpmap, else by the static table.
    fn codec(&self, pt: u8) -> Option<Codec> {
        match self.rtpmaps.iter().find(|(n, _, _)| *n == pt) {
            Some((_, name, 8_000)) if name == "PCMA" => Some(Codec::Pcma),
            Some((_, name, 8_000)) if name == "PCMU" => Some(Codec::Pcmu),
            Some(_) => None,
            None => match pt {
                8 => Some(Codec::Pcma),
                0 => Some(Codec::Pcmu),
                _ => None,
            },
        }
    }

    fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|f| f.parse().ok()).filter(|pt| *pt < 128)
    }

    fn telephone_event(&self) -> Option<u8> {
        self.payload_types()
            .find(|pt| self.rtpmaps.iter().any(|(n, name, rate)| n == pt && name == "TELEPHONE-EVENT" && *rate == 8_000))
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
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// `None`: the old form of hold, `c=IN IP4 0.0.0.0`, says nothing about where to send.
    pub remote: Option<SocketAddr>,
    pub rtcp: Option<SocketAddr>,
    pub rtcp_mux: bool,
    pub codec: Codec,
    pub payload_type: u8,
    pub telephone_event: Option<u8>,
    /// As we write it: `RecvOnly` when the far end put us on hold.
    pub direction: Direction,
    pub ptime_ms: u16,
}

impl Agreed {
    /// We may not be heard: the far end put us on hold.
    pub const fn held(&self) -> bool {
        !self.direction.sends()
    }
}

const fn static_type(codec: Codec) -> (u8, &'static str) {
    match codec {
        Codec::Pcma => (8, "PCMA"),
        Codec::Pcmu => (0, "PCMU"),
    }
}

/// The payload type under which we offer digits.
pub const TELEPHONE_EVENT: u8 = 101;

fn opening(local: &Local<'_>) -> String {
    let family = if local.ip.is_ipv6() { "IP6" } else { "IP4" };
    let (session, version, ip) = (local.session, local.version, local.ip);
    format!("v=0\r\no=- {session} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n")
}

/// An offer of all our codecs in their order.
pub fn offer(local: &Local<'_>) -> String {
    let mut out = opening(local);
    let _ = write!(out, "m=audio {} RTP/AVP", local.port);
    for codec in local.codecs {
        let _ = write!(out, " {}", static_type(*codec).0);
    }
    let _ = write!(out, " {TELEPHONE_EVENT}\r\n");
    for codec in local.codecs {
        let (pt, name) = static_type(*codec);
        let _ = write!(out, "a=rtpmap:{pt} {name}/8000\r\n");
    }
    let _ = write!(out, "a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000\r\na=fmtp:{TELEPHONE_EVENT} 0-16\r\na=ptime:20\r\n");
    let _ = write!(out, "a={}\r\n", local.direction.name());
    out
}

/// Answers an offer: the first usable audio line is taken, its first codec that we know, every other line refused.
/// `fallback` stands for an address that is missing or is a name.
///
/// # Errors
/// [`SdpError::NoCommonCodec`].
pub fn answer(offer: &Sdp, local: &Local<'_>, fallback: IpAddr) -> Result<(String, Agreed), SdpError> {
    let chosen = offer.media.iter().position(|m| pick(m, local.codecs).is_some()).ok_or(SdpError::NoCommonCodec)?;
    let mut agreed = agree(offer, &offer.media[chosen], local.codecs, fallback)?;
    agreed.direction = narrower(agreed.direction, local.direction);
    let mut out = opening(local);
    for (i, media) in offer.media.iter().enumerate() {
        if i == chosen {
            write_chosen(&mut out, &agreed, local.port);
        } else {
            let format = media.formats.first().map_or("0", String::as_str);
            let _ = write!(out, "m={} 0 {} {format}\r\n", media.kind, media.protocol);
        }
    }
    Ok((out, agreed))
}

fn write_chosen(out: &mut String, agreed: &Agreed, port: u16) {
    let (pt, name) = (agreed.payload_type, static_type(agreed.codec).1);
    let _ = write!(out, "m=audio {port} RTP/AVP {pt}");
    if let Some(te) = agreed.telephone_event {
        let _ = write!(out, " {te}");
    }
    let _ = write!(out, "\r\na=rtpmap:{pt} {name}/8000\r\n");
    if let Some(te) = agreed.telephone_event {
        let _ = write!(out, "a=rtpmap:{te} telephone-event/8000\r\na=fmtp:{te} 0-16\r\n");
    }
    let _ = write!(out, "a=ptime:20\r\na={}\r\n", agreed.direction.name());
}

/// Both ends must allow a direction for it to be used.
const fn narrower(a: Direction, b: Direction) -> Direction {
    let (send, receive) = (a.sends() && b.sends(), a.reversed().sends() && b.reversed().sends());
    match (send, receive) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}

/// Reads the answer to an offer of ours.
///
/// # Errors
/// [`SdpError::NoCommonCodec`] when our audio line was refused.
pub fn accept(answer: &Sdp, codecs: &[Codec], fallback: IpAddr) -> Result<Agreed, SdpError> {
    let media = answer.media.iter().find(|m| pick(m, codecs).is_some()).ok_or(SdpError::NoCommonCodec)?;
    agree(answer, media, codecs, fallback)
}

fn pick(media: &Media, codecs: &[Codec]) -> Option<(u8, Codec)> {
    if !media.usable() {
        return None;
    }
    media.payload_types().find_map(|pt| media.codec(pt).filter(|c| codecs.contains(c)).map(|c| (pt, c)))
}

fn agree(sdp: &Sdp, media: &Media, codecs: &[Codec], fallback: IpAddr) -> Result<Agreed, SdpError> {
    let (payload_type, codec) = pick(media, codecs).ok_or(SdpError::NoCommonCodec)?;
    let written = media.connection.as_deref().or(sdp.connection.as_deref());
    let ip = written.and_then(|a| a.parse::<IpAddr>().ok()).unwrap_or(fallback);
    let nowhere = ip.is_unspecified();
    let theirs = media.direction.or(sdp.direction).unwrap_or_default();
    let mut direction = theirs.reversed();
    if nowhere {
        direction = narrower(direction, Direction::RecvOnly);
    }
    let remote = (!nowhere).then(|| SocketAddr::new(ip, media.port));
    Ok(Agreed {
        remote,
        rtcp: remote.map(|r| SocketAddr::new(r.ip(), media.rtcp_port.unwrap_or_else(|| media.port.saturating_add(1)))),
        rtcp_mux: media.rtcp_mux,
        codec,
        payload_type,
        telephone_event: media.telephone_event(),
        direction,
        ptime_ms: media.ptime.filter(|p| (10..=200).contains(p)).unwrap_or(20),
    })
}

/// The SDP part of a body: the whole of it, or one part of `multipart/mixed`.
pub fn part_of<'a>(content_type: &str, body: &'a [u8]) -> Option<&'a [u8]> {
    let lower = content_type.to_ascii_lowercase();
    if lower.trim_start().starts_with("application/sdp") {
        return Some(body);
    }
    if !lower.trim_start().starts_with("multipart/") {
        return None;
    }
    let at = lower.find("boundary=")? + "boundary=".len();
    let boundary = content_type[at..].trim_start_matches('"').split(['"', ';']).next()?.trim();
    if boundary.is_empty() {
        return None;
    }
    let marker = format!("--{boundary}");
    let text = std::str::from_utf8(body).ok()?;
    for part in text.split(marker.as_str()).skip(1) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else { continue };
        if head.to_ascii_lowercase().contains("application/sdp") {
            return Some(content.trim_end_matches("\r\n").as_bytes());
        }
    }
    None
}

/// `[::1]:5060` or `1.2.3.4:5060`, as it stands in a URI.
pub fn authority(addr: SocketAddr) -> String {
    format!("{}:{}", host_text(addr.ip()), addr.port())
}
