use super::input::{OrderInput, unmask};
use super::{load, newest, shown};
use crate::prelude::*;
use model::OrderId;
use model::record::Order;

#[derive(Deserialize, ToSchema)]
pub struct OrderUpdate {
    /// The revision that was edited; 409 with the current order when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    order: OrderInput,
}

/// Writes a draft whole. Lines that were there keep their price.
#[utoipa::path(put, path = "/orders/{id}", responses((status = 200, body = Order)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<OrderId>,
    Json(body): Json<OrderUpdate>,
) -> Answer<Json<Order>> {
    who.may(P::OrderWrite)?;
    let before = load(&api, &who, id).await?;
    newest(&who, &before, body.revision)?;
    let mut wish = body.order.into_wish();
    if !who.reveals() {
        unmask(&mut wish, &before);
    }
    Ok(Json(shown(&who, desk::order::update(api.store(), &who.actor, before, body.revision, wish).await?)))
}
