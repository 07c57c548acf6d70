use super::{WebhookInput, without_secret};
use crate::prelude::*;
use desk::webhook;
use model::WebhookId;
use model::record::Webhook;

/// Writes an endpoint whole; the secret stays.
#[utoipa::path(put, path = "/webhooks/{id}", responses((status = 200, body = Webhook)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<WebhookId>,
    Json(body): Json<WebhookInput>,
) -> Answer<Json<Webhook>> {
    who.may(P::WebhookWrite)?;
    Ok(Json(without_secret(webhook::update(api.store(), &who.actor, id, body.into()).await?)))
}
