//! Offer and answer (RFC 3264): what is chosen of a description.

use super::offer::{opening, static_type};
use super::{Agreed, Direction, Local, Media, Sdp, SdpError};
use model::record::Codec;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

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
