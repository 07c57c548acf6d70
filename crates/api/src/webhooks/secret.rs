use crate::prelude::*;
use desk::webhook;
use model::WebhookId;
use model::record::Webhook;

/// Replaces the secret; the new one is in this answer and nowhere else.
#[utoipa::path(post, path = "/webhooks/{id}/secret", responses((status = 200, body = Webhook)))]
pub async fn rotate_secret(State(api): State<ApiState>, who: Principal, Path(id): Path<WebhookId>) -> Answer<Json<Webhook>> {
    who.may(P::WebhookWrite)?;
    Ok(Json(webhook::rotate_secret(api.store(), &who.actor, id).await?))
}
