use crate::prelude::*;
use model::record::Agent;

/// All agents, by their 工号.
#[utoipa::path(get, path = "/agents", responses((status = 200, body = Page<Agent>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Agent>>> {
    who.may(P::AgentRead)?;
    Ok(Json(Page::whole(api.store().agents(who.tenant()).await?)))
}
