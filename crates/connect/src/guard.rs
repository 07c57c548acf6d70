//! Which addresses requests may go to. Addresses people type in must not become a way into the machine's own network:
//! link-local and cloud metadata addresses are refused whatever the configuration says.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Private ranges are allowed by default, since business systems live on the LAN; this machine itself is not, since what listens
/// there trusts whoever comes from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7.
    pub private_allowed: bool,
    pub loopback_allowed: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self { private_allowed: true, loopback_allowed: false }
    }
}

/// Metadata services outside the link-local range: Alibaba, Oracle.
const METADATA_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

impl Guard {
    /// For services on this machine.
    pub const fn with_loopback() -> Self {
        Self { private_allowed: true, loopback_allowed: true }
    }

    /// Neither of this machine nor of its networks.
    pub(crate) fn is_public(ip: IpAddr) -> bool {
        Self { private_allowed: false, loopback_allowed: false }.allows(ip)
    }

    pub fn allows(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(v4) => self.allows_v4(v4),
            IpAddr::V6(v6) => match inner_v4(v6) {
                [None, None] => self.allows_v6(v6),
                inner => inner.into_iter().flatten().all(|v4| self.allows_v4(v4)),
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

/// IPv4 addresses within an IPv6 one: mapped, compatible, behind NAT64 (RFC 6052, 8215), of 6to4 (RFC 3056), server and client
/// of Teredo (RFC 4380).
fn inner_v4(ip: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return [Some(v4), None];
    }
    let s = ip.segments();
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0x2002, high, low, ..] => [v4(high, low), None],
        [0x2001, 0, high, low, .., x, y] => [v4(high, low), v4(!x, !y)],
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 1, _, _, _, high, low] => [v4(high, low), None],
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => [v4(high, low), None],
        _ => [None, None],
    }
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
            let allowed = resolve(guard, name.as_str(), 0).await?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, or one written out, that may be connected to.
pub(crate) async fn resolve(
    guard: Guard,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    let allowed: Vec<SocketAddr> = found.iter().copied().filter(|a| guard.allows(a.ip())).collect();
    match (allowed.is_empty(), found.first()) {
        (true, Some(first)) => Err(Refusal(format!("{host} ({})", first.ip())).into()),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_and_link_local_are_never_allowed() {
        let open = Guard::with_loopback();
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
            "2002:a9fe:a9fe::1",
            "2002:6464:64c8::",
            "2001:0:a9fe:a9fe::1",
            "2001:0:101:101:0:0:5601:5601",
            "64:ff9b:1::a9fe:a9fe",
        ] {
            assert!(!open.allows(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn this_machine_is_closed_unless_it_is_opened() {
        for ip in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "2002:7f00:1::", "2001:0:101:101:0:0:80ff:fffe"] {
            let ip = ip.parse().unwrap();
            assert!(!Guard::default().allows(ip) && Guard::with_loopback().allows(ip), "{ip}");
        }
        assert!(Guard::default().allows("192.168.1.1".parse().unwrap()));
        assert!(Guard::default().allows("2001:0:101:101:0:0:fefe:fefe".parse().unwrap()), "Teredo of 1.1.1.1");
        assert!(Guard::default().allows("2002:101:101::1".parse().unwrap()));
    }

    #[test]
    fn the_lan_is_open_until_it_is_closed() {
        let (open, shut) = (Guard::with_loopback(), Guard { private_allowed: false, loopback_allowed: false });
        for ip in ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"] {
            assert!(open.allows(ip.parse().unwrap()), "{ip}");
            assert!(!shut.allows(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "2606:4700::1111", "172.32.0.1", "100.128.0.1"] {
            assert!(shut.allows(ip.parse().unwrap()), "{ip}");
        }
    }
}
