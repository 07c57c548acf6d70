//! Byte ranges of sounds (RFC 9110 §14), over a file as it is or over a view computed while it is sent.

use crate::problem::{Answer, Problem, Text};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Inclusive first, exclusive end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Whole,
    Part { start: u64, end: u64 },
    Unsatisfiable,
}

/// What `Range` asks of `total` bytes. Several ranges at once are answered with the whole, as the RFC allows.
pub fn parse(text: &str, total: u64) -> Span {
    let Some(spec) = text.trim().strip_prefix("bytes=") else { return Span::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Span::Whole };
    if spec.contains(',') {
        return Span::Whole;
    }
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) || (first.is_empty() && last.is_empty()) {
        return Span::Whole;
    }
    // Numbers beyond u64 are beyond every file.
    let number = |s: &str| s.parse::<u64>().unwrap_or(u64::MAX);
    if first.is_empty() {
        let n = number(last).min(total);
        return if n == 0 { Span::Unsatisfiable } else { Span::Part { start: total - n, end: total } };
    }
    let start = number(first);
    let end = if last.is_empty() { total } else { number(last).saturating_add(1).min(total) };
    if !last.is_empty() && number(last) < start {
        return Span::Whole;
    }
    if start >= total { Span::Unsatisfiable } else { Span::Part { start, end } }
}

/// A sound that may be asked for in parts.
pub struct Served {
    pub total: u64,
    pub etag: String,
    pub content_type: &'static str,
    /// `attachment; filename=…` for downloads.
    pub disposition: Option<String>,
}

impl Served {
    /// Answers with the whole, a part, 304 or 416; `body` is asked for bytes `start..end`.
    ///
    /// # Errors
    /// 416, and whatever `body` says.
    pub async fn answer<F, Fut>(self, request: &HeaderMap, body: F) -> Answer<Response>
    where
        F: FnOnce(u64, u64) -> Fut,
        Fut: Future<Output = Answer<Body>>,
    {
        let etag = format!("\"{}\"", self.etag);
        let text = |name| request.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        if text(header::IF_NONE_MATCH).is_some_and(|v| v.split(',').any(|t| t.trim() == etag || t.trim() == "*")) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
        }
        let same = text(header::IF_RANGE).is_none_or(|v| v == etag);
        let span = text(header::RANGE).filter(|_| same).map_or(Span::Whole, |r| parse(r, self.total));
        let (status, start, end) = match span {
            Span::Whole => (StatusCode::OK, 0, self.total),
            Span::Part { start, end } => (StatusCode::PARTIAL_CONTENT, start, end),
            Span::Unsatisfiable => return Ok(unsatisfiable(self.total)),
        };
        let mut response = (status, body(start, end).await?).into_response();
        let headers = response.headers_mut();
        let put = |headers: &mut HeaderMap, name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(headers, header::CONTENT_TYPE, self.content_type);
        put(headers, header::ACCEPT_RANGES, "bytes");
        put(headers, header::ETAG, &etag);
        put(headers, header::CACHE_CONTROL, "private, no-cache");
        put(headers, header::CONTENT_LENGTH, &(end - start).to_string());
        if status == StatusCode::PARTIAL_CONTENT {
            put(headers, header::CONTENT_RANGE, &format!("bytes {start}-{}/{}", end - 1, self.total));
        }
        if let Some(disposition) = &self.disposition {
            put(headers, header::CONTENT_DISPOSITION, disposition);
        }
        Ok(response)
    }
}

fn unsatisfiable(total: u64) -> Response {
    let text = Text::new("请求的范围超出文件", "the range lies outside the file");
    let mut response = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", text).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{total}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_the_rfc_reads_them() {
        let part = |start, end| Span::Part { start, end };
        assert_eq!(parse("bytes=0-", 100), part(0, 100));
        assert_eq!(parse("bytes=0-0", 100), part(0, 1));
        assert_eq!(parse("bytes=10-19", 100), part(10, 20));
        assert_eq!(parse("bytes=90-1000", 100), part(90, 100));
        assert_eq!(parse("bytes=-10", 100), part(90, 100));
        assert_eq!(parse("bytes=-1000", 100), part(0, 100));
        assert_eq!(parse("bytes=-0", 100), Span::Unsatisfiable);
        assert_eq!(parse("bytes=100-", 100), Span::Unsatisfiable);
        assert_eq!(parse("bytes=99999999999999999999-", 100), Span::Unsatisfiable);
        for whole in ["items=0-1", "bytes=5-1", "bytes=a-b", "bytes=-", "bytes=0-1,5-6", "bytes=+1-2"] {
            assert_eq!(parse(whole, 100), Span::Whole, "{whole}");
        }
    }
}
