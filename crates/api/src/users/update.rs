use crate::prelude::*;
use desk::access::{self, UserChange};
use model::UserId;
use model::record::{Role, User};

#[derive(Deserialize, ToSchema)]
pub struct UserChangeBody {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    role: Option<Role>,
    /// False signs the user out everywhere.
    #[serde(default)]
    enabled: Option<bool>,
}

/// Changes name, role or whether the user may sign in. The last administrator cannot be taken away.
#[utoipa::path(patch, path = "/users/{id}", responses((status = 200, body = User)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<UserId>,
    Json(body): Json<UserChangeBody>,
) -> Answer<Json<User>> {
    who.may(P::UserWrite)?;
    let change = UserChange { name: body.name, role: body.role, enabled: body.enabled };
    let user = access::update_user(api.store(), &who.actor, id, change).await?;
    api.streams().look_again(&format!("user:{id}"));
    Ok(Json(user))
}
