use crate::prelude::*;
use desk::access::{self, NewUser};
use model::record::{Role, User};

#[derive(Deserialize, ToSchema)]
pub struct NewUserBody {
    login: String,
    #[serde(default)]
    name: String,
    role: Role,
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
    let user = access::create_user(api.store(), &who.actor, new).await?;
    Ok((StatusCode::CREATED, Json(user)))
}
