use crate::prelude::*;

/// The JSON Schema of flow documents.
#[utoipa::path(get, path = "/schemas/flow.json", security(()), responses((status = 200, description = "JSON Schema", content_type = "application/schema+json")))]
pub async fn schema() -> Response {
    use axum::response::IntoResponse as _;
    let headers = [("content-type", "application/schema+json"), ("cache-control", "public, max-age=300")];
    (headers, flow::schema().to_string()).into_response()
}
