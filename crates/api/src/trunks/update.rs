use super::rules::check;
use super::view::{TrunkInput, TrunkView};
use crate::prelude::*;
use engine::Change;
use model::TrunkId;
use store::StoreError;

#[derive(Deserialize, ToSchema)]
pub struct TrunkUpdate {
    /// The revision that was edited; 409 with the current trunk when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    trunk: TrunkInput,
}

/// Writes a trunk whole; a password left out stays as it is.
#[utoipa::path(put, path = "/trunks/{id}", responses((status = 200, body = TrunkView)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<TrunkId>,
    Json(body): Json<TrunkUpdate>,
) -> Answer<Json<TrunkView>> {
    who.may(P::TrunkWrite)?;
    let mut trunk = api.store().trunk(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    check(&body.trunk, trunk.password.as_ref().is_some_and(|p| !p.is_empty()))?;
    let current = TrunkView::of(&api, trunk.clone());
    trunk.revision = body.revision;
    body.trunk.onto(&mut trunk);
    let stored = match api.store().update_trunk(&trunk, api.now()).await {
        Ok(stored) => stored,
        Err(StoreError::Conflict(_)) => return Err(stale(&current)),
        Err(other) => return Err(other.into()),
    };
    let detail = json!({ "name": stored.name, "address": stored.address, "enabled": stored.enabled });
    desk::audit(api.store(), &who.actor, "trunk.update", &format!("trunk:{id}"), detail).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(Json(TrunkView::of(&api, stored)))
}

fn stale(current: &TrunkView) -> Problem {
    let text = Text::new("中继已被他人修改，请核对后再保存", "somebody else has changed the trunk; compare and save again");
    Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(current))
}
