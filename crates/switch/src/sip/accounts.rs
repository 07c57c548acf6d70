//! Extensions as the gate knows them: who may register, with what secret, from where.

use super::verify::Ha1;
use model::ExtensionId;
use model::record::Extension;
use std::collections::HashMap;
use std::net::IpAddr;

#[derive(Clone, Debug)]
pub struct Account {
    pub id: ExtensionId,
    pub ha1: Ha1,
    allowed_from: Vec<String>,
}

impl Account {
    pub fn may_come_from(&self, ip: IpAddr) -> bool {
        self.allowed_from.is_empty() || self.allowed_from.iter().any(|net| in_network(net, ip))
    }
}

/// The enabled extensions, by SIP user name.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    by_login: HashMap<String, Account>,
}

impl Accounts {
    pub fn new(extensions: &[Extension]) -> Self {
        let account = |e: &Extension| Account {
            id: e.id,
            ha1: Ha1 { md5: e.ha1_md5.clone(), sha256: e.ha1_sha256.clone() },
            allowed_from: e.allowed_from.clone(),
        };
        Self { by_login: extensions.iter().filter(|e| e.enabled).map(|e| (e.login.clone(), account(e))).collect() }
    }

    pub fn get(&self, login: &str) -> Option<&Account> {
        self.by_login.get(login)
    }

    pub fn is_empty(&self) -> bool {
        self.by_login.is_empty()
    }

    pub fn has(&self, id: ExtensionId) -> bool {
        self.by_login.values().any(|a| a.id == id)
    }
}

/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
pub fn in_network(network: &str, ip: IpAddr) -> bool {
    let (base, length) = network.trim().split_once('/').unwrap_or((network.trim(), ""));
    let Ok(base) = base.parse::<IpAddr>() else { return false };
    let full = if base.is_ipv4() { 32 } else { 128 };
    let length: u32 = if length.is_empty() { full } else { length.parse().unwrap_or(full) };
    let shift = full.saturating_sub(length);
    match (base, ip) {
        (IpAddr::V4(a), IpAddr::V4(b)) => shift >= 32 || (u32::from(a) ^ u32::from(b)) >> shift == 0,
        (IpAddr::V6(a), IpAddr::V6(b)) => shift >= 128 || (u128::from(a) ^ u128::from(b)) >> shift == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::in_network;

    #[test]
    fn networks() {
        let ip = |t: &str| t.parse().unwrap();
        assert!(in_network("10.1.0.0/16", ip("10.1.200.3")));
        assert!(!in_network("10.1.0.0/16", ip("10.2.0.1")));
        assert!(in_network("10.1.2.3", ip("10.1.2.3")));
        assert!(in_network("0.0.0.0/0", ip("8.8.8.8")));
        assert!(in_network("2001:db8::/32", ip("2001:db8:1::5")));
        assert!(!in_network("nonsense", ip("10.1.2.3")));
    }
}
