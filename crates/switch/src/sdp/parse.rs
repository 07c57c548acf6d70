//! The forgiving reader.

use super::{BYTES_MAX, Direction, FORMATS_MAX, MEDIA_MAX, Media, Sdp, SdpError};

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
    let protocol = words.next().ok_or(SdpError::Malformed)?.to_owned();
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
    let security = sdp.media.last_mut().map_or(&mut sdp.security, |m| &mut m.security);
    if security.attribute(name, value) {
        return;
    }
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
        "fmtp" => {
            if let Some((pt, parameters)) = value.trim().split_once(char::is_whitespace)
                && let Ok(pt) = pt.parse::<u8>()
                && media.fmtps.len() < FORMATS_MAX
            {
                media.fmtps.push((pt, parameters.trim().to_owned()));
            }
        }
        "ptime" => media.ptime = milliseconds(value),
        "maxptime" => media.maxptime = milliseconds(value),
        "rtcp" => media.rtcp_port = value.split_whitespace().next().and_then(|v| v.parse().ok()),
        "rtcp-mux" => media.rtcp_mux = true,
        _ => {}
    }
}

/// Whole milliseconds; some write `20.0`.
fn milliseconds(value: &str) -> Option<u16> {
    value.trim().split('.').next().and_then(|v| v.parse().ok())
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
