//! A 3xx followed (RFC 3261 §8.1.3.4): as often as the trunk's rules allow, and only to where they allow.

use super::Exchange;
use super::lines::Line;
use crate::sip::accounts::in_network;
use crate::sip::header::{self, NameAddr, UriParts};
use crate::sip::message::Response;
use crate::sip::port::{Target, TxId};
use crate::sip::wire::Wire;
use std::net::SocketAddr;

/// Contacts of one 3xx that are looked at.
const CONTACTS_MAX: usize = 8;

impl Exchange {
    /// True when the INVITE has gone out again to one of the targets named.
    pub(super) fn follow_redirect(&mut self, tx: TxId, response: &Response) -> bool {
        let Some(invite) = self.invite_mut(tx) else { return false };
        let (leg, followed, tried) = (invite.leg, invite.redirects, invite.request.uri.clone());
        if invite.cancel_wanted.is_some() {
            return false;
        }
        let Some(line) = self.legs.get(&leg).and_then(|l| self.lines.get(&l.trunk)) else { return false };
        if followed >= line.trunk.rules.redirects_max {
            return false;
        }
        let found = contacts(response).into_iter().filter(|uri| *uri != tried).find_map(|uri| Some((allowed(line, &uri)?, uri)));
        let Some((target, uri)) = found else {
            tracing::info!(%leg, trunk = %line.trunk.name, "a redirection leads where the trunk's rules do not allow");
            return false;
        };
        if let Some(invite) = self.invite_mut(tx) {
            invite.redirects += 1;
            invite.dialog.remote_target.clone_from(&uri);
            invite.dialog.target = target;
        }
        metrics::counter!("fengling_sip_redirects_total").increment(1);
        self.invite_again(tx, |request| request.uri = uri);
        true
    }
}

/// The targets named, the most wanted first.
fn contacts(response: &Response) -> Vec<String> {
    let mut found: Vec<(u32, String)> = header::list(&response.headers, "Contact")
        .into_iter()
        .take(CONTACTS_MAX)
        .filter_map(NameAddr::parse)
        .map(|a| {
            let q = a.param("q").and_then(|q| q.parse::<f32>().ok()).filter(|q| (0.0..=1.0).contains(q)).unwrap_or(1.0);
            // Thousandths, as many digits as a q may have.
            ((q * 1_000.0) as u32, a.uri)
        })
        .collect();
    found.sort_by_key(|(q, _)| std::cmp::Reverse(*q));
    // A URI with header fields of its own would let the far end write parts of our request.
    found.into_iter().map(|(_, uri)| uri).filter(|uri| !uri.contains('?')).collect()
}

/// Where to send a request for this URI, if the trunk's rules let it go there.
fn allowed(line: &Line, uri: &str) -> Option<Target> {
    let parts = UriParts::parse(uri).filter(|p| !p.host.is_empty() && !uri.to_ascii_lowercase().starts_with("sips:"))?;
    let own = line.target()?;
    let wire = parts.param("transport").and_then(Wire::parse).filter(|w| !w.is_web()).unwrap_or(own.wire);
    let Some(ip) = parts.ip() else {
        let names = [line.trunk.domain.as_deref(), Some(line.trunk.address.as_str())];
        let is_own =
            names.into_iter().flatten().filter_map(header::split_host_port).any(|(h, _)| h.eq_ignore_ascii_case(&parts.host));
        return is_own.then_some(own);
    };
    let addr = SocketAddr::new(ip, parts.port.unwrap_or(wire.default_port()));
    let named = line.trunk.rules.redirect_to.iter().any(|to| in_network(to, ip) || to.parse() == Ok(addr));
    (named || line.addrs.iter().any(|a| a.ip() == ip)).then_some(Target { addr, wire, ..own })
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::line;
    use super::*;
    use model::record::Transport;

    #[test]
    fn a_redirection_keeps_transport_and_identity_of_its_trunk() {
        let mut tls = line(1, Transport::Tls, "192.0.2.1:5061");
        tls.trunk.rules.redirect_to = vec!["198.51.100.0/24".into(), "203.0.113.1:5061".into()];
        let own = tls.target().unwrap();
        let to = |uri: &str| allowed(&tls, uri).map(|t| (t.addr.to_string(), t.wire, t.who));
        let found = |addr: &str, wire| Some((addr.to_owned(), wire, own.who));
        assert_eq!(to("sip:1@198.51.100.7"), found("198.51.100.7:5061", Wire::Tls));
        assert_eq!(to("sip:1@203.0.113.1"), found("203.0.113.1:5061", Wire::Tls));
        assert_eq!(to("sip:1@198.51.100.7:5071"), found("198.51.100.7:5071", Wire::Tls));
        assert_eq!(to("sip:1@198.51.100.7;transport=udp"), found("198.51.100.7:5060", Wire::Udp));
        assert_eq!(to("sip:1@203.0.113.1;transport=tcp"), None, "another port than the rules name");
    }
}
