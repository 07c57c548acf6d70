use crate::prelude::*;
use model::record::Queue;

/// All groups, by name; also for those who draw flows.
#[utoipa::path(get, path = "/queues", responses((status = 200, body = Page<Queue>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Queue>>> {
    who.may(P::AgentRead).or_else(|refused| who.may(P::FlowRead).map_err(|_| refused))?;
    Ok(Json(Page::whole(api.store().queues(who.tenant()).await?)))
}
