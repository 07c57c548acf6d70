use crate::prelude::*;
use model::record::Ban;

/// The addresses banned now, the newest first.
#[utoipa::path(get, path = "/bans", responses((status = 200, body = Page<Ban>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Ban>>> {
    who.may(P::SettingsWrite)?;
    Ok(Json(Page::whole(api.engine().bans())))
}
