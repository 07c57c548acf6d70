//! What nearly every endpoint file uses.

pub use crate::extract::{Json, Path, Query};
pub use crate::page::Page;
pub use crate::principal::Principal;
pub use crate::problem::{Answer, Problem, Text};
pub use crate::state::ApiState;
pub use axum::extract::State;
pub use axum::http::StatusCode;
pub use axum::response::Response;
pub use model::At;
pub use model::record::Permission as P;
pub use serde::{Deserialize, Serialize};
pub use serde_json::json;
pub use utoipa::{IntoParams, ToSchema};
pub use utoipa_axum::router::OpenApiRouter;
pub use utoipa_axum::routes;
