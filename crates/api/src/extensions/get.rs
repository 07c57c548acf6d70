use super::view::ExtensionView;
use crate::prelude::*;
use model::ExtensionId;

/// One extension with the phones registered now.
#[utoipa::path(get, path = "/extensions/{id}", responses((status = 200, body = ExtensionView)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<ExtensionId>) -> Answer<Json<ExtensionView>> {
    who.may(P::TrunkRead)?;
    let extension = api.store().extension(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(ExtensionView::of(extension, &api.engine().registrations())))
}
