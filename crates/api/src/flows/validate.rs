use super::check::{FlowCheck, check};
use super::{document, load};
use crate::prelude::*;
use model::FlowId;
use serde_json::Value;

#[derive(Deserialize, ToSchema)]
pub struct ValidateBody {
    /// The document to check; the stored draft when absent.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    doc: Option<Value>,
}

/// Checks a document without saving it: mistakes with node and field.
#[utoipa::path(post, path = "/flows/{id}/validate", responses((status = 200, body = FlowCheck)))]
pub async fn validate(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<FlowId>,
    Json(body): Json<ValidateBody>,
) -> Answer<Json<FlowCheck>> {
    who.may(P::FlowRead)?;
    let flow = load(&api, &who, id).await?;
    let doc = match body.doc {
        Some(doc) => doc,
        None => document(&api, &who, &flow).await?,
    };
    super::save::check_size(&doc)?;
    Ok(Json(check(&api, &who, &doc).await?))
}
