//! Registration of a trunk at its registrar: refreshed before it expires, tried again with growing pauses, taken back at
//! the end.

use super::dialog::token;
use super::lines::Line;
use super::timers::Timer;
use super::{Exchange, Owner};
use crate::sip::digest::Authenticator;
use crate::sip::header;
use crate::sip::message::{Request, Response};
use crate::sip::port::{Target, TxId};
use model::TrunkId;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Registration {
    pub registered: bool,
    pub failure: Option<String>,
    pub latency_ms: u32,
    call_id: String,
    tag: String,
    number: u32,
    auth: Authenticator,
    failures: u32,
    /// Raised when the registrar finds our interval too brief (423).
    expires_min_s: u32,
    pending: Option<(TxId, Instant)>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            registered: false,
            failure: None,
            latency_ms: 0,
            call_id: token(24),
            tag: token(12),
            number: 0,
            auth: Authenticator::default(),
            failures: 0,
            expires_min_s: 0,
            pending: None,
        }
    }
}

/// One REGISTER, signed if we have been challenged before.
fn write(line: &mut Line, authority: &str, target: Target, expires_s: u32) -> Request {
    let trunk = &line.trunk;
    let domain = trunk.domain.clone().filter(|d| !d.is_empty()).unwrap_or_else(|| trunk.address.clone());
    let user = header::escape_user(trunk.user());
    let (transport, param) = (target.wire.via(), target.wire.uri_param());
    let r = &mut line.registration;
    r.number += 1;
    let uri = format!("sip:{domain}");
    let mut request = Request::new("REGISTER", &uri);
    let h = &mut request.headers;
    h.push("Via", format!("SIP/2.0/{transport} {authority};branch=z9hG4bK{};rport", token(16)));
    h.push("Max-Forwards", "70");
    h.push("From", format!("<sip:{user}@{domain}>;tag={}", r.tag));
    h.push("To", format!("<sip:{user}@{domain}>"));
    h.push("Call-ID", r.call_id.clone());
    h.push("CSeq", format!("{} REGISTER", r.number));
    h.push("Contact", format!("<sip:{user}@{authority}{param}>"));
    h.push("Expires", expires_s.to_string());
    let password = trunk.password.clone().unwrap_or_default();
    if let Some((name, value)) = r.auth.authorize(&trunk.username, &password, "REGISTER", &uri, &token(12)) {
        request.headers.push(name, value);
    }
    request
}

impl Exchange {
    pub(super) fn register(&mut self, id: TrunkId) {
        let Some(target) = self.lines.get(&id).and_then(Line::target) else { return };
        let authority = self.authority(target);
        let Some(line) = self.lines.get_mut(&id) else { return };
        if !line.trunk.register || line.registration.pending.is_some() {
            return;
        }
        let expires = line.trunk.register_expires_s.max(line.registration.expires_min_s);
        let request = write(line, &authority, target, expires);
        let tx = self.send(request, target, Owner::Register(id));
        if let Some(line) = self.lines.get_mut(&id) {
            line.registration.pending = Some((tx, Instant::now()));
        }
    }

    pub(super) fn on_register_response(&mut self, tx: TxId, id: TrunkId, response: &Response) {
        if !response.is_final() {
            return;
        }
        let Some(line) = self.lines.get_mut(&id) else { return };
        let Some((pending, sent)) = line.registration.pending else { return };
        if pending != tx {
            return;
        }
        line.registration.pending = None;
        match response.code {
            200..=299 => self.registered(id, sent, response),
            401 | 407 if line.registration.auth.challenged(response.code, &response.headers) => self.register(id),
            423 if line.registration.expires_min_s == 0 => {
                let minimum = response.headers.get("Min-Expires").and_then(|v| v.trim().parse::<u32>().ok());
                line.registration.expires_min_s = minimum.unwrap_or(3_600).clamp(60, 86_400);
                self.register(id);
            }
            _ => self.not_registered(id, response),
        }
    }

    fn registered(&mut self, id: TrunkId, sent: Instant, response: &Response) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let asked = line.trunk.register_expires_s.max(line.registration.expires_min_s);
        let user = header::escape_user(line.trunk.user());
        let granted = granted_s(response, &user).unwrap_or(asked).clamp(1, 86_400);
        let r = &mut line.registration;
        r.registered = true;
        r.failure = None;
        r.failures = 0;
        r.auth.accepted();
        r.latency_ms = u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX);
        let granted = Duration::from_secs(granted.into());
        let early = (granted / 5).min(Duration::from_secs(60)).max(Duration::from_millis(500));
        self.timers.set(Timer::Register(id), Instant::now() + granted.saturating_sub(early).max(granted / 2));
        self.judge_line(id);
    }

    fn not_registered(&mut self, id: TrunkId, response: &Response) {
        let (first, longest) = (self.timing.register_retry, self.timing.register_retry_max);
        let Some(line) = self.lines.get_mut(&id) else { return };
        let r = &mut line.registration;
        r.registered = false;
        r.failures = r.failures.saturating_add(1);
        r.failure = Some(match response.code {
            401 | 403 | 407 => format!("registration refused ({}): check `username` and `password`", response.code),
            code if response.local => format!("registrar: {} ({code})", response.reason),
            code => format!("registration failed: {code} {}", response.reason),
        });
        let doubled = first.saturating_mul(1 << (r.failures - 1).min(10)).min(longest);
        let told = header::retry_after(&response.headers).map(|s| Duration::from_secs(s.min(3_600).into()));
        let pause = told.unwrap_or(doubled).max(first);
        // Jitter: after a carrier's outage not everybody may come back in the same second.
        let jitter = pause.mul_f64(rand::random::<f64>() * 0.25);
        // A fresh start for the credentials, they may have been corrected at the registrar.
        r.auth = Authenticator::default();
        metrics::counter!("fengling_sip_register_failures_total").increment(1);
        self.timers.set(Timer::Register(id), Instant::now() + pause + jitter);
        self.resolve(id);
        self.judge_line(id);
    }

    /// Takes the registration of a removed line back.
    pub(super) fn unregister(&mut self, mut line: Line) {
        let (true, Some(target)) = (line.registration.registered, line.target()) else { return };
        let authority = self.authority(target);
        line.registration.registered = false;
        let request = write(&mut line, &authority, target, 0);
        self.send(request, target, Owner::Unregister(line.trunk.id));
        self.removed.push(line);
    }

    pub(super) fn on_unregister_response(&mut self, tx: TxId, id: TrunkId, response: &Response) {
        if response.code != 401 && response.code != 407 {
            if response.is_final() {
                self.removed.retain(|l| l.trunk.id != id);
                self.owners.remove(&tx);
            }
            return;
        }
        let Some(at) = self.removed.iter().position(|l| l.trunk.id == id) else { return };
        self.owners.remove(&tx);
        let mut line = self.removed.swap_remove(at);
        if line.registration.auth.challenged(response.code, &response.headers) {
            line.registration.registered = true;
            self.unregister(line);
        }
    }

    /// At shutdown, once.
    pub(super) fn unregister_all(&mut self) {
        let ids: Vec<TrunkId> = self.lines.iter().filter(|(_, l)| l.registration.registered).map(|(id, _)| *id).collect();
        for id in ids {
            self.timers.clear_trunk(id);
            if let Some(line) = self.lines.remove(&id) {
                self.unregister(line);
            }
        }
    }
}

/// Seconds the registrar granted our binding: the `expires` of our Contact, else the Expires field.
fn granted_s(response: &Response, user: &str) -> Option<u32> {
    let contacts: Vec<header::NameAddr> =
        header::list(&response.headers, "Contact").into_iter().filter_map(header::NameAddr::parse).collect();
    let ours = contacts.iter().find(|c| c.uri.contains(user)).or(contacts.first());
    let by_contact = ours.and_then(|c| c.param("expires")).and_then(|v| v.parse().ok());
    by_contact.or_else(|| response.headers.get("Expires").and_then(|v| v.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::lines::tests::line;
    use crate::sip::message::Headers;
    use model::record::Transport;

    #[test]
    fn an_ims_account_is_proven_whole_and_stands_in_addresses_by_its_user() {
        let mut line = line(1, Transport::Udp, "192.0.2.1:5060");
        line.trunk.username = "+8653188886666@sd.ims.example.com".into();
        line.trunk.password = Some("geheim".into());
        line.trunk.domain = Some("sd.ims.example.com".into());
        let mut challenge = Headers::default();
        challenge.push("WWW-Authenticate", "Digest realm=\"ims\", nonce=\"n\"");
        assert!(line.registration.auth.challenged(401, &challenge));
        let target = line.target().unwrap();
        let request = write(&mut line, "198.51.100.1:5060", target, 300);
        let field = |name: &str| request.headers.get(name).unwrap_or_default().to_owned();
        assert!(field("From").starts_with("<sip:+8653188886666@sd.ims.example.com>;tag="), "{}", field("From"));
        assert_eq!(field("To"), "<sip:+8653188886666@sd.ims.example.com>");
        assert_eq!(field("Contact"), "<sip:+8653188886666@198.51.100.1:5060>");
        let proof = field("Authorization");
        assert!(proof.contains("username=\"+8653188886666@sd.ims.example.com\""), "{proof}");
    }
}
