use super::load;
use crate::prelude::*;
use desk::webhook;
use model::WebhookId;

#[derive(Serialize, ToSchema)]
pub struct Replayed {
    deliveries: u64,
}

/// Sends every dead delivery of an endpoint again.
#[utoipa::path(post, path = "/webhooks/{id}/replay", responses((status = 200, body = Replayed)))]
pub async fn replay_dead(State(api): State<ApiState>, who: Principal, Path(id): Path<WebhookId>) -> Answer<Json<Replayed>> {
    who.may(P::WebhookWrite)?;
    load(&api, &who, id).await?;
    Ok(Json(Replayed { deliveries: webhook::replay_dead(api.store(), &who.actor, id).await? }))
}
