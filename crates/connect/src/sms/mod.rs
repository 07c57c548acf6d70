//! SMS gateways. A new protocol: one file here and one line in [`SmsGateway`].

mod http;

pub use http::HttpSms;

use crate::Client;
use model::settings::SmsProvider;

/// One message to be handed to a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsMessage {
    /// Ours, the same on every try: gateways that know it refuse repetitions.
    pub id: String,
    /// E.164.
    pub phone: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsOutcome {
    Sent {
        provider_ref: Option<String>,
    },
    /// The gateway is down or busy; try again, not before `after_s`.
    Retry {
        after_s: Option<u32>,
        error: String,
    },
    /// The gateway will not have this message.
    Failed {
        error: String,
    },
}

/// A provider's settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    #[error("template `{field}` of the SMS provider is wrong: {text}")]
    Template { field: String, text: String },
}

impl SmsError {
    pub fn zh(&self) -> String {
        let Self::Template { field, text } = self;
        format!("短信网关的“{field}”模板有误：{text}")
    }

    pub fn field(&self) -> &str {
        let Self::Template { field, .. } = self;
        field
    }
}

#[derive(Debug)]
pub enum SmsGateway {
    Http(HttpSms),
}

impl SmsGateway {
    /// None when no provider is set up: messages wait in the journal.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub fn of(settings: &SmsProvider) -> Result<Option<Self>, SmsError> {
        if settings.url.trim().is_empty() {
            return Ok(None);
        }
        HttpSms::new(settings.clone()).map(|g| Some(Self::Http(g)))
    }

    pub async fn send(&self, client: &Client, message: &SmsMessage) -> SmsOutcome {
        match self {
            Self::Http(gateway) => gateway.send(client, message).await,
        }
    }
}
