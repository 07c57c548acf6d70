use crate::prelude::*;
use desk::access::{self, UserChange};
use model::record::{Role, Scope, User};
use model::{OrgUnitId, UserId};
use serde::Deserializer;

#[derive(Deserialize, ToSchema)]
pub struct UserChangeBody {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    role: Option<Role>,
    /// False signs the user out everywhere.
    #[serde(default)]
    enabled: Option<bool>,
    /// 部门; null: out of every unit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<OrgUnitId>)]
    unit_id: Option<Option<OrgUnitId>>,
    /// Whose work they see. Absent: a scope that was chosen stays, the role's own follows the role and the unit.
    #[serde(default)]
    scope: Option<Scope>,
}

/// A null that is there says something else than a field that is absent.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<OrgUnitId>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Changes name, role, unit, scope or whether the user may sign in. The last administrator cannot be taken away.
#[utoipa::path(patch, path = "/users/{id}", responses((status = 200, body = User)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<UserId>,
    Json(body): Json<UserChangeBody>,
) -> Answer<Json<User>> {
    who.may(P::UserWrite)?;
    let change = UserChange { name: body.name, role: body.role, enabled: body.enabled, unit_id: body.unit_id, scope: body.scope };
    let user = access::update_user(api.store(), &who.actor, id, change).await?;
    // Another role may see other numbers.
    api.changed(engine::Change::Agents(who.tenant()));
    api.streams().look_again(&format!("user:{id}"));
    Ok(Json(user))
}
