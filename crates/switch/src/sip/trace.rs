//! Every SIP message of a call, kept while the call lives, for the call record page.
//!
//! Tapped where bytes enter and leave the sockets, so that retransmissions and what the library sends by itself are seen
//! too. Pages are found by Call-ID, opened by an INVITE of ours, of a trunk or of a phone (never of a stranger), and bounded in
//! every direction. Secrets are taken out when a page is read, not while messages pass.

use model::record::SipMessage;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Messages kept of one call; a call with more is cut in its middle, where nothing but refreshes happens.
const MESSAGES_MAX: usize = 64;
const BYTES_MAX: usize = 128 * 1024;
/// Calls with an open page; more than a switch has legs.
const PAGES_MAX: usize = 20_000;
/// All pages together; messages beyond it are left out.
const BOOK_BYTES_MAX: usize = 256 << 20;
/// What a message costs beside its bytes.
const NOTED: usize = size_of::<Noted>();
/// A page that no leg claims (a refused call) is kept as long as its transaction repeats messages.
const UNCLAIMED: Duration = Duration::from_secs(40);

#[derive(Debug)]
struct Noted {
    at_us: i64,
    sent: bool,
    transport: &'static str,
    remote: SocketAddr,
    data: Box<[u8]>,
}

#[derive(Debug)]
struct PageOf {
    messages: Vec<Noted>,
    bytes: usize,
    left_out: u32,
    claimed: bool,
    opened: Instant,
}

impl PageOf {
    fn new() -> Self {
        Self { messages: Vec::new(), bytes: 0, left_out: 0, claimed: false, opened: Instant::now() }
    }
}

/// What was kept of one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    pub messages: Vec<SipMessage>,
    pub left_out: u32,
}

/// Whether a message is of somebody whose calls are kept: an INVITE of theirs opens a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Ours,
    Stranger,
}

#[derive(Debug, Default)]
struct Pages {
    by_call: HashMap<Box<str>, PageOf>,
    /// Of all pages.
    bytes: usize,
}

impl Pages {
    fn remove(&mut self, call_id: &str) -> Option<PageOf> {
        let page = self.by_call.remove(call_id)?;
        self.bytes -= page.bytes;
        Some(page)
    }
}

#[derive(Debug, Default)]
pub struct TraceBook {
    on: AtomicBool,
    pages: Mutex<Pages>,
}

impl TraceBook {
    /// Notes a message that came from or goes to `remote`.
    pub fn note(&self, of: Of, sent: bool, transport: &'static str, remote: SocketAddr, data: &[u8]) {
        if !self.is_on() {
            return;
        }
        let Some(call_id) = call_id(data) else { return };
        let mut pages = self.pages.lock();
        let Pages { by_call, bytes } = &mut *pages;
        let full = *bytes + NOTED + data.len() > BOOK_BYTES_MAX;
        if !by_call.contains_key(call_id) {
            if of == Of::Stranger || full || !data.starts_with(b"INVITE ") || by_call.len() >= PAGES_MAX {
                return;
            }
            by_call.insert(call_id.into(), PageOf::new());
        }
        let Some(page) = by_call.get_mut(call_id) else { return };
        if full {
            page.left_out += 1;
            return;
        }
        let before = page.bytes;
        page.bytes += NOTED + data.len();
        page.messages.push(Noted { at_us: now_us(), sent, transport, remote, data: data.into() });
        while page.messages.len() > 1 && (page.messages.len() > MESSAGES_MAX || page.bytes > BYTES_MAX) {
            let gone = page.messages.remove(page.messages.len() / 2);
            page.bytes -= NOTED + gone.data.len();
            page.left_out += 1;
        }
        *bytes = *bytes + page.bytes - before;
    }

    /// A leg will read this page at its end.
    pub fn claim(&self, call_id: &str) {
        let pages = &mut self.pages.lock().by_call;
        if self.is_on() && pages.len() < PAGES_MAX {
            pages.entry(call_id.into()).or_insert_with(PageOf::new).claimed = true;
        }
    }

    fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// From now on pages are kept; somebody reads them.
    pub fn switch_on(&self) {
        self.on.store(true, Ordering::Relaxed);
    }

    /// What was kept, without secrets; the page is gone.
    pub fn take(&self, call_id: &str, local: SocketAddr) -> Option<Trace> {
        let page = self.pages.lock().remove(call_id)?;
        let messages = page.messages.iter().map(|m| SipMessage {
            at_us: m.at_us,
            sent: m.sent,
            transport: m.transport.to_owned(),
            local: local.to_string(),
            remote: m.remote.to_string(),
            text: without_secrets(&m.data),
        });
        Some(Trace { messages: messages.collect(), left_out: page.left_out })
    }

    /// Forgets pages that no leg has claimed.
    pub fn sweep(&self) {
        let mut pages = self.pages.lock();
        let Pages { by_call, bytes } = &mut *pages;
        by_call.retain(|_, p| {
            let kept = p.claimed || p.opened.elapsed() < UNCLAIMED;
            *bytes -= if kept { 0 } else { p.bytes };
            kept
        });
    }

    /// Legs whose messages are kept.
    pub fn pages(&self) -> usize {
        self.pages.lock().by_call.len()
    }
}

fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
}

/// The value of the Call-ID field, long or short.
fn call_id(data: &[u8]) -> Option<&str> {
    for line in data.split(|b| *b == b'\n').take(200) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return None;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let name = line[..colon].trim_ascii();
        if name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i") {
            return std::str::from_utf8(line[colon + 1..].trim_ascii()).ok().filter(|id| !id.is_empty());
        }
    }
    None
}

/// Fields whose value proves who somebody is.
const SECRET_FIELDS: [&str; 5] =
    ["authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info", "x-fengling-source"];
/// Lines of a description that hold keys.
const SECRET_LINES: [&str; 5] = ["a=crypto:", "a=key-mgmt:", "a=ice-pwd:", "a=3ge2ae:", "k="];
const REMOVED: &str = "[removed]";

/// The message as text, keys and credentials replaced, passwords cut out of URIs.
fn without_secrets(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(data);
    let mut out = String::with_capacity(text.len());
    let mut hiding = false;
    for line in text.split_inclusive('\n') {
        let (body, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
        if hiding && body.starts_with([' ', '\t']) {
            continue;
        }
        let name = body.split(':').next().unwrap_or_default().trim();
        hiding = SECRET_FIELDS.iter().any(|f| name.eq_ignore_ascii_case(f));
        let key = SECRET_LINES
            .iter()
            .find(|k| body.len() >= k.len() && body.is_char_boundary(k.len()) && body[..k.len()].eq_ignore_ascii_case(k));
        match (hiding, key) {
            (true, _) => out.extend([name, ": ", REMOVED]),
            (false, Some(key)) => out.extend([*key, REMOVED]),
            (false, None) => out.push_str(&without_password(body)),
        }
        out.push_str(end);
    }
    out
}

/// `sip:user:password@host` → `sip:user@host`.
fn without_password(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = ["sip:", "sips:"].iter().filter_map(|s| rest.find(s).map(|i| i + s.len())).min() {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',')).unwrap_or(tail.len());
        let uri = &tail[..end];
        match (uri.find(':'), uri.find('@')) {
            (Some(colon), Some(host)) if colon < host => out.extend([&uri[..colon], &uri[host..]]),
            _ => out.push_str(uri),
        }
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "192.0.2.1:5060";

    fn message(start: &str, call_id: &str, extra: &str, body: &str) -> Vec<u8> {
        format!("{start}\r\nVia: SIP/2.0/UDP x\r\ni: {call_id}\r\n{extra}\r\n{body}").into_bytes()
    }

    fn book_with(messages: &[(bool, Vec<u8>)]) -> TraceBook {
        let book = TraceBook::default();
        book.switch_on();
        for (sent, m) in messages {
            book.note(Of::Ours, *sent, "UDP", PEER.parse().unwrap(), m);
        }
        book
    }

    #[test]
    fn a_page_begins_with_an_invite_and_holds_what_follows() {
        let other = message("OPTIONS sip:a@b SIP/2.0", "one", "", "");
        let invite = message("INVITE sip:a@b SIP/2.0", "one", "", "");
        let book =
            book_with(&[(true, other.clone()), (true, invite), (false, message("SIP/2.0 200 OK", "one", "", "")), (true, other)]);
        let trace = book.take("one", PEER.parse().unwrap()).unwrap();
        let seen: Vec<(bool, &str)> = trace.messages.iter().map(|m| (m.sent, m.text.split(' ').next().unwrap())).collect();
        assert_eq!(seen, [(true, "INVITE"), (false, "SIP/2.0"), (true, "OPTIONS")]);
        assert!(trace.messages.is_sorted_by_key(|m| m.at_us));
        assert_eq!(book.pages(), 0);
    }

    #[test]
    fn secrets_are_not_kept() {
        let fields = "Authorization: Digest username=\"u\", response=\"deadbeef\"\r\n ,cnonce=\"cafe\"\r\n\
                      From: <sip:me:hunter2@x;user=phone>, sips:you:pw@y\r\n";
        let body = "v=0\r\nk=clear:key\r\na=crypto:1 AES inline:c2VjcmV0\r\na=rtpmap:8 PCMA/8000\r\n";
        let text = without_secrets(&message("INVITE sip:1:2@b SIP/2.0", "s", fields, body));
        for secret in ["deadbeef", "cafe", "hunter2", "pw@", "1:2@", "clear:key", "c2VjcmV0"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for kept in
            ["Authorization: [removed]", "<sip:me@x;user=phone>", "sips:you@y", "a=crypto:[removed]", "a=rtpmap:8 PCMA/8000"]
        {
            assert!(text.contains(kept), "{kept} not in {text}");
        }
    }

    #[test]
    fn endless_calls_lose_their_middle() {
        let mut all = vec![(true, message("INVITE sip:first@b SIP/2.0", "long", "", ""))];
        all.extend((0..500).map(|n| (true, message(&format!("OPTIONS sip:{n}@b SIP/2.0"), "long", "", ""))));
        all.push((false, message("BYE sip:last@b SIP/2.0", "long", "", "")));
        let trace = book_with(&all).take("long", PEER.parse().unwrap()).unwrap();
        assert_eq!((trace.messages.len(), trace.left_out), (MESSAGES_MAX, 502 - MESSAGES_MAX as u32));
        assert!(trace.messages[0].text.starts_with("INVITE") && trace.messages[MESSAGES_MAX - 1].text.starts_with("BYE"));
        let big = "x".repeat(60_000);
        let huge: Vec<_> = (0..5).map(|_| (true, message("INVITE sip:a@b SIP/2.0", "big", "", &big))).collect();
        assert!(book_with(&huge).take("big", PEER.parse().unwrap()).unwrap().messages.len() <= 2);
    }

    #[test]
    fn what_no_leg_claims_is_forgotten() {
        let book = book_with(&[
            (false, message("INVITE sip:a@b SIP/2.0", "a", "", "")),
            (false, message("INVITE sip:a@b SIP/2.0", "b", "", "")),
        ]);
        book.claim("a");
        for page in book.pages.lock().by_call.values_mut() {
            page.opened -= UNCLAIMED;
        }
        book.sweep();
        assert_eq!(book.pages(), 1);
        assert!(book.take("b", PEER.parse().unwrap()).is_none());
        assert!(book.pages.lock().bytes > 0);
        book.take("a", PEER.parse().unwrap()).unwrap();
        assert_eq!(book.pages.lock().bytes, 0, "what is read or forgotten is not counted any more");
    }

    #[test]
    fn strangers_open_no_page_and_the_book_is_never_too_thick() {
        let book = book_with(&[]);
        let note = |of, call: &str, body: &str| {
            book.note(of, false, "UDP", PEER.parse().unwrap(), &message("INVITE sip:a@b SIP/2.0", call, "", body));
        };
        note(Of::Stranger, "forged", "");
        assert_eq!(book.pages(), 0);
        book.claim("ours");
        note(Of::Stranger, "ours", "");
        assert_eq!(book.take("ours", PEER.parse().unwrap()).unwrap().messages.len(), 1, "a call of ours takes what comes");
        note(Of::Ours, "before", "");
        book.pages.lock().bytes += BOOK_BYTES_MAX - 5_000;
        for n in 0..20 {
            note(Of::Ours, &n.to_string(), &"x".repeat(1_000));
            note(Of::Ours, "before", &"x".repeat(1_000));
        }
        let before = book.pages.lock().by_call["before"].left_out;
        assert!(book.pages.lock().bytes <= BOOK_BYTES_MAX && (2..10).contains(&book.pages()) && before > 10);
    }
}
