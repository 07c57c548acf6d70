//! The web UI inside the binary: hashed assets for ever, `index.html` never cached, brotli where it was made.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$FENGLING_WEB_DIST"]
#[allow_missing = true]
struct Dist;

const STUB: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>风铃</title>\
<body style=\"font-family:sans-serif;margin:4rem\"><h1>风铃 Fengling</h1>\
<p>网页界面尚未构建，请运行 <code>make web</code>。接口已可使用：<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a></p>\
<p>The web UI is not built yet; run <code>make web</code>.</p>";

/// Serves a file of the UI; an extension-less path outside `/api` is one of the UI's own pages.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") || path.contains("..") || path.contains('\\') {
        return StatusCode::NOT_FOUND.into_response();
    }
    if path.is_empty() || path == "index.html" {
        return index(&headers);
    }
    // The compressed copies are reached by negotiation only.
    if !is_compressed(path)
        && let Some(response) = file(path, &headers, cache_of(path))
    {
        return response;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.starts_with("assets/") || name.contains('.') { StatusCode::NOT_FOUND.into_response() } else { index(&headers) }
}

fn is_compressed(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|e| e.eq_ignore_ascii_case("br"))
}

fn cache_of(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" }
}

fn index(headers: &HeaderMap) -> Response {
    file("index.html", headers, "no-cache").unwrap_or_else(|| {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STUB).into_response()
    })
}

fn file(path: &str, headers: &HeaderMap, cache: &'static str) -> Option<Response> {
    let plain = Dist::get(path)?;
    let etag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(&plain.metadata.sha256_hash()[..16]))).ok()?;
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(br) = accepts_brotli(headers).then(|| Dist::get(&format!("{path}.br"))).flatten() {
        let mut response = Body::from(br.data).into_response();
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        response
    } else {
        Body::from(plain.data).into_response()
    };
    let out = response.headers_mut();
    let mime = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    out.insert(header::CONTENT_TYPE, HeaderValue::from_str(&mime).ok()?);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    out.insert(header::ETAG, etag);
    Some(response)
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| {
        v.split(',').any(|p| {
            let mut pieces = p.trim().split(';');
            pieces.next() == Some("br") && !pieces.any(|q| matches!(q.trim(), "q=0" | "q=0.0"))
        })
    })
}
