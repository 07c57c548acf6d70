use crate::prelude::*;
use desk::webhook;
use model::DeliveryId;
use model::record::Delivery;

/// Sends one delivery again, dead or not.
#[utoipa::path(post, path = "/webhook-deliveries/{id}/replay", responses((status = 200, body = Delivery)))]
pub async fn replay(State(api): State<ApiState>, who: Principal, Path(id): Path<DeliveryId>) -> Answer<Json<Delivery>> {
    who.may(P::WebhookWrite)?;
    Ok(Json(webhook::replay(api.store(), &who.actor, id).await?))
}
