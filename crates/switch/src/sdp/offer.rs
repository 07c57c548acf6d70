//! The strict writer of offers.

use super::{Local, OPUS, TELEPHONE_EVENT, TELEPHONE_EVENT_48, secure, spoken};
use model::record::Codec;
use std::fmt::Write as _;

pub(super) fn opening(local: &Local<'_>) -> String {
    let family = if local.ip.is_ipv6() { "IP6" } else { "IP4" };
    let (session, version, ip) = (local.session, local.version, local.ip);
    format!("v=0\r\no=- {session} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n")
}

/// An offer of all our codecs in their order.
pub fn offer(local: &Local<'_>) -> String {
    let formats: Vec<(u8, Codec)> = local.codecs.iter().map(|c| (spoken(*c).static_payload_type().unwrap_or(OPUS), *c)).collect();
    let wide = local.codecs.contains(&Codec::Opus).then_some(TELEPHONE_EVENT_48);
    let (protocol, session, lines) = secure::offer(local);
    let mut out = opening(local);
    out.push_str(&session);
    let _ = write!(out, "m=audio {} {protocol}", local.port);
    write_formats(&mut out, &formats, Some(TELEPHONE_EVENT), wide);
    let _ = write!(out, "a=ptime:20\r\na={}\r\n", local.direction.name());
    out.push_str(&lines);
    out
}

/// The end of an audio line and what its formats mean; telephone-event at 8000 and at 48 000.
pub(super) fn write_formats(out: &mut String, formats: &[(u8, Codec)], event: Option<u8>, event_48: Option<u8>) {
    let digits = [(event, 8_000), (event_48, 48_000)];
    let digits = digits.iter().filter_map(|(pt, clock)| pt.map(|pt| (pt, clock)));
    for pt in formats.iter().map(|f| f.0).chain(digits.clone().map(|d| d.0)) {
        let _ = write!(out, " {pt}");
    }
    out.push_str("\r\n");
    for (pt, codec) in formats {
        let codec = spoken(*codec);
        let _ = write!(out, "a=rtpmap:{pt} {}\r\n", codec.rtpmap());
        if let Some(parameters) = codec.fmtp() {
            let _ = write!(out, "a=fmtp:{pt} {parameters}\r\n");
        }
    }
    for (pt, clock) in digits {
        let _ = write!(out, "a=rtpmap:{pt} telephone-event/{clock}\r\na=fmtp:{pt} 0-16\r\n");
    }
}
