use super::WebhookInput;
use crate::prelude::*;
use desk::webhook;
use model::record::Webhook;

/// Adds an endpoint. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/webhooks", responses((status = 201, body = Webhook)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<WebhookInput>,
) -> Answer<(StatusCode, Json<Webhook>)> {
    who.may(P::WebhookWrite)?;
    let made = webhook::create(api.store(), &who.actor, body.into()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
