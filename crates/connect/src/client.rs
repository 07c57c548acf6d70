//! The one HTTP client all providers share: guarded addresses, no redirects, no proxy from the environment, deadlines.

use crate::guard::GuardedResolver;
use crate::{Guard, HttpError};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::net::IpAddr;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// An open WebSocket.
pub(crate) type Socket = WebSocketStream<reqwest::Upgraded>;

/// The largest message taken from a provider.
const SOCKET_BYTES_MAX: usize = 1 << 20;

/// Cheap to clone; keeps connections alive.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    guard: Guard,
}

/// What is sent.
pub(crate) struct Call<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a [(String, String)],
    pub body: Option<Vec<u8>>,
    pub timeout_ms: u64,
    pub answer_max: usize,
    /// Cut a longer answer instead of failing.
    pub cut: bool,
}

pub(crate) struct Answer {
    pub status: u16,
    pub content_type: String,
    pub retry_after_s: Option<u32>,
    pub body: Vec<u8>,
    /// It came from outside of our own networks.
    pub public: bool,
}

impl Client {
    /// # Errors
    /// No TLS client can be made.
    pub fn new(guard: Guard) -> Result<Self, HttpError> {
        crate::install_crypto();
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .connect_timeout(Duration::from_secs(10))
                .pool_max_idle_per_host(8)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("Fengling/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(GuardedResolver(guard))
        };
        let http = builder().build().or_else(|error| {
            // A machine without root certificates still reaches http:// addresses; https:// fails with a clear error.
            tracing::warn!(%error, "no root certificates found: https addresses will be refused; install ca-certificates");
            builder().tls_certs_only([]).build()
        });
        Ok(Self { http: http.map_err(|e| HttpError::Tls(e.to_string()))?, guard })
    }

    /// For connections that are not HTTP.
    pub(crate) const fn guard(&self) -> Guard {
        self.guard
    }

    /// Opens a WebSocket (RFC 6455) at an `http`, `https`, `ws` or `wss` address, within `timeout_ms`.
    ///
    /// # Errors
    /// `Ok((status, text))` where the far end answered something else, `Err` where it did not answer.
    pub(crate) async fn websocket(
        &self,
        url: &str,
        headers: &[(String, String)],
        timeout_ms: u64,
    ) -> Result<Socket, Result<(u16, String), HttpError>> {
        let opened = tokio::time::timeout(Duration::from_millis(timeout_ms), self.upgrade(url, headers, timeout_ms)).await;
        opened.unwrap_or(Err(Err(HttpError::Timeout { ms: timeout_ms })))
    }

    async fn upgrade(
        &self,
        url: &str,
        headers: &[(String, String)],
        timeout_ms: u64,
    ) -> Result<Socket, Result<(u16, String), HttpError>> {
        let url = match url.split_once("://") {
            Some(("ws", rest)) => format!("http://{rest}"),
            Some(("wss", rest)) => format!("https://{rest}"),
            _ => url.to_owned(),
        };
        let url = checked(&url, self.guard).map_err(Err)?;
        let key = generate_key();
        let request = self
            .http
            .get(url)
            .headers(header_map(headers).map_err(Err)?)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", &key);
        let mut response = request.send().await.map_err(|e| Err(HttpError::of(e, timeout_ms)))?;
        let status = response.status().as_u16();
        if status != 101 {
            let start = response.chunk().await.ok().flatten().unwrap_or_default();
            return Err(Ok((status, crate::webhook::excerpt(&start))));
        }
        let accept = response.headers().get("sec-websocket-accept").and_then(|v| v.to_str().ok());
        if accept != Some(derive_accept_key(key.as_bytes()).as_str()) {
            return Err(Err(HttpError::Broken("the far end does not speak WebSocket".into())));
        }
        let upgraded = response.upgrade().await.map_err(|e| Err(HttpError::of(e, timeout_ms)))?;
        let limits = WebSocketConfig::default().max_message_size(Some(SOCKET_BYTES_MAX)).max_frame_size(Some(SOCKET_BYTES_MAX));
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(limits)).await)
    }

    /// Sends a request and hands over its answer as it comes; `timeout_ms` is for its head.
    pub(crate) async fn open(&self, call: Call<'_>) -> Result<reqwest::Response, HttpError> {
        let url = checked(call.url, self.guard)?;
        let method = reqwest::Method::from_bytes(call.method.as_bytes()).map_err(|_| HttpError::Method(call.method.into()))?;
        let request = self.http.request(method, url).headers(header_map(call.headers)?).body(call.body.unwrap_or_default());
        match tokio::time::timeout(Duration::from_millis(call.timeout_ms), request.send()).await {
            Ok(answer) => answer.map_err(|e| HttpError::of(e, call.timeout_ms)),
            Err(_) => Err(HttpError::Timeout { ms: call.timeout_ms }),
        }
    }

    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer, HttpError> {
        let ms = call.timeout_ms;
        match tokio::time::timeout(Duration::from_millis(ms), self.exchange(call)).await {
            Ok(done) => done,
            Err(_) => Err(HttpError::Timeout { ms }),
        }
    }

    async fn exchange(&self, call: Call<'_>) -> Result<Answer, HttpError> {
        let url = checked(call.url, self.guard)?;
        let method = call.method.to_ascii_uppercase();
        let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|_| HttpError::Method(call.method.into()))?;
        let mut request = self.http.request(method, url).headers(header_map(call.headers)?);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|e| HttpError::of(e, call.timeout_ms))?;
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let public = response.remote_addr().is_some_and(|at| Guard::is_public(at.ip()));
        let (content_type, retry_after) = (header("content-type"), header("retry-after"));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| HttpError::of(e, call.timeout_ms))? {
            let room = call.answer_max.saturating_sub(body.len());
            if chunk.len() > room {
                if !call.cut {
                    return Err(HttpError::TooLarge { max: call.answer_max });
                }
                body.extend_from_slice(&chunk[..room]);
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status().as_u16(), content_type, retry_after_s: seconds_of(&retry_after), body, public })
    }
}

/// Whether requests may go to `url` as far as that can be told without asking: its form, and an address written out.
///
/// # Errors
/// What is wrong with it.
pub fn check_url(url: &str, guard: Guard) -> Result<(), HttpError> {
    checked(url, guard).map(|_| ())
}

/// Names are checked when they are resolved; an address written out never is, so it is checked here.
fn checked(url: &str, guard: Guard) -> Result<reqwest::Url, HttpError> {
    let parsed = reqwest::Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    let parsed = parsed.ok_or_else(|| HttpError::Url(shown(url)))?;
    let host = parsed.host_str().unwrap_or("").trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(ip) if !guard.allows(ip) => Err(HttpError::Refused(ip.to_string())),
        _ => Ok(parsed),
    }
}

/// A URL for an error text: without its query, user and password.
fn shown(url: &str) -> String {
    let cut = url.split(['?', '#']).next().unwrap_or("");
    let cut = cut.rsplit_once('@').map_or(cut, |(_, after)| after);
    cut.chars().take(80).collect()
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = || HttpError::Header(name.clone());
        let key = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| bad())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
        map.append(key, value);
    }
    Ok(map)
}

/// `Retry-After` in seconds, or as a date of HTTP, at most a day.
fn seconds_of(retry_after: &str) -> Option<u32> {
    const DAY_S: i64 = 86_400;
    let text = retry_after.trim();
    let seconds = match text.parse::<i64>() {
        Ok(s) => s,
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            at.as_second() - jiff::Timestamp::now().as_second()
        }
    };
    u32::try_from(seconds.clamp(0, DAY_S)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_text_shows_no_secrets_of_a_url() {
        assert_eq!(shown("ftp://user:pw@host/path?key=abc"), "host/path");
        assert_eq!(shown("nonsense?token=1"), "nonsense");
    }

    #[test]
    fn retry_after_is_read_both_ways() {
        assert_eq!(seconds_of("120"), Some(120));
        assert_eq!(seconds_of("99999999"), Some(86_400));
        assert_eq!(seconds_of("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert_eq!(seconds_of("soon"), None);
        assert_eq!(seconds_of(""), None);
    }
}
