//! 中继、号码与路由: how calls leave and come in.

use super::{TrunkRules, codes};
use crate::{At, FlowId, NumberId, RouteId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};

codes!(Transport { Udp = "udp", Tcp = "tcp", Tls = "tls" });
// SRTP of a trunk: never; where the far end can (RFC 8643 in offers); or no call without it.
codes!(Srtp { Off = "off", Optional = "optional", Required = "required" });

#[expect(clippy::derivable_impls, reason = "the macro that makes the enum takes no derive of ours")]
impl Default for Srtp {
    fn default() -> Self {
        Self::Off
    }
}

codes!(Codec { Pcma = "pcma", Pcmu = "pcmu", G722 = "g722", G729 = "g729", Opus = "opus" });

/// A SIP line to a carrier or a gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Trunk {
    pub id: TrunkId,
    pub tenant_id: TenantId,
    pub name: String,
    pub enabled: bool,
    /// `host` or `host:port`. A domain without a port is looked up by NAPTR and SRV first (RFC 3263); else 5060, with TLS 5061.
    pub address: String,
    pub transport: Transport,
    /// Encryption of the media. Keys stand in the signalling, so it is worth something only where that is protected, too.
    #[serde(default)]
    pub srtp: Srtp,
    /// Register with digest authentication; without it the trunk knows us by our address.
    pub register: bool,
    /// Digest user name, `user` or `user@domain`; addresses bear the part before the `@` only.
    pub username: String,
    /// Write only: never shown again, kept encrypted or not at all outside the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// SIP domain in From and To when it differs from the address; with TLS the name the certificate must bear.
    pub domain: Option<String>,
    /// PEM of the authority that signs the trunk's TLS certificate; none: those the system trusts.
    #[serde(default)]
    pub tls_authority: Option<String>,
    /// Seconds, 60–3600.
    pub register_expires_s: u32,
    /// Seconds between OPTIONS probes, 5–600; 0 switches probing off and counts the trunk as up.
    pub options_interval_s: u32,
    pub codecs: Vec<Codec>,
    /// Calls up at once, 1–10 000.
    pub calls_max: u32,
    /// INVITEs per second, 0.1–1 000.
    pub calls_per_second_max: f64,
    /// Shown when a campaign names no number.
    pub caller_id: String,
    /// What the carrier wants in front of, or cut from, a number.
    pub dial_format: DialFormat,
    /// Put before the national number, e.g. an access code.
    pub prefix: String,
    /// Addresses (IP or CIDR) inbound calls may come from, besides `address`.
    pub inbound_from: Vec<String>,
    /// Calls started per day at most; 0: no limit.
    pub calls_per_day_max: u32,
    /// Identity, rewriting, digits, redirections.
    pub rules: TrunkRules,
    pub created_at: At,
    pub revision: i64,
}

impl Trunk {
    /// The user part of our addresses at the carrier: IMS carriers hand out `user@domain` as the name of the account, which is
    /// proven whole (RFC 3261 §22.4) but would be two hosts in one SIP URI.
    pub fn user(&self) -> &str {
        self.username.split_once('@').map_or(self.username.as_str(), |(user, _)| user)
    }
}

// How a +86 number is written on the wire: 13800138000 / 01088886666; +86…; 86…; 013800138000 for mobiles of another city.
codes!(DialFormat { National = "national", E164 = "e164", E164NoPlus = "e164_no_plus" });

/// A line of the rate table: what a trunk takes for which numbers, and when. Of the lines of one trunk that fit a number the
/// one with the longest prefix counts; among trunks the lower `cost` comes first, then the lower `priority`. The next trunk is
/// the failover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Route {
    pub id: RouteId,
    pub tenant_id: TenantId,
    pub trunk_id: TrunkId,
    /// Carrier of the called number; none: any.
    pub carrier: Option<crate::Carrier>,
    /// 归属地 begins with this, e.g. 山东省; empty: any.
    pub region: String,
    /// The E.164 number begins with this, e.g. `+8610`; empty: any.
    pub number_prefix: String,
    pub priority: i32,
    /// Price of a minute in thousandths of a yuan.
    pub cost: i32,
    /// Talk is charged in steps of so many seconds, 1–600.
    pub billing_s: u32,
    /// Valid from this minute of the day (Beijing time) until before that one, 0–1439; equal: all day. May pass midnight.
    pub from_minute: u32,
    pub until_minute: u32,
    pub enabled: bool,
}

impl Route {
    /// Whether it is valid at this minute of the day.
    pub const fn is_valid_at(&self, minute: u32) -> bool {
        let (from, until) = (self.from_minute, self.until_minute);
        if from <= until { from == until || (minute >= from && minute < until) } else { minute >= from || minute < until }
    }

    /// What so much talk costs, in thousandths of a yuan, rounded up to the next step and thousandth.
    pub fn price(&self, talk_ms: i64) -> i32 {
        let step = i64::from(self.billing_s.max(1));
        let seconds = talk_ms.max(0).div_ceil_by(1_000).div_ceil_by(step).saturating_mul(step);
        i32::try_from(i64::from(self.cost.max(0)).saturating_mul(seconds).div_ceil_by(60)).unwrap_or(i32::MAX)
    }
}

/// Division rounded up, for numbers that are not negative.
trait CeilDiv {
    fn div_ceil_by(self, by: Self) -> Self;
}

impl CeilDiv for i64 {
    fn div_ceil_by(self, by: Self) -> Self {
        self / by + Self::from(self % by != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(cost: i32, billing_s: u32, from_minute: u32, until_minute: u32) -> Route {
        Route {
            id: RouteId(1),
            tenant_id: TenantId(1),
            trunk_id: TrunkId(1),
            carrier: None,
            region: String::new(),
            number_prefix: String::new(),
            priority: 0,
            cost,
            billing_s,
            from_minute,
            until_minute,
            enabled: true,
        }
    }

    #[test]
    fn talk_is_charged_in_steps() {
        let table = [(0, 60, 0), (1, 60, 90), (60_000, 60, 90), (60_001, 60, 180), (61_000, 6, 99), (1, 1, 2), (-5, 60, 0)];
        for (talk_ms, billing_s, want) in table {
            assert_eq!(route(90, billing_s, 0, 0).price(talk_ms), want, "{talk_ms} ms in steps of {billing_s} s");
        }
    }

    #[test]
    fn hours_may_pass_midnight() {
        let (day, night, always) = (route(1, 60, 480, 1_200), route(1, 60, 1_200, 480), route(1, 60, 0, 0));
        for (minute, by_day) in [(0, false), (479, false), (480, true), (1_199, true), (1_200, false), (1_439, false)] {
            assert_eq!((day.is_valid_at(minute), night.is_valid_at(minute), always.is_valid_at(minute)), (by_day, !by_day, true));
        }
    }
}

/// A DID: selects the flow of inbound calls (DNIS) and may be shown by campaigns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Number {
    pub id: NumberId,
    pub tenant_id: TenantId,
    pub number: String,
    pub trunk_id: Option<TrunkId>,
    pub inbound_flow_id: Option<FlowId>,
    pub outbound: bool,
    /// Calls shown this number per day at most; 0: no limit.
    pub calls_per_day_max: u32,
    pub note: String,
    /// 标记: not shown while it stands.
    #[serde(default)]
    pub flag: super::NumberFlag,
}
