use super::input::RouteInput;
use crate::prelude::*;
use engine::Change;
use model::record::Route;

/// Adds a route.
#[utoipa::path(post, path = "/routes", responses((status = 201, body = Route)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<RouteInput>,
) -> Answer<(StatusCode, Json<Route>)> {
    who.may(P::TrunkWrite)?;
    let route = body.checked(&api, &who).await?.into_route(api.store().new_id(api.now()), who.tenant());
    api.store().insert_route(&route).await?;
    desk::audit(api.store(), &who.actor, "route.create", &format!("route:{}", route.id), json!(route)).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok((StatusCode::CREATED, Json(route)))
}
