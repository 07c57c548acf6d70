//! 中继、号码与路由: how calls leave and come in.

use super::codes;
use crate::{At, FlowId, NumberId, RouteId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};

codes!(Transport { Udp = "udp", Tcp = "tcp" });
codes!(Codec { Pcma = "pcma", Pcmu = "pcmu", G722 = "g722", G729 = "g729", Opus = "opus" });

/// A SIP line to a carrier or a gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Trunk {
    pub id: TrunkId,
    pub tenant_id: TenantId,
    pub name: String,
    pub enabled: bool,
    /// `host` or `host:port`; 5060 when absent.
    pub address: String,
    pub transport: Transport,
    /// Register with digest authentication; without it the trunk knows us by our address.
    pub register: bool,
    pub username: String,
    /// Write only: never shown again, kept encrypted or not at all outside the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// SIP domain in From and To when it differs from the address.
    pub domain: Option<String>,
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
    pub created_at: At,
    pub revision: i64,
}

// How a +86 number is written on the wire: 13800138000 / 01088886666; +86…; 86…; 013800138000 for mobiles of another city.
codes!(DialFormat { National = "national", E164 = "e164", E164NoPlus = "e164_no_plus" });

/// Which trunk takes which numbers. Lower `cost` first, then lower `priority`; the next match is the failover.
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
    pub enabled: bool,
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
}
