use super::input::shown;
use crate::prelude::*;
use model::AgentId;
use model::record::Agent;

/// One agent.
#[utoipa::path(get, path = "/agents/{id}", responses((status = 200, body = Agent)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<AgentId>) -> Answer<Json<Agent>> {
    who.may(P::AgentRead)?;
    let agent = api.store().agent(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(shown(&who, agent)))
}
