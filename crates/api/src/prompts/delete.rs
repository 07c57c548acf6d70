use super::{load, uses};
use crate::prelude::*;
use engine::Change;
use model::PromptId;

/// Deletes a prompt that no flow uses; 409 with the flows otherwise.
#[utoipa::path(delete, path = "/prompts/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<PromptId>) -> Answer<StatusCode> {
    who.may(P::PromptWrite)?;
    let prompt = load(&api, &who, id).await?;
    uses::refuse_if_used(&api, &who, &prompt.name).await?;
    api.store().delete_prompt(who.tenant(), id).await?;
    desk::audit(api.store(), &who.actor, "prompt.delete", &format!("prompt:{id}"), json!({ "name": prompt.name })).await?;
    api.changed(Change::Prompts(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
