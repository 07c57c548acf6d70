use super::input::shown;
use crate::prelude::*;
use crate::scope::Seen;
use model::AgentId;
use model::record::Agent;

/// One agent.
#[utoipa::path(get, path = "/agents/{id}", responses((status = 200, body = Agent)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<AgentId>) -> Answer<Json<Agent>> {
    who.may(P::AgentRead)?;
    let seen = Seen::of(&api, &who).await?;
    let agent = api.store().agent(who.tenant(), id).await?.filter(|a| seen.agent(a.id)).ok_or_else(Problem::not_found)?;
    Ok(Json(shown(&who, agent)))
}
