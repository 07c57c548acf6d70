//! Outside `/api`: is it alive, is it ready, its figures.

use crate::prelude::*;
use axum::http::header;
use axum::response::IntoResponse;
use std::time::Duration;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok"
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    store: &'static str,
    switch: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<String>,
}

/// The database writes and the switch listens; 503 otherwise.
pub async fn readyz(State(api): State<ApiState>) -> Response {
    let store = matches!(tokio::time::timeout(Duration::from_secs(3), api.store().ping()).await, Ok(Ok(())));
    let switch = (api.parts().ready)();
    let ready = store && switch.is_ok();
    let body = Ready {
        ready,
        store: if store { "ok" } else { "does not answer" },
        switch: switch.err().unwrap_or_else(|| "ok".into()),
        degraded: api.engine().live().degraded.clone(),
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

pub async fn metrics(State(api): State<ApiState>) -> Response {
    match &api.parts().metrics {
        Some(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
