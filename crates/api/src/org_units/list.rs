use crate::prelude::*;
use model::record::OrgUnit;

/// The tree, flat: every unit names its parent. By name.
#[utoipa::path(get, path = "/org-units", responses((status = 200, body = Page<OrgUnit>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<OrgUnit>>> {
    who.may(P::AgentRead).or_else(|refused| who.may(P::UserWrite).map_err(|_| refused))?;
    Ok(Json(Page::whole(api.store().org_units(who.tenant()).await?)))
}
