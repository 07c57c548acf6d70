use super::SkillInput;
use crate::prelude::*;
use model::SkillId;
use model::record::Skill;

/// Renames a skill.
#[utoipa::path(put, path = "/skills/{id}", responses((status = 200, body = Skill)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<SkillId>,
    Json(body): Json<SkillInput>,
) -> Answer<Json<Skill>> {
    who.may(P::AgentWrite)?;
    Ok(Json(desk::agent::rename_skill(api.store(), &who.actor, id, &body.name).await?))
}
