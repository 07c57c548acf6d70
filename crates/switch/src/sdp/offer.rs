//! The strict writer of offers.

use super::{Local, TELEPHONE_EVENT};
use model::record::Codec;
use std::fmt::Write as _;

pub(super) const fn static_type(codec: Codec) -> (u8, &'static str) {
    match codec {
        Codec::Pcma => (8, "PCMA"),
        Codec::Pcmu => (0, "PCMU"),
        Codec::G722 => (9, "G722"),
        Codec::G729 => (18, "G729"),
        Codec::Opus => (111, "opus"),
    }
}

pub(super) fn opening(local: &Local<'_>) -> String {
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
