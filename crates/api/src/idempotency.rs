//! `Idempotency-Key` on POST: the same key of the same principal on the same path gets the stored answer for 24 h.
//!
//! Kept in memory, bounded, because answers may hold secrets that are shown once and must not reach the disk. A restart
//! forgets them. The same key with another body is refused (422), a second request while the first runs too (409).

use crate::principal::Principal;
use crate::problem::{Answer, Problem, Text};
use crate::state::ApiState;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::At;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

const KEEP_MS: i64 = 24 * 3600 * 1000;
const ENTRIES_MAX: usize = 10_000;
const ANSWER_MAX: usize = 256 * 1024;
const BODY_MAX: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub struct Answers {
    entries: Mutex<HashMap<String, Entry>>,
}

#[derive(Clone, Debug)]
struct Entry {
    at: At,
    body: [u8; 32],
    /// None while the first request runs.
    answer: Option<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    status: StatusCode,
    content_type: Option<HeaderValue>,
    body: Bytes,
}

enum Turn {
    First,
    Repeat(Kept),
}

impl Answers {
    fn begin(&self, key: &str, body: [u8; 32], now: At) -> Answer<Turn> {
        let mut entries = self.entries.lock();
        if entries.len() >= ENTRIES_MAX {
            entries.retain(|_, e| now.since_ms(e.at) < KEEP_MS);
            if entries.len() >= ENTRIES_MAX {
                let oldest = entries.iter().filter(|(_, e)| e.answer.is_some()).min_by_key(|(_, e)| e.at).map(|(k, _)| k.clone());
                let Some(oldest) = oldest else {
                    return Err(Problem::unavailable(Text::new("同时处理的请求过多", "too many requests are under way")));
                };
                entries.remove(&oldest);
            }
        }
        if let Some(entry) = entries.get(key).filter(|e| now.since_ms(e.at) < KEEP_MS) {
            if entry.body != body {
                let text =
                    Text::new("同一个 Idempotency-Key 不能用于不同的内容", "this Idempotency-Key was used with another body");
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", text));
            }
            let text = Text::new("相同的请求正在处理", "the same request is under way");
            return entry.answer.clone().map(Turn::Repeat).ok_or_else(|| Problem::conflict("idempotency_in_progress", text));
        }
        entries.insert(key.into(), Entry { at: now, body, answer: None });
        Ok(Turn::First)
    }

    fn finish(&self, key: &str, answer: Option<Kept>) {
        let mut entries = self.entries.lock();
        match answer {
            Some(kept) => {
                if let Some(entry) = entries.get_mut(key) {
                    entry.answer = Some(kept);
                }
            }
            None => {
                entries.remove(key);
            }
        }
    }
}

/// Frees the key when the client goes away before the answer.
struct Running<'a> {
    answers: &'a Answers,
    key: String,
    done: bool,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.answers.finish(&self.key, None);
        }
    }
}

pub async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST).cloned() else {
        return next.run(request).await;
    };
    // Before a principal is known (sign-in, setup, provider callbacks) keys mean nothing.
    let Some(who) = request.extensions().get::<Principal>().map(Principal::key) else { return next.run(request).await };
    match answer(&state, &key, &who, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(state: &ApiState, key: &HeaderValue, who: &str, request: Request, next: Next) -> Answer<Response> {
    if key.is_empty() || key.len() > 255 {
        let text = Text::new("Idempotency-Key 长度须为 1–255", "Idempotency-Key has 1–255 characters");
        return Err(Problem::bad_request("bad_idempotency_key", text));
    }
    let key = format!("{who}\n{}\n{}", request.uri().path(), hex::encode(key.as_bytes()));
    let (request, body) = fingerprint(request).await?;
    match state.answers().begin(&key, body, state.now())? {
        Turn::Repeat(kept) => Ok(replay(kept)),
        Turn::First => {
            let mut running = Running { answers: state.answers(), key, done: false };
            let response = next.run(request).await;
            let (response, kept) = keep(response).await;
            running.done = true;
            state.answers().finish(&running.key, kept);
            Ok(response)
        }
    }
}

/// Uploads are told apart by their length alone; they are too long to be held here.
async fn fingerprint(request: Request) -> Answer<(Request, [u8; 32])> {
    let multipart = is_multipart(request.headers());
    let (parts, body) = request.into_parts();
    if multipart {
        let length = parts.headers.get(header::CONTENT_LENGTH).map(|v| v.as_bytes().to_vec()).unwrap_or_default();
        return Ok((Request::from_parts(parts, body), Sha256::digest(length).into()));
    }
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|_| Problem::too_large(1))?;
    let hash = Sha256::digest(&bytes).into();
    Ok((Request::from_parts(parts, Body::from(bytes)), hash))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"multipart/"))
}

fn replay(kept: Kept) -> Response {
    let mut response = (kept.status, kept.body).into_response();
    if let Some(t) = kept.content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, t);
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

/// Answers of 5xx and 429 are not kept: trying again is what they ask for. Problems keep their translation.
async fn keep(response: Response) -> (Response, Option<Kept>) {
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX * 16).await else {
        let text = Text::new("回应过大，不能与 Idempotency-Key 同用", "the answer is too large for an Idempotency-Key");
        return (Problem::bad_request("idempotency_not_supported", text).into_response(), None);
    };
    let kept = (bytes.len() <= ANSWER_MAX).then(|| Kept {
        status,
        content_type: parts.headers.get(header::CONTENT_TYPE).cloned(),
        body: bytes.clone(),
    });
    (Response::from_parts(parts, Body::from(bytes)), kept)
}
