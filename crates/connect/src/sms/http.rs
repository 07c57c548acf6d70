//! Any gateway that takes one HTTP request per message, described by templates.
//!
//! Templates see `phone` (as dialled: `13800138000`), `e164` (`+8613800138000`), `text` (signature included), `id`,
//! `timestamp` (seconds) and `secret.<name>`; filters besides minijinja's own: `sha256`, `hmac_sha256(key)`, `base64`, `urlencode`.

use super::{SmsError, SmsMessage, SmsOutcome};
use crate::client::Call;
use crate::webhook::excerpt;
use crate::{Client, HttpError};
use base64::Engine as _;
use hmac::{Hmac, Mac as _};
use minijinja::{Environment, UndefinedBehavior, context};
use model::settings::SmsProvider;
use sha2::{Digest as _, Sha256};

const ANSWER_MAX: usize = 64 * 1024;
const TEMPLATE_FUEL: u64 = 50_000;

pub struct HttpSms {
    settings: SmsProvider,
    templates: Environment<'static>,
}

impl std::fmt::Debug for HttpSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSms").finish_non_exhaustive()
    }
}

struct Filled {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl HttpSms {
    /// # Errors
    /// A template that cannot be read or names an unknown value.
    pub fn new(settings: SmsProvider) -> Result<Self, SmsError> {
        let gateway = Self { templates: environment(), settings };
        gateway.fill(&SmsMessage { id: "1".into(), phone: "+8613800138000".into(), text: "test".into() })?;
        Ok(gateway)
    }

    fn fill(&self, message: &SmsMessage) -> Result<Filled, SmsError> {
        let values = context! {
            phone => model::number::national(&message.phone),
            e164 => message.phone.as_str(),
            text => format!("{}{}", self.settings.signature, message.text),
            id => message.id.as_str(),
            timestamp => jiff::Timestamp::now().as_second(),
            secret => &self.settings.secrets,
        };
        let render = |field: String, template: &str| {
            self.templates
                .render_str(template, &values)
                .map_err(|e| SmsError::Template { field, text: self.without_secrets(&e.to_string()) })
        };
        let url = render("url".into(), &self.settings.url)?;
        let body = render("body".into(), &self.settings.body)?;
        let headers = self.settings.headers.iter().map(|(k, v)| Ok((k.clone(), render(format!("headers.{k}"), v)?)));
        Ok(Filled { url, headers: headers.collect::<Result<_, _>>()?, body })
    }

    pub async fn send(&self, client: &Client, message: &SmsMessage) -> SmsOutcome {
        let filled = match self.fill(message) {
            Ok(filled) => filled,
            Err(e) => return SmsOutcome::Failed { error: e.zh() },
        };
        let bodiless = self.settings.method.eq_ignore_ascii_case("GET");
        let call = Call {
            method: &self.settings.method,
            url: &filled.url,
            headers: &filled.headers,
            body: (!bodiless).then(|| filled.body.into_bytes()),
            timeout_ms: u64::from(self.settings.timeout_s.clamp(1, 60)) * 1000,
            answer_max: ANSWER_MAX,
            cut: true,
        };
        match client.send(call).await {
            Ok(answer) => self.judge(answer.status, answer.retry_after_s, &answer.body),
            Err(e @ (HttpError::Timeout { .. } | HttpError::Connect(_) | HttpError::Broken(_))) => {
                SmsOutcome::Retry { after_s: None, error: self.without_secrets(&e.zh()) }
            }
            Err(e) => SmsOutcome::Failed { error: self.without_secrets(&e.zh()) },
        }
    }

    fn judge(&self, status: u16, after_s: Option<u32>, body: &[u8]) -> SmsOutcome {
        let said = || self.without_secrets(format!("网关应答 HTTP {status} {}", excerpt(body)).trim_end());
        match status {
            200..=299 => {}
            408 | 425 | 429 | 500..=599 => return SmsOutcome::Retry { after_s, error: said() },
            _ => return SmsOutcome::Failed { error: said() },
        }
        let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let at = |pointer: &str| json.pointer(pointer).and_then(scalar);
        let wanted = &self.settings.success_pointer;
        if !wanted.is_empty() && at(wanted).as_ref() != Some(&self.settings.success_value) {
            return SmsOutcome::Failed { error: said() };
        }
        let provider_ref = Some(&self.settings.ref_pointer).filter(|p| !p.is_empty()).and_then(|p| at(p));
        SmsOutcome::Sent { provider_ref }
    }

    fn without_secrets(&self, text: &str) -> String {
        let long = self.settings.secrets.values().filter(|s| s.len() >= 4);
        long.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }
}

fn scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(s) => Some(s.clone()),
        serde_json::Value::Number(n) => Some(n.to_string()),
        serde_json::Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(TEMPLATE_FUEL));
    env.add_filter("sha256", |v: String| hex::encode(Sha256::digest(v.as_bytes())));
    env.add_filter("base64", |v: String| base64::engine::general_purpose::STANDARD.encode(v));
    env.add_filter("hmac_sha256", |v: String, key: String| {
        Hmac::<Sha256>::new_from_slice(key.as_bytes())
            .map(|mut mac| {
                mac.update(v.as_bytes());
                hex::encode(mac.finalize().into_bytes())
            })
            .unwrap_or_default()
    });
    env.add_filter("urlencode", |v: String| {
        v.bytes().fold(String::with_capacity(v.len()), |mut out, b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                out.push(char::from(b))
            } else {
                out.push_str(&format!("%{b:02X}"))
            }
            out
        })
    });
    env
}
