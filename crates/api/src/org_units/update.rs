use super::OrgUnitInput;
use crate::prelude::*;
use model::OrgUnitId;
use model::record::OrgUnit;

#[derive(Deserialize, ToSchema)]
pub struct OrgUnitUpdate {
    /// The revision that was edited; 409 with the current unit when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    unit: OrgUnitInput,
}

/// Renames a unit, or moves it with all that is below it. Who sees whom follows at once.
#[utoipa::path(put, path = "/org-units/{id}", responses((status = 200, body = OrgUnit)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<OrgUnitId>,
    Json(body): Json<OrgUnitUpdate>,
) -> Answer<Json<OrgUnit>> {
    who.may(P::UserWrite)?;
    let before = api.store().org_unit(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    if before.revision != body.revision {
        let text = Text::new("部门已被他人修改，请核对后再保存", "somebody else has changed the unit; compare and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(before)));
    }
    let stored = desk::org::update(api.store(), &who.actor, before, body.revision, body.unit.into_wish()).await?;
    api.streams().all_look_again();
    Ok(Json(stored))
}
