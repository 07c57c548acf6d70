//! Digest authentication, server side (RFC 7616, 8760): MD5 and SHA-256, `qop=auth`, nonce counts, stale nonces, replays.
//!
//! A nonce carries its time and a signature over time and address, so none is kept until somebody has used it well: a flood
//! of challenges costs no memory. Of the used ones the counts are remembered in a table that cannot grow: what falls out of it
//! makes every nonce of its age stale.

use super::digest::{Algorithm, hex, parameters};
use super::header::UriParts;
use hmac::{Hmac, Mac as _};
use parking_lot::Mutex;
use sha2::Sha256;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How long a nonce may be used; then the far end is told `stale` and takes a fresh one without asking anybody.
const NONCE_LIFE: Duration = Duration::from_secs(600);
/// A retransmission of the very same request is not a replay for as long as its transaction may live (64 × T1).
const RETRANSMISSION: Duration = Duration::from_secs(32);
/// Nonces whose counts are remembered.
const USED_MAX: usize = 16_384;
/// Requests under one nonce that may still be retransmitted.
const RECENT_MAX: usize = 8;

/// What is kept of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ha1 {
    pub md5: String,
    pub sha256: String,
}

/// The credentials of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub realm: String,
    nonce: String,
    uri: String,
    response: String,
    algorithm: Algorithm,
    /// nc as written (it is hashed as text), its value, and cnonce; none without qop (RFC 2069).
    count: Option<(String, u32, String)>,
    cnonce: String,
}

impl Credentials {
    /// `None` where it is not Digest, or not in a form we could check.
    pub fn parse(value: &str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let params = parameters(rest);
        let get = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let cnonce = get("cnonce").unwrap_or_default();
        let count = match get("qop") {
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let text = get("nc")?;
                let value = u32::from_str_radix(&text, 16).ok().filter(|n| *n > 0 && text.len() == 8)?;
                Some((text, value, cnonce.clone()))
            }
            Some(_) => return None,
            None => None,
        };
        Some(Self {
            username: get("username")?,
            realm: get("realm")?,
            nonce: get("nonce")?,
            uri: get("uri")?,
            response: get("response")?.to_ascii_lowercase(),
            algorithm: get("algorithm").map_or(Some(Algorithm::Md5), |a| Algorithm::parse(&a))?,
            count,
            cnonce,
        })
    }

    fn expected(&self, ha1: &Ha1, method: &str) -> String {
        let a = self.algorithm;
        let mut first = match a {
            Algorithm::Md5 | Algorithm::Md5Sess => ha1.md5.clone(),
            Algorithm::Sha256 | Algorithm::Sha256Sess => ha1.sha256.clone(),
        };
        if matches!(a, Algorithm::Md5Sess | Algorithm::Sha256Sess) {
            first = a.hash(&format!("{first}:{}:{}", self.nonce, self.cnonce));
        }
        let second = a.hash(&format!("{method}:{}", self.uri));
        match &self.count {
            Some((nc, _, cnonce)) => a.hash(&format!("{first}:{}:{nc}:{cnonce}:auth:{second}", self.nonce)),
            None => a.hash(&format!("{first}:{}:{second}", self.nonce)),
        }
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Right,
    /// The nonce is too old, was made for somebody else, or this count was used before: a fresh challenge, no reproach.
    Stale,
    /// The secret is not the extension's. Only said of a nonce we gave to this very address, so a forged source address cannot
    /// bring anybody into disrepute.
    Wrong,
}

/// The request the credentials came with.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub method: &'a str,
    pub uri: &'a str,
    pub from: IpAddr,
    /// Tells a retransmission from a replay: the same for the same bytes from the same socket.
    pub fingerprint: u64,
}

struct Used {
    issued_ms: u64,
    highest: u32,
    /// Bit n: the count `highest - n` was used.
    window: u64,
    recent: Vec<(u32, u64, Instant)>,
}

#[derive(Default)]
struct Table {
    used: HashMap<[u8; 8], Used>,
    /// Nonces issued up to this moment are stale: their counts are no longer known.
    forgotten_ms: u64,
}

pub struct Verifier {
    key: [u8; 32],
    born: Instant,
    table: Mutex<Table>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { key: rand::random(), born: Instant::now(), table: Mutex::default() }
    }
}

impl Verifier {
    fn ms(&self, now: Instant) -> u64 {
        // Never 0: a table that has forgotten nothing says 0.
        u64::try_from(now.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn seal(&self, head: &[u8], from: IpAddr) -> [u8; 12] {
        let mut out = [0; 12];
        // HMAC takes a key of any length.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(head);
            mac.update(from.to_string().as_bytes());
            out.copy_from_slice(&mac.finalize().into_bytes()[..12]);
        }
        out
    }

    /// A nonce for this address.
    pub fn nonce(&self, from: IpAddr, now: Instant) -> String {
        let mut bytes = [0_u8; 28];
        bytes[..8].copy_from_slice(&self.ms(now).to_be_bytes());
        bytes[8..16].copy_from_slice(&rand::random::<[u8; 8]>());
        let seal = self.seal(&bytes[..16], from);
        bytes[16..].copy_from_slice(&seal);
        hex(&bytes)
    }

    /// Time and number of a nonce that is ours and this address's.
    fn open(&self, nonce: &str, from: IpAddr) -> Option<(u64, [u8; 8])> {
        let text = nonce.as_bytes();
        if text.len() != 56 {
            return None;
        }
        let mut bytes = [0_u8; 28];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        same(&self.seal(&bytes[..16], from), &bytes[16..]).then_some(())?;
        let time = u64::from_be_bytes(bytes[..8].try_into().ok()?);
        Some((time, bytes[8..16].try_into().ok()?))
    }

    /// Whether this is an answer to a challenge of ours to this very address: whoever sends it is heard there.
    pub fn is_answer(&self, c: &Credentials, from: IpAddr, now: Instant) -> bool {
        let life_ms = u64::try_from(NONCE_LIFE.as_millis()).unwrap_or(u64::MAX);
        self.open(&c.nonce, from).is_some_and(|(issued_ms, _)| self.ms(now).saturating_sub(issued_ms) <= life_ms)
    }

    pub fn check(&self, c: &Credentials, ha1: &Ha1, asked: Asked<'_>, now: Instant) -> Checked {
        let Some((issued_ms, id)) = self.open(&c.nonce, asked.from) else { return Checked::Stale };
        if !same(c.expected(ha1, asked.method).as_bytes(), c.response.as_bytes()) || !same_target(&c.uri, asked.uri) {
            return Checked::Wrong;
        }
        let life_ms = u64::try_from(NONCE_LIFE.as_millis()).unwrap_or(u64::MAX);
        let mut table = self.table.lock();
        if self.ms(now).saturating_sub(issued_ms) > life_ms || issued_ms <= table.forgotten_ms {
            return Checked::Stale;
        }
        if table.used.len() >= USED_MAX && !table.used.contains_key(&id) {
            table.make_room(self.ms(now).saturating_sub(life_ms));
        }
        let used = table.used.entry(id).or_insert(Used { issued_ms, highest: 0, window: 0, recent: Vec::new() });
        // Without a count a nonce is good for one request.
        let count = c.count.as_ref().map_or(1, |(_, n, _)| *n);
        if used.take(count, asked.fingerprint, now) { Checked::Right } else { Checked::Stale }
    }

    /// Nonces remembered, to see that nothing grows.
    pub fn remembered(&self) -> usize {
        self.table.lock().used.len()
    }
}

impl Table {
    /// Expired nonces go first, then the older half; what is forgotten is stale from then on.
    fn make_room(&mut self, expired_ms: u64) {
        self.used.retain(|_, u| u.issued_ms > expired_ms);
        if self.used.len() < USED_MAX {
            return;
        }
        let mut times: Vec<u64> = self.used.values().map(|u| u.issued_ms).collect();
        times.sort_unstable();
        self.forgotten_ms = times[times.len() / 2];
        let forgotten = self.forgotten_ms;
        self.used.retain(|_, u| u.issued_ms > forgotten);
    }
}

impl Used {
    fn take(&mut self, count: u32, fingerprint: u64, now: Instant) -> bool {
        let fresh = match count.checked_sub(self.highest) {
            Some(0) => self.highest == 0,
            Some(ahead) => {
                self.window = if ahead < 64 { self.window << ahead } else { 0 };
                self.highest = count;
                true
            }
            None => {
                let behind = self.highest - count;
                behind < 64 && self.window & (1 << behind) == 0
            }
        };
        if !fresh {
            let again = |(n, f, at): &(u32, u64, Instant)| {
                *n == count && *f == fingerprint && now.saturating_duration_since(*at) < RETRANSMISSION
            };
            return self.recent.iter().any(again);
        }
        self.window |= 1 << (self.highest - count);
        if self.recent.len() >= RECENT_MAX {
            self.recent.remove(0);
        }
        self.recent.push((count, fingerprint, now));
        true
    }
}

/// In a time that does not tell where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

/// The URI of the digest is the request's; proxies and phones differ in parameters and default ports.
fn same_target(digest: &str, request: &str) -> bool {
    if digest == request {
        return true;
    }
    match (UriParts::parse(digest), UriParts::parse(request)) {
        (Some(a), Some(b)) => a.user == b.user && a.host.eq_ignore_ascii_case(&b.host),
        _ => false,
    }
}

/// The challenge of a 401. One only: libre's phones (baresip 1.0) give up at any challenge they do not know instead of taking
/// another (RFC 8760 §2.4 would offer several), and libraries of browsers read the first alone.
pub fn challenge(realm: &str, nonce: &str, stale: bool, algorithm: &str) -> String {
    let stale = if stale { ", stale=true" } else { "" };
    format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::digest::Authenticator;
    use crate::sip::message::Headers;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

    fn ha1() -> Ha1 {
        let text = "8001:fengling:secret";
        Ha1 { md5: Algorithm::Md5.hash(text), sha256: Algorithm::Sha256.hash(text) }
    }

    fn client(verifier: &Verifier, algorithm: &str, now: Instant) -> Authenticator {
        let mut headers = Headers::default();
        headers.push("WWW-Authenticate", challenge("fengling", &verifier.nonce(HERE, now), false, algorithm));
        let mut client = Authenticator::default();
        assert!(client.challenged(401, &headers));
        client
    }

    fn signed(client: &mut Authenticator, password: &str) -> Credentials {
        let (_, value) = client.authorize("8001", password, "REGISTER", "sip:fengling", "c0ffee").unwrap();
        Credentials::parse(&value).unwrap()
    }

    fn asked(fingerprint: u64) -> Asked<'static> {
        Asked { method: "REGISTER", uri: "sip:fengling", from: HERE, fingerprint }
    }

    #[test]
    fn both_algorithms_and_counts_beyond_nine() {
        let (verifier, now) = (Verifier::default(), Instant::now());
        for algorithm in ["MD5", "SHA-256"] {
            let mut client = client(&verifier, algorithm, now);
            for n in 1..=40 {
                assert_eq!(verifier.check(&signed(&mut client, "secret"), &ha1(), asked(n), now), Checked::Right, "count {n}");
            }
        }
        assert_eq!(verifier.remembered(), 2);
    }

    #[test]
    fn a_replay_is_stale_and_a_retransmission_is_not() {
        let (verifier, now) = (Verifier::default(), Instant::now());
        let mut client = client(&verifier, "MD5", now);
        let (first, second) = (signed(&mut client, "secret"), signed(&mut client, "secret"));
        assert_eq!(verifier.check(&second, &ha1(), asked(2), now), Checked::Right, "overtaken on the way");
        assert_eq!(verifier.check(&first, &ha1(), asked(1), now), Checked::Right, "late, but unused");
        assert_eq!(verifier.check(&first, &ha1(), asked(1), now), Checked::Right, "the same bytes again");
        assert_eq!(verifier.check(&first, &ha1(), asked(9), now), Checked::Stale, "the same count in another request");
        let later = now + Duration::from_secs(33);
        assert_eq!(verifier.check(&first, &ha1(), asked(1), later), Checked::Stale, "nobody retransmits for so long");
    }

    #[test]
    fn wrong_secrets_foreign_and_old_nonces() {
        let (verifier, now) = (Verifier::default(), Instant::now());
        let mut good = client(&verifier, "MD5", now);
        assert_eq!(verifier.check(&signed(&mut good, "guess"), &ha1(), asked(1), now), Checked::Wrong);
        let right = signed(&mut good, "secret");
        let elsewhere = Asked { from: "203.0.113.9".parse().unwrap(), ..asked(1) };
        assert_eq!(verifier.check(&right, &ha1(), elsewhere, now), Checked::Stale, "made for another address");
        assert_eq!(Verifier::default().check(&right, &ha1(), asked(1), now), Checked::Stale, "of another process");
        let other = Asked { uri: "sip:13800138000@fengling", ..asked(1) };
        assert_eq!(verifier.check(&right, &ha1(), other, now), Checked::Wrong, "made for another request");
        assert_eq!(verifier.check(&right, &ha1(), asked(1), now + NONCE_LIFE * 2), Checked::Stale);
        assert_eq!(verifier.remembered(), 0, "only what was used well is remembered");
    }

    #[test]
    fn without_qop_a_nonce_serves_once() {
        let (verifier, now) = (Verifier::default(), Instant::now());
        let nonce = verifier.nonce(HERE, now);
        let ha2 = Algorithm::Md5.hash("REGISTER:sip:fengling");
        let response = Algorithm::Md5.hash(&format!("{}:{nonce}:{ha2}", ha1().md5));
        let value = format!(
            "Digest username=\"8001\", realm=\"fengling\", nonce=\"{nonce}\", uri=\"sip:fengling\", response=\"{response}\""
        );
        let c = Credentials::parse(&value).unwrap();
        assert_eq!(verifier.check(&c, &ha1(), asked(1), now), Checked::Right);
        assert_eq!(verifier.check(&c, &ha1(), asked(2), now), Checked::Stale);
    }

    #[test]
    fn the_table_cannot_grow_and_what_it_forgets_is_stale() {
        let (verifier, now) = (Verifier::default(), Instant::now());
        let mut first = client(&verifier, "SHA-256", now);
        let old = signed(&mut first, "secret");
        assert_eq!(verifier.check(&old, &ha1(), asked(0), now), Checked::Right);
        for n in 0..USED_MAX as u64 + 10 {
            let at = now + Duration::from_millis(n / 100);
            let mut next = client(&verifier, "SHA-256", at);
            let fresh = signed(&mut next, "secret");
            assert_eq!(verifier.check(&fresh, &ha1(), asked(n), at), Checked::Right);
        }
        assert!(verifier.remembered() <= USED_MAX);
        assert_eq!(verifier.check(&old, &ha1(), asked(1), now), Checked::Stale);
    }

    #[test]
    fn nonsense_is_no_credentials() {
        for text in ["", "Digest", "Basic eA==", "Digest username=\"a\"", "Digest qop=auth-int, username=\"a\""] {
            assert_eq!(Credentials::parse(text), None, "{text}");
        }
        let zero =
            "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"x\", qop=auth, nc=00000000, cnonce=\"c\"";
        assert_eq!(Credentials::parse(zero), None);
    }
}
