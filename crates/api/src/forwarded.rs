//! Where a request comes from and whether it came over TLS, with a reverse proxy of one's own in between
//! (`trust_forwarded`) or without.

use crate::state::ApiState;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The client's address as text; `-` where it is not known.
pub fn remote_ip(state: &ApiState, headers: &HeaderMap, info: Option<&ConnectInfo<SocketAddr>>) -> String {
    let forwarded = state.parts().trust_forwarded.then(|| last_of(headers, "x-forwarded-for")).flatten();
    if let Some(ip) = forwarded.and_then(address) {
        return ip.to_string();
    }
    info.map_or_else(|| "-".into(), |ConnectInfo(address)| address.ip().to_string())
}

/// Whether the client speaks TLS: to us, or to the proxy.
pub fn speaks_tls(state: &ApiState, headers: &HeaderMap) -> bool {
    let parts = state.parts();
    let https = || last_of(headers, "x-forwarded-proto").is_some_and(|v| v.eq_ignore_ascii_case("https"));
    parts.secure_cookies || (parts.trust_forwarded && https())
}

/// The last entry of the last line: the one our own proxy wrote. Whatever stands before it came from the client.
fn last_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next().map(str::trim)
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`: proxies write all of them.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip())).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_entry_of_all_lines_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_of(&headers, "x-forwarded-for"), None);
        for line in ["203.0.113.9", "198.51.100.1, 192.0.2.7"] {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        assert_eq!(last_of(&headers, "x-forwarded-for"), Some("192.0.2.7"));
    }

    #[test]
    fn addresses_come_with_and_without_ports() {
        for (text, ip) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            assert_eq!(address(text), ip.parse().ok(), "{text}");
        }
        assert_eq!(["unknown", "", "192.0.2.7:x", "[192.0.2.7"].map(address), [None; 4]);
    }
}
