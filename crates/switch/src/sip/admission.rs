//! Who may cost us anything: judges every message before a transaction exists for it, and counts what is turned away.
//!
//! A transaction repeats the refusal of an INVITE ten times, to an address that may be forged, and is kept for half a minute.
//! Strangers therefore get one answer without a transaction, a rate of their own, and never a share of the trunks' rate.

use super::gate::{self, Verdict};
use super::trace::TraceBook;
use parking_lot::{Mutex, RwLock};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whether an address is one of a trunk.
pub type Known = Box<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Messages a second of all strangers together; what is more is dropped unread.
const STRANGERS_PER_SECOND: f64 = 500.0;
/// What a re-INVITE of a stranger costs of that: a far end may move, but its refusal is repeated.
const REINVITE_COST: f64 = 25.0;

struct Bucket {
    level: f64,
    at: Instant,
    per_second: f64,
}

impl Bucket {
    fn new(per_second: f64, now: Instant) -> Self {
        Self { level: per_second, at: now, per_second }
    }

    fn take(&mut self, cost: f64, now: Instant) -> bool {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        self.level = (self.level + refill).min(self.per_second);
        self.at = self.at.max(now);
        let enough = self.level >= cost;
        if enough {
            self.level -= cost;
        }
        enough
    }
}

pub(super) struct Admission {
    known: RwLock<Known>,
    calls: Mutex<Bucket>,
    strangers: Mutex<Bucket>,
    logged: Mutex<Option<Instant>>,
    stranger_logged: Mutex<Option<Instant>>,
    trace: Arc<TraceBook>,
}

impl Admission {
    /// Everybody is known until somebody says otherwise.
    pub(super) fn new(calls_per_second: u32, trace: Arc<TraceBook>) -> Self {
        let now = Instant::now();
        Self {
            known: RwLock::new(Box::new(|_| true)),
            calls: Mutex::new(Bucket::new(f64::from(calls_per_second.max(1)), now)),
            strangers: Mutex::new(Bucket::new(STRANGERS_PER_SECOND, now)),
            logged: Mutex::default(),
            stranger_logged: Mutex::default(),
            trace,
        }
    }

    pub(super) fn set_known(&self, known: Known) {
        *self.known.write() = known;
    }

    pub(super) fn knows(&self, ip: IpAddr) -> bool {
        (self.known.read())(ip)
    }

    pub(super) fn judge(&self, data: &[u8], source: SocketAddr, stream: bool) -> Verdict {
        let verdict = self.judge_at(data, source, stream, Instant::now());
        let transport = if stream { "TCP" } else { "UDP" };
        match &verdict {
            Verdict::Pass { .. } => self.trace.note(false, transport, source, data),
            // Answered without the core: both belong to the call, if it is one of ours.
            Verdict::Answer { message, .. } => {
                self.trace.note(false, transport, source, data);
                self.trace.note(true, transport, source, message);
            }
            Verdict::Drop(_) => {}
        }
        verdict
    }

    /// A message leaves.
    pub(super) fn sent(&self, data: &[u8], to: SocketAddr, stream: bool) {
        self.trace.note(true, if stream { "TCP" } else { "UDP" }, to, data);
    }

    fn judge_at(&self, data: &[u8], source: SocketAddr, stream: bool, now: Instant) -> Verdict {
        if !self.knows(source.ip()) {
            return self.judge_stranger(data, source, stream, now);
        }
        match gate::inspect(data, source, stream) {
            Verdict::Pass { new_call: true, .. } if !self.calls.lock().take(1.0, now) => gate::refuse(data, source, 503),
            verdict => verdict,
        }
    }

    fn judge_stranger(&self, data: &[u8], source: SocketAddr, stream: bool, now: Instant) -> Verdict {
        if !self.strangers.lock().take(1.0, now) {
            return Verdict::Drop("too much from strangers");
        }
        match gate::inspect(data, source, stream) {
            Verdict::Pass { new_call: true, .. } => {
                self.refused_stranger(source);
                gate::refuse(data, source, 403)
            }
            Verdict::Pass { message, .. }
                if message.starts_with(b"INVITE ") && !self.strangers.lock().take(REINVITE_COST, now) =>
            {
                Verdict::Drop("too much from strangers")
            }
            verdict => verdict,
        }
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
        let admission = Admission::new(10, Arc::default());
        let trunk: IpAddr = ip.parse().unwrap();
        admission.set_known(Box::new(move |ip| ip == trunk));
        admission
    }

    #[test]
    fn calls_of_strangers_are_refused_without_a_transaction_and_take_nothing_from_the_trunks() {
        let admission = of_trunk("192.0.2.9");
        let (trunk, stranger) = ("192.0.2.9:5060".parse().unwrap(), "198.51.100.7:5060".parse().unwrap());
        let (call, now) = (request("INVITE", ""), Instant::now());
        let storm: Vec<Verdict> = (0..2_000).map(|_| admission.judge_at(&call, stranger, false, now)).collect();
        assert!(storm.iter().all(|v| !matches!(v, Verdict::Pass { .. })));
        let answers = storm.iter().filter(|v| matches!(v, Verdict::Answer { code: 403, .. })).count();
        assert_eq!(answers, 500, "one answer each up to the rate, silence beyond it");
        let passed = (0..20).filter(|_| matches!(admission.judge_at(&call, trunk, false, now), Verdict::Pass { .. })).count();
        assert_eq!(passed, 10, "the trunk has its whole rate");
        let later = now + Duration::from_secs(1);
        assert!(matches!(admission.judge_at(&call, stranger, false, later), Verdict::Answer { code: 403, .. }));
        assert!(matches!(admission.judge_at(&call, trunk, false, later), Verdict::Pass { .. }));
    }

    #[test]
    fn forged_requests_inside_calls_are_few() {
        let admission = of_trunk("192.0.2.9");
        let (stranger, now) = ("198.51.100.7:5060".parse().unwrap(), Instant::now());
        let passed = |method: &str, now| {
            let message = request(method, ";tag=guessed");
            (0..1_000).filter(|_| matches!(admission.judge_at(&message, stranger, false, now), Verdict::Pass { .. })).count()
        };
        assert_eq!(passed("INVITE", now), 19, "each is repeated ten times by its transaction");
        assert_eq!(passed("BYE", now + Duration::from_secs(1)), 500);
    }
}
