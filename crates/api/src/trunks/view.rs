//! A trunk as it is shown, and what a person writes of it.

use crate::prelude::*;
use model::TrunkId;
use model::record::{Codec, DialFormat, Srtp, Transport, Trunk, TrunkRules};
use model::telephony::TrunkState;

/// A trunk with its state. The password is never shown.
#[derive(Serialize, ToSchema)]
pub struct TrunkView {
    #[serde(flatten)]
    trunk: Trunk,
    pub state: TrunkState,
}

impl TrunkView {
    pub fn of(api: &ApiState, mut trunk: Trunk) -> Self {
        trunk.password = None;
        let known = api.engine().live().trunks.get(&trunk.id).cloned();
        let state = if trunk.enabled { known.unwrap_or(TrunkState::Starting) } else { TrunkState::Disabled };
        Self { trunk, state }
    }
}

/// What a person writes of a trunk.
#[derive(Deserialize, ToSchema)]
#[serde(default)]
pub struct TrunkInput {
    pub name: String,
    pub enabled: bool,
    /// `host` or `host:port`. A domain without a port is looked up by NAPTR and SRV first; else 5060, with TLS 5061.
    pub address: String,
    pub transport: Transport,
    /// Encryption of the media: never, where the far end can, or no call without it.
    pub srtp: Srtp,
    pub register: bool,
    pub username: String,
    /// Write only. Left out: the stored one stays.
    pub password: Option<String>,
    /// SIP domain; with TLS the name that the trunk's certificate must bear.
    pub domain: Option<String>,
    /// PEM of the authority that signed the trunk's TLS certificate; none: those the system trusts.
    pub tls_authority: Option<String>,
    /// Seconds, 60–3600.
    pub register_expires_s: u32,
    /// Seconds, 5–600; 0: no probing.
    pub options_interval_s: u32,
    pub codecs: Vec<Codec>,
    /// 1–10 000
    pub calls_max: u32,
    /// 0.1–1 000
    pub calls_per_second_max: f64,
    pub caller_id: String,
    pub dial_format: DialFormat,
    pub prefix: String,
    /// IP addresses or CIDR.
    pub inbound_from: Vec<String>,
    pub calls_per_day_max: u32,
    pub rules: TrunkRules,
}

impl Default for TrunkInput {
    fn default() -> Self {
        Self {
            name: String::new(),
            enabled: true,
            address: String::new(),
            transport: Transport::Udp,
            srtp: Srtp::Off,
            register: false,
            username: String::new(),
            password: None,
            domain: None,
            tls_authority: None,
            register_expires_s: 600,
            options_interval_s: 30,
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            calls_max: 30,
            calls_per_second_max: 5.0,
            caller_id: String::new(),
            dial_format: DialFormat::National,
            prefix: String::new(),
            inbound_from: Vec::new(),
            calls_per_day_max: 0,
            rules: TrunkRules::default(),
        }
    }
}

impl TrunkInput {
    pub fn onto(self, trunk: &mut Trunk) {
        trunk.name = self.name.trim().to_owned();
        trunk.enabled = self.enabled;
        trunk.address = self.address.trim().to_owned();
        trunk.transport = self.transport;
        trunk.srtp = self.srtp;
        trunk.register = self.register;
        trunk.username = self.username;
        trunk.password = self.password;
        trunk.domain = self.domain.filter(|d| !d.trim().is_empty());
        trunk.tls_authority = self.tls_authority.filter(|pem| !pem.trim().is_empty());
        trunk.register_expires_s = self.register_expires_s;
        trunk.options_interval_s = self.options_interval_s;
        trunk.codecs = self.codecs;
        trunk.calls_max = self.calls_max;
        trunk.calls_per_second_max = self.calls_per_second_max;
        trunk.caller_id = self.caller_id.trim().to_owned();
        trunk.dial_format = self.dial_format;
        trunk.prefix = self.prefix.trim().to_owned();
        trunk.inbound_from = self.inbound_from;
        trunk.calls_per_day_max = self.calls_per_day_max;
        trunk.rules = self.rules;
    }

    pub fn into_trunk(self, id: TrunkId, tenant_id: model::TenantId, now: At) -> Trunk {
        let mut trunk = Trunk {
            id,
            tenant_id,
            name: String::new(),
            enabled: true,
            address: String::new(),
            transport: self.transport,
            srtp: self.srtp,
            register: false,
            username: String::new(),
            password: None,
            domain: None,
            tls_authority: None,
            register_expires_s: 0,
            options_interval_s: 0,
            codecs: Vec::new(),
            calls_max: 0,
            calls_per_second_max: 0.0,
            caller_id: String::new(),
            dial_format: self.dial_format,
            prefix: String::new(),
            inbound_from: Vec::new(),
            calls_per_day_max: 0,
            rules: TrunkRules::default(),
            created_at: now,
            revision: 1,
        };
        self.onto(&mut trunk);
        trunk
    }
}
