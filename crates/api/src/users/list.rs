use crate::prelude::*;
use model::record::User;

/// All users of the tenant.
#[utoipa::path(get, path = "/users", responses((status = 200, body = Page<User>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<User>>> {
    who.may(P::UserWrite)?;
    Ok(Json(Page::whole(api.store().users(who.tenant()).await?)))
}
