use crate::prelude::*;
use engine::Change;
use model::TrunkId;

/// Deletes a trunk with its routes; calls that are up go on.
#[utoipa::path(delete, path = "/trunks/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<TrunkId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    let trunk = api.store().trunk(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    api.store().delete_trunk(who.tenant(), id, api.now()).await?;
    desk::audit(api.store(), &who.actor, "trunk.delete", &format!("trunk:{id}"), json!({ "name": trunk.name })).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
