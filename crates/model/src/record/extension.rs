//! 分机: SIP phones and browsers that register with us.

use super::Codec;
use crate::{At, ExtensionId, TenantId};
use serde::{Deserialize, Serialize};

/// The digest realm of our registrar. The stored secrets are made with it: to change it makes every one of them worthless.
pub const SIP_REALM: &str = "fengling";

/// A phone of the tenant's own, with the credentials it registers by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Extension {
    pub id: ExtensionId,
    pub tenant_id: TenantId,
    /// What colleagues dial: 2–8 digits, unique within the tenant.
    pub number: String,
    /// SIP user name, unique in the whole installation.
    pub login: String,
    pub name: String,
    pub enabled: bool,
    /// Lower-case hex of MD5 and SHA-256 over `login:realm:secret` (RFC 7616 §3.4.2). Never shown; the secret itself is not kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ha1_md5: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ha1_sha256: String,
    /// Phones registered at once, 1–10; one more replaces the one heard of longest ago.
    pub contacts_max: u32,
    /// Addresses (IP or CIDR) it may register from; empty: any.
    pub allowed_from: Vec<String>,
    /// In order of preference; empty: both laws of G.711.
    pub codecs: Vec<Codec>,
    pub created_at: At,
    pub revision: i64,
}

/// One phone where an extension can be reached now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Registration {
    pub extension_id: ExtensionId,
    /// The Contact it registered, a SIP URI.
    pub contact: String,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: String,
    /// `ip:port` it was heard from.
    pub address: String,
    /// RFC 3327; first hop first.
    #[serde(default)]
    pub path: Vec<String>,
    /// Preference, thousandths: 0–1000.
    pub q: u16,
    pub call_id: String,
    pub cseq: u32,
    pub user_agent: String,
    pub since: At,
    pub expires_at: At,
    /// Of the last OPTIONS; none before the first answer.
    pub latency_ms: Option<u32>,
    /// False once it has stopped answering.
    pub reachable: bool,
    /// Its Contact is not the address it was heard from.
    pub behind_nat: bool,
    /// `+sip.instance` and `reg-id` (RFC 5626), so that a phone replaces itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// An address that is not listened to for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ban {
    /// An IPv4 address, or an IPv6 network of 64 bits.
    pub address: String,
    pub reason: BanReason,
    pub since: At,
    pub until: At,
    /// How many times it has been banned in a row.
    pub times: u32,
    /// Messages dropped since.
    pub dropped: u64,
}

super::codes!(BanReason { Guessing = "guessing", Scanner = "scanner" });
