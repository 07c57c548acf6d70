//! A flow's HTTP request: everything filled in, within a deadline, the answer at most 1 MiB.

use crate::client::Call;
use crate::{Client, HttpError};
use serde_json::Value;

pub const ANSWER_MAX: usize = 1 << 20;

/// Everything filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// Cut to 100–30 000.
    pub timeout_ms: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HttpAnswer {
    pub status: u16,
    /// JSON where it is JSON, else a string.
    pub body: Value,
}

/// Every status is an answer; redirects are not followed.
///
/// # Errors
/// Why there is no answer.
pub async fn perform(client: &Client, request: &HttpRequest) -> Result<HttpAnswer, HttpError> {
    let mut headers = request.headers.clone();
    if request.body.is_some() && !headers.iter().any(|(k, _)| k.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".into(), "application/json".into()));
    }
    let answer = client
        .send(Call {
            method: &request.method,
            url: &request.url,
            headers: &headers,
            body: request.body.clone().map(String::into_bytes),
            timeout_ms: u64::from(request.timeout_ms.clamp(100, 30_000)),
            answer_max: ANSWER_MAX,
            cut: false,
        })
        .await?;
    let body = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&answer.body).into_owned()));
    Ok(HttpAnswer { status: answer.status, body })
}
