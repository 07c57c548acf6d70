//! Offer and answer (RFC 3264): what is chosen of a description.

use super::offer::{opening, write_formats};
use super::{Agreed, Direction, Local, Media, Sdp, SdpError, secure, spoken};
use crate::rtp::secure::Keying;
use model::record::Codec;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

impl Media {
    fn usable(&self) -> bool {
        self.kind == "audio" && self.port != 0 && secure::is_known(&self.protocol)
    }

    /// Codec of a payload type: by its rtpmap, else by the static table.
    fn codec(&self, pt: u8) -> Option<Codec> {
        let mut all = Codec::ALL.iter().copied();
        match self.rtpmaps.iter().find(|(n, _, _)| *n == pt) {
            Some((_, name, clock)) => all.find(|c| spoken(*c).name().eq_ignore_ascii_case(name) && spoken(*c).clock() == *clock),
            None => all.find(|c| spoken(*c).static_payload_type() == Some(pt)),
        }
    }

    fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|f| f.parse().ok()).filter(|pt| *pt < 128)
    }

    /// The formats we speak, each codec once, in the order of the one who wrote them.
    fn common(&self, codecs: &[Codec]) -> Vec<(u8, Codec)> {
        let mut all: Vec<(u8, Codec)> = Vec::new();
        if self.usable() {
            for pt in self.payload_types() {
                if let Some(codec) = self.codec(pt).filter(|c| codecs.contains(c) && all.iter().all(|(_, a)| a != c)) {
                    all.push((pt, codec));
                }
            }
        }
        // Browsers put Opus first, which costs a hundred times G.711; with them our own order counts.
        if self.security.is_browser() {
            all.sort_by_key(|(_, codec)| codecs.iter().position(|c| c == codec));
        }
        all
    }

    fn telephone_event(&self, clock: u32) -> Option<u8> {
        self.payload_types()
            .find(|pt| self.rtpmaps.iter().any(|(n, name, rate)| n == pt && name == "TELEPHONE-EVENT" && *rate == clock))
    }

    /// The packet length asked for, as far as we go along: 10–60 ms in tens.
    fn packet_ms(&self) -> u8 {
        let wanted = self.ptime.filter(|p| *p > 0).unwrap_or(20).min(self.maxptime.filter(|p| *p > 0).unwrap_or(u16::MAX));
        (wanted.clamp(10, 60) / 10 * 10) as u8
    }
}

/// Answers an offer: the first usable audio line is taken, with all of its codecs that are ours in the offer's order, so that
/// the far end may change among them; every other line is refused. `fallback` stands for an address that is missing or is a
/// name.
///
/// # Errors
/// [`SdpError::NoCommonCodec`], [`SdpError::NoAudio`] (ADR 12), or why the lines that would do are not protected as they must be.
pub fn answer(offer: &Sdp, local: &Local<'_>, fallback: IpAddr) -> Result<(String, Agreed), SdpError> {
    let usable = offer.media.iter().enumerate().filter(|(_, m)| !m.common(local.codecs).is_empty());
    let mut judged = usable.map(|(i, m)| secure::answer(offer, m, local, &sources(offer, m, fallback)).map(|s| (i, s)));
    let sounds = offer.media.iter().any(|m| m.kind == "audio" && m.port != 0);
    let first = judged.next().ok_or(if sounds { SdpError::NoCommonCodec } else { SdpError::NoAudio })?;
    let (chosen, secured) = first.or_else(|e| judged.find_map(Result::ok).ok_or(e))?;
    let mut agreed = agree(offer, &offer.media[chosen], local.codecs, fallback)?;
    agreed.keying = secured.keying;
    agreed.direction = narrower(agreed.direction, local.direction);
    let mut out = opening(local);
    out.push_str(&secured.session);
    for (i, media) in offer.media.iter().enumerate() {
        if i == chosen {
            let _ = write!(out, "m=audio {} {}", local.port, media.protocol);
            write_chosen(&mut out, &agreed);
            out.push_str(&secured.lines);
        } else {
            let format = media.formats.first().map_or("0", String::as_str);
            let _ = write!(out, "m={} 0 {} {format}\r\n", media.kind, media.protocol);
            if let Some(mid) = media.security.mid() {
                let _ = write!(out, "a=mid:{mid}\r\n");
            }
        }
    }
    Ok((out, agreed))
}

fn write_chosen(out: &mut String, agreed: &Agreed) {
    let formats: Vec<(u8, Codec)> =
        std::iter::once((agreed.payload_type, agreed.codec)).chain(agreed.also.iter().copied()).collect();
    let (narrow, wide) = match spoken(agreed.codec).clock() {
        8_000 => (agreed.telephone_event, agreed.telephone_event_also),
        _ => (agreed.telephone_event_also, agreed.telephone_event),
    };
    write_formats(out, &formats, narrow, wide);
    let _ = write!(out, "a=ptime:{}\r\na={}\r\n", agreed.ptime_ms, agreed.direction.name());
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
/// [`SdpError::NoCommonCodec`] when our audio line was refused, or it is not protected as it must be.
pub fn accept(answer: &Sdp, local: &Local<'_>, fallback: IpAddr) -> Result<Agreed, SdpError> {
    let media = answer.media.iter().find(|m| !m.common(local.codecs).is_empty()).ok_or(SdpError::NoCommonCodec)?;
    let mut agreed = agree(answer, media, local.codecs, fallback)?;
    agreed.keying = secure::accept(answer, media, local, &sources(answer, media, fallback))?;
    Ok(agreed)
}

/// Addresses that a handshake without ICE may come from: the one written, and the one signalling comes from.
fn sources(sdp: &Sdp, media: &Media, fallback: IpAddr) -> Vec<IpAddr> {
    written_ip(sdp, media).into_iter().chain([fallback]).collect()
}

fn written_ip(sdp: &Sdp, media: &Media) -> Option<IpAddr> {
    media.connection.as_deref().or(sdp.connection.as_deref()).and_then(|a| a.parse().ok())
}

fn agree(sdp: &Sdp, media: &Media, codecs: &[Codec], fallback: IpAddr) -> Result<Agreed, SdpError> {
    let mut common = media.common(codecs).into_iter();
    let (payload_type, codec) = common.next().ok_or(SdpError::NoCommonCodec)?;
    let also: Vec<(u8, Codec)> = common.collect();
    let ip = written_ip(sdp, media).unwrap_or(fallback);
    let nowhere = ip.is_unspecified();
    let theirs = media.direction.or(sdp.direction).unwrap_or_default();
    let mut direction = theirs.reversed();
    // A browser writes 0.0.0.0 until ICE has found it, and holds nobody by that.
    if nowhere && !secure::has_ice(sdp, media) {
        direction = narrower(direction, Direction::RecvOnly);
    }
    let remote = (!nowhere).then(|| SocketAddr::new(ip, media.port));
    let clock = spoken(codec).clock();
    let other = if clock == 8_000 { 48_000 } else { 8_000 };
    let may_change = also.iter().any(|(_, c)| spoken(*c).clock() == other);
    Ok(Agreed {
        remote,
        rtcp: remote.map(|r| SocketAddr::new(r.ip(), media.rtcp_port.unwrap_or_else(|| media.port.saturating_add(1)))),
        rtcp_mux: media.rtcp_mux,
        codec,
        payload_type,
        also,
        telephone_event: media.telephone_event(clock),
        // Some send their keys at 8000 whatever the codec.
        telephone_event_also: media.telephone_event(other).filter(|_| may_change || clock != 8_000),
        direction,
        ptime_ms: media.packet_ms(),
        keying: Keying::Plain,
    })
}
