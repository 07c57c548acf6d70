use crate::prelude::*;
use model::record::Flow;

/// All flows of the tenant.
#[utoipa::path(get, path = "/flows", responses((status = 200, body = Page<Flow>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Flow>>> {
    who.may(P::FlowRead)?;
    Ok(Json(Page::whole(api.store().flows(who.tenant()).await?)))
}
