use crate::prelude::*;
use desk::webhook;
use model::WebhookId;

/// Deletes an endpoint; deliveries under way are dropped.
#[utoipa::path(delete, path = "/webhooks/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<WebhookId>) -> Answer<StatusCode> {
    who.may(P::WebhookWrite)?;
    webhook::delete(api.store(), &who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
