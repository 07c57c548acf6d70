//! Looks at every message before the library does: what is malformed is answered or dropped here, what passes is rewritten
//! into one plain form (unfolded, long field names, an honest Content-Length) with the address it came from.
//!
//! The library loses the body of a datagram without Content-Length, cannot name unknown methods and stops reading at the
//! first line that is not UTF-8; none of that gets past this gate.

use super::header::{self, NameAddr, SOURCE, UriParts, split_host_port};
use super::message::{self, Headers};
use super::wire::Wire;
use model::ExtensionId;
use std::net::{IpAddr, SocketAddr};

/// What to do with one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass {
        message: Vec<u8>,
        new_call: bool,
    },
    /// Send this back to where it came from and forget it.
    Answer {
        code: u16,
        message: Vec<u8>,
    },
    Drop(&'static str),
}

pub const METHODS: [&str; 11] =
    ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "REGISTER"];
/// For the Allow field.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY, REGISTER";
/// What RFCs define and we do not do: 405. Words nobody has defined get 501 (RFC 3261 §8.2.1, §21.5.2).
const NOT_ALLOWED: [&str; 3] = ["SUBSCRIBE", "MESSAGE", "PUBLISH"];
const FIELDS_MAX: usize = 200;
/// Fields we add: where it came from, and the length of the body.
const FIELDS_OURS: usize = 2;
pub const MESSAGE_MAX: usize = 65_535;

/// Long names of the compact forms.
fn long_name(name: &str) -> &str {
    if name.len() != 1 {
        return ["Via", "From", "To", "Call-ID", "CSeq"].into_iter().find(|n| n.eq_ignore_ascii_case(name)).unwrap_or(name);
    }
    match name.as_bytes()[0].to_ascii_lowercase() {
        b'v' => "Via",
        b'f' => "From",
        b't' => "To",
        b'i' => "Call-ID",
        b'm' => "Contact",
        b'l' => "Content-Length",
        b'c' => "Content-Type",
        b'e' => "Content-Encoding",
        b's' => "Subject",
        b'k' => "Supported",
        b'o' => "Event",
        b'r' => "Refer-To",
        b'b' => "Referred-By",
        b'x' => "Session-Expires",
        b'u' => "Allow-Events",
        _ => name,
    }
}

struct Parsed<'a> {
    start: String,
    headers: Headers,
    body: &'a [u8],
    broken_line: bool,
}

fn split(data: &[u8]) -> Option<Parsed<'_>> {
    let begin = data.iter().position(|b| *b != b'\r' && *b != b'\n')?;
    let data = &data[begin..];
    let end = find(data, b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&data[..end]).into_owned();
    let mut lines = text.split("\r\n");
    // A bare CR or LF would make two lines of the start line when it is written again.
    let start = lines.next().filter(|line| !line.contains(char::is_control))?.to_owned();
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut broken_line = false;
    for line in lines {
        if line.starts_with([' ', '\t']) {
            match fields.last_mut() {
                Some((_, value)) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                None => broken_line = true,
            }
            continue;
        }
        match line.split_once(':') {
            Some((name, value)) if is_token(name.trim_end()) => {
                fields.push((long_name(name.trim_end()).to_owned(), value.trim().to_owned()));
            }
            _ => broken_line = true,
        }
        if fields.len() > FIELDS_MAX {
            return None;
        }
    }
    let mut headers = Headers::default();
    for (name, value) in fields.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(SOURCE)) {
        // A bare CR or LF inside a value would split the field when it is written again.
        let value = value.replace(['\r', '\n', '\0'], " ");
        match name.as_str() {
            "Via" => header::split_outside_quotes(&value, ',').into_iter().for_each(|via| headers.push("Via", via.trim())),
            _ => headers.push(name, value.trim()),
        }
    }
    // One field may have held many; ours are written anew.
    if headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Content-Length")).count() + FIELDS_OURS > FIELDS_MAX {
        return None;
    }
    Some(Parsed { start, headers, body: &data[end + 4..], broken_line })
}

pub fn find(data: &[u8], pattern: &[u8]) -> Option<usize> {
    data.windows(pattern.len()).position(|w| w == pattern)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

/// A message that reads as RFC 3261 wants it, before anybody has judged who sent it.
pub struct Sound<'a> {
    parsed: Parsed<'a>,
    body: &'a [u8],
    source: SocketAddr,
    pub wire: Wire,
    /// Empty for responses.
    pub method: String,
    /// A request outside any dialog: no tag on To.
    pub outside: bool,
}

impl Sound<'_> {
    pub fn headers(&self) -> &Headers {
        &self.parsed.headers
    }

    /// The Request-URI.
    pub fn uri(&self) -> &str {
        self.parsed.start.split(' ').nth(1).unwrap_or_default()
    }

    /// Asks for a new call.
    pub fn new_call(&self) -> bool {
        self.outside && self.method == "INVITE"
    }

    /// The plain form that the library reads, with the extension whose credentials it carried.
    pub fn write(&self, extension: Option<ExtensionId>) -> Vec<u8> {
        rewrite(&self.parsed.start, &self.parsed, self.body, (self.source, self.wire), extension)
    }

    /// One answer without a transaction.
    pub fn answer(&self, code: u16, fields: &[(&str, String)]) -> Verdict {
        answer(&self.parsed, code, self.source, fields)
    }
}

/// Reads one datagram, or one message framed out of a stream.
///
/// # Errors
/// What to do with a message that is not sound.
pub fn look(data: &[u8], source: SocketAddr, wire: Wire) -> Result<Sound<'_>, Verdict> {
    let Some(parsed) = split(data) else { return Err(Verdict::Drop("not a SIP message")) };
    if parsed.start.starts_with("SIP/") { response(parsed, source, wire) } else { request(parsed, source, wire) }
}

/// The same, judged by its form alone.
pub fn inspect(data: &[u8], source: SocketAddr, wire: Wire) -> Verdict {
    match look(data, source, wire) {
        Ok(sound) => Verdict::Pass { new_call: sound.new_call(), message: sound.write(None) },
        Err(verdict) => verdict,
    }
}

fn response(parsed: Parsed<'_>, source: SocketAddr, wire: Wire) -> Result<Sound<'_>, Verdict> {
    let mut words = parsed.start.splitn(3, ' ');
    let version = words.next().unwrap_or_default();
    let code = words.next().and_then(|c| c.parse::<u16>().ok()).unwrap_or(0);
    if version != "SIP/2.0" || !(100..700).contains(&code) || parsed.broken_line {
        return Err(Verdict::Drop("bad status line"));
    }
    // One of parameters alone names nobody.
    let vias = header::list(&parsed.headers, "Via");
    if vias.len() != 1 || vias.iter().any(|via| via.trim_start().starts_with(';')) {
        return Err(Verdict::Drop("a response for somebody else"));
    }
    if ["From", "To", "Call-ID", "CSeq"].iter().any(|n| parsed.headers.all(n).count() != 1) {
        return Err(Verdict::Drop("a response without its fields"));
    }
    let Ok(body) = body_of(&parsed) else { return Err(Verdict::Drop("a response shorter than it says")) };
    Ok(Sound { body, parsed, source, wire, method: String::new(), outside: false })
}

fn request(parsed: Parsed<'_>, source: SocketAddr, wire: Wire) -> Result<Sound<'_>, Verdict> {
    let method = parsed.start.split(' ').next().unwrap_or_default().to_owned();
    if !is_token(&method) {
        return Err(Verdict::Drop("no method"));
    }
    match check(&parsed, &method) {
        Ok(body) => {
            let outside = !tagged(parsed.headers.get("To"));
            Ok(Sound { body, parsed, source, wire, method, outside })
        }
        // An ACK is never answered.
        Err(_) if method == "ACK" => Err(Verdict::Drop("a bad ACK")),
        Err(code) => Err(answer(&parsed, code, source, &[])),
    }
}

fn tagged(to: Option<&str>) -> bool {
    to.and_then(NameAddr::parse).is_some_and(|a| a.tag().is_some())
}

/// The body when the request is sound, else the status it deserves.
fn check<'a>(parsed: &Parsed<'a>, method: &str) -> Result<&'a [u8], u16> {
    let h = &parsed.headers;
    let mut words = parsed.start.split(' ');
    let (uri, version, more) = (words.nth(1).unwrap_or_default(), words.next().unwrap_or_default(), words.next());
    if version != "SIP/2.0" && more.is_none() && version.to_ascii_uppercase().starts_with("SIP/") {
        return Err(505);
    }
    if more.is_some() || version != "SIP/2.0" || uri.starts_with('<') || !uri.is_ascii() || parsed.broken_line {
        return Err(400);
    }
    // Once and only once: who a message belongs to must not be open to choice.
    if ["From", "To", "Call-ID", "CSeq"].iter().any(|n| h.all(n).count() != 1) || h.all("Max-Forwards").count() > 1 {
        return Err(400);
    }
    let (number, name) = h.get("CSeq").and_then(|v| v.split_once(char::is_whitespace)).ok_or(400u16)?;
    if number.parse::<u32>().is_err() || number.starts_with('+') || number.parse::<u32>().is_ok_and(|n| n >= 1 << 31) {
        return Err(400);
    }
    if name.trim() != method {
        return Err(400);
    }
    if !METHODS.contains(&method) {
        return Err(if NOT_ALLOWED.contains(&method) { 405 } else { 501 });
    }
    if h.get("Max-Forwards").is_some_and(|v| v.trim().parse::<u8>().is_err()) {
        return Err(400);
    }
    if !sound_uri(uri)? {
        return Err(400);
    }
    let from = h.get("From").and_then(NameAddr::parse).ok_or(400u16)?;
    let to = h.get("To").and_then(NameAddr::parse).ok_or(400u16)?;
    if from.tag().is_none() || from.uri.is_empty() || to.uri.is_empty() || h.get("Call-ID").is_none_or(str::is_empty) {
        return Err(400);
    }
    if h.get("Contact").is_some_and(|c| c.trim() != "*" && NameAddr::parse(split_first(c)).is_none()) {
        return Err(400);
    }
    if ["Via", "Contact"].iter().any(|n| h.all(n).any(|v| v.replace([' ', '\t'], "").contains(";;"))) {
        return Err(400);
    }
    if method == "INVITE" && h.get("Contact").is_none() {
        return Err(400);
    }
    body_of(parsed)
}

fn split_first(value: &str) -> &str {
    header::split_outside_quotes(value, ',').first().copied().unwrap_or_default().trim()
}

fn sound_uri(uri: &str) -> Result<bool, u16> {
    let scheme = uri.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match scheme.as_str() {
        "sip" | "sips" => Ok(UriParts::parse(uri).is_some_and(|u| !u.host.is_empty() && !u.host.contains(['<', '>', '"', '%']))),
        "tel" => Ok(uri.len() > 4),
        _ if uri.contains(':') => Err(416),
        _ => Ok(false),
    }
}

fn body_of<'a>(parsed: &Parsed<'a>) -> Result<&'a [u8], u16> {
    let mut lengths = parsed.headers.all("Content-Length");
    let Some(first) = lengths.next() else { return Ok(parsed.body) };
    if lengths.next().is_some() {
        return Err(400);
    }
    let length: usize = first.trim().parse().map_err(|_| 400u16)?;
    parsed.body.get(..length).ok_or(400)
}

fn rewrite(
    start: &str,
    parsed: &Parsed<'_>,
    body: &[u8],
    (source, wire): (SocketAddr, Wire),
    extension: Option<ExtensionId>,
) -> Vec<u8> {
    let mut headers = Headers::default();
    for (name, value) in parsed.headers.iter() {
        match name {
            "Via" => headers.push("Via", tidy_via(value)),
            "From" | "To" => headers.push(name, tidy_params(value)),
            _ => headers.push(name, value),
        }
    }
    reach_behind_nat(&mut headers, start, source, wire);
    let who = extension.map(|e| format!(" {e}")).unwrap_or_default();
    headers.push(SOURCE, format!("{} {source}{who}", wire.via()));
    message::write(start, &headers, body)
}

/// `SIP  / 2.0 / UDP  host ; branch = x` without the blanks that RFC 3261 allows and readers trip over.
fn tidy_via(via: &str) -> String {
    let mut pieces = via.split(';').map(str::trim);
    let head: Vec<&str> = pieces.next().unwrap_or_default().split('/').map(str::trim).collect();
    let mut out = head.join("/").split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces.filter(|p| !p.is_empty()) {
        out.push(';');
        match piece.split_once('=') {
            Some((n, v)) => out.extend([n.trim_end(), "=", v.trim_start()]),
            None => out.push_str(piece),
        }
    }
    out
}

/// Blanks around the parameters of From and To are taken out; the rest stays as it was written.
fn tidy_params(value: &str) -> String {
    let pieces = header::split_outside_quotes(value, ';');
    let tidy = |piece: &&str| match piece.split_once('=') {
        Some((n, v)) if !piece.contains(['<', '"']) => format!("{}={}", n.trim(), v.trim()),
        _ => piece.trim().to_owned(),
    };
    pieces.iter().map(tidy).collect::<Vec<_>>().join(";")
}

/// A far end behind NAT writes a Contact that nobody outside can reach: its host and port become those the message came
/// from. A REGISTER keeps its own: the registrar remembers both.
fn reach_behind_nat(headers: &mut Headers, start: &str, source: SocketAddr, wire: Wire) {
    if headers.get("Record-Route").is_some() || is_private(source.ip()) || start.starts_with("REGISTER ") || wire.is_stream() {
        return;
    }
    let Some(contact) = headers.get("Contact").map(str::to_owned) else { return };
    let Some(address) = NameAddr::parse(split_first(&contact)) else { return };
    let Some(uri) = UriParts::parse(&address.uri).filter(|u| u.ip().is_some_and(is_private)) else { return };
    let authority = |host: &str, port: Option<u16>| match (host.parse::<IpAddr>(), port) {
        (Ok(ip), port) => format!("{}{}", header::host_text(ip), port.map(|p| format!(":{p}")).unwrap_or_default()),
        (Err(_), _) => host.to_owned(),
    };
    let (old, new) = (authority(&uri.host, uri.port), authority(&source.ip().to_string(), Some(source.port())));
    headers.set("Contact", contact.replacen(&old, &new, 1));
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

fn answer(parsed: &Parsed<'_>, code: u16, source: SocketAddr, fields: &[(&str, String)]) -> Verdict {
    let h = &parsed.headers;
    let vias = header::list(h, "Via");
    let Some(top) = vias.first().filter(|v| sent_by(v).is_some()) else { return Verdict::Drop("nobody to answer") };
    let mut out = Headers::default();
    out.push("Via", format!("{};received={};rport={}", strip_nat_params(top), source.ip(), source.port()));
    for via in &vias[1..] {
        out.push("Via", *via);
    }
    for name in ["From", "To", "Call-ID", "CSeq"] {
        let Some(value) = h.get(name) else { return Verdict::Drop("nobody to answer") };
        let tag = if name == "To" && !value.contains("tag=") { ";tag=gate" } else { "" };
        out.push(name, format!("{value}{tag}"));
    }
    match code {
        405 | 501 => out.push("Allow", ALLOW),
        503 => out.push("Retry-After", "5"),
        _ => {}
    }
    for (name, value) in fields {
        out.push(name, value.clone());
    }
    let start = format!("SIP/2.0 {code} {}", message::phrase(code));
    Verdict::Answer { code, message: message::write(&start, &out, b"") }
}

/// Refuses a message that passed, without a transaction: overload, or too big.
pub fn refuse(data: &[u8], source: SocketAddr, code: u16) -> Verdict {
    split(data).map_or(Verdict::Drop("not a SIP message"), |parsed| answer(&parsed, code, source, &[]))
}

fn sent_by(via: &str) -> Option<(String, Option<u16>)> {
    let rest = via.split_once(char::is_whitespace)?.1;
    split_host_port(rest.split(';').next()?)
}

fn strip_nat_params(via: &str) -> String {
    let kept: Vec<&str> = via
        .split(';')
        .filter(|p| {
            let name = p.split('=').next().unwrap_or_default().trim();
            !name.eq_ignore_ascii_case("rport") && !name.eq_ignore_ascii_case("received")
        })
        .collect();
    kept.join(";")
}

/// How long the first message of a stream's buffer is: `Ok(None)` when more must be read.
///
/// # Errors
/// The stream is beyond repair and must be closed.
pub fn frame(buffer: &[u8]) -> Result<Option<usize>, &'static str> {
    let Some(end) = find(buffer, b"\r\n\r\n") else {
        return if buffer.len() > MESSAGE_MAX { Err("header section too long") } else { Ok(None) };
    };
    let mut length = 0usize;
    for line in buffer[..end].split(|b| *b == b'\n') {
        let Some(colon) = line.iter().position(|b| *b == b':').filter(|_| !line.starts_with(b" ") && !line.starts_with(b"\t"))
        else {
            continue; // The start line, or a field gone on with.
        };
        let name = line[..colon].trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") || name.eq_ignore_ascii_case(b"l") {
            let text = std::str::from_utf8(&line[colon + 1..]).map_err(|_| "unreadable Content-Length")?;
            length = text.trim().parse().map_err(|_| "unreadable Content-Length")?;
        }
    }
    if length > MESSAGE_MAX || end + 4 + length > MESSAGE_MAX {
        return Err("message too long");
    }
    let total = end + 4 + length;
    Ok((buffer.len() >= total).then_some(total))
}
