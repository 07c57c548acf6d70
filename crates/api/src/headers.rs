//! Security headers, request ids, and the log line of each request.

use crate::forwarded::speaks_tls;
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use rand::Rng as _;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// `style-src 'unsafe-inline'` because the component library writes style elements; scripts come from us alone.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
media-src 'self' blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; \
base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Half a year in which browsers that came over TLS once come over nothing else (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=15552000");

pub async fn secure(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let tls = speaks_tls(&state, request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "geolocation=(), camera=(), payment=(), usb=(), microphone=(self)"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What stands behind this in a path is a secret of a customer.
const SECRET_BEHIND: &str = "/public/booking/";

fn shown(path: &str) -> String {
    path.split_once(SECRET_BEHIND).map_or_else(|| path.to_owned(), |(before, _)| format!("{before}{SECRET_BEHIND}…"))
}

/// Gives the request an id (the caller's own when it is a plain word) and logs how it went, without query or body: those
/// may hold numbers and secrets.
pub async fn trace(request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).and_then(|v| v.to_str().ok());
    let plain = |v: &str| (8..=64).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let id = given.filter(|v| plain(v)).map_or_else(|| format!("{:016x}", rand::rng().next_u64()), str::to_owned);
    let span = tracing::info_span!("http", request_id = %id, method = %request.method(), path = shown(request.uri().path()));
    let started = tokio::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let ms = started.elapsed().as_millis();
    let status = response.status();
    span.in_scope(|| tracing::debug!(status = status.as_u16(), ms, "request"));
    metrics::counter!("fengling_http_requests_total", "status" => status.as_u16().to_string()).increment(1);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
