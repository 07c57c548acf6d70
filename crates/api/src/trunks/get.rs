use super::TrunkView;
use crate::prelude::*;
use model::TrunkId;

/// One trunk with its state.
#[utoipa::path(get, path = "/trunks/{id}", responses((status = 200, body = TrunkView)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<TrunkId>) -> Answer<Json<TrunkView>> {
    who.may(P::TrunkRead)?;
    let trunk = api.store().trunk(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(TrunkView::of(&api, trunk)))
}
