use super::{load, newest, shown};
use crate::prelude::*;
use model::OrderId;
use model::record::Order;

#[derive(Deserialize, ToSchema)]
pub struct Cancel {
    revision: i64,
    reason: String,
}

/// Cancels an order, confirmed or not: it is kept and counts no longer.
#[utoipa::path(post, path = "/orders/{id}/cancel", responses((status = 200, body = Order)))]
pub async fn cancel(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<OrderId>,
    Json(body): Json<Cancel>,
) -> Answer<Json<Order>> {
    who.may(P::OrderWrite)?;
    let before = load(&api, &who, id).await?;
    newest(&who, &before, body.revision)?;
    Ok(Json(shown(&who, desk::order::cancel(api.store(), &who.actor, before, body.revision, &body.reason).await?)))
}
