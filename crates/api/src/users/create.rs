use crate::prelude::*;
use desk::access::{self, NewUser, Place};
use model::OrgUnitId;
use model::record::{Role, Scope, User};

#[derive(Deserialize, ToSchema)]
pub struct NewUserBody {
    login: String,
    #[serde(default)]
    name: String,
    role: Role,
    /// 部门.
    #[serde(default)]
    unit_id: Option<OrgUnitId>,
    /// Whose work they see; absent: agents `self`, supervisors with a unit `below`, others `all`. `unit` and `below` need a unit.
    #[serde(default)]
    scope: Option<Scope>,
    /// Replaced by the user at the first sign-in.
    password: String,
}

/// Makes a user, who must choose a new password at the first sign-in.
#[utoipa::path(post, path = "/users", responses((status = 201, body = User)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NewUserBody>,
) -> Answer<(StatusCode, Json<User>)> {
    who.may(P::UserWrite)?;
    let name = if body.name.is_empty() { body.login.clone() } else { body.name };
    let new = NewUser { login: body.login, name, password: body.password, role: body.role };
    let place = Place { unit_id: body.unit_id, scope: body.scope };
    let user = access::create_user_at(api.store(), &who.actor, new, place).await?;
    Ok((StatusCode::CREATED, Json(user)))
}
