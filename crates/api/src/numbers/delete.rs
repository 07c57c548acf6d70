use crate::prelude::*;
use engine::Change;
use model::NumberId;

/// Gives a number up.
#[utoipa::path(delete, path = "/numbers/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<NumberId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    api.store().delete_number(who.tenant(), id).await?;
    desk::audit(api.store(), &who.actor, "number.delete", &format!("number:{id}"), json!({})).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
