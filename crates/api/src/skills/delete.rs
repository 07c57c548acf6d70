use crate::prelude::*;
use model::SkillId;

/// Deletes a skill that no agent has and no group asks for.
#[utoipa::path(delete, path = "/skills/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<SkillId>) -> Answer<StatusCode> {
    who.may(P::AgentWrite)?;
    desk::agent::delete_skill(api.store(), &who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
