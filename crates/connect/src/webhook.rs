//! Webhooks by the Standard Webhooks rules: `webhook-id`, `webhook-timestamp`, `webhook-signature` (HMAC-SHA256).

use crate::Client;
use crate::client::Call;
use base64::Engine as _;
use model::At;

pub const TIMEOUT_MS: u64 = 15_000;
const ANSWER_MAX: usize = 4096;
const PREFIX: &str = "whsec_";

/// What came of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookOutcome {
    Delivered {
        status: u16,
    },
    /// 410: the receiver wants no more; switch the endpoint off.
    Gone,
    /// Anything else; `after_s` when the receiver asked for a pause (429, 503).
    Retry {
        status: Option<u16>,
        after_s: Option<u32>,
        error: String,
    },
}

/// One message on its way. `id` is the same on every try, so the receiver can tell a repetition.
#[derive(Clone, Copy, Debug)]
pub struct WebhookMessage<'a> {
    pub url: &'a str,
    pub secret: &'a str,
    pub id: &'a str,
    pub at: At,
    pub payload: &'a str,
}

/// `whsec_` and the base64 of 24 to 64 random bytes, which the caller draws.
pub fn secret_of(random: &[u8]) -> String {
    format!("{PREFIX}{}", base64::engine::general_purpose::STANDARD.encode(random))
}

/// Whether receivers' libraries will accept the secret.
pub fn secret_is_valid(secret: &str) -> bool {
    let bytes = secret.strip_prefix(PREFIX).and_then(|s| base64::engine::general_purpose::STANDARD.decode(s).ok());
    bytes.is_some_and(|b| (24..=64).contains(&b.len()))
}

/// Sends once; redirects are not followed (a 3xx is a failure).
pub async fn send(client: &Client, message: &WebhookMessage<'_>) -> WebhookOutcome {
    let failed = |error: String| WebhookOutcome::Retry { status: None, after_s: None, error };
    let seconds = message.at.ms().div_euclid(1000);
    let signature =
        standardwebhooks::Webhook::new(message.secret).and_then(|w| w.sign(message.id, seconds, message.payload.as_bytes()));
    let Ok(signature) = signature else {
        return failed("签名密钥无效，请重新生成密钥".into());
    };
    let header = |k: &str, v: String| (k.to_owned(), v);
    let headers = [
        header("content-type", "application/json".into()),
        header(standardwebhooks::HEADER_WEBHOOK_ID, message.id.into()),
        header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, seconds.to_string()),
        header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature),
    ];
    let call = Call {
        method: "POST",
        url: message.url,
        headers: &headers,
        body: Some(message.payload.as_bytes().to_vec()),
        timeout_ms: TIMEOUT_MS,
        answer_max: ANSWER_MAX,
        cut: true,
    };
    match client.send(call).await {
        // Whoever may set a webhook up is not to read what the house's own services say.
        Ok(answer) => classify(answer.status, answer.retry_after_s, if answer.public { &answer.body } else { b"" }),
        Err(error) => failed(error.zh()),
    }
}

fn classify(status: u16, retry_after_s: Option<u32>, body: &[u8]) -> WebhookOutcome {
    match status {
        200..=299 => WebhookOutcome::Delivered { status },
        410 => WebhookOutcome::Gone,
        _ => WebhookOutcome::Retry {
            status: Some(status),
            after_s: retry_after_s.filter(|_| matches!(status, 429 | 503)),
            error: format!("HTTP {status} {}", excerpt(body)).trim_end().into(),
        },
    }
}

/// The first 200 characters of an answer on one line, for people.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}
