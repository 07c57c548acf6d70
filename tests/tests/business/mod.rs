//! A business system on loopback: takes text messages, and webhooks whose signatures it checks.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

#[derive(Default)]
pub struct Received {
    pub messages: Vec<Value>,
    pub events: Vec<Value>,
    refused: u32,
    /// The first webhooks are answered with 500, so that every run proves the retry.
    failures_left: u32,
    secret: String,
}

#[derive(Clone)]
pub struct Business {
    pub at: SocketAddr,
    inner: Arc<(Mutex<Received>, Notify)>,
}

impl Business {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let received = Received { failures_left: 1, ..Received::default() };
        let business =
            Self { at: listener.local_addr().expect("address"), inner: Arc::new((Mutex::new(received), Notify::new())) };
        let router = Router::new().route("/sms", post(sms)).route("/hook", post(hook)).with_state(business.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        business
    }

    pub fn expect_secret(&self, secret: &str) {
        self.with(|r| secret.clone_into(&mut r.secret));
    }

    pub fn refused(&self) -> u32 {
        self.with(|r| r.refused)
    }

    fn with<T>(&self, f: impl FnOnce(&mut Received) -> T) -> T {
        f(&mut self.inner.0.lock().expect("no test panics while holding it"))
    }

    /// Waits until `found` finds something.
    pub async fn until<T>(&self, wait: Duration, found: impl Fn(&Received) -> Option<T>) -> T {
        let look = async {
            loop {
                let changed = self.inner.1.notified();
                if let Some(t) = self.with(|r| found(r)) {
                    return t;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(wait, look).await {
            Ok(t) => t,
            Err(_) => panic!("not received in {wait:?}: {:?}", self.with(|r| (r.messages.clone(), r.events.clone()))),
        }
    }
}

async fn sms(State(b): State<Business>, Json(message): Json<Value>) -> Json<Value> {
    b.with(|r| r.messages.push(message));
    b.inner.1.notify_waiters();
    Json(json!({ "code": "0", "msgid": "m1" }))
}

async fn hook(State(b): State<Business>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let status = b.with(|r| {
        if r.failures_left > 0 {
            r.failures_left -= 1;
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        let signed = standardwebhooks::Webhook::new(&r.secret).is_ok_and(|w| w.verify(&body, &headers).is_ok());
        if !signed {
            r.refused += 1;
            return StatusCode::UNAUTHORIZED;
        }
        r.events.push(serde_json::from_slice(&body).unwrap_or(Value::Null));
        StatusCode::NO_CONTENT
    });
    b.inner.1.notify_waiters();
    status
}
