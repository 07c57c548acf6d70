//! Which addresses requests may go to. Addresses people type in must not become a way into the machine's own network:
//! link-local and cloud metadata addresses are refused whatever the configuration says.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Private ranges are allowed by default, since business systems live on the LAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7.
    pub private_allowed: bool,
    pub loopback_allowed: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self { private_allowed: true, loopback_allowed: true }
    }
}

/// Metadata services outside the link-local range: Alibaba, Oracle.
const METADATA_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

impl Guard {
    pub fn allows(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(v4) => self.allows_v4(v4),
            IpAddr::V6(v6) => match inner_v4(v6) {
                Some(v4) => self.allows_v4(v4),
                None => self.allows_v6(v6),
            },
        }
    }

    fn allows_v4(&self, ip: Ipv4Addr) -> bool {
        let never =
            ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || ip.octets()[0] == 0 || METADATA_V4.contains(&ip);
        let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
        !never && (self.loopback_allowed || !ip.is_loopback()) && (self.private_allowed || !(ip.is_private() || shared))
    }

    fn allows_v6(&self, ip: Ipv6Addr) -> bool {
        let never = ip.is_unicast_link_local() || ip.is_multicast() || ip.is_unspecified() || ip == METADATA_V6;
        !never && (self.loopback_allowed || !ip.is_loopback()) && (self.private_allowed || !ip.is_unique_local())
    }
}

/// An IPv4 address written as IPv6: mapped, compatible, or behind NAT64.
fn inner_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return Some(v4);
    }
    let s = ip.segments();
    let nat64 = s[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let compatible = s[..6] == [0; 6] && s[6] != 0;
    (nat64 || compatible).then(|| Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7])))
}

/// A name resolved to nothing that is allowed.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not an allowed address")]
struct Refusal(String);

/// The address a guard refused, when that is why a request failed.
pub(crate) fn refusal_in(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(e) = next {
        if let Some(Refusal(address)) = e.downcast_ref::<Refusal>() {
            return Some(address.clone());
        }
        next = e.source();
    }
    None
}

/// Resolves names and drops what the guard forbids, so that what was checked is what is connected to.
pub(crate) struct GuardedResolver(pub Guard);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|a| guard.allows(a.ip())).collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(first)) => Err(Refusal(format!("{} ({})", name.as_str(), first.ip())).into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_and_link_local_are_never_allowed() {
        let open = Guard::default();
        for ip in [
            "169.254.169.254",
            "169.254.1.1",
            "100.100.100.200",
            "192.0.0.192",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "fd00:ec2::254",
            "::",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "::169.254.169.254",
            "ff02::1",
        ] {
            assert!(!open.allows(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn the_lan_is_open_until_it_is_closed() {
        let (open, shut) = (Guard::default(), Guard { private_allowed: false, loopback_allowed: false });
        for ip in ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"] {
            assert!(open.allows(ip.parse().unwrap()), "{ip}");
            assert!(!shut.allows(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "2606:4700::1111", "172.32.0.1", "100.128.0.1"] {
            assert!(shut.allows(ip.parse().unwrap()), "{ip}");
        }
    }
}
