use super::OrgUnitInput;
use crate::prelude::*;
use model::record::OrgUnit;

/// Adds a unit, at most 2,000 of them.
#[utoipa::path(post, path = "/org-units", responses((status = 201, body = OrgUnit)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<OrgUnitInput>,
) -> Answer<(StatusCode, Json<OrgUnit>)> {
    who.may(P::UserWrite)?;
    let unit = desk::org::create(api.store(), &who.actor, body.into_wish()).await?;
    api.streams().all_look_again();
    Ok((StatusCode::CREATED, Json(unit)))
}
