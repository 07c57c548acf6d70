use crate::prelude::*;
use desk::access;

#[derive(Serialize, ToSchema)]
pub struct SetupState {
    /// True until the first administrator exists.
    needed: bool,
}

/// Whether the first administrator is still to be made.
#[utoipa::path(get, path = "/setup", responses((status = 200, body = SetupState)))]
pub async fn get(State(api): State<ApiState>) -> Answer<Json<SetupState>> {
    Ok(Json(SetupState { needed: access::needs_first_admin(api.store()).await? }))
}
