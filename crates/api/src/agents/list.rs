use super::input::shown;
use crate::prelude::*;
use model::record::Agent;

/// All agents, by their 工号.
#[utoipa::path(get, path = "/agents", responses((status = 200, body = Page<Agent>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Agent>>> {
    who.may(P::AgentRead)?;
    let agents = api.store().agents(who.tenant()).await?;
    Ok(Json(Page::whole(agents.into_iter().map(|a| shown(&who, a)).collect())))
}
