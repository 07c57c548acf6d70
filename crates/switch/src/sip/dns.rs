//! Where a domain's SIP servers are (RFC 3263): NAPTR, then SRV by priority and weight, then the plain address; answers are kept
//! as long as their time to live says.

use super::wire::Wire;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// A look-up of one record, tried twice.
const TIMEOUT: Duration = Duration::from_secs(2);
/// An answer is used at least and at most this long, whatever its time to live says.
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(3_600);
/// Where the system's own resolver answered, which tells no time to live.
const UNTOLD: Duration = Duration::from_secs(300);
/// Servers of one domain that are tried.
const SERVERS_MAX: usize = 16;

/// Addresses in the order in which they are to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub addrs: Vec<SocketAddr>,
    pub good_for: Duration,
}

/// Asks the name servers of the system, or those of the configuration.
#[derive(Clone)]
pub struct Dns {
    resolver: Option<Arc<TokioResolver>>,
    /// Plain addresses are the system's business too, with its hosts file and everything.
    system: bool,
}

impl Dns {
    /// `servers` empty: those of the system.
    pub fn new(servers: &[SocketAddr]) -> Self {
        let builder = if servers.is_empty() {
            TokioResolver::builder_tokio()
        } else {
            let server = |addr: &SocketAddr| {
                let mut udp = ConnectionConfig::udp();
                udp.port = addr.port();
                NameServerConfig::new(addr.ip(), true, vec![udp])
            };
            let config = ResolverConfig::from_parts(None, Vec::new(), servers.iter().map(server).collect());
            Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
        };
        let built = builder.and_then(|mut builder| {
            builder.options_mut().timeout = TIMEOUT;
            builder.options_mut().attempts = 2;
            builder.options_mut().positive_max_ttl = Some(LONGEST);
            builder.build()
        });
        let resolver = built.inspect_err(|error| tracing::warn!(%error, "no name server for NAPTR and SRV; addresses only")).ok();
        Self { resolver: resolver.map(Arc::new), system: servers.is_empty() }
    }

    /// The servers of `host` that speak `wire`. With a port there is nothing to look up but the address.
    ///
    /// # Errors
    /// In words: why the host has no address.
    pub async fn locate(&self, host: &str, port: Option<u16>, wire: Wire, v4: bool) -> Result<Located, String> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            let addrs = vec![SocketAddr::new(ip, port.unwrap_or(wire.default_port()))];
            return Ok(Located { addrs, good_for: LONGEST });
        }
        if port.is_none()
            && let Some(located) = self.by_service(host, wire, v4).await
        {
            return Ok(located);
        }
        let (ips, good_for) = self.addresses(host, v4).await?;
        let port = port.unwrap_or(wire.default_port());
        Ok(Located { addrs: ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect(), good_for })
    }

    async fn by_service(&self, host: &str, wire: Wire, v4: bool) -> Option<Located> {
        let (service, prefix) = match wire {
            Wire::Udp => ("SIP+D2U", "_sip._udp"),
            Wire::Tcp => ("SIP+D2T", "_sip._tcp"),
            Wire::Tls => ("SIPS+D2T", "_sips._tcp"),
            Wire::Ws | Wire::Wss => return None,
        };
        let (names, mut good_for) = match self.pointed_to(host, service).await {
            Some(found) => found,
            None => (vec![format!("{prefix}.{host}.")], LONGEST),
        };
        let mut addrs = Vec::new();
        for name in names {
            let Some((servers, ttl)) = self.servers(&name).await else { continue };
            good_for = good_for.min(ttl);
            for server in by_weight(servers, |below| rand::random_range(0..below)).into_iter().take(SERVERS_MAX) {
                // RFC 2782: a lone root says that there is no such service.
                let Ok((ips, ttl)) = self.addresses(&server.target.to_utf8(), v4).await else { continue };
                good_for = good_for.min(ttl);
                addrs.extend(ips.into_iter().map(|ip| SocketAddr::new(ip, server.port)));
            }
        }
        addrs.truncate(SERVERS_MAX);
        (!addrs.is_empty()).then_some(Located { addrs, good_for: good_for.clamp(SHORTEST, LONGEST) })
    }

    /// The SRV names that NAPTR points to for a service, by order and preference.
    async fn pointed_to(&self, host: &str, service: &str) -> Option<(Vec<String>, Duration)> {
        let found = self.resolver.as_ref()?.lookup(format!("{host}."), RecordType::NAPTR).await.ok()?;
        let mut pointers = Vec::new();
        let mut ttl = LONGEST;
        for record in found.answers() {
            let RData::NAPTR(naptr) = &record.data else { continue };
            if naptr.services.eq_ignore_ascii_case(service.as_bytes()) && naptr.flags.eq_ignore_ascii_case(b"s") {
                ttl = ttl.min(Duration::from_secs(record.ttl.into()));
                pointers.push((naptr.order, naptr.preference, naptr.replacement.to_utf8()));
            }
        }
        pointers.sort();
        let names: Vec<String> = pointers.into_iter().map(|(_, _, name)| name).take(SERVERS_MAX).collect();
        (!names.is_empty()).then_some((names, ttl))
    }

    async fn servers(&self, name: &str) -> Option<(Vec<SRV>, Duration)> {
        let found = self.resolver.as_ref()?.lookup(name, RecordType::SRV).await.ok()?;
        let mut ttl = LONGEST;
        let mut servers = Vec::new();
        for record in found.answers() {
            if let RData::SRV(srv) = &record.data
                && !srv.target.is_root()
            {
                ttl = ttl.min(Duration::from_secs(record.ttl.into()));
                servers.push(srv.clone());
            }
        }
        (!servers.is_empty()).then_some((servers, ttl))
    }

    async fn addresses(&self, host: &str, v4: bool) -> Result<(Vec<IpAddr>, Duration), String> {
        let host = host.trim_end_matches('.');
        let unusable = || format!("{host} has no usable address");
        if self.system {
            let found = tokio::net::lookup_host((host, 0)).await.map_err(|e| format!("{host}: {e}"))?;
            let ips: Vec<IpAddr> = found.map(|a| a.ip()).filter(|ip| ip.is_ipv4() == v4).collect();
            return if ips.is_empty() { Err(unusable()) } else { Ok((ips, UNTOLD)) };
        }
        let resolver = self.resolver.as_ref().ok_or_else(unusable)?;
        let kind = if v4 { RecordType::A } else { RecordType::AAAA };
        let found = resolver.lookup(format!("{host}."), kind).await.map_err(|e| format!("{host}: {e}"))?;
        let mut ttl = LONGEST;
        let mut ips = Vec::new();
        for record in found.answers() {
            let ip: IpAddr = match &record.data {
                RData::A(a) => a.0.into(),
                RData::AAAA(aaaa) => aaaa.0.into(),
                _ => continue,
            };
            ttl = ttl.min(Duration::from_secs(record.ttl.into()));
            ips.push(ip);
        }
        if ips.is_empty() { Err(unusable()) } else { Ok((ips, ttl.clamp(SHORTEST, LONGEST))) }
    }
}

/// RFC 2782: lower priority first; within one, drawn by weight. `draw` gives a number below the one it is given.
fn by_weight(mut servers: Vec<SRV>, mut draw: impl FnMut(u32) -> u32) -> Vec<SRV> {
    servers.sort_by_key(|s| (s.priority, s.weight));
    let mut out = Vec::with_capacity(servers.len());
    while let Some(priority) = servers.first().map(|s| s.priority) {
        let same = servers.iter().take_while(|s| s.priority == priority).count();
        let total: u32 = servers[..same].iter().map(|s| u32::from(s.weight)).sum();
        let mut left = draw(total + 1);
        let mut chosen = same - 1;
        for (i, server) in servers[..same].iter().enumerate() {
            match left.checked_sub(u32::from(server.weight)) {
                Some(rest) if rest > 0 => left = rest,
                _ => {
                    chosen = i;
                    break;
                }
            }
        }
        out.push(servers.remove(chosen));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::Name;

    fn srv(priority: u16, weight: u16, port: u16) -> SRV {
        SRV::new(priority, weight, port, Name::from_ascii("x.example.").unwrap())
    }

    #[test]
    fn priorities_come_in_order_and_weights_in_proportion() {
        let servers = vec![srv(20, 0, 3), srv(10, 90, 1), srv(10, 10, 2)];
        let mut first = [0_u32; 3];
        for n in 0..101 {
            let ordered = by_weight(servers.clone(), |below| n % below);
            assert_eq!(ordered[2].port, 3, "the second priority is last");
            first[usize::from(ordered[0].port)] += 1;
        }
        assert_eq!(first[1] + first[2], 101);
        assert!((85..=95).contains(&first[1]), "{first:?}");
        assert!(by_weight(Vec::new(), |_| 0).is_empty());
    }
}
