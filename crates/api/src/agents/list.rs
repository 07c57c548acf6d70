use super::input::shown;
use crate::prelude::*;
use crate::scope::Seen;
use model::record::Agent;

/// All agents whom one sees, by their 工号.
#[utoipa::path(get, path = "/agents", responses((status = 200, body = Page<Agent>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Agent>>> {
    who.may(P::AgentRead)?;
    let seen = Seen::of(&api, &who).await?;
    let mut agents = api.store().agents(who.tenant()).await?;
    agents.retain(|agent| seen.agent(agent.id));
    Ok(Json(Page::whole(agents.into_iter().map(|a| shown(&who, a)).collect())))
}
