use super::{SessionView, view};
use crate::prelude::*;
use crate::principal::Newcomer;

/// Who is signed in; 401 when nobody is.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn get(State(api): State<ApiState>, Newcomer(who): Newcomer) -> Answer<Json<SessionView>> {
    let (user, session) = who.person()?;
    Ok(Json(view(&api, user, session).await?))
}
