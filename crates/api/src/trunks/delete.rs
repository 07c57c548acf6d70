use crate::campaigns::refuse_if_needed;
use crate::prelude::*;
use engine::Change;
use model::TrunkId;
use model::record::Campaign;

/// Deletes a trunk with its routes; calls that are up go on. 409 while a campaign under way has no other.
#[utoipa::path(delete, path = "/trunks/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<TrunkId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    let trunk = api.store().trunk(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let enabled = api.store().trunks(who.tenant()).await?.into_iter().filter(|t| t.enabled && t.id != id);
    let others: Vec<TrunkId> = enabled.map(|t| t.id).collect();
    let allowed = |c: &Campaign| c.trunk_ids.is_empty() || c.trunk_ids.contains(&id);
    let has_other = |c: &Campaign| others.iter().any(|t| c.trunk_ids.is_empty() || c.trunk_ids.contains(t));
    refuse_if_needed(&api, &who, "trunk_in_use", |c| allowed(c) && !has_other(c)).await?;
    api.store().delete_trunk(who.tenant(), id, api.now()).await?;
    desk::audit(api.store(), &who.actor, "trunk.delete", &format!("trunk:{id}"), json!({ "name": trunk.name })).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
