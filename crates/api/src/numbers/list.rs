use crate::prelude::*;
use model::record::Number;

/// All numbers.
#[utoipa::path(get, path = "/numbers", responses((status = 200, body = Page<Number>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Number>>> {
    who.may(P::TrunkRead)?;
    Ok(Json(Page::whole(api.store().numbers(who.tenant()).await?)))
}
