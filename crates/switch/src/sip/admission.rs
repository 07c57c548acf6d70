//! Who may cost us anything: judges every message before a transaction exists for it, and counts what is turned away.
//!
//! A transaction repeats the refusal of an INVITE ten times, to an address that may be forged, and is kept for half a minute.
//! Strangers therefore get one answer without a transaction, a rate of their own, and never a share of the trunks' rate. A
//! phone proves here who it is: challenge, wrong secrets and bans cost no transaction either.

use super::accounts::Accounts;
use super::gate::{self, Sound, Verdict};
use super::guard::{Bucket, Guard, is_scanner};
use super::shares::{Caller, Shares};
use super::trace::{Of, TraceBook};
use super::verify::{Asked, Checked, Credentials, Verifier, challenge};
use super::wire::Wire;
use model::ExtensionId;
use model::record::{BanReason, SIP_REALM};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Whether an address is one of a trunk.
pub type Known = Box<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Messages a second of all strangers together; what is more is dropped unread.
const STRANGERS_PER_SECOND: f64 = 500.0;
/// What a re-INVITE of a stranger costs of that: a far end may move, but its refusal is repeated.
const REINVITE_COST: f64 = 25.0;
/// Messages a second of one registered phone, and how many at once.
const PHONE_PER_SECOND: f64 = 50.0;
const PHONE_BURST: f64 = 200.0;

/// Where a phone is heard from: a socket address of one transport.
pub type Flow = (Wire, SocketAddr);

/// A ban just begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BanNotice {
    pub ip: IpAddr,
    pub reason: BanReason,
    pub length: Duration,
}

pub(super) struct Admission {
    known: RwLock<Known>,
    calls: Mutex<Shares>,
    strangers: Mutex<Bucket>,
    accounts: RwLock<Arc<Accounts>>,
    /// Registered phones by where they are heard from: as many as there are registrations.
    phones: Mutex<HashMap<Flow, (ExtensionId, Bucket)>>,
    guard: Mutex<Guard>,
    verifier: Verifier,
    hasher: RandomState,
    notices: mpsc::UnboundedSender<BanNotice>,
    logged: Mutex<Option<Instant>>,
    stranger_logged: Mutex<Option<Instant>>,
    ban_logged: Mutex<Option<Instant>>,
    trace: Arc<TraceBook>,
}

impl Admission {
    /// Everybody is known until somebody says otherwise. Bans are told through `notices`.
    pub(super) fn new(calls_per_second: u32, trace: Arc<TraceBook>, notices: mpsc::UnboundedSender<BanNotice>) -> Self {
        let now = Instant::now();
        Self {
            known: RwLock::new(Box::new(|_| true)),
            calls: Mutex::new(Shares::new(f64::from(calls_per_second.max(1)), now)),
            strangers: Mutex::new(Bucket::new(STRANGERS_PER_SECOND, STRANGERS_PER_SECOND, now)),
            accounts: RwLock::default(),
            phones: Mutex::default(),
            guard: Mutex::new(Guard::new(now)),
            verifier: Verifier::default(),
            hasher: RandomState::new(),
            notices,
            logged: Mutex::default(),
            stranger_logged: Mutex::default(),
            ban_logged: Mutex::default(),
            trace,
        }
    }

    pub(super) fn set_known(&self, known: Known) {
        *self.known.write() = known;
    }

    pub(super) fn set_accounts(&self, accounts: Accounts) {
        self.guard.lock().keep_extensions(|id| accounts.has(id));
        *self.accounts.write() = Arc::new(accounts);
    }

    /// The registered phones, as they are now.
    pub(super) fn set_phones(&self, flows: impl Iterator<Item = (Flow, ExtensionId)>) {
        let now = Instant::now();
        let mut phones = self.phones.lock();
        let mut next = HashMap::new();
        for (flow, id) in flows {
            let bucket = phones.remove(&flow).map(|(_, bucket)| bucket);
            next.insert(flow, (id, bucket.unwrap_or_else(|| Bucket::new(PHONE_PER_SECOND, PHONE_BURST, now))));
        }
        *phones = next;
    }

    pub(super) fn with_guard<T>(&self, look: impl FnOnce(&mut Guard) -> T) -> T {
        look(&mut self.guard.lock())
    }

    pub(super) fn knows(&self, ip: IpAddr) -> bool {
        (self.known.read())(ip)
    }

    /// Whether a connection of this address is worth reading.
    pub(super) fn refuses(&self, ip: IpAddr) -> bool {
        !self.knows(ip) && self.guard.lock().is_banned(ip, Instant::now())
    }

    /// Whether a trunk is at this address, or somebody who has shown the secret of an extension from there.
    pub(super) fn is_familiar(&self, ip: IpAddr) -> bool {
        self.knows(ip) || self.guard.lock().is_home(ip)
    }

    /// Somebody we know by trunk or registration.
    pub(super) fn trusts(&self, wire: Wire, addr: SocketAddr) -> bool {
        self.knows(addr.ip()) || self.phones.lock().contains_key(&(wire, addr))
    }

    pub(super) fn judge(&self, data: &[u8], source: SocketAddr, wire: Wire) -> Verdict {
        let verdict = self.judge_at(data, source, wire, Instant::now());
        let of = |let_in: bool| if let_in || self.trusts(wire, source) { Of::Ours } else { Of::Stranger };
        match &verdict {
            Verdict::Pass { new_call, .. } => self.trace.note(of(*new_call), false, wire.via(), source, data),
            // Answered without the core: both belong to the call, if it is one of ours.
            Verdict::Answer { message, .. } => {
                self.trace.note(of(false), false, wire.via(), source, data);
                self.trace.note(of(false), true, wire.via(), source, message);
            }
            Verdict::Drop(_) => {}
        }
        verdict
    }

    /// A message leaves.
    pub(super) fn sent(&self, data: &[u8], to: SocketAddr, wire: Wire) {
        self.trace.note(Of::Ours, true, wire.via(), to, data);
    }

    fn judge_at(&self, data: &[u8], source: SocketAddr, wire: Wire, now: Instant) -> Verdict {
        let phone = self.phone(source, wire, now);
        if phone == Some(false) {
            return Verdict::Drop("too much from one phone");
        }
        let known = self.knows(source.ip());
        if !known
            && phone.is_none()
            && let Err(reason) = self.stranger(data, source, wire, now)
        {
            return Verdict::Drop(reason);
        }
        let sound = match gate::look(data, source, wire) {
            Ok(sound) => sound,
            Err(verdict) => return verdict,
        };
        match (sound.method.as_str(), sound.outside) {
            ("REGISTER", _) => self.authenticate(&sound, source, now),
            ("INVITE", true) => self.call(&sound, source, known, phone.is_some(), now),
            ("INVITE", false) if !known && phone.is_none() && !self.strangers.lock().take(REINVITE_COST, now) => {
                Verdict::Drop("too much from strangers")
            }
            _ => Verdict::Pass { message: sound.write(None), new_call: false },
        }
    }

    /// Whether this is a registered phone, and within its rate.
    fn phone(&self, source: SocketAddr, wire: Wire, now: Instant) -> Option<bool> {
        self.phones.lock().get_mut(&(wire, source)).map(|(_, bucket)| bucket.take(1.0, now))
    }

    fn stranger(&self, data: &[u8], source: SocketAddr, wire: Wire, now: Instant) -> Result<(), &'static str> {
        let ip = source.ip();
        self.guard.lock().admits(ip, now)?;
        if is_scanner(data) {
            if self.is_proved(data, source, wire, now) {
                let ban = self.guard.lock().ban(ip, BanReason::Scanner, now);
                self.told(ip, &ban);
            }
            return Err("a scanner");
        }
        if self.strangers.lock().take(1.0, now) { Ok(()) } else { Err("too much from strangers") }
    }

    /// Whether a stranger's message comes from where it says: a connection has shaken hands, a datagram must carry the answer
    /// to a challenge that was sent there. Who could forge that could as well be there.
    fn is_proved(&self, data: &[u8], source: SocketAddr, wire: Wire, now: Instant) -> bool {
        wire.is_stream()
            || (gate::find(data, b"uthorization").is_some()
                && self.strangers.lock().take(1.0, now)
                && gate::look(data, source, wire)
                    .is_ok_and(|sound| ours(&sound).is_some_and(|c| self.verifier.is_answer(&c, source.ip(), now))))
    }

    /// A new call: of a phone of ours, of a trunk, or of nobody.
    fn call(&self, sound: &Sound<'_>, source: SocketAddr, known: bool, phone: bool, now: Instant) -> Verdict {
        if phone || ours(sound).is_some() || (!known && !self.accounts.read().is_empty()) {
            return self.authenticate(sound, source, now);
        }
        if !known {
            self.refused_stranger(source);
            return sound.answer(403, &[]);
        }
        self.new_call(sound, source.ip(), None, now)
    }

    fn new_call(&self, sound: &Sound<'_>, from: IpAddr, extension: Option<ExtensionId>, now: Instant) -> Verdict {
        let caller = extension.map_or(Caller::Address(from), Caller::Extension);
        if !self.calls.lock().take(caller, now) {
            return sound.answer(503, &[]);
        }
        Verdict::Pass { message: sound.write(extension), new_call: true }
    }

    /// Lets a REGISTER or a call of a phone pass that proves whose it is.
    fn authenticate(&self, sound: &Sound<'_>, source: SocketAddr, now: Instant) -> Verdict {
        let Some(credentials) = ours(sound) else { return self.challenge(sound, source, false, now) };
        let accounts = self.accounts.read().clone();
        let account = accounts.get(&credentials.username);
        let ip = source.ip();
        if let Some(account) = account
            && (!account.may_come_from(ip) || self.guard.lock().is_locked(account.id, ip, now))
        {
            return sound.answer(403, &[]);
        }
        let asked = Asked { method: &sound.method, uri: sound.uri(), from: ip, fingerprint: self.fingerprint(sound, source) };
        // Somebody unknown is checked against a secret that cannot be met: both take the same way and time.
        let nobody = super::verify::Ha1 { md5: String::new(), sha256: String::new() };
        let checked = self.verifier.check(&credentials, account.map_or(&nobody, |a| &a.ha1), asked, now);
        match (checked, account) {
            (Checked::Right, Some(account)) => {
                self.guard.lock().proved(ip, account.id);
                match sound.method.as_str() {
                    "INVITE" => self.new_call(sound, ip, Some(account.id), now),
                    _ => Verdict::Pass { message: sound.write(Some(account.id)), new_call: false },
                }
            }
            (Checked::Stale, _) => self.challenge(sound, source, true, now),
            (Checked::Wrong | Checked::Right, account) => {
                self.guess(source, account.map(|a| a.id), now);
                sound.answer(403, &[])
            }
        }
    }

    fn challenge(&self, sound: &Sound<'_>, source: SocketAddr, stale: bool, now: Instant) -> Verdict {
        let nonce = self.verifier.nonce(source.ip(), now);
        // Every phone knows MD5; one that answers with SHA-256 all the same is verified by it.
        sound.answer(401, &[("WWW-Authenticate", challenge(SIP_REALM, &nonce, stale, "MD5"))])
    }

    fn guess(&self, source: SocketAddr, extension: Option<ExtensionId>, now: Instant) {
        metrics::counter!("fengling_sip_wrong_secrets_total").increment(1);
        // Trunks are never banned: a phone behind the same address may have a typing error.
        if self.knows(source.ip()) {
            return;
        }
        let ban = self.guard.lock().guessed(source.ip(), extension, now);
        if let Some(ban) = ban {
            self.told(source.ip(), &ban);
        }
    }

    fn told(&self, ip: IpAddr, ban: &super::guard::Banned) {
        metrics::counter!("fengling_sip_bans_total", "reason" => ban.reason.code()).increment(1);
        let length = ban.until.saturating_duration_since(ban.since);
        let (reason, seconds) = (ban.reason.code(), length.as_secs());
        if due(&self.ban_logged, Duration::from_secs(10)) {
            tracing::warn!(%ip, reason, seconds, "an address is banned (told once in ten seconds)");
        } else {
            tracing::debug!(%ip, reason, seconds, "an address is banned");
        }
        let _ = self.notices.send(BanNotice { ip: super::guard::source_of(ip), reason: ban.reason, length });
    }

    fn fingerprint(&self, sound: &Sound<'_>, source: SocketAddr) -> u64 {
        let h = sound.headers();
        let parts = ["Via", "Call-ID", "CSeq", "Authorization", "Proxy-Authorization"].map(|n| h.get(n));
        self.hasher.hash_one((source, &sound.method, parts))
    }

    fn refused_stranger(&self, source: SocketAddr) {
        metrics::counter!("fengling_sip_strangers_total").increment(1);
        if due(&self.stranger_logged, Duration::from_secs(60)) {
            tracing::warn!(%source, "calls from an address of no trunk are refused with 403 (told once a minute)");
        }
    }

    pub(super) fn dropped(&self, reason: &'static str) {
        metrics::counter!("fengling_sip_dropped_total", "reason" => reason).increment(1);
        if due(&self.logged, Duration::from_secs(10)) {
            tracing::debug!(reason, "SIP message dropped");
        }
    }
}

/// Credentials for our realm. A far end may carry those of a proxy behind us as well.
fn ours(sound: &Sound<'_>) -> Option<Credentials> {
    let h = sound.headers();
    h.all("Authorization").chain(h.all("Proxy-Authorization")).filter_map(Credentials::parse).find(|c| c.realm == SIP_REALM)
}

/// Whether it is time to say it again.
fn due(last: &Mutex<Option<Instant>>, pause: Duration) -> bool {
    let mut last = last.lock();
    let due = last.is_none_or(|at| at.elapsed() > pause);
    if due {
        *last = Some(Instant::now());
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, to_tag: &str) -> Vec<u8> {
        format!(
            "{method} sip:4008001234@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKx;rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>{to_tag}\r\nCall-ID: one\r\nCSeq: 1 {method}\r\n\
             Contact: <sip:a@198.51.100.7>\r\nContent-Length: 0\r\n\r\n"
        )
        .into_bytes()
    }

    fn of_trunk(ip: &str) -> Admission {
        let admission = Admission::new(10, Arc::default(), mpsc::unbounded_channel().0);
        let trunk: IpAddr = ip.parse().unwrap();
        admission.set_known(Box::new(move |ip| ip == trunk));
        admission
    }

    #[test]
    fn calls_of_strangers_are_refused_without_a_transaction_and_take_nothing_from_the_trunks() {
        let admission = of_trunk("192.0.2.9");
        let (trunk, stranger) = ("192.0.2.9:5060".parse().unwrap(), "198.51.100.7:5060".parse().unwrap());
        let (call, now) = (request("INVITE", ""), Instant::now());
        let from = |n: u32| SocketAddr::from((std::net::Ipv4Addr::from(0xC633_6400 + n % 50), 5060));
        let storm: Vec<Verdict> = (0..2_000).map(|n| admission.judge_at(&call, from(n), Wire::Udp, now)).collect();
        assert!(storm.iter().all(|v| !matches!(v, Verdict::Pass { .. })));
        let answers = storm.iter().filter(|v| matches!(v, Verdict::Answer { code: 403, .. })).count();
        assert_eq!(answers, 500, "one answer each up to the rate, silence beyond it");
        let passed = (0..20).filter(|_| matches!(admission.judge_at(&call, trunk, Wire::Udp, now), Verdict::Pass { .. })).count();
        assert_eq!(passed, 5, "the trunk has its share");
        let later = now + Duration::from_secs(1);
        assert!(matches!(admission.judge_at(&call, stranger, Wire::Udp, later), Verdict::Answer { code: 403, .. }));
        assert!(matches!(admission.judge_at(&call, trunk, Wire::Udp, later), Verdict::Pass { .. }));
    }

    #[test]
    fn a_trunk_that_floods_leaves_room_for_the_others() {
        let admission = Admission::new(10, Arc::default(), mpsc::unbounded_channel().0);
        let now = Instant::now();
        let passed = |from: &str, calls: u32| {
            let source = from.parse().unwrap();
            (0..calls)
                .filter(|_| matches!(admission.judge_at(&request("INVITE", ""), source, Wire::Udp, now), Verdict::Pass { .. }))
                .count()
        };
        assert_eq!((passed("192.0.2.9:5060", 1_000), passed("192.0.2.10:5060", 5)), (5, 5));
        let refused = admission.judge_at(&request("INVITE", ""), "192.0.2.11:5060".parse().unwrap(), Wire::Udp, now);
        assert!(matches!(refused, Verdict::Answer { code: 503, .. }), "the rate of all is one");
    }

    /// With one extension, so that phones are challenged.
    fn with_phones() -> (Admission, mpsc::UnboundedReceiver<BanNotice>) {
        let (sender, notices) = mpsc::unbounded_channel();
        let trace = TraceBook::default();
        trace.switch_on();
        let admission = Admission::new(10, Arc::new(trace), sender);
        admission.set_known(Box::new(|_| false));
        let extension = model::record::Extension {
            id: ExtensionId(1),
            tenant_id: model::TenantId(1),
            number: "8001".into(),
            login: "8001".into(),
            name: String::new(),
            enabled: true,
            ha1_md5: "00".into(),
            ha1_sha256: "00".into(),
            contacts_max: 1,
            allowed_from: Vec::new(),
            codecs: Vec::new(),
            created_at: model::At(0),
            revision: 1,
        };
        admission.set_accounts(Accounts::new(&[extension]));
        (admission, notices)
    }

    fn with_fields(method: &str, fields: &str) -> Vec<u8> {
        let text = String::from_utf8(request(method, "")).unwrap();
        text.replace("Content-Length", &format!("{fields}\r\nContent-Length")).into_bytes()
    }

    #[test]
    fn a_forged_scanner_bans_nobody_and_a_real_one_is_banned() {
        let (admission, mut notices) = with_phones();
        let (office, now) = ("198.51.100.7:5060".parse().unwrap(), Instant::now());
        let scanner = "User-Agent: friendly-scanner";
        let silence = Verdict::Drop("a scanner");
        let guess = |nonce: &str| {
            let digest = format!("username=\"8001\", realm=\"{SIP_REALM}\", nonce=\"{nonce}\", uri=\"sip:x\", response=\"00\"");
            with_fields("REGISTER", &format!("{scanner}\r\nAuthorization: Digest {digest}"))
        };
        for forged in [with_fields("OPTIONS", scanner), guess(&"0".repeat(56))] {
            assert_eq!(admission.judge_at(&forged, office, Wire::Udp, now), silence);
        }
        assert!(notices.try_recv().is_err(), "nothing proves who sent that");
        let challenge = match admission.judge_at(&request("REGISTER", ""), office, Wire::Udp, now) {
            Verdict::Answer { code: 401, message } => String::from_utf8(message).unwrap(),
            other => panic!("{other:?}: the office is still welcome"),
        };
        let nonce = challenge.split("nonce=\"").nth(1).and_then(|n| n.split('"').next()).unwrap();
        let other = "198.51.100.8:5060".parse().unwrap();
        assert_eq!(admission.judge_at(&guess(nonce), other, Wire::Udp, now), silence);
        assert!(notices.try_recv().is_err(), "a nonce given to somebody else");
        assert_eq!(admission.judge_at(&guess(nonce), office, Wire::Udp, now), silence);
        assert_eq!(notices.try_recv().unwrap().ip, office.ip(), "it has answered our challenge");
        let stream = "198.51.100.9:5060".parse().unwrap();
        assert_eq!(admission.judge_at(&with_fields("OPTIONS", scanner), stream, Wire::Tcp, now), silence);
        let ban = notices.try_recv().unwrap();
        assert_eq!((ban.ip, ban.reason), (stream.ip(), BanReason::Scanner));
    }

    #[test]
    fn calls_of_strangers_are_not_kept() {
        let (admission, _notices) = with_phones();
        let stranger: SocketAddr = "198.51.100.7:5060".parse().unwrap();
        let challenged = admission.judge(&request("INVITE", ""), stranger, Wire::Udp);
        assert!(matches!(challenged, Verdict::Answer { code: 401, .. }));
        let inside = admission.judge(&request("INVITE", ";tag=guessed"), stranger, Wire::Udp);
        assert!(matches!(inside, Verdict::Pass { .. }));
        assert_eq!(admission.trace.pages(), 0);
        admission.set_known(Box::new(|_| true));
        admission.judge(&request("INVITE", ""), stranger, Wire::Udp);
        assert_eq!(admission.trace.pages(), 1);
    }

    #[test]
    fn forged_requests_inside_calls_are_few() {
        let admission = of_trunk("192.0.2.9");
        let (stranger, now) = ("198.51.100.7:5060".parse().unwrap(), Instant::now());
        let passed = |method: &str, now| {
            let message = request(method, ";tag=guessed");
            (0..1_000).filter(|_| matches!(admission.judge_at(&message, stranger, Wire::Udp, now), Verdict::Pass { .. })).count()
        };
        assert_eq!(passed("INVITE", now), 19, "each is repeated ten times by its transaction");
        assert_eq!(passed("BYE", now + Duration::from_secs(1)), 100, "one source has a rate of its own");
    }
}
