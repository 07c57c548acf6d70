use super::view::ExtensionView;
use crate::prelude::*;

/// All extensions with the phones registered now.
#[utoipa::path(get, path = "/extensions", responses((status = 200, body = Page<ExtensionView>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<ExtensionView>>> {
    who.may(P::TrunkRead)?;
    let registered = api.engine().registrations();
    let all = api.store().extensions(who.tenant()).await?;
    Ok(Json(Page::whole(all.into_iter().map(|e| ExtensionView::of(e, &registered)).collect())))
}
