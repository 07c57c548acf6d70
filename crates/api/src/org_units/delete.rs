use crate::prelude::*;
use model::OrgUnitId;

/// Deletes a unit that has no units below it, no users and no agents.
#[utoipa::path(delete, path = "/org-units/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<OrgUnitId>) -> Answer<StatusCode> {
    who.may(P::UserWrite)?;
    desk::org::delete(api.store(), &who.actor, id).await?;
    api.streams().all_look_again();
    Ok(StatusCode::NO_CONTENT)
}
