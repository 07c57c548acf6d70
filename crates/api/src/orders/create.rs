use super::input::{OrderInput, OriginInput, origin};
use super::shown;
use crate::prelude::*;
use model::record::Order;

#[derive(Deserialize, ToSchema)]
pub struct NewOrder {
    #[serde(flatten)]
    origin: OriginInput,
    #[serde(flatten)]
    order: OrderInput,
    /// Confirmed at once, instead of a draft.
    #[serde(default)]
    confirm: bool,
}

/// Takes an order, in a call or after it. Prices are the products' own.
#[utoipa::path(post, path = "/orders", responses((status = 201, body = Order)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NewOrder>,
) -> Answer<(StatusCode, Json<Order>)> {
    who.may(P::OrderWrite)?;
    let mut wish = body.order.into_wish();
    let origin = origin(&api, &who, body.origin, &mut wish).await?;
    let made = desk::order::create(api.store(), &who.actor, origin, wish, body.confirm).await?;
    Ok((StatusCode::CREATED, Json(shown(&who, made))))
}
