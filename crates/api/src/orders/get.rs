use super::{load, shown};
use crate::prelude::*;
use model::OrderId;
use model::record::Order;

/// One order.
#[utoipa::path(get, path = "/orders/{id}", responses((status = 200, body = Order)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<OrderId>) -> Answer<Json<Order>> {
    who.may(P::OrderRead)?;
    Ok(Json(shown(&who, load(&api, &who, id).await?)))
}
