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
use std::collections::{BTreeMap, BTreeSet, HashMap};

const KEEP_MS: i64 = 24 * 3600 * 1000;
const ENTRIES_MAX: usize = 10_000;
/// So that one careless program does not push the answers of all others out.
const PER_PRINCIPAL_MAX: usize = 1_000;
/// Keys and answers together.
const BYTES_MAX: usize = 32 * 1024 * 1024;
const ANSWER_MAX: usize = 256 * 1024;
const BODY_MAX: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub struct Answers {
    book: Mutex<Book>,
}

/// What is kept, found by key and, oldest first, by number.
#[derive(Debug, Default)]
struct Book {
    entries: HashMap<String, Entry>,
    oldest_first: BTreeMap<u64, String>,
    by_principal: HashMap<String, BTreeSet<u64>>,
    numbers: u64,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    at: At,
    number: u64,
    who: String,
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

impl Entry {
    /// The key stands in the book twice.
    fn bytes(&self, key: &str) -> usize {
        let answer = self.answer.as_ref();
        size_of::<Self>() + 2 * key.len() + self.who.len() + answer.map_or(0, |a| a.body.len())
    }
}

impl Book {
    fn insert(&mut self, key: &str, who: &str, body: [u8; 32], at: At) {
        self.remove(key);
        self.numbers += 1;
        let entry = Entry { at, number: self.numbers, who: who.into(), body, answer: None };
        self.bytes += entry.bytes(key);
        self.oldest_first.insert(entry.number, key.into());
        self.by_principal.entry(who.into()).or_default().insert(entry.number);
        self.entries.insert(key.into(), entry);
    }

    fn remove(&mut self, key: &str) {
        let Some(entry) = self.entries.remove(key) else { return };
        self.bytes -= entry.bytes(key);
        self.oldest_first.remove(&entry.number);
        if let Some(numbers) = self.by_principal.get_mut(&entry.who) {
            numbers.remove(&entry.number);
            if numbers.is_empty() {
                self.by_principal.remove(&entry.who);
            }
        }
    }

    fn answered(&mut self, key: &str, kept: Kept) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        self.bytes += kept.body.len();
        entry.answer = Some(kept);
        while self.bytes > BYTES_MAX && self.forget_oldest(None) {}
    }

    /// Of one principal, or of all; false when every request is still running.
    fn forget_oldest(&mut self, who: Option<&str>) -> bool {
        let answered = |key: &&String| self.entries.get(*key).is_some_and(|e| e.answer.is_some());
        let mut all = self.oldest_first.values();
        let oldest = match who {
            None => all.find(answered),
            Some(who) => {
                let numbers = self.by_principal.get(who).into_iter().flatten();
                numbers.filter_map(|n| self.oldest_first.get(n)).find(answered)
            }
        };
        let Some(key) = oldest.cloned() else { return false };
        self.remove(&key);
        true
    }

    /// Room for one more of this principal.
    fn make_room(&mut self, who: &str) -> bool {
        let full = self.by_principal.get(who).is_some_and(|n| n.len() >= PER_PRINCIPAL_MAX);
        (!full || self.forget_oldest(Some(who))) && (self.entries.len() < ENTRIES_MAX || self.forget_oldest(None))
    }
}

impl Answers {
    fn begin(&self, key: &str, who: &str, body: [u8; 32], now: At) -> Answer<Turn> {
        let mut book = self.book.lock();
        if let Some(entry) = book.entries.get(key).filter(|e| now.since_ms(e.at) < KEEP_MS) {
            if entry.body != body {
                let text =
                    Text::new("同一个 Idempotency-Key 不能用于不同的内容", "this Idempotency-Key was used with another body");
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", text));
            }
            let text = Text::new("相同的请求正在处理", "the same request is under way");
            return entry.answer.clone().map(Turn::Repeat).ok_or_else(|| Problem::conflict("idempotency_in_progress", text));
        }
        book.remove(key);
        if !book.make_room(who) {
            return Err(Problem::unavailable(Text::new("同时处理的请求过多", "too many requests are under way")));
        }
        book.insert(key, who, body, now);
        Ok(Turn::First)
    }

    fn finish(&self, key: &str, answer: Option<Kept>) {
        let mut book = self.book.lock();
        match answer {
            Some(kept) => book.answered(key, kept),
            None => book.remove(key),
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
    match state.answers().begin(&key, who, body, state.now())? {
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
        // A copy of its own: a slice would hold the whole buffer it was read into.
        body: Bytes::copy_from_slice(&bytes),
    });
    (Response::from_parts(parts, Body::from(bytes)), kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: usize) -> Option<Kept> {
        Some(Kept { status: StatusCode::CREATED, content_type: None, body: vec![0; bytes].into() })
    }

    fn repeats(answers: &Answers, key: &str, who: &str) -> bool {
        let repeat = matches!(answers.begin(key, who, [0; 32], At(5)), Ok(Turn::Repeat(_)));
        if !repeat {
            answers.finish(key, None);
        }
        repeat
    }

    #[test]
    fn one_principal_keeps_a_thousand_and_leaves_the_others_theirs() {
        let answers = Answers::default();
        for (who, n) in [("user:1", 1), ("user:2", 3_000)] {
            for i in 0..n {
                let key = format!("{who}/{i}");
                assert!(matches!(answers.begin(&key, who, [0; 32], At(1)), Ok(Turn::First)));
                answers.finish(&key, kept(10));
            }
        }
        assert_eq!(answers.book.lock().entries.len(), 1 + PER_PRINCIPAL_MAX);
        assert!(repeats(&answers, "user:1/0", "user:1") && repeats(&answers, "user:2/2999", "user:2"));
        assert!(!repeats(&answers, "user:2/1999", "user:2"), "the oldest go first");
    }

    #[test]
    fn the_answers_together_have_a_size() {
        let answers = Answers::default();
        for i in 0..200 {
            let (key, who) = (format!("{i}"), format!("user:{}", i % 2));
            assert!(matches!(answers.begin(&key, &who, [0; 32], At(1)), Ok(Turn::First)));
            answers.finish(&key, kept(ANSWER_MAX));
            assert!(answers.book.lock().bytes <= BYTES_MAX);
        }
        assert!(repeats(&answers, "199", "user:1") && !repeats(&answers, "0", "user:0"));
        let mut book = answers.book.lock();
        while book.forget_oldest(None) {}
        assert_eq!((book.bytes, book.entries.len(), book.oldest_first.len(), book.by_principal.len()), (0, 0, 0, 0));
    }

    #[test]
    fn what_runs_is_not_forgotten() {
        let answers = Answers::default();
        for i in 0..PER_PRINCIPAL_MAX {
            assert!(answers.begin(&format!("{i}"), "user:1", [0; 32], At(1)).is_ok());
        }
        assert!(answers.begin("more", "user:1", [0; 32], At(1)).is_err());
        answers.finish("7", kept(1));
        assert!(answers.begin("more", "user:1", [0; 32], At(1)).is_ok());
    }
}
