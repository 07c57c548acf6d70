use crate::prelude::*;
use model::record::Skill;

/// All skills, by name; also for those who draw flows.
#[utoipa::path(get, path = "/skills", responses((status = 200, body = Page<Skill>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Skill>>> {
    who.may(P::AgentRead).or_else(|refused| who.may(P::FlowRead).map_err(|_| refused))?;
    Ok(Json(Page::whole(api.store().skills(who.tenant()).await?)))
}
