//! REST and WebSocket for people and machines, and the web UI.
//!
//! An edge. One endpoint is one file, `src/<noun>/<verb>.rs`: extract, authorise, one use case, view. It may use `model`,
//! `store`, `desk`, `engine`, `flow`, `connect` and `media`; nothing but the server uses it.
//! A new endpoint: docs/adding-an-endpoint.md. The description in `web/openapi.json` is generated from the handlers
//! (`cargo run -p api --example openapi`) and a test fails when it is stale.

mod agent_desk;
mod agents;
mod api_keys;
mod appointments;
mod audit;
mod bans;
mod blame;
mod board;
mod bookings;
mod call_routes;
mod calls;
mod campaigns;
mod consents;
mod customers;
mod dashboard;
mod download;
mod events;
mod extensions;
mod extract;
mod filter;
mod fingerprints;
mod flows;
mod forwarded;
mod headers;
mod idempotency;
mod imports;
mod lang;
mod lead_lists;
mod leads;
mod list_entries;
mod mails;
mod mask;
mod multipart;
mod numbers;
mod openapi;
mod ops;
mod orders;
mod org_units;
mod page;
mod pool;
mod prelude;
mod principal;
mod problem;
mod products;
mod prompts;
mod public_booking;
mod queues;
mod range;
mod recordings;
mod reports;
mod scope;
mod session;
mod settings;
mod setup;
mod sip;
mod skills;
mod sms;
mod sound;
mod state;
mod trunks;
mod users;
mod web_ui;
mod webhooks;
mod work_view;
mod ws;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::get;
use openapi::mount;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use utoipa_axum::router::OpenApiRouter;

pub use state::{ApiState, Clock, MetricsText, Parts, Readiness};

/// JSON bodies; uploads have limits of their own.
const BODY_MAX: usize = 2 * 1024 * 1024;

/// Every endpoint below `/api/v1`.
fn endpoints() -> OpenApiRouter<ApiState> {
    let nouns = OpenApiRouter::new()
        .merge(mount("setup", setup::routes()))
        .merge(mount("session", session::routes()))
        .merge(mount("users", users::routes()))
        .merge(mount("org_units", org_units::routes()))
        .merge(mount("api_keys", api_keys::routes()))
        .merge(mount("dashboard", dashboard::routes()))
        .merge(mount("campaigns", campaigns::routes()))
        .merge(mount("reports", reports::routes()))
        .merge(mount("leads", leads::routes()))
        .merge(mount("lead_lists", lead_lists::routes()))
        .merge(mount("imports", imports::routes()))
        .merge(mount("calls", calls::routes()))
        .merge(mount("recordings", recordings::routes()))
        .merge(mount("flows", flows::routes()))
        .merge(mount("fingerprints", fingerprints::routes()))
        .merge(mount("prompts", prompts::routes()))
        .merge(mount("trunks", trunks::routes()))
        .merge(mount("routes", call_routes::routes()))
        .merge(mount("numbers", numbers::routes()))
        .merge(mount("extensions", extensions::routes()))
        .merge(mount("bans", bans::routes()))
        .merge(mount("agents", agents::routes()))
        .merge(mount("skills", skills::routes()))
        .merge(mount("queues", queues::routes()))
        .merge(mount("customers", customers::routes()))
        .merge(mount("products", products::routes()))
        .merge(mount("orders", orders::routes()))
        .merge(mount("pool", pool::routes()))
        .merge(mount("desk", agent_desk::routes()))
        .merge(mount("appointments", appointments::routes()))
        .merge(mount("bookings", bookings::routes()))
        .merge(mount("public_booking", public_booking::routes()))
        .merge(mount("board", board::routes()))
        .merge(mount("list_entries", list_entries::routes()))
        .merge(mount("consents", consents::routes()))
        .merge(mount("sms", sms::routes()))
        .merge(mount("mails", mails::routes()))
        .merge(mount("webhooks", webhooks::routes()))
        .merge(mount("events", events::routes()))
        .merge(mount("settings", settings::routes()))
        .merge(mount("audit", audit::routes()))
        .merge(mount("ws", ws::routes()));
    OpenApiRouter::with_openapi(openapi::head()).nest("/api/v1", nouns)
}

/// The description of the API, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    endpoints().into_openapi()
}

/// The whole HTTP face: API, operations, web UI.
pub fn router(state: ApiState) -> Router {
    let (api, document) = endpoints().split_for_parts();
    let document: std::sync::Arc<str> = document.to_json().unwrap_or_default().into();
    let describe = move || async move { ([("content-type", "application/json")], document.to_string()).into_response() };
    let compress =
        SizeAbove::new(1024).and(NotForContentType::new("audio/")).and(NotForContentType::const_new("application/vnd."));
    api.route("/api/v1/openapi.json", get(describe))
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .route("/sip", get(sip::open))
        .fallback(web_ui::serve)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(state.clone(), idempotency::layer))
        .layer(from_fn_with_state(state.clone(), principal::identify))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(problem::render))
        .layer(CompressionLayer::new().compress_when(compress))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn(headers::trace))
        .with_state(state)
}
