use super::load;
use crate::prelude::*;
use model::WebhookId;
use model::record::Webhook;

/// One endpoint, without its secret.
#[utoipa::path(get, path = "/webhooks/{id}", responses((status = 200, body = Webhook)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<WebhookId>) -> Answer<Json<Webhook>> {
    who.may(P::WebhookWrite)?;
    Ok(Json(load(&api, &who, id).await?))
}
