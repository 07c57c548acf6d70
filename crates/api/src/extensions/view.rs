//! An extension as it is shown.

use crate::prelude::*;
use model::record::{Extension, Registration};

/// An extension with the phones that are registered now. Nothing of its secret is shown.
#[derive(Serialize, ToSchema)]
pub struct ExtensionView {
    #[serde(flatten)]
    extension: Extension,
    phones: Vec<PhoneView>,
}

/// A registered phone.
#[derive(Serialize, ToSchema)]
pub struct PhoneView {
    /// The Contact it registered.
    contact: String,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`
    transport: String,
    /// `ip:port` it was heard from.
    address: String,
    user_agent: String,
    since: At,
    expires_at: At,
    /// Of the last OPTIONS; none before the first answer.
    latency_ms: Option<u32>,
    /// False once it has stopped answering.
    reachable: bool,
    behind_nat: bool,
}

/// An extension with its secret.
#[derive(Serialize, ToSchema)]
pub struct ExtensionWithSecret {
    #[serde(flatten)]
    extension: ExtensionView,
    /// Shown this once.
    secret: String,
}

impl ExtensionView {
    pub fn of(mut extension: Extension, registered: &[Registration]) -> Self {
        extension.ha1_md5.clear();
        extension.ha1_sha256.clear();
        let phones = registered.iter().filter(|r| r.extension_id == extension.id).map(PhoneView::of).collect();
        Self { extension, phones }
    }
}

impl PhoneView {
    fn of(r: &Registration) -> Self {
        Self {
            contact: r.contact.clone(),
            transport: r.transport.clone(),
            address: r.address.clone(),
            user_agent: r.user_agent.clone(),
            since: r.since,
            expires_at: r.expires_at,
            latency_ms: r.latency_ms,
            reachable: r.reachable,
            behind_nat: r.behind_nat,
        }
    }
}

impl ExtensionWithSecret {
    pub fn of(extension: Extension, secret: String, registered: &[Registration]) -> Self {
        Self { extension: ExtensionView::of(extension, registered), secret }
    }
}
