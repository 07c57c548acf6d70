//! TLS of the web port and of SIP: a certificate of the operator's, or one made at the first start.

use crate::config::{Config, Tls};
use axum_server::tls_rustls::RustlsConfig;
use std::path::{Path, PathBuf};
use std::time::Duration;
use switch::TlsListen;

/// How often the certificate files are looked at.
const RELOAD_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("a self-signed certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
}

impl Tls {
    pub const fn on(&self) -> bool {
        self.cert.is_some() || self.self_signed
    }
}

/// What SIP over TLS shows: its own certificate, else that of the web port, else one made here.
pub fn for_sip(config: &Config) -> Result<Option<TlsListen>, TlsError> {
    let Some(bind) = config.sip.tls.listen else { return Ok(None) };
    let (sip, http) = (&config.sip.tls, &config.http.tls);
    let (cert, key) = match (&sip.cert, &sip.key, &http.cert, &http.key) {
        (Some(cert), Some(key), _, _) | (_, _, Some(cert), Some(key)) => (cert.clone(), key.clone()),
        _ => self_signed(&config.data_dir)?,
    };
    Ok(Some(TlsListen { bind, cert, key, reload_every: RELOAD_EVERY }))
}

/// None: plain HTTP.
pub async fn load(tls: &Tls, data_dir: &Path) -> Result<Option<RustlsConfig>, TlsError> {
    let (cert, key) = match (&tls.cert, &tls.key) {
        (Some(cert), Some(key)) => (cert.clone(), key.clone()),
        _ if tls.self_signed => self_signed(data_dir)?,
        _ => return Ok(None),
    };
    let config = RustlsConfig::from_pem_file(&cert, &key).await.map_err(|e| TlsError::File(cert, e))?;
    Ok(Some(config))
}

fn self_signed(data_dir: &Path) -> Result<(PathBuf, PathBuf), TlsError> {
    let dir = data_dir.join("tls");
    let (cert, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    if !(cert.exists() && key.exists()) {
        std::fs::create_dir_all(&dir).map_err(|e| TlsError::File(dir.clone(), e))?;
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()])?;
        write_secret(&key, &made.signing_key.serialize_pem())?;
        std::fs::write(&cert, made.cert.pem()).map_err(|e| TlsError::File(cert.clone(), e))?;
    }
    Ok((cert, key))
}

/// Readable by its owner alone.
fn write_secret(path: &Path, text: &str) -> Result<(), TlsError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| TlsError::File(path.into(), e))
}
