//! TLS for SIP: our certificate, read again when its file changes, and the certificates of others, trusted by the system's
//! authorities or by one of the operator's own.

use parking_lot::{Mutex, RwLock};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::sync::CancellationToken;

/// Where SIP over TLS is listened for, and as whom.
#[derive(Clone, Debug)]
pub struct TlsListen {
    /// 5061 by custom.
    pub bind: SocketAddr,
    /// PEM, our certificate first.
    pub cert: PathBuf,
    pub key: PathBuf,
    /// How often the files are looked at for a newer certificate.
    pub reload_every: Duration,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateProblem {
    #[error("{path}: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("{cert} and {key} do not belong together or are not usable: {reason}")]
    Unusable { cert: PathBuf, key: PathBuf, reason: TlsError },
}

/// Our end.
pub(super) struct ServerTls {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<ServerConfig>>,
}

impl ServerTls {
    pub(super) fn load(listen: &TlsListen) -> Result<Arc<Self>, CertificateProblem> {
        let current = RwLock::new(server_config(&listen.cert, &listen.key)?);
        Ok(Arc::new(Self { cert: listen.cert.clone(), key: listen.key.clone(), current }))
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().clone())
    }

    /// Takes a newer certificate into use; one that is broken is told and the old one stays.
    pub(super) async fn watch(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut seen = self.changed_at();
        let mut tick = tokio::time::interval(every.max(Duration::from_millis(50)));
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            let now = self.changed_at();
            if now == seen {
                continue;
            }
            seen = now;
            match server_config(&self.cert, &self.key) {
                Ok(config) => {
                    *self.current.write() = config;
                    tracing::info!(cert = %self.cert.display(), "a new SIP certificate is in use");
                }
                Err(error) => tracing::error!(%error, "the new SIP certificate is not usable; the old one stays"),
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.cert, &self.key].map(|path| std::fs::metadata(path).and_then(|m| m.modified()).ok())
    }
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(default_provider())).clone()
}

fn server_config(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, CertificateProblem> {
    let unreadable = |path: &Path, reason: String| CertificateProblem::Unreadable { path: path.into(), reason };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|e| unreadable(cert, format!("no PEM certificate: {e}")))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| unreadable(key, format!("no PEM private key: {e}")))?;
    let unusable = |reason| CertificateProblem::Unusable { cert: cert.into(), key: key.into(), reason };
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    Ok(Arc::new(config))
}

/// Who a TLS peer must prove to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TlsPeer {
    /// Domain or IP address its certificate must bear (RFC 5922).
    pub name: String,
    /// PEM of the authority that must have signed it; none: those of the system.
    pub authority: Option<String>,
}

/// A [`TlsPeer`] by a number that a target carries: two trunks at one address may expect different ones there, and neither is
/// served by a connection that only the other would trust. The default is nobody: no connection of ours can be opened to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TlsName(u64);

/// The other end of our own connections.
#[derive(Default)]
pub(super) struct TlsDialer {
    /// As many as there are trunks.
    peers: Mutex<HashMap<TlsName, TlsPeer>>,
    hasher: RandomState,
    /// By authority, so that sessions are resumed.
    configs: Mutex<HashMap<Option<String>, Arc<ClientConfig>>>,
}

/// Configurations kept; a tenant that edits its authority over and over does not fill memory.
const CONFIGS_MAX: usize = 64;

impl TlsDialer {
    /// From now on this peer can be dialled by its name.
    pub(super) fn name(&self, who: TlsPeer) -> TlsName {
        let name = TlsName(self.hasher.hash_one(&who).max(1));
        self.peers.lock().insert(name, who);
        name
    }

    /// Forgets the others.
    pub(super) fn keep(&self, names: &HashSet<TlsName>) {
        self.peers.lock().retain(|name, _| names.contains(name));
    }

    pub(super) async fn shake_hands(
        &self,
        stream: TcpStream,
        who: TlsName,
        time: Duration,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, String> {
        let who = self.peers.lock().get(&who).cloned().ok_or("nobody has said whose certificate to expect")?;
        let name = ServerName::try_from(who.name.clone()).map_err(|_| format!("{:?} is no name of a certificate", who.name))?;
        let connector = TlsConnector::from(self.config(who.authority)?);
        match tokio::time::timeout(time, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(e)) => Err(in_words(&e, &who.name)),
            Err(_) => Err("the TLS handshake took too long".into()),
        }
    }

    fn config(&self, authority: Option<String>) -> Result<Arc<ClientConfig>, String> {
        if let Some(config) = self.configs.lock().get(&authority) {
            return Ok(config.clone());
        }
        let roots = match &authority {
            Some(pem) => own_roots(pem)?,
            None => system_roots(),
        };
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let config = Arc::new(config);
        let mut configs = self.configs.lock();
        if configs.len() >= CONFIGS_MAX {
            configs.clear();
        }
        configs.insert(authority, config.clone());
        Ok(config)
    }
}

fn own_roots(pem: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for cert in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let cert = cert.map_err(|e| format!("the trunk's own authority is no PEM certificate: {e}"))?;
        roots.add(cert).map_err(|e| format!("the trunk's own authority is not usable: {e}"))?;
    }
    if roots.is_empty() { Err("the trunk's own authority holds no certificate".into()) } else { Ok(roots) }
}

fn system_roots() -> RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    let load = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    };
    ROOTS.get_or_init(load).clone()
}

/// What is wrong with a certificate, and the way out.
fn in_words(error: &std::io::Error, name: &str) -> String {
    let Some(tls) = error.get_ref().and_then(|e| e.downcast_ref::<TlsError>()) else {
        return format!("TLS: the far end closed the connection ({error}); does it speak TLS on this port?");
    };
    match tls {
        TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "TLS: the certificate of the far end has expired".into()
        }
        TlsError::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            "TLS: the certificate of the far end is not valid yet; is the clock right?".into()
        }
        TlsError::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            format!("TLS: the certificate of the far end is not for {name}: set `domain` to the name it bears")
        }
        // An authority of the same name with another key signed it.
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            "TLS: the certificate of the far end was signed by nobody we trust: give the trunk its authority".into()
        }
        TlsError::InvalidCertificate(other) => format!("TLS: the certificate of the far end is refused: {other:?}"),
        TlsError::InvalidMessage(_) => "TLS: the far end does not speak TLS on this port".into(),
        other => format!("TLS: {other}"),
    }
}

/// Whether this PEM holds at least one certificate that can sign others for us.
///
/// # Errors
/// In words: why not.
pub fn check_authority(pem: &str) -> Result<(), String> {
    own_roots(pem).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_at_one_address_are_told_apart_and_forgotten_with_their_trunks() {
        let dialer = TlsDialer::default();
        let peer = |name: &str, authority: Option<&str>| TlsPeer { name: name.into(), authority: authority.map(str::to_owned) };
        let (a, b) = (dialer.name(peer("a.test", None)), dialer.name(peer("b.test", None)));
        let own = dialer.name(peer("a.test", Some("PEM")));
        assert!(a != b && a != own && a != TlsName::default());
        assert_eq!(dialer.name(peer("a.test", None)), a, "who expects the same shares a connection");
        dialer.keep(&HashSet::from([a]));
        assert_eq!(dialer.peers.lock().keys().collect::<Vec<_>>(), [&a]);
    }
}
