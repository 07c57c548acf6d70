//! `fengling.toml`: every key, its default, and a clear word when one is wrong.

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The sample that documents every key; kept true by a test.
#[cfg(test)]
const SAMPLE: &str = include_str!("../../../fengling.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Database, recordings, prompts and caches; relative to the working directory.
    pub data_dir: PathBuf,
    pub http: Http,
    pub database: Database,
    pub sip: Sip,
    pub outgoing: Outgoing,
    pub limits: Limits,
    pub log: Log,
    pub trunk: Option<FirstTrunk>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    pub listen: SocketAddr,
    pub allowed_origins: Vec<String>,
    pub trust_forwarded: bool,
    /// 0: as many as open files leave beside the calls.
    pub connections_max: usize,
    /// 0: no limit. A floor of 300 seats behind one router has three a seat.
    pub connections_per_address_max: u32,
    pub tls: Tls,
}

/// Where requests to addresses that people type in may go: webhooks, HTTP steps of flows, SMS and speech providers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outgoing {
    pub loopback_allowed: bool,
    pub private_allowed: bool,
}

impl Default for Outgoing {
    fn default() -> Self {
        let guard = connect::Guard::default();
        Self { loopback_allowed: guard.loopback_allowed, private_allowed: guard.private_allowed }
    }
}

impl Outgoing {
    pub const fn guard(&self) -> connect::Guard {
        connect::Guard { private_allowed: self.private_allowed, loopback_allowed: self.loopback_allowed }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub self_signed: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// Empty: SQLite in `data_dir`.
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    pub listen: SocketAddr,
    pub tls: SipTls,
    pub name_servers: Vec<SocketAddr>,
    pub advertised_address: Option<IpAddr>,
    #[serde(deserialize_with = "port_range")]
    pub rtp_ports: RangeInclusive<u16>,
    pub media_workers: usize,
    pub user_agent: String,
}

/// SIP over TLS; off without `listen`. Without a certificate of its own it shows that of the web port, or a self-signed one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SipTls {
    pub listen: Option<SocketAddr>,
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub calls_max: u32,
    pub inbound_calls_max: u32,
    pub call_minutes_max: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// `[trunk]`: a line that exists from the first start on; more are added in the web UI.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstTrunk {
    #[serde(default = "FirstTrunk::default_name")]
    pub name: String,
    pub address: String,
    #[serde(default)]
    pub transport: Option<model::record::Transport>,
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub register: bool,
    #[serde(default)]
    pub srtp: model::record::Srtp,
    #[serde(default)]
    pub domain: Option<String>,
    #[serde(default)]
    pub caller_id: String,
    #[serde(default)]
    pub dial_format: Option<model::record::DialFormat>,
    #[serde(default)]
    pub prefix: String,
    #[serde(default)]
    pub inbound_from: Vec<String>,
    #[serde(default = "FirstTrunk::default_calls")]
    pub calls_max: u32,
    #[serde(default = "FirstTrunk::default_cps")]
    pub calls_per_second_max: f64,
}

impl FirstTrunk {
    fn default_name() -> String {
        "默认中继".into()
    }
    const fn default_calls() -> u32 {
        30
    }
    const fn default_cps() -> f64 {
        5.0
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            http: Http::default(),
            database: Database::default(),
            sip: Sip::default(),
            outgoing: Outgoing::default(),
            limits: Limits::default(),
            log: Log::default(),
            trunk: None,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            allowed_origins: Vec::new(),
            trust_forwarded: false,
            connections_max: 0,
            connections_per_address_max: 1_000,
            tls: Tls::default(),
        }
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 5060)),
            tls: SipTls::default(),
            name_servers: Vec::new(),
            advertised_address: None,
            rtp_ports: 20_000..=29_999,
            media_workers: 0,
            user_agent: "Fengling".into(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls_max: 3_000, inbound_calls_max: 500, call_minutes_max: 60 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: LogFormat::Text }
    }
}

fn port_range<'de, D: serde::Deserializer<'de>>(d: D) -> Result<RangeInclusive<u16>, D::Error> {
    use serde::de::Error as _;
    let text = String::deserialize(d)?;
    let bad = || D::Error::custom(format!("`{text}` is not a range of ports such as \"20000-29999\""));
    let (from, to) = text.split_once('-').ok_or_else(bad)?;
    let (from, to) = (from.trim().parse::<u16>().map_err(|_| bad())?, to.trim().parse::<u16>().map_err(|_| bad())?);
    if from < 1024 || to <= from { Err(bad()) } else { Ok(from..=to) }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: cannot be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    Parse { path: PathBuf, message: String },
    #[error("{path}: `{key}`: {message}")]
    Value { path: PathBuf, key: &'static str, message: String },
}

impl Config {
    /// Reads a file; a missing one means the defaults only when it was not asked for by name.
    ///
    /// # Errors
    /// Names the file, the line and the key.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let named = path.is_some();
        let path = path.unwrap_or_else(|| Path::new("fengling.toml"));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !named => return Ok(Self::default()),
            Err(source) => return Err(ConfigError::Read { path: path.into(), source }),
        };
        Self::parse(&text, path)
    }

    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| ConfigError::Parse { path: path.into(), message: e.to_string() })?;
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let wrong = |key, message: &str| Err(ConfigError::Value { path: path.into(), key, message: message.into() });
        if self.http.tls.cert.is_some() != self.http.tls.key.is_some() {
            return wrong("http.tls", "`cert` and `key` belong together; give both or neither");
        }
        if self.sip.tls.cert.is_some() != self.sip.tls.key.is_some() {
            return wrong("sip.tls", "`cert` and `key` belong together; give both or neither");
        }
        if self.limits.calls_max == 0 || self.limits.calls_max > 100_000 {
            return wrong("limits.calls_max", "must be 1–100000");
        }
        if !(1..=1_440).contains(&self.limits.call_minutes_max) {
            return wrong("limits.call_minutes_max", "must be 1–1440");
        }
        if self.trunk.as_ref().is_some_and(|t| t.address.trim().is_empty()) {
            return wrong("trunk.address", "is empty; write host or host:port");
        }
        if self.trunk.as_ref().is_some_and(|t| t.register && (t.username.is_empty() || t.password.is_none())) {
            return wrong("trunk.register", "registration needs `username` and `password`");
        }
        let url = &self.database.url;
        if !(url.is_empty() || url.starts_with("sqlite:") || url.starts_with("postgres:") || url.starts_with("postgresql:")) {
            return wrong("database.url", "must begin with sqlite:// or postgres://");
        }
        Ok(())
    }

    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}", self.data_dir.join("fengling.db").display())
        } else {
            self.database.url.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("fengling.toml"))
    }

    #[test]
    fn the_sample_is_the_defaults() {
        let sample = parse(SAMPLE).unwrap();
        let default = Config::default();
        assert_eq!(format!("{sample:?}"), format!("{default:?}"));
    }

    #[test]
    fn every_commented_key_of_the_sample_is_valid_too() {
        let open: String = SAMPLE.lines().map(|l| l.strip_prefix("#: ").unwrap_or(l)).map(|l| format!("{l}\n")).collect();
        let config = parse(&open).unwrap();
        assert!(config.trunk.is_some() && config.http.tls.cert.is_some());
    }

    #[test]
    fn a_bad_key_is_named_with_its_line() {
        let message = parse("[http]\nlisten = \"0.0.0.0:80\"\nlissten = 1\n").unwrap_err().to_string();
        assert!(message.contains("lissten") && message.contains("line 3"), "{message}");
    }

    #[test]
    fn half_a_certificate_is_refused() {
        let message = parse("[http.tls]\ncert = \"a.pem\"\n").unwrap_err().to_string();
        assert!(message.contains("http.tls"), "{message}");
        let message = parse("[sip.tls]\nkey = \"a.pem\"\n").unwrap_err().to_string();
        assert!(message.contains("sip.tls"), "{message}");
    }

    #[test]
    fn a_port_range_must_be_one() {
        assert!(parse("[sip]\nrtp_ports = \"30000-20000\"\n").unwrap_err().to_string().contains("range of ports"));
    }
}
