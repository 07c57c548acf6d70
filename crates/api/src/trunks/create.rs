use super::rules::check;
use super::view::{TrunkInput, TrunkView};
use crate::prelude::*;
use engine::Change;

/// Adds a trunk; it registers or is probed at once.
#[utoipa::path(post, path = "/trunks", responses((status = 201, body = TrunkView)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<TrunkInput>,
) -> Answer<(StatusCode, Json<TrunkView>)> {
    who.may(P::TrunkWrite)?;
    check(&body, false)?;
    let now = api.now();
    let trunk = body.into_trunk(api.store().new_id(now), who.tenant(), now);
    api.store().insert_trunk(&trunk).await?;
    let detail = json!({ "name": trunk.name, "address": trunk.address });
    desk::audit(api.store(), &who.actor, "trunk.create", &format!("trunk:{}", trunk.id), detail).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok((StatusCode::CREATED, Json(TrunkView::of(&api, trunk))))
}
