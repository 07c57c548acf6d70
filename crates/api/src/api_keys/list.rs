use crate::prelude::*;
use model::record::ApiKey;

/// All keys, without their secrets.
#[utoipa::path(get, path = "/api-keys", responses((status = 200, body = Page<ApiKey>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<ApiKey>>> {
    who.may(P::KeyWrite)?;
    Ok(Json(Page::whole(api.store().api_keys(who.tenant()).await?)))
}
