use super::input::{AgentInput, shown};
use crate::prelude::*;
use crate::scope::Seen;
use engine::Change;
use model::record::Agent;

/// Adds an agent. The phone in the page is made when they first sign in there.
#[utoipa::path(post, path = "/agents", responses((status = 201, body = Agent)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<AgentInput>,
) -> Answer<(StatusCode, Json<Agent>)> {
    who.may(P::AgentWrite)?;
    Seen::of(&api, &who).await?.may_place(body.unit_id)?;
    let agent = desk::agent::create(api.store(), &who.actor, body.into_wish()).await?;
    api.changed(Change::Agents(who.tenant()));
    Ok((StatusCode::CREATED, Json(shown(&who, agent))))
}
