use super::{load, newest, shown};
use crate::prelude::*;
use model::OrderId;
use model::record::Order;

#[derive(Deserialize, ToSchema)]
pub struct Confirm {
    revision: i64,
    /// 二次确认: where the customer's consent can be heard or read; left out: as it stands.
    #[serde(default)]
    confirmation: Option<String>,
}

/// Confirms a draft: from now on it counts as sold and stays as it is.
#[utoipa::path(post, path = "/orders/{id}/confirm", responses((status = 200, body = Order)))]
pub async fn confirm(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<OrderId>,
    Json(body): Json<Confirm>,
) -> Answer<Json<Order>> {
    who.may(P::OrderWrite)?;
    let before = load(&api, &who, id).await?;
    newest(&who, &before, body.revision)?;
    let done = desk::order::confirm(api.store(), &who.actor, before, body.revision, body.confirmation).await?;
    Ok(Json(shown(&who, done)))
}
