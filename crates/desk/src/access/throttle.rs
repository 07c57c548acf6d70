//! Guesses are slowed down: by account and address, by account, by address.

use crate::{DeskError, Kind, Result, now};
use model::{At, TenantId};
use std::net::{IpAddr, Ipv6Addr};
use store::{LoginLimit, LoginTry, LoginTurn, Store};

const FORGET_FAILURES_MS: i64 = 3_600_000;
const FREE_TRIES_HERE: u32 = 5;
/// For all addresses together: high, so that a stranger's failures do not lock the owner out.
const FREE_TRIES_LOGIN: u32 = 100;
const FREE_TRIES_IP: u32 = 30;
const WAIT_S_MAX: u32 = 900;

/// A guess at a password, counted before it is looked at. Dropped, it counts as wrong.
pub(super) struct Guess<'a> {
    store: &'a Store,
    /// The key of this account from this address.
    here: String,
    tried: LoginTry,
}

/// `tenant`: None for a code that means nobody; all of those share their counters.
///
/// # Errors
/// `TooMany` with a growing pause after several failures.
pub(super) async fn guess<'a>(store: &'a Store, tenant: Option<TenantId>, login: &str, remote_ip: &str) -> Result<Guess<'a>> {
    let at = now();
    let (tenant, login, ip) = (tenant.map_or(0, |t| t.0), login.to_lowercase(), network_of(remote_ip));
    let here = format!("login:{tenant}/{login} {ip}");
    let limits = [
        LoginLimit { key: here.clone(), free: FREE_TRIES_HERE },
        LoginLimit { key: format!("login:{tenant}/{login}"), free: FREE_TRIES_LOGIN },
        LoginLimit { key: format!("ip:{ip}"), free: FREE_TRIES_IP },
    ];
    match store.login_try(&limits, at.plus_ms(-FORGET_FAILURES_MS), at, wait_s_after).await? {
        LoginTurn::Go(tried) => Ok(Guess { store, here, tried }),
        LoginTurn::Wait { until } => Err(throttled(until, at)),
    }
}

impl Guess<'_> {
    /// The account's earlier failures from this address are forgotten.
    pub async fn right(self) -> Result<()> {
        Ok(self.store.login_try_back(&self.tried, Some(&self.here)).await?)
    }

    /// Nobody has looked at the password.
    pub async fn not_made(self) -> Result<()> {
        Ok(self.store.login_try_back(&self.tried, None).await?)
    }

    /// Whether the account's free tries from this address end with this one.
    pub fn was_last(&self) -> bool {
        self.tried.count(&self.here) >= FREE_TRIES_HERE
    }
}

/// An IPv6 customer has 2^64 addresses: they are one.
pub(crate) fn network_of(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => format!("{}/64", Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Err(_) => ip.chars().take(64).collect(),
    }
}

fn throttled(until: At, at: At) -> DeskError {
    let retry_after_s = u32::try_from(until.since_ms(at).div_euclid(1000) + 1).unwrap_or(WAIT_S_MAX);
    DeskError::new(
        Kind::TooMany { retry_after_s },
        "sign_in_throttled",
        format!("密码错误次数过多，请 {retry_after_s} 秒后再试"),
        format!("too many wrong passwords; try again in {retry_after_s} s"),
    )
}

/// 5 s after the last free try, doubling to a quarter of an hour.
fn wait_s_after(failures: u32, free: u32) -> u32 {
    let over = failures.saturating_sub(free.saturating_sub(1));
    if over == 0 { 0 } else { 5_u32.saturating_mul(1 << (over - 1).min(10)).min(WAIT_S_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_a_quarter_of_an_hour() {
        let waits: Vec<u32> = [0, 4, 5, 6, 7, 12, 13, 1000].into_iter().map(|n| wait_s_after(n, 5)).collect();
        assert_eq!(waits, [0, 0, 5, 10, 20, 640, 900, 900]);
    }

    #[test]
    fn addresses_of_one_customer_are_one() {
        let networks = ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1:2:3::4", "2001:db8:1:2::9", "-"].map(network_of);
        assert_eq!(networks, ["192.0.2.7", "192.0.2.7", "2001:db8:1:2::/64", "2001:db8:1:2::/64", "-"]);
    }
}
