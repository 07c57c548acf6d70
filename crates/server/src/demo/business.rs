//! The business system of the demo: takes signed webhooks and text messages and shows them on one page.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

const KEPT: usize = 500;

/// What the system has received, newest first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Received {
    pub events: VecDeque<Value>,
    pub messages: VecDeque<Value>,
    /// Webhooks whose signature did not hold.
    pub refused: u64,
}

#[derive(Clone, Default)]
pub struct Business {
    received: Arc<Mutex<Received>>,
    secret: Arc<Mutex<Option<String>>>,
}

impl Business {
    pub fn expect_secret(&self, secret: String) {
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
    }

    fn with<T>(&self, f: impl FnOnce(&mut Received) -> T) -> T {
        f(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn signed(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let secret = self.secret.lock().unwrap_or_else(PoisonError::into_inner).clone();
        secret.and_then(|s| standardwebhooks::Webhook::new(&s).ok()).is_some_and(|w| w.verify(body, headers).is_ok())
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(page))
            .route("/received", get(received))
            .route("/hook", post(hook))
            .route("/sms", post(sms))
            .with_state(self.clone())
    }
}

async fn hook(State(b): State<Business>, headers: HeaderMap, body: axum::body::Bytes) -> StatusCode {
    if !b.signed(&headers, &body) {
        b.with(|r| r.refused += 1);
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    b.with(|r| {
        r.events.push_front(event);
        r.events.truncate(KEPT);
    });
    StatusCode::NO_CONTENT
}

async fn sms(State(b): State<Business>, Json(message): Json<Value>) -> Json<Value> {
    b.with(|r| {
        r.messages.push_front(message);
        r.messages.truncate(KEPT);
        Json(json!({ "code": "0", "msgid": format!("demo-{}", r.messages.len()) }))
    })
}

async fn received(State(b): State<Business>) -> impl IntoResponse {
    Json(b.with(|r| r.clone()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn page(State(b): State<Business>) -> Html<String> {
    let r = b.with(|r| r.clone());
    let rows = |items: &VecDeque<Value>| {
        items.iter().take(50).map(|v| format!("<pre>{}</pre>", escape(&v.to_string()))).collect::<String>()
    };
    Html(format!(
        "<!doctype html><html lang=zh><meta charset=utf-8><meta http-equiv=refresh content=3><title>业务系统</title>\
         <style>body{{font:14px/1.6 system-ui,sans-serif;margin:2em;max-width:1100px}}pre{{background:#f4f6f8;padding:.5em 1em;\
         white-space:pre-wrap;word-break:break-all;border-radius:6px}}</style><h1>演示用业务系统</h1>\
         <p>验签通过的回写事件 {} 条，验签失败 {} 条；短信 {} 条。</p><h2>短信</h2>{}<h2>回写事件</h2>{}</html>",
        r.events.len(),
        r.refused,
        r.messages.len(),
        rows(&r.messages),
        rows(&r.events)
    ))
}
