use super::SkillInput;
use crate::prelude::*;
use model::record::Skill;

/// Adds a skill.
#[utoipa::path(post, path = "/skills", responses((status = 201, body = Skill)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<SkillInput>,
) -> Answer<(StatusCode, Json<Skill>)> {
    who.may(P::AgentWrite)?;
    Ok((StatusCode::CREATED, Json(desk::agent::create_skill(api.store(), &who.actor, &body.name).await?)))
}
