use crate::prelude::*;
use engine::Change;
use model::RouteId;

/// Deletes a route.
#[utoipa::path(delete, path = "/routes/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<RouteId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    api.store().delete_route(who.tenant(), id).await?;
    desk::audit(api.store(), &who.actor, "route.delete", &format!("route:{id}"), json!({})).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
