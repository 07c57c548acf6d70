//! Mail servers. A new way to hand over mail: one file here and one line in [`MailGateway`].

mod smtp;

pub use smtp::SmtpMail;

use crate::Client;
use model::MailAddress;
use model::settings::MailProvider;

/// One mail to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailMessage {
    /// Ours, the same on every try, so that a mailbox shows a repetition once.
    pub id: String,
    pub to: MailAddress,
    pub subject: String,
    pub text: String,
}

/// What came of it; the errors are for people, in Chinese as everywhere in the journals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    Sent,
    /// The server is away or busy; try again later.
    Retry {
        error: String,
    },
    /// The server will not have this mail.
    Failed {
        error: String,
    },
    /// Password, certificate or address of the server are wrong: no mail would leave, whichever it is.
    Setup {
        error: String,
    },
}

/// Settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("{0}")]
    From(model::MailAddressError),
    #[error("the certificate cannot be read; paste the PEM of the authority whole")]
    Authority,
}

impl MailError {
    pub fn zh(&self) -> String {
        match self {
            Self::From(e) => format!("发件人{}", e.zh()),
            Self::Authority => "证书无法识别，请粘贴颁发机构的完整 PEM 证书".into(),
        }
    }

    pub const fn field(&self) -> &'static str {
        match self {
            Self::From(_) => "from_address",
            Self::Authority => "authority",
        }
    }
}

#[derive(Debug)]
pub enum MailGateway {
    Smtp(SmtpMail),
}

impl MailGateway {
    /// None when no server is set up: mail waits in the journal.
    ///
    /// # Errors
    /// A sender that is no address, or a certificate that is none.
    pub fn of(settings: &MailProvider) -> Result<Option<Self>, MailError> {
        if settings.host.trim().is_empty() {
            return Ok(None);
        }
        SmtpMail::new(settings.clone()).map(|g| Some(Self::Smtp(g)))
    }

    pub async fn send(&self, client: &Client, message: &MailMessage) -> MailOutcome {
        match self {
            Self::Smtp(gateway) => gateway.send(client, message).await,
        }
    }
}
