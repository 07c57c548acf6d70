use crate::prelude::*;
use model::record::Route;

/// All routes.
#[utoipa::path(get, path = "/routes", responses((status = 200, body = Page<Route>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Route>>> {
    who.may(P::TrunkRead)?;
    Ok(Json(Page::whole(api.store().routes(who.tenant()).await?)))
}
