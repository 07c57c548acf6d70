//! Reading the values of header fields. Pure functions; nonsense gives `None`, never a panic.

use super::message::Headers;
use super::wire::Wire;
use model::ExtensionId;
use std::net::{IpAddr, SocketAddr};

/// `"Display" <sip:user@host>;tag=x` taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    pub uri: String,
    pub params: Vec<(String, Option<String>)>,
}

impl NameAddr {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let after_name = if text.starts_with('"') { &text[end_of_quoted(text)?..] } else { text };
        if let Some(open) = after_name.find('<') {
            let rest = &after_name[open + 1..];
            let close = rest.find('>')?;
            return Some(Self { uri: rest[..close].trim().to_owned(), params: parse_params(&rest[close + 1..]) });
        }
        // Without brackets everything after the first semicolon belongs to the header, not to the URI.
        let (uri, params) = after_name.split_at(after_name.find(';').unwrap_or(after_name.len()));
        let uri = uri.trim();
        (!uri.is_empty() && !uri.contains(char::is_whitespace))
            .then(|| Self { uri: uri.to_owned(), params: parse_params(params) })
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        find_param(&self.params, name)
    }

    pub fn tag(&self) -> Option<&str> {
        self.param("tag").filter(|t| !t.is_empty())
    }
}

/// Index just behind the closing quote of a text that begins with one.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// `;a=b;c` → pairs. Quoted values lose their quotes.
pub fn parse_params(text: &str) -> Vec<(String, Option<String>)> {
    split_outside_quotes(text, ';')
        .into_iter()
        .filter_map(|piece| {
            let piece = piece.trim();
            if piece.is_empty() {
                return None;
            }
            Some(match piece.split_once('=') {
                Some((n, v)) => (n.trim().to_owned(), Some(unquote(v.trim()))),
                None => (piece.to_owned(), None),
            })
        })
        .collect()
}

fn find_param<'a>(params: &'a [(String, Option<String>)], name: &str) -> Option<&'a str> {
    params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_deref().unwrap_or_default())
}

pub fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else { return text.to_owned() };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    out
}

/// Splits where `separator` stands outside quotes and angle brackets.
pub fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut quoted, mut escaped, mut depth) = (Vec::new(), 0, false, false, 0u32);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => depth += 1,
            '>' if !quoted => depth = depth.saturating_sub(1),
            c if c == separator && !quoted && depth == 0 => {
                pieces.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Every element of a field that may be repeated or hold a comma-separated list.
pub fn list<'a>(headers: &'a Headers, name: &str) -> Vec<&'a str> {
    headers.all(name).flat_map(|v| split_outside_quotes(v, ',')).map(str::trim).filter(|v| !v.is_empty()).collect()
}

/// The parts of a SIP URI this switch looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriParts {
    pub user: String,
    pub host: String,
    pub port: Option<u16>,
    pub params: Vec<(String, Option<String>)>,
}

impl UriParts {
    pub fn parse(uri: &str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
            return Some(Self { user: number.to_owned(), host: String::new(), port: None, params: parse_params(params) });
        }
        if !scheme.eq_ignore_ascii_case("sip") && !scheme.eq_ignore_ascii_case("sips") {
            return None;
        }
        let rest = rest.split('?').next()?;
        let (user, rest) = match rest.rfind('@') {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => ("", rest),
        };
        let (authority, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = split_host_port(authority)?;
        let user = user.split([':', ';']).next().unwrap_or_default();
        Some(Self { user: percent_decode(user), host, port, params: parse_params(params) })
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        find_param(&self.params, name)
    }

    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`; brackets are taken off.
pub fn split_host_port(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        let port = match tail.strip_prefix(':') {
            Some(p) => Some(p.parse().ok()?),
            None if tail.is_empty() => None,
            None => return None,
        };
        return Some((host.to_owned(), port));
    }
    if text.matches(':').count() > 1 {
        return text.parse::<IpAddr>().ok().map(|ip| (ip.to_string(), None));
    }
    let (host, port) = match text.split_once(':') {
        Some((h, p)) => (h, Some(p.trim().parse().ok()?)),
        None => (text, None),
    };
    let host = host.trim();
    (!host.is_empty() && !host.contains(char::is_whitespace)).then(|| (host.to_owned(), port))
}

pub fn host_text(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            (byte, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Keeps what RFC 3261 allows unescaped in the user part and escapes the rest, so a number can never break the URI.
pub fn escape_user(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,/".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Answered elsewhere: `SIP;cause=200` in a CANCEL (RFC 3326 §2) is what Q.850 calls non-selected user clearing.
const ELSEWHERE: u8 = 26;

/// Q.850 cause and text of the Reason fields (RFC 3326); the Q.850 one wins over the SIP one.
pub fn reason(headers: &Headers) -> (Option<u8>, Option<String>) {
    let (mut q850, mut text) = (None, None);
    for value in list(headers, "Reason") {
        let (protocol, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let params = parse_params(params);
        let words = find_param(&params, "text").map(str::to_owned);
        if protocol.trim().eq_ignore_ascii_case("Q.850") {
            q850 = find_param(&params, "cause").and_then(|c| c.parse::<u8>().ok()).filter(|c| (1..=127).contains(c)).or(q850);
            text = words.or(text);
        } else {
            let elsewhere = find_param(&params, "cause") == Some("200");
            q850 = q850.or(elsewhere.then_some(ELSEWHERE));
            text = text.or(words);
        }
    }
    (q850, text)
}

/// A BYE because of a path that broke: `SIP;cause=408` (RFC 3326).
pub fn says_lost(headers: &Headers) -> bool {
    list(headers, "Reason").iter().any(|value| {
        let (protocol, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        protocol.trim().eq_ignore_ascii_case("SIP") && find_param(&parse_params(params), "cause") == Some("408")
    })
}

pub fn retry_after(headers: &Headers) -> Option<u32> {
    let value = headers.get("Retry-After")?;
    value.split([';', '(', ' ']).next()?.trim().parse().ok()
}

/// Seconds and who refreshes.
pub fn session_expires(headers: &Headers) -> Option<(u32, Option<String>)> {
    let value = headers.get("Session-Expires")?;
    let (seconds, params) = value.split_at(value.find(';').unwrap_or(value.len()));
    let params = parse_params(params);
    Some((seconds.trim().parse().ok()?, find_param(&params, "refresher").map(str::to_ascii_lowercase)))
}

/// Routes as `<uri>` texts, first hop first.
pub fn routes(headers: &Headers, name: &str) -> Vec<String> {
    list(headers, name).into_iter().filter_map(NameAddr::parse).map(|r| r.uri).collect()
}

/// Where a message came from, as our sockets wrote it into [`SOURCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub addr: SocketAddr,
    pub wire: Wire,
    /// Whose credentials the request carried.
    pub extension: Option<ExtensionId>,
}

pub fn source(headers: &Headers) -> Option<Source> {
    let mut words = headers.get(SOURCE)?.split(' ');
    let wire = Wire::parse(words.next()?)?;
    let addr = words.next()?.parse().ok()?;
    Some(Source { addr, wire, extension: words.next().and_then(|e| e.parse().ok()) })
}

/// Added to every request that comes in, taken off everything that came with it: the socket address it came from.
pub const SOURCE: &str = "X-Fengling-Source";

/// The digits of `application/dtmf-relay` or `application/dtmf`.
pub fn info_digit(content_type: &str, body: &[u8]) -> Option<char> {
    let text = std::str::from_utf8(body).ok()?;
    let signal = if content_type.trim().to_ascii_lowercase().starts_with("application/dtmf-relay") {
        text.lines().find_map(|l| {
            let (name, value) = l.split_once(['=', ':'])?;
            name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())
        })?
    } else {
        text.trim()
    };
    match signal {
        "10" => Some('*'),
        "11" => Some('#'),
        _ => {
            let mut chars = signal.chars();
            let digit = chars.next()?.to_ascii_uppercase();
            (chars.next().is_none() && "0123456789*#ABCD".contains(digit)).then_some(digit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_addr_forms() {
        let a = NameAddr::parse(r#""A \"b\" <c>" <sip:u@h;x=y>;tag=1;q"#).unwrap();
        assert_eq!((a.uri.as_str(), a.tag()), ("sip:u@h;x=y", Some("1")));
        let b = NameAddr::parse("sip:u@h;tag=2").unwrap();
        assert_eq!((b.uri.as_str(), b.tag()), ("sip:u@h", Some("2")));
        assert!(NameAddr::parse("\"open <sip:a@b>").is_none());
        assert!(NameAddr::parse("<sip:a@b").is_none());
    }

    #[test]
    fn uri_forms() {
        let u = UriParts::parse("sip:%2B86138:pw@[2001:db8::1]:5070;transport=tcp?a=b").unwrap();
        assert_eq!(
            (u.user.as_str(), u.host.as_str(), u.port, u.param("transport")),
            ("+86138", "2001:db8::1", Some(5070), Some("tcp"))
        );
        assert_eq!(UriParts::parse("tel:+861;phone-context=x").unwrap().user, "+861");
        assert!(UriParts::parse("http://x").is_none());
        assert!(UriParts::parse("sip:a@h:99999").is_none());
    }

    #[test]
    fn reasons_and_digits() {
        let mut h = Headers::default();
        h.push("Reason", "SIP;cause=200;text=\"Call, completed\", Q.850;cause=17;text=\"User busy\"");
        assert_eq!(reason(&h), (Some(17), Some("User busy".into())));
        assert!(!says_lost(&h));
        h.push("Reason", "SIP ;cause=408; text=\"ICE failed\"");
        assert!(says_lost(&h));
        assert_eq!(info_digit("application/dtmf-relay", b"Signal= 5\r\nDuration=160\r\n"), Some('5'));
        assert_eq!(info_digit("application/dtmf", b"11"), Some('#'));
        assert_eq!(info_digit("application/dtmf", b"flash"), None);
    }

    #[test]
    fn a_number_cannot_break_the_uri() {
        assert_eq!(escape_user("+86 1>@x\r\n"), "+86%201%3E%40x%0D%0A");
    }
}
