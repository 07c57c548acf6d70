//! The lite end of ICE (RFC 8445 §2.5): we answer connectivity checks, learn the far end's addresses from them and send
//! where it nominates. Candidates of the other side are never needed, `.local` names least of all.

use hmac::{Hmac, Mac as _};
use is::stun::{StunMessage, StunMessageBuilder};
use rand::RngExt as _;
use sha1::Sha1;
use std::net::SocketAddr;

/// Addresses of the far end that passed a check and are remembered.
const VALIDATED_MAX: usize = 8;
/// Longest reply: header, one IPv6 address, integrity, fingerprint; or the error of a role conflict.
const REPLY_MAX: usize = 128;

/// Our half of the credentials, one per leg (RFC 8839 §5.4).
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    pub ufrag: String,
    pub password: String,
}

impl std::fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceCredentials({})", self.ufrag)
    }
}

impl IceCredentials {
    /// Fresh ones: 48 bits of name, 142 bits of password.
    pub fn random() -> Self {
        let token = |n| rand::rng().sample_iter(rand::distr::Alphanumeric).take(n).map(char::from).collect();
        Self { ufrag: token(8), password: token(24) }
    }
}

/// What a check from somebody meant.
#[derive(Debug)]
pub enum Check {
    /// Send this back to where the check came from.
    Reply { reply: Reply, nominated: bool },
    /// Not for us, or from somebody who does not know the password.
    Stranger,
}

/// A reply in a fixed buffer.
#[derive(Debug)]
pub struct Reply {
    octets: [u8; REPLY_MAX],
    len: usize,
}

impl Reply {
    pub fn octets(&self) -> &[u8] {
        &self.octets[..self.len]
    }
}

/// One leg's side of ICE.
#[derive(Debug)]
pub struct IceLite {
    local: IceCredentials,
    remote_ufrag: String,
    validated: [Option<SocketAddr>; VALIDATED_MAX],
    next: usize,
    nominated: Option<(SocketAddr, u32)>,
}

impl IceLite {
    pub const fn new(local: IceCredentials, remote_ufrag: String) -> Self {
        Self { local, remote_ufrag, validated: [None; VALIDATED_MAX], next: 0, nominated: None }
    }

    /// Where the far end wants its media.
    pub fn nominated(&self) -> Option<SocketAddr> {
        self.nominated.map(|(addr, _)| addr)
    }

    /// Whether this address has passed a check.
    pub fn is_validated(&self, addr: SocketAddr) -> bool {
        self.validated.contains(&Some(addr))
    }

    /// Judges a STUN datagram. The user name is compared before anything is computed.
    pub fn check(&mut self, datagram: &[u8], from: SocketAddr) -> Check {
        let Some(request) = StunMessage::parse(datagram).ok().filter(StunMessage::is_binding_request) else {
            return Check::Stranger;
        };
        let names = request.split_username();
        if names != Some((&self.local.ufrag, &self.remote_ufrag)) || !request.verify(self.local.password.as_bytes(), sha1_hmac) {
            return Check::Stranger;
        }
        // RFC 8445 §7.3.1.1: a lite end is never controlling, so neither may the far end be controlled.
        let conflict = request.ice_controlled().is_some();
        let answer = if conflict {
            StunMessageBuilder::new().binding().failure().error_code(487, "Role Conflict").build(request.trans_id())
        } else {
            StunMessage::binding_reply(request.trans_id(), from)
        };
        let mut reply = Reply { octets: [0; REPLY_MAX], len: 0 };
        let Ok(len) = answer.to_bytes(Some(self.local.password.as_bytes()), &mut reply.octets, sha1_hmac) else {
            return Check::Stranger;
        };
        reply.len = len;
        let nominated = !conflict && {
            self.validate(from);
            request.use_candidate() && self.nominate(from, request.prio().unwrap_or(0))
        };
        Check::Reply { reply, nominated }
    }

    fn validate(&mut self, addr: SocketAddr) {
        if !self.is_validated(addr) {
            self.validated[self.next] = Some(addr);
            self.next = (self.next + 1) % VALIDATED_MAX;
        }
    }

    /// True when the far end's address has changed. Of several nominated pairs the one of highest priority counts (RFC 8445
    /// §8.1.1); a nomination of the same priority is a later wish of the same agent.
    fn nominate(&mut self, addr: SocketAddr, priority: u32) -> bool {
        match self.nominated {
            Some((old, _)) if old == addr => false,
            Some((_, before)) if priority < before => false,
            _ => {
                self.nominated = Some((addr, priority));
                true
            }
        }
    }

    /// Media that proved itself came from a validated address: the far end has moved there. True when that is new.
    pub fn follow(&mut self, addr: SocketAddr) -> bool {
        if self.nominated.is_some_and(|(now, _)| now == addr) || !self.is_validated(addr) {
            return false;
        }
        let priority = self.nominated.map_or(0, |(_, p)| p);
        self.nominated = Some((addr, priority));
        true
    }
}

fn sha1_hmac(key: &[u8], pieces: &[&[u8]]) -> [u8; 20] {
    // HMAC takes a key of any length; an empty tag would fit nothing.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return [0; 20] };
    pieces.iter().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use is::stun::TransId;

    fn ice() -> IceLite {
        IceLite::new(IceCredentials { ufrag: "ours".into(), password: "a password of ours".into() }, "theirs".into())
    }

    fn request(user: &str, password: &str, controlling: bool, priority: u32, nominate: bool) -> Vec<u8> {
        let mut out = [0; 256];
        let message = StunMessage::binding_request(user, TransId::new(), controlling, 7, priority, nominate);
        let n = message.to_bytes(Some(password.as_bytes()), &mut out, sha1_hmac).unwrap();
        out[..n].to_vec()
    }

    fn addr(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 7], port))
    }

    #[test]
    fn a_good_check_is_answered_and_a_nomination_followed() {
        let mut ice = ice();
        let ask = request("ours:theirs", "a password of ours", true, 100, false);
        let Check::Reply { reply, nominated: false } = ice.check(&ask, addr(1)) else { panic!("not answered") };
        let answer = StunMessage::parse(reply.octets()).unwrap();
        assert!(answer.is_successful_binding_response() && answer.verify(b"a password of ours", sha1_hmac));
        assert_eq!(answer.mapped_address(), Some(addr(1)));
        assert!(ice.is_validated(addr(1)) && ice.nominated().is_none());
        let with = |priority| request("ours:theirs", "a password of ours", true, priority, true);
        assert!(matches!(ice.check(&with(100), addr(1)), Check::Reply { nominated: true, .. }));
        assert!(matches!(ice.check(&with(90), addr(2)), Check::Reply { nominated: false, .. }), "a worse pair");
        assert!(matches!(ice.check(&with(110), addr(3)), Check::Reply { nominated: true, .. }), "a better one");
        assert_eq!(ice.nominated(), Some(addr(3)));
        assert!(ice.follow(addr(2)) && !ice.follow(addr(9)), "media moves only to where a check passed");
        assert_eq!(ice.nominated(), Some(addr(2)));
    }

    #[test]
    fn strangers_and_rubbish_get_nothing() {
        let mut ice = ice();
        let good = request("ours:theirs", "a password of ours", true, 1, true);
        let mut forged = good.clone();
        forged[30] ^= 1;
        let bad = [
            request("ours:somebody", "a password of ours", true, 1, true),
            request("other:theirs", "a password of ours", true, 1, true),
            request("ours:theirs", "another password!!", true, 1, true),
            forged,
            good[..20].to_vec(),
            vec![0; 20],
            Vec::new(),
        ];
        for datagram in bad {
            assert!(matches!(ice.check(&datagram, addr(1)), Check::Stranger), "{datagram:?}");
        }
        assert!(ice.nominated().is_none() && !ice.is_validated(addr(1)));
    }

    #[test]
    fn an_agent_that_believes_to_be_controlled_is_told_otherwise() {
        let mut ice = ice();
        let ask = request("ours:theirs", "a password of ours", false, 1, true);
        let Check::Reply { reply, nominated: false } = ice.check(&ask, addr(1)) else { panic!("not answered") };
        assert_eq!(StunMessage::parse(reply.octets()).unwrap().error_code().map(|e| e.0), Some(487));
        assert!(!ice.is_validated(addr(1)));
    }

    #[test]
    fn only_so_many_addresses_are_remembered() {
        let mut ice = ice();
        for port in 1..=20 {
            ice.check(&request("ours:theirs", "a password of ours", true, 1, false), addr(port));
        }
        assert!(ice.is_validated(addr(20)) && !ice.is_validated(addr(1)));
    }
}
