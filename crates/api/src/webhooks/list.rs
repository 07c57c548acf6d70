use super::without_secret;
use crate::prelude::*;
use model::record::Webhook;

/// All endpoints, without their secrets.
#[utoipa::path(get, path = "/webhooks", responses((status = 200, body = Page<Webhook>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Webhook>>> {
    who.may(P::WebhookWrite)?;
    let all = api.store().webhooks(who.tenant()).await?;
    Ok(Json(Page::whole(all.into_iter().map(without_secret).collect())))
}
