use super::TrunkView;
use crate::prelude::*;

/// All trunks with their state.
#[utoipa::path(get, path = "/trunks", responses((status = 200, body = Page<TrunkView>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<TrunkView>>> {
    who.may(P::TrunkRead)?;
    let trunks = api.store().trunks(who.tenant()).await?;
    Ok(Json(Page::whole(trunks.into_iter().map(|t| TrunkView::of(&api, t)).collect())))
}
