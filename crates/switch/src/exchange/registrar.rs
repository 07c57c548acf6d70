//! The registrar (RFC 3261 §10, 3327, 5626): takes the contacts of extensions, keeps their way open, and forgets them when they
//! expire or their connection is gone. Who asks has proved who it is before the request got here (`sip/admission.rs`).

use super::dialog::token;
use super::phones::Wish;
use super::timers::Timer;
use super::{Exchange, Owner, refuse};
use crate::sip::accounts::Accounts;
use crate::sip::header::{self, NameAddr, UriParts};
use crate::sip::message::{Request, Response};
use crate::sip::port::{ServerTx, Target, TxId};
use crate::sip::wire::Wire;
use model::record::{Extension, Registration};
use model::telephony::Event;
use model::{At, ExtensionId, LegId};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Asked for by who names no time.
const EXPIRES_S: u32 = 600;
/// Contacts in one REGISTER.
const CONTACTS_MAX: usize = 10;
/// Bytes of a Contact, of a User-Agent that is shown, of all Path fields.
const CONTACT_MAX: usize = 500;
const USER_AGENT_MAX: usize = 120;
const PATH_MAX: usize = 1_000;
/// Between two OPTIONS to a phone whose way needs no keeping open.
const PING: Duration = Duration::from_secs(60);
/// OPTIONS unanswered one after the other before a phone counts as unreachable. It is still called, last.
const MISSES_MAX: u32 = 3;

/// The time of day, for what people read and what outlives the process.
pub(crate) fn wall() -> At {
    At(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
}

impl Exchange {
    pub(super) fn set_extensions(&mut self, extensions: Vec<Extension>) {
        self.port.set_accounts(Accounts::new(&extensions));
        self.extensions = extensions.into_iter().filter(|e| e.enabled).map(|e| (e.id, e)).collect();
        let known = &self.extensions;
        let changed = self.phones.drop_where(|p| !known.contains_key(&p.record.extension_id));
        self.tell_phones(&changed);
    }

    pub(super) fn on_register_request(&mut self, server: &ServerTx, request: &Request, from: (Target, Option<ExtensionId>)) {
        match self.take_register(request, from) {
            Ok(response) => server.respond(response, &token(10)),
            Err(response) => refuse(server, response),
        }
    }

    fn take_register(&mut self, request: &Request, from: (Target, Option<ExtensionId>)) -> Result<Response, Response> {
        let (source, Some(extension)) = from else { return Err(Response::new(403)) };
        let account = self.extensions.get(&extension).ok_or_else(|| Response::new(403))?;
        let to = request.headers.get("To").and_then(NameAddr::parse).and_then(|a| UriParts::parse(&a.uri));
        if to.is_none_or(|to| to.user != account.login) {
            return Err(Response::new(403));
        }
        if self.draining.is_some() {
            return Err(Response::new(503).with("Retry-After", self.limits.retry_after_s.to_string()));
        }
        let unknown: Vec<&str> =
            header::list(&request.headers, "Require").into_iter().filter(|t| !t.eq_ignore_ascii_case("path")).collect();
        if !unknown.is_empty() {
            return Err(Response::new(420).with("Unsupported", unknown.join(", ")));
        }
        let phones_max = account.contacts_max as usize;
        let contacts = header::list(&request.headers, "Contact");
        if contacts.contains(&"*") {
            if contacts.len() > 1 || expires_field(request) != Some(0) {
                return Err(Response::new(400));
            }
            let changed = self.phones.drop_where(|p| p.record.extension_id == extension);
            self.tell_phones(&changed);
        } else if !contacts.is_empty() {
            let wishes = self.wishes(request, source, extension, &contacts)?;
            let heard = self.phones.take(extension, wishes, phones_max).map_err(|_| Response::new(500))?;
            self.tell_phones(&[extension]);
            self.move_calls(extension);
            for serial in heard {
                self.timers.set(Timer::Phone(extension, serial), Instant::now());
            }
        }
        Ok(self.bindings(request, extension))
    }

    /// A phone that has come back on another connection is spoken to there in the calls it is in: its contact is the same.
    fn move_calls(&mut self, extension: ExtensionId) {
        let place = |uri: &str| UriParts::parse(uri).map(|u| (u.user, u.host));
        let phones: Vec<_> = self.phones.of(extension).iter().map(|p| (place(&p.record.contact), p.target)).collect();
        for leg in self.legs.values_mut().filter(|l| l.extension == Some(extension) && l.dialog.target.wire.is_stream()) {
            let here = place(&leg.dialog.remote_target);
            if let Some((_, target)) = phones.iter().find(|(at, _)| at.is_some() && *at == here) {
                leg.dialog.target = *target;
            }
        }
    }

    /// Reads the contacts of a REGISTER; nothing is changed while one of them is refused.
    fn wishes(&self, request: &Request, source: Target, id: ExtensionId, contacts: &[&str]) -> Result<Vec<Wish>, Response> {
        let path = header::routes(&request.headers, "Path");
        if contacts.len() > CONTACTS_MAX || path.iter().map(String::len).sum::<usize>() > PATH_MAX {
            return Err(Response::new(403));
        }
        // A connection that has ended meanwhile leads nowhere.
        if source.wire.is_stream() && !self.port.is_open(source) {
            return Err(Response::new(480));
        }
        contacts.iter().map(|text| self.wish(request, source, id, text, &path)).collect()
    }

    fn wish(&self, request: &Request, source: Target, id: ExtensionId, text: &str, path: &[String]) -> Result<Wish, Response> {
        let contact = NameAddr::parse(text).filter(|c| c.uri.len() <= CONTACT_MAX).ok_or_else(|| Response::new(400))?;
        let uri = UriParts::parse(&contact.uri).filter(|u| !u.host.is_empty()).ok_or_else(|| Response::new(400))?;
        let asked = match contact.param("expires") {
            // RFC 3261 §10.2.1.1: what cannot be read counts as an hour.
            Some(text) => text.parse().unwrap_or(3_600),
            None => expires_field(request).unwrap_or(EXPIRES_S),
        };
        let (shortest, longest) = (self.timing.register_min_s, self.timing.register_max_s);
        if asked > 0 && asked < shortest {
            return Err(Response::new(423).with("Min-Expires", shortest.to_string()));
        }
        let life = Duration::from_secs(asked.min(longest).into());
        let (target, behind_nat) = way_to(&uri, path, source);
        let now = wall();
        let instance = contact.param("+sip.instance").map(|i| format!("{i};{}", contact.param("reg-id").unwrap_or_default()));
        let q = contact.param("q").and_then(|q| q.parse::<f32>().ok()).filter(|q| (0.0..=1.0).contains(q)).unwrap_or(1.0);
        let record = Registration {
            extension_id: id,
            contact: contact.uri,
            transport: source.wire.via().to_ascii_lowercase(),
            address: source.addr.to_string(),
            path: path.to_vec(),
            q: (q * 1_000.0).round() as u16,
            call_id: request.call_id().chars().take(CONTACT_MAX).collect(),
            cseq: request.cseq(),
            user_agent: request.headers.get("User-Agent").unwrap_or_default().chars().take(USER_AGENT_MAX).collect(),
            since: now,
            expires_at: now.plus_ms(i64::try_from(life.as_millis()).unwrap_or(i64::MAX)),
            latency_ms: None,
            reachable: true,
            behind_nat,
            instance,
        };
        Ok(Wish { record, target, expires: (asked > 0).then(|| Instant::now() + life) })
    }

    /// 200 with what is registered now.
    fn bindings(&self, request: &Request, extension: ExtensionId) -> Response {
        let mut response = Response::new(200);
        let now = Instant::now();
        for phone in self.phones.of(extension) {
            let left = phone.expires.saturating_duration_since(now).as_millis().div_ceil(1_000);
            let q = f32::from(phone.record.q) / 1_000.0;
            response = response.with("Contact", format!("<{}>;expires={left};q={q}", phone.record.contact));
        }
        for path in request.headers.all("Path") {
            response = response.with("Path", path);
        }
        response.with("Supported", "path")
    }

    /// Shows the phones of these extensions to everybody who must know: gate, handle, floor.
    pub(super) fn tell_phones(&mut self, changed: &[ExtensionId]) {
        if changed.is_empty() {
            return;
        }
        self.port.set_phones(self.phones.all().map(|p| ((p.target.wire, p.target.addr), p.record.extension_id)));
        for id in changed {
            let phones = self.phones.of(*id);
            let records: Vec<Registration> = phones.iter().map(|p| p.record.clone()).collect();
            let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
            let mut shown = self.shared.registrations.lock();
            let before = if records.is_empty() { shown.remove(id) } else { shown.insert(*id, records) };
            drop(shown);
            if before.map_or(0, |b| b.len()) != count as usize {
                self.emit(Event::Extension { extension: *id, phones: count });
            }
        }
    }

    /// A connection is gone, and with it everybody who registered by it, and what rang there.
    pub(super) fn on_closed(&mut self, target: Target) {
        let changed = self.phones.drop_where(|p| p.target == target);
        self.tell_phones(&changed);
        let rang = self.owners.iter().filter_map(|(tx, owner)| match owner {
            Owner::Invite(invite) if invite.dialog.target == target => Some((*tx, invite.leg)),
            _ => None,
        });
        // Trunks open another connection; a page that is gone does not come back to the same one.
        let of_phone = |leg: &LegId| self.legs.get(leg).is_some_and(|l| l.fork.is_some());
        let stranded: Vec<TxId> = rang.filter(|(_, leg)| of_phone(leg)).map(|(tx, _)| tx).collect();
        for tx in stranded {
            self.port.forget(tx);
            if let Some(Owner::Invite(invite)) = self.owners.remove(&tx) {
                self.invite_over(tx, &invite);
            }
        }
    }

    /// Phones of the last run. Those on connections have gone with them; where they came from is remembered.
    pub(super) fn restore(&mut self, records: Vec<Registration>) {
        let now = wall();
        for record in records {
            let left = record.expires_at.since_ms(now);
            let addr = record.address.parse::<std::net::SocketAddr>();
            let (Some(wire), Ok(addr), true) = (Wire::parse(&record.transport), addr, left > 0) else { continue };
            let Some(account) = self.extensions.get(&record.extension_id) else { continue };
            self.port.with_guard(|guard| guard.proved(addr.ip(), record.extension_id));
            if wire != Wire::Udp {
                continue;
            }
            let Some(uri) = UriParts::parse(&record.contact) else { continue };
            let source = Target::of_source(addr, Wire::Udp);
            let (target, _) = way_to(&uri, &record.path, source);
            let (id, phones_max) = (record.extension_id, account.contacts_max as usize);
            let expires = Some(Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0)));
            let heard = self.phones.take(id, vec![Wish { record, target, expires }], phones_max).unwrap_or_default();
            self.tell_phones(&[id]);
            for serial in heard {
                self.timers.set(Timer::Phone(id, serial), Instant::now());
            }
        }
    }

    /// Time to look after a phone: it has expired, or is to be asked whether it lives.
    pub(super) fn look_after(&mut self, extension: ExtensionId, serial: u64) {
        let now = Instant::now();
        let keepalive = self.timing.phone_keepalive;
        let Some(phone) = self.phones.by_serial(extension, serial) else { return };
        if phone.expires <= now {
            let changed = self.phones.drop_where(|p| p.serial == serial);
            return self.tell_phones(&changed);
        }
        let pause = if phone.record.behind_nat && phone.target.wire == Wire::Udp { keepalive } else { PING };
        let expires = phone.expires;
        phone.ping_number += 1;
        let (target, number, call) = (phone.target, phone.ping_number, phone.ping_call.clone());
        let (uri, path) = (phone.record.contact.clone(), phone.record.path.clone());
        let authority = self.authority(target);
        let mut r = Request::new("OPTIONS", &uri);
        let h = &mut r.headers;
        h.push("Via", format!("SIP/2.0/{} {authority};branch=z9hG4bK{};rport", target.wire.via(), token(16)));
        for hop in path {
            h.push("Route", format!("<{hop}>"));
        }
        h.push("Max-Forwards", "70");
        h.push("From", format!("<sip:ping@{authority}>;tag={}", token(10)));
        h.push("To", format!("<{uri}>"));
        h.push("Call-ID", call);
        h.push("CSeq", format!("{number} OPTIONS"));
        h.push("Contact", format!("<sip:{authority}{}>", target.wire.uri_param()));
        h.push("Accept", "application/sdp");
        self.send(r, target, Owner::Ping { extension, serial, sent: now });
        self.timers.set(Timer::Phone(extension, serial), (now + pause).min(expires));
    }

    pub(super) fn on_ping_response(&mut self, extension: ExtensionId, serial: u64, sent: Instant, response: &Response) {
        if !response.is_final() {
            return;
        }
        let Some(phone) = self.phones.by_serial(extension, serial) else { return };
        let silent = response.local || response.code == 408;
        if silent {
            phone.misses = phone.misses.saturating_add(1);
        } else {
            phone.misses = 0;
            phone.record.latency_ms = Some(u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX));
        }
        phone.record.reachable = phone.misses < MISSES_MAX;
        let records = self.phones.of(extension).iter().map(|p| p.record.clone()).collect();
        self.shared.registrations.lock().insert(extension, records);
    }
}

fn expires_field(request: &Request) -> Option<u32> {
    request.headers.get("Expires").map(|v| v.trim().parse().unwrap_or(3_600))
}

/// Where requests to a contact are sent, and whether it lies behind NAT: the connection it came by, the first proxy of its path,
/// its own address where that is the one it was heard from, else the address it was heard from.
fn way_to(contact: &UriParts, path: &[String], source: Target) -> (Target, bool) {
    if source.wire.is_stream() {
        return (source, false);
    }
    if let Some(proxy) = path.first().and_then(|p| UriParts::parse(p))
        && let Some(ip) = proxy.ip()
    {
        let addr = std::net::SocketAddr::new(ip, proxy.port.unwrap_or(5060));
        return (Target::of_source(addr, Wire::Udp), false);
    }
    let own = contact.ip().map(|ip| std::net::SocketAddr::new(ip, contact.port.unwrap_or(5060)));
    match own {
        Some(own) if own == source.addr => (source, false),
        _ => (source, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(contact: &str, path: &[&str], wire: Wire) -> (String, bool) {
        let source = Target::of_source("198.51.100.7:40000".parse().unwrap(), wire);
        let path: Vec<String> = path.iter().map(|p| (*p).to_owned()).collect();
        let (target, nat) = way_to(&UriParts::parse(contact).unwrap(), &path, source);
        (target.addr.to_string(), nat)
    }

    #[test]
    fn the_way_to_a_phone() {
        let here = "198.51.100.7:40000".to_owned();
        assert_eq!(way("sip:a@198.51.100.7:40000", &[], Wire::Udp), (here.clone(), false));
        assert_eq!(way("sip:a@192.168.1.5:5060", &[], Wire::Udp), (here.clone(), true), "behind NAT");
        assert_eq!(way("sip:a@198.51.100.7:5060", &[], Wire::Udp), (here.clone(), true));
        assert_eq!(way("sip:x@k3j4.invalid;transport=ws", &[], Wire::Wss), (here, false), "its connection");
        assert_eq!(way("sip:a@192.168.1.5", &["sip:203.0.113.1:5080;lr"], Wire::Udp), ("203.0.113.1:5080".into(), false));
    }
}
