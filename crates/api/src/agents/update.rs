use super::input::{AgentInput, shown};
use crate::prelude::*;
use crate::scope::Seen;
use engine::Change;
use model::AgentId;
use model::record::Agent;

#[derive(Deserialize, ToSchema)]
pub struct AgentUpdate {
    /// The revision that was edited; 409 with the current agent when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    agent: AgentInput,
}

/// Writes an agent whole. Switched off, they may finish the call they are in and sign in no more.
#[utoipa::path(put, path = "/agents/{id}", responses((status = 200, body = Agent)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<AgentId>,
    Json(body): Json<AgentUpdate>,
) -> Answer<Json<Agent>> {
    who.may(P::AgentWrite)?;
    let seen = Seen::of(&api, &who).await?;
    let before = api.store().agent(who.tenant(), id).await?.filter(|a| seen.agent(a.id)).ok_or_else(Problem::not_found)?;
    seen.may_place(body.agent.unit_id)?;
    if before.revision != body.revision {
        let text = Text::new("坐席已被他人修改，请核对后再保存", "somebody else has changed the agent; compare and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(shown(&who, before))));
    }
    let wish = body.agent.over(&who, &before).into_wish();
    let stored = desk::agent::update(api.store(), &who.actor, before, body.revision, wish).await?;
    api.changed(Change::Agents(who.tenant()));
    api.changed(Change::Extensions(who.tenant()));
    Ok(Json(shown(&who, stored)))
}
