//! Trunks as the switch knows them: addresses, state, who may call in by them, OPTIONS probes.

use super::capacity::Pace;
use super::dialog::token;
use super::register::Registration;
use super::timers::Timer;
use super::{Exchange, Found, Owner};
use crate::InboundPolicy;
use crate::sip::accounts::in_network;
use crate::sip::dns::Located;
use crate::sip::header::split_host_port;
use crate::sip::message::{Request, Response};
use crate::sip::port::Target;
use crate::sip::tls::{TlsName, TlsPeer};
use crate::sip::wire::Wire;
use model::record::{Codec, Srtp, Transport, Trunk};
use model::telephony::{Event, TrunkState};
use model::{ExtensionId, TrunkId};
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

const RESOLVE_RETRY: Duration = Duration::from_secs(10);
/// Probes unanswered one after the other before a trunk counts as down.
const MISSES_MAX: u32 = 2;

pub struct Line {
    pub trunk: Trunk,
    pub addrs: Vec<SocketAddr>,
    pub state: TrunkState,
    pub registration: Registration,
    pub pace: Pace,
    /// Its certificate's, for connections of ours.
    who: TlsName,
    resolving: bool,
    misses: u32,
    /// What stood in the way of the last probe, where we know it: no connection, a bad certificate.
    trouble: Option<String>,
    /// Answers to the last probe; `None` before the first one or without probing.
    alive: Option<u32>,
    probe_call: String,
    probe_number: u32,
}

impl Line {
    pub(super) fn new(trunk: Trunk) -> Self {
        Self {
            trunk,
            addrs: Vec::new(),
            state: TrunkState::Starting,
            registration: Registration::default(),
            pace: Pace::default(),
            who: TlsName::default(),
            resolving: false,
            misses: 0,
            trouble: None,
            alive: None,
            probe_call: token(20),
            probe_number: 0,
        }
    }

    const fn wire(&self) -> Wire {
        match self.trunk.transport {
            Transport::Udp => Wire::Udp,
            Transport::Tcp => Wire::Tcp,
            Transport::Tls => Wire::Tls,
        }
    }

    /// What its TLS certificate must bear.
    fn certificate(&self) -> TlsPeer {
        let domain = self.trunk.domain.clone().filter(|d| !d.is_empty());
        let host = domain.or_else(|| self.host_port().map(|(host, _)| host)).unwrap_or_default();
        let name = split_host_port(&host).map_or(host, |(name, _)| name);
        TlsPeer { name, authority: self.trunk.tls_authority.clone().filter(|pem| !pem.trim().is_empty()) }
    }

    pub fn target(&self) -> Option<Target> {
        Some(self.at(*self.addrs.first()?))
    }

    const fn at(&self, addr: SocketAddr) -> Target {
        Target { addr, wire: self.wire(), who: self.who }
    }

    fn host_port(&self) -> Option<(String, Option<u16>)> {
        split_host_port(&self.trunk.address)
    }

    /// The address that failed goes behind the others of the trunk. False: there is no other.
    fn put_last(&mut self, failed: SocketAddr) -> bool {
        let Some(at) = self.addrs.iter().position(|a| *a == failed).filter(|_| self.addrs.len() > 1) else { return false };
        let addr = self.addrs.remove(at);
        self.addrs.push(addr);
        true
    }

    fn is_name(&self) -> bool {
        self.host_port().is_some_and(|(host, _)| host.parse::<IpAddr>().is_err())
    }
}

/// Fields whose change means a new start of the line.
fn same_line(a: &Trunk, b: &Trunk) -> bool {
    a.address == b.address
        && a.transport == b.transport
        && a.register == b.register
        && a.username == b.username
        && a.password == b.password
        && a.domain == b.domain
        && a.tls_authority == b.tls_authority
        && a.register_expires_s == b.register_expires_s
        && a.options_interval_s == b.options_interval_s
        && a.enabled == b.enabled
}

impl Exchange {
    pub(super) fn set_trunks(&mut self, trunks: Vec<Trunk>) {
        let gone: Vec<TrunkId> = self.lines.keys().copied().filter(|id| !trunks.iter().any(|t| t.id == *id)).collect();
        for id in gone {
            self.drop_line(id);
            self.shared.states.lock().remove(&id);
        }
        for trunk in trunks {
            match self.lines.get_mut(&trunk.id) {
                Some(line) if same_line(&line.trunk, &trunk) => line.trunk = trunk,
                known => {
                    if known.is_some() {
                        self.drop_line(trunk.id);
                    }
                    self.start_line(trunk);
                }
            }
        }
        let lines = self.lines.values().chain(&self.removed);
        self.port.keep_tls_names(&lines.map(|l| l.who).collect());
        self.tell_known();
    }

    /// The gate learns whose calls we take, by the same rule as [`Self::trunk_of`].
    pub(super) fn tell_known(&self) {
        if self.inbound == InboundPolicy::Anyone {
            return;
        }
        let enabled: Vec<&Line> = self.lines.values().filter(|l| l.trunk.enabled).collect();
        let ips: HashSet<IpAddr> = enabled.iter().flat_map(|l| l.addrs.iter().map(SocketAddr::ip)).collect();
        let networks: Vec<String> = enabled.iter().flat_map(|l| l.trunk.inbound_from.iter().cloned()).collect();
        let known = move |ip: IpAddr| ips.contains(&ip) || networks.iter().any(|net| in_network(net, ip));
        self.port.set_known(Box::new(known));
    }

    fn drop_line(&mut self, id: TrunkId) {
        self.timers.clear_trunk(id);
        if let Some(line) = self.lines.remove(&id) {
            self.unregister(line);
        }
    }

    fn start_line(&mut self, trunk: Trunk) {
        let (id, enabled) = (trunk.id, trunk.enabled);
        let mut line = Line::new(trunk);
        line.who = self.port.tls_name(line.certificate());
        self.lines.insert(id, line);
        self.shared.states.lock().insert(id, TrunkState::Starting);
        if enabled {
            self.resolve(id);
        } else {
            self.set_state(id, TrunkState::Disabled);
        }
    }

    /// Looks the address up without holding anything up.
    pub(super) fn resolve(&mut self, id: TrunkId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let Some((host, port)) = line.host_port() else {
            let reason = format!("`address` {:?} is not host or host:port", line.trunk.address);
            return self.set_state(id, TrunkState::Down { reason });
        };
        let wire = line.wire();
        if let Ok(ip) = host.parse::<IpAddr>() {
            let addrs = vec![SocketAddr::new(ip, port.unwrap_or(wire.default_port()))];
            return self.resolved(id, Ok(Located { addrs, good_for: RESOLVE_RETRY }));
        }
        if std::mem::replace(&mut line.resolving, true) {
            return;
        }
        let (found, v4, dns) = (self.found.clone(), self.bind.is_ipv4(), self.dns.clone());
        tokio::spawn(async move {
            let located = dns.locate(&host, port, wire, v4).await;
            let _ = found.send(Found::Addresses { trunk: id, located });
        });
    }

    pub(super) fn on_found(&mut self, found: Found) {
        match found {
            Found::Addresses { trunk, located } => self.resolved(trunk, located),
            Found::Fax { leg, op, report } => self.on_fax(leg, op, report),
        }
    }

    fn resolved(&mut self, id: TrunkId, located: Result<Located, String>) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        line.resolving = false;
        let first_time = line.addrs.is_empty();
        let name = line.is_name();
        let mut again = RESOLVE_RETRY;
        let failure = match located {
            Ok(Located { addrs, good_for }) if !addrs.is_empty() => {
                line.addrs = addrs;
                again = good_for;
                self.tell_known();
                None
            }
            Ok(_) => Some(format!("`address` {} has no usable address", line.trunk.address)),
            Err(e) => Some(format!("`address` cannot be looked up: {e}")),
        };
        if let Some(reason) = failure {
            // An address that worked before is kept: name servers fail more often than carriers move.
            if first_time {
                self.set_state(id, TrunkState::Down { reason });
            }
            self.timers.set(Timer::Resolve(id), Instant::now() + RESOLVE_RETRY);
            return;
        }
        if name {
            self.timers.set(Timer::Resolve(id), Instant::now() + again);
        }
        if first_time {
            self.open_line(id);
        }
    }

    fn open_line(&mut self, id: TrunkId) {
        let Some(line) = self.lines.get(&id) else { return };
        let (register, probing) = (line.trunk.register, line.trunk.options_interval_s > 0);
        if register {
            self.register(id);
        }
        if probing {
            self.probe(id);
        }
        self.judge_line(id);
    }

    /// The state that follows from registration and probes.
    pub(super) fn judge_line(&mut self, id: TrunkId) {
        let Some(line) = self.lines.get(&id) else { return };
        let r = &line.registration;
        let state = if line.trunk.register && !r.registered {
            match &r.failure {
                Some(reason) => TrunkState::Down { reason: reason.clone() },
                None => TrunkState::Starting,
            }
        } else if let Some(until) = line.pace.resting(Instant::now()) {
            TrunkState::Resting { until }
        } else if line.trunk.options_interval_s == 0 {
            TrunkState::Up { latency_ms: r.latency_ms }
        } else if line.misses >= MISSES_MAX {
            let silent = || format!("{} does not answer OPTIONS", line.trunk.address);
            TrunkState::Down { reason: line.trouble.clone().unwrap_or_else(silent) }
        } else {
            match line.alive {
                Some(latency_ms) => TrunkState::Up { latency_ms },
                None => TrunkState::Starting,
            }
        };
        self.set_state(id, state);
    }

    fn set_state(&mut self, id: TrunkId, state: TrunkState) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let told = match (&line.state, &state) {
            (TrunkState::Up { .. }, TrunkState::Up { .. }) => false,
            (old, new) => old != new,
        };
        line.state = state.clone();
        self.shared.states.lock().insert(id, state.clone());
        if told {
            tracing::info!(trunk = %id, ?state, "trunk state");
            self.emit(Event::Trunk { trunk: id, state });
        }
    }

    pub(super) fn probe(&mut self, id: TrunkId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.trunk.options_interval_s == 0 {
            return;
        }
        let interval = Duration::from_secs(line.trunk.options_interval_s.into());
        let Some(target) = line.target() else { return };
        line.probe_number += 1;
        let (call, number, host) = (line.probe_call.clone(), line.probe_number, line.trunk.address.clone());
        let authority = self.authority(target);
        let transport = target.wire.via();
        let mut r = Request::new("OPTIONS", &format!("sip:{host}"));
        r.headers.push("Via", format!("SIP/2.0/{transport} {authority};branch=z9hG4bK{};rport", token(16)));
        r.headers.push("Max-Forwards", "70");
        r.headers.push("From", format!("<sip:ping@{authority}>;tag={}", token(10)));
        r.headers.push("To", format!("<sip:{host}>"));
        r.headers.push("Call-ID", call);
        r.headers.push("CSeq", format!("{number} OPTIONS"));
        r.headers.push("Contact", format!("<sip:{authority}>"));
        r.headers.push("Accept", "application/sdp");
        self.send(r, target, Owner::Probe { trunk: id, sent: Instant::now() });
        let now = Instant::now();
        self.timers.set(Timer::Probe(id), now + interval);
        self.timers.set(Timer::ProbeLate(id), now + self.timing.options_answer.min(interval));
    }

    pub(super) fn on_probe_response(&mut self, id: TrunkId, sent: Instant, response: &Response) {
        if !response.is_final() {
            return;
        }
        // Whoever says anything is alive, even if it dislikes OPTIONS; 503 says it is not fit for calls.
        if response.local || response.code == 503 || response.code == 408 {
            if let Some(line) = self.lines.get_mut(&id) {
                line.trouble = (response.local && response.code == 503).then(|| response.reason.clone());
            }
            if sent.elapsed() < self.timing.options_answer {
                self.probe_missed(id, "refused");
            }
            return;
        }
        self.timers.clear(Timer::ProbeLate(id));
        if let Some(line) = self.lines.get_mut(&id) {
            line.misses = 0;
            line.trouble = None;
            line.alive = Some(u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX));
            self.judge_line(id);
        }
    }

    pub(super) fn probe_missed(&mut self, id: TrunkId, why: &'static str) {
        self.timers.clear(Timer::ProbeLate(id));
        let Some(line) = self.lines.get_mut(&id) else { return };
        line.misses = line.misses.saturating_add(1);
        let name = line.is_name();
        // The trunk may have other servers; the next probe asks one of them.
        if let Some(first) = line.addrs.first().copied() {
            line.put_last(first);
        }
        tracing::debug!(trunk = %id, misses = line.misses, why, "OPTIONS probe missed");
        if name && self.lines.get(&id).is_some_and(|l| l.addrs.len() < 2) {
            self.resolve(id);
        }
        self.judge_line(id);
    }

    /// Another server of the leg's trunk than those an INVITE has failed at (RFC 3263 §4.3).
    pub(super) fn next_server(&mut self, trunk: TrunkId, tried: &[SocketAddr]) -> Option<Target> {
        let line = self.lines.get_mut(&trunk)?;
        if let Some(last) = tried.last() {
            line.put_last(*last);
        }
        let addr = line.addrs.iter().copied().find(|a| !tried.contains(a))?;
        Some(line.at(addr))
    }

    /// The trunk a call from this address to this number belongs to.
    pub(super) fn trunk_of(&self, source: SocketAddr, dialled: &str) -> Option<TrunkId> {
        line_of(self.lines.values(), source, dialled).map(|l| l.trunk.id)
    }

    /// The way back to the trunk that a call came by: a connection that we had opened to it is known by whom it leads to.
    pub(super) fn back_to(&self, trunk: TrunkId, source: Target) -> Target {
        let line = self.lines.get(&trunk).filter(|l| source.wire == Wire::Tls && l.addrs.contains(&source.addr));
        line.map_or(source, |l| Target { who: l.who, ..source })
    }

    pub(super) fn codecs_of(&self, trunk: TrunkId) -> Vec<Codec> {
        spoken(self.lines.get(&trunk).map_or(&[], |l| &l.trunk.codecs))
    }

    /// Phones of ours and callers of no trunk may protect their media or not.
    pub(super) fn srtp_of(&self, trunk: TrunkId) -> Srtp {
        self.lines.get(&trunk).map_or(Srtp::Optional, |l| l.trunk.srtp)
    }

    pub(super) fn codecs_of_extension(&self, id: ExtensionId) -> Vec<Codec> {
        spoken(self.extensions.get(&id).map_or(&[], |e| &e.codecs))
    }

    pub(super) fn credentials_of(&self, trunk: TrunkId) -> Option<(String, String)> {
        let trunk = &self.lines.get(&trunk)?.trunk;
        trunk.password.clone().filter(|p| !p.is_empty()).map(|p| (trunk.username.clone(), p))
    }
}

/// The line of a call from this address: the very address and port first, then the address alone, then the networks calls may
/// come from. Where several fit alike (accounts at one carrier), the one whose user or else whose own number is called.
///
/// User and number are what a tenant writes down about itself. A carrier that let it register vouches for them; of lines that
/// nobody vouches for, only those of the tenant that had the address first count, or another could write itself into its calls.
fn line_of<'a>(lines: impl Iterator<Item = &'a Line> + Clone, source: SocketAddr, dialled: &str) -> Option<&'a Line> {
    let ip = source.ip();
    let exact = |l: &Line| l.addrs.contains(&source);
    let by_ip = |l: &Line| l.addrs.iter().any(|a| a.ip() == ip);
    let by_net = |l: &Line| l.trunk.inbound_from.iter().any(|net| in_network(net, ip));
    let ways: [&dyn Fn(&Line) -> bool; 3] = [&exact, &by_ip, &by_net];
    ways.into_iter().find_map(|fits| {
        let all = || lines.clone().filter(|l| l.trunk.enabled && fits(l));
        let vouched = |l: &Line| l.trunk.register && l.registration.registered;
        let first = all().find(|l| !vouched(l)).map(|l| l.trunk.tenant_id);
        let alike = || all().filter(|l| vouched(l) || Some(l.trunk.tenant_id) == first);
        let user = || alike().find(|l| !dialled.is_empty() && l.trunk.user() == dialled);
        let number = || alike().find(|l| is_same_number(&l.trunk.caller_id, dialled));
        user().or_else(number).or_else(|| alike().next())
    })
}

/// With or without country code, area code and the zeros before them.
fn is_same_number(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).skip_while(|c| *c == '0').collect::<String>();
    let (a, b) = (digits(a), digits(b));
    a.len().min(b.len()) >= 7 && (a.ends_with(&b) || b.ends_with(&a))
}

/// The codecs of a trunk in its order; both laws of G.711, the cheapest, when it names none.
pub(super) fn spoken(codecs: &[Codec]) -> Vec<Codec> {
    if codecs.is_empty() { vec![Codec::Pcma, Codec::Pcmu] } else { codecs.to_vec() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use model::record::{DialFormat, TrunkRules};
    use model::{At, TenantId};

    pub fn line(id: i64, transport: Transport, addr: &str) -> Line {
        let mut line = Line::new(Trunk {
            id: TrunkId(id),
            tenant_id: TenantId(id),
            name: format!("line {id}"),
            enabled: true,
            address: addr.into(),
            transport,
            register: true,
            username: String::new(),
            password: None,
            domain: None,
            tls_authority: None,
            register_expires_s: 300,
            options_interval_s: 0,
            codecs: Vec::new(),
            calls_max: 10,
            calls_per_second_max: 10.0,
            caller_id: String::new(),
            dial_format: DialFormat::National,
            prefix: String::new(),
            srtp: Srtp::Off,
            inbound_from: Vec::new(),
            calls_per_day_max: 0,
            rules: TrunkRules::default(),
            created_at: At(0),
            revision: 1,
        });
        line.addrs = vec![addr.parse().unwrap()];
        line
    }

    #[test]
    fn of_two_accounts_at_one_carrier_the_one_that_is_called() {
        let account = |id: i64, addr: &str, username: &str, caller_id: &str| {
            let mut line = line(id, Transport::Udp, addr);
            line.trunk.username = username.into();
            line.trunk.caller_id = caller_id.into();
            line.registration.registered = true;
            line
        };
        let mut lines = vec![
            account(1, "192.0.2.1:5060", "88880001", "01088880001"),
            account(2, "192.0.2.1:5060", "88880002@ims.example.com", "01088886666"),
            account(3, "192.0.2.1:5080", "88880003", "02188880003"),
            account(4, "192.0.2.4:5060", "", ""),
        ];
        lines[3].trunk.inbound_from = vec!["192.0.2.0/24".into()];
        let of = |lines: &[Line], source: &str, dialled: &str| {
            line_of(lines.iter(), source.parse().unwrap(), dialled).map(|l| l.trunk.id.0)
        };
        for (source, dialled, want) in [
            ("192.0.2.1:5060", "88880001", Some(1)),
            ("192.0.2.1:5060", "88880002", Some(2)),
            ("192.0.2.1:5060", "+861088886666", Some(2)),
            ("192.0.2.1:5060", "4008001234", Some(1)),
            ("192.0.2.1:5060", "", Some(1)),
            // The very address counts more than the user, another port of it less.
            ("192.0.2.1:5060", "88880003", Some(1)),
            ("192.0.2.1:5080", "88880001", Some(3)),
            ("192.0.2.1:40000", "88880003", Some(3)),
            ("192.0.2.1:40000", "2188880003", Some(3)),
            ("192.0.2.99:5060", "88880002", Some(4)),
            ("198.51.100.1:5060", "88880002", None),
        ] {
            assert_eq!(of(&lines, source, dialled), want, "{source} {dialled}");
        }
        lines[1].trunk.enabled = false;
        assert_eq!(of(&lines, "192.0.2.1:5060", "88880002"), Some(1));
        // Another tenant writes down the same address and the number of the first: its carrier has never let it register.
        let mut lines = vec![
            account(1, "192.0.2.1:5060", "", "01088880001"),
            account(2, "192.0.2.1:5060", "01088886666", "01088886666"),
            account(3, "192.0.2.1:5060", "88880003", ""),
        ];
        (lines[0].trunk.register, lines[1].trunk.register) = (false, false);
        assert_eq!(of(&lines, "192.0.2.1:5060", "01088886666"), Some(1));
        assert_eq!(of(&lines, "192.0.2.1:5060", "88880003"), Some(3), "who has registered is called by name");
        lines[1].trunk.tenant_id = lines[0].trunk.tenant_id;
        assert_eq!(of(&lines, "192.0.2.1:5060", "01088886666"), Some(2), "its own lines are told apart by number");
    }
}
