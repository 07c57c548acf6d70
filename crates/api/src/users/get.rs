use crate::prelude::*;
use model::UserId;
use model::record::User;

/// One user.
#[utoipa::path(get, path = "/users/{id}", responses((status = 200, body = User)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<UserId>) -> Answer<Json<User>> {
    who.may(P::UserWrite)?;
    api.store().user(who.tenant(), id).await?.map(Json).ok_or_else(Problem::not_found)
}
