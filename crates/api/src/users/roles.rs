use crate::prelude::*;
use model::record::{Permission, Role};

#[derive(Serialize, ToSchema)]
pub struct RoleView {
    role: Role,
    permissions: Vec<Permission>,
}

/// The roles and their rights.
#[utoipa::path(get, path = "/roles", responses((status = 200, body = Page<RoleView>)))]
pub async fn roles(_who: Principal) -> Json<Page<RoleView>> {
    Json(Page::whole(Role::ALL.iter().map(|&role| RoleView { role, permissions: role.permissions() }).collect()))
}
