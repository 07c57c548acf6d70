//! T.38 in session descriptions (ITU-T T.38 Annex D): `m=image … udptl t38` offered, answered and read. Pure functions.
//!
//! We speak version 0 with transferred TCF, the one thing every gateway knows over UDPTL, and send redundancy; what we read is
//! forgiving: names in any case, flags with and without a value.

use crate::sdp;
use media::udptl::Correction;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// Copies we send with every packet where the far end can use them.
const DEPTH: u8 = 3;
/// Longest datagram we take, as told to the far end.
const DATAGRAM_MAX: usize = 1_400;
/// What a far end takes that does not say.
const DATAGRAM_ASSUMED: usize = 400;

/// The far end's side of a T.38 session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    pub remote: SocketAddr,
    pub correction: Correction,
    /// Longest datagram it takes, octets.
    pub datagram_max: usize,
}

/// Who we are in a description.
#[derive(Clone, Copy, Debug)]
pub struct Ours {
    pub ip: IpAddr,
    pub port: u16,
    pub session: u64,
    pub version: u64,
}

/// One media section: its `m=` line and the lines under it.
struct Section<'a> {
    line: &'a str,
    below: Vec<&'a str>,
}

impl Section<'_> {
    fn words(&self) -> (&str, u16, &str, &str) {
        let mut words = self.line[2..].split_whitespace();
        let kind = words.next().unwrap_or_default();
        let port = words.next().and_then(|p| p.split('/').next()).and_then(|p| p.parse().ok()).unwrap_or(0);
        (kind, port, words.next().unwrap_or_default(), words.next().unwrap_or("0"))
    }

    fn is_image(&self) -> bool {
        let (kind, port, protocol, format) = self.words();
        kind.eq_ignore_ascii_case("image")
            && port != 0
            && protocol.eq_ignore_ascii_case("udptl")
            && format.eq_ignore_ascii_case("t38")
    }

    /// The value of an attribute, empty for a flag.
    fn attribute(&self, wanted: &str) -> Option<&str> {
        self.below.iter().find_map(|line| {
            let (name, value) = line.strip_prefix("a=")?.split_once(':').unwrap_or((&line[2..], ""));
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    }

    fn refused(&self) -> String {
        let (kind, _, protocol, format) = self.words();
        format!("m={kind} 0 {protocol} {format}\r\n")
    }
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut all: Vec<Section<'_>> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if line.starts_with("m=") {
            all.push(Section { line, below: Vec::new() });
        } else if let Some(section) = all.last_mut() {
            section.below.push(line);
        }
    }
    all
}

fn address<'a>(lines: impl Iterator<Item = &'a str>) -> Option<IpAddr> {
    lines.filter_map(|l| l.strip_prefix("c=")).find_map(|c| c.split_whitespace().nth(2)?.split('/').next()?.parse().ok())
}

/// The T.38 stream that a description offers or accepts; `fallback` stands for an address that is a name. `None`: there is
/// none that we can use.
pub fn image(body: &[u8], fallback: IpAddr) -> Option<Image> {
    // The forgiving reader's limits hold here, too.
    sdp::parse(body).ok()?;
    let text = std::str::from_utf8(body).ok()?;
    let section = sections(text).into_iter().find(Section::is_image)?;
    let head = text.lines().take_while(|l| !l.starts_with("m="));
    let ip = address(section.below.iter().copied()).or_else(|| address(head)).unwrap_or(fallback);
    let local_tcf = section.attribute("T38FaxRateManagement").is_some_and(|v| v.eq_ignore_ascii_case("localTCF"));
    if ip.is_unspecified() || local_tcf {
        return None;
    }
    let correction = match section.attribute("T38FaxUdpEC") {
        Some(v) if v.eq_ignore_ascii_case("t38UDPRedundancy") || v.eq_ignore_ascii_case("t38UDPFEC") => {
            Correction::Redundancy { depth: DEPTH }
        }
        _ => Correction::None,
    };
    // Some say 72 or even 0 and mean one packet; a datagram of ours with copies takes what it needs up to 400 all the same.
    let datagram_max = section.attribute("T38FaxMaxDatagram").and_then(|v| v.parse::<usize>().ok()).unwrap_or(DATAGRAM_ASSUMED);
    let datagram_max = datagram_max.clamp(DATAGRAM_ASSUMED, DATAGRAM_MAX);
    Some(Image { remote: SocketAddr::new(ip, section.words().1), correction, datagram_max })
}

fn opening(ours: Ours) -> String {
    let family = if ours.ip.is_ipv6() { "IP6" } else { "IP4" };
    let Ours { ip, session, version, .. } = ours;
    format!("v=0\r\no=- {session} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n")
}

fn write_image(out: &mut String, port: u16, correction: Correction) {
    let correction = match correction {
        Correction::None => "",
        Correction::Redundancy { .. } => "a=T38FaxUdpEC:t38UDPRedundancy\r\n",
    };
    let _ = write!(
        out,
        "m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n\
         a=T38FaxMaxBuffer:2000\r\na=T38FaxMaxDatagram:{DATAGRAM_MAX}\r\n{correction}"
    );
}

/// An offer of T.38 in place of the live stream of `before`, the last description we wrote; its dead lines keep their places
/// (RFC 3264 §8).
pub fn offer(ours: Ours, before: &str) -> String {
    let mut out = opening(ours);
    let mut placed = false;
    for section in sections(before) {
        if section.words().1 != 0 && !placed {
            write_image(&mut out, ours.port, Correction::Redundancy { depth: DEPTH });
            placed = true;
        } else {
            out.push_str(&section.refused());
        }
    }
    if !placed {
        write_image(&mut out, ours.port, Correction::Redundancy { depth: DEPTH });
    }
    out
}

/// Takes the T.38 stream of an offer and refuses its other lines. `None` as in [`image`].
pub fn answer(offer: &[u8], ours: Ours, fallback: IpAddr) -> Option<(String, Image)> {
    let image = image(offer, fallback)?;
    let mut out = opening(ours);
    let mut placed = false;
    for section in sections(std::str::from_utf8(offer).ok()?) {
        if section.is_image() && !placed {
            write_image(&mut out, ours.port, image.correction);
            placed = true;
        } else {
            out.push_str(&section.refused());
        }
    }
    Some((out, image))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    const FALLBACK: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
    const OURS: Ours = Ours { ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), port: 20_002, session: 7, version: 2 };

    fn gateway(lines: &str) -> String {
        format!("v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n{lines}")
    }

    #[test]
    fn the_far_end_is_read_with_its_limits() {
        let text =
            gateway("m=audio 0 RTP/AVP 8\r\nm=image 4100 UDPTL t38\r\na=T38FaxUdpEC:t38UDPFEC\r\na=t38faxmaxdatagram: 512\r\n");
        let got = image(text.as_bytes(), FALLBACK).unwrap();
        assert_eq!(got.remote, "192.0.2.9:4100".parse().unwrap());
        assert_eq!((got.correction, got.datagram_max), (Correction::Redundancy { depth: 3 }, 512));
        let own =
            gateway("m=image 4100 udptl t38\r\nc=IN IP4 192.0.2.77\r\na=T38FaxFillBitRemoval\r\na=T38FaxMaxDatagram:72\r\n");
        let got = image(own.as_bytes(), FALLBACK).unwrap();
        assert_eq!(
            (got.remote.ip().to_string().as_str(), got.correction, got.datagram_max),
            ("192.0.2.77", Correction::None, 400)
        );
    }

    #[test]
    fn what_we_cannot_is_none() {
        for lines in [
            "m=audio 4000 RTP/AVP 8\r\n",
            "m=image 0 udptl t38\r\n",
            "m=image 4100 tcp t38\r\n",
            "m=image 4100 udptl t38\r\na=T38FaxRateManagement:localTCF\r\n",
            "m=image 4100 udptl t38\r\nc=IN IP4 0.0.0.0\r\n",
        ] {
            assert_eq!(image(gateway(lines).as_bytes(), FALLBACK), None, "{lines}");
        }
    }

    #[test]
    fn lines_keep_their_places() {
        let before = gateway("m=video 0 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n");
        let ours = offer(OURS, &before);
        let lines: Vec<&str> = ours.lines().filter(|l| l.starts_with("m=")).collect();
        assert_eq!(lines, ["m=video 0 RTP/AVP 96", "m=image 20002 udptl t38"]);
        assert_eq!(image(ours.as_bytes(), FALLBACK).unwrap().remote.to_string(), "192.0.2.1:20002");
        let theirs = gateway("m=audio 4000 RTP/AVP 8\r\nm=image 4100 udptl t38\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n");
        let (text, got) = answer(theirs.as_bytes(), OURS, FALLBACK).unwrap();
        let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("m=")).collect();
        assert_eq!(lines, ["m=audio 0 RTP/AVP 8", "m=image 20002 udptl t38"]);
        assert!(text.contains("T38FaxUdpEC:t38UDPRedundancy") && text.contains("T38FaxVersion:0"));
        assert_eq!(got.remote.port(), 4_100);
        assert!(offer(OURS, "").contains("m=image 20002"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(v=0\r\n)?([mac]=[ -~]{0,40}\r\n){0,12}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (image(text.as_bytes(), FALLBACK), image(&bytes, FALLBACK));
            let _ = (answer(text.as_bytes(), OURS, FALLBACK), offer(OURS, &text));
        }
    }
}
