use crate::page;
use crate::prelude::*;
use model::WebhookId;
use model::record::{Delivery, DeliveryState};
use store::DeliveryFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    webhook_id: Option<WebhookId>,
    #[param(inline)]
    state: Option<DeliveryState>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Deliveries, newest first: pending, delivered and dead.
#[utoipa::path(get, path = "/webhook-deliveries", params(DeliveryQuery), responses((status = 200, body = Page<Delivery>)))]
pub async fn deliveries(
    State(api): State<ApiState>,
    who: Principal,
    Query(q): Query<DeliveryQuery>,
) -> Answer<Json<Page<Delivery>>> {
    who.may(P::WebhookWrite)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let filter = DeliveryFilter { webhook_id: q.webhook_id, state: q.state };
    let found = api.store().deliveries(who.tenant(), &filter, page).await?;
    Ok(Json(Page::of(found, |d| d)))
}
