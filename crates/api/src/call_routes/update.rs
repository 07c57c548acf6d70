use super::input::RouteInput;
use crate::prelude::*;
use engine::Change;
use model::RouteId;
use model::record::Route;

/// Writes a route whole.
#[utoipa::path(put, path = "/routes/{id}", responses((status = 200, body = Route)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<RouteId>,
    Json(body): Json<RouteInput>,
) -> Answer<Json<Route>> {
    who.may(P::TrunkWrite)?;
    if !api.store().routes(who.tenant()).await?.iter().any(|r| r.id == id) {
        return Err(Problem::not_found());
    }
    let route = body.checked(&api, &who).await?.into_route(id, who.tenant());
    api.store().update_route(&route).await?;
    desk::audit(api.store(), &who.actor, "route.update", &format!("route:{id}"), json!(route)).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(Json(route))
}
