//! Accounts: the first administrator, and those an administrator makes.

use super::{password, throttle};
use crate::error::Issues;
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{Permission, Role, Scope, Session, Tenant, User};
use model::{At, OrgUnitId, TenantId, UserId};
use serde::Deserialize;
use serde_json::json;
use store::{Store, UserPatch};

#[derive(Clone, Deserialize)]
pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: String,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("login", &self.login).field("role", &self.role).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct UserChange {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub enabled: Option<bool>,
    /// Some(none): out of every unit.
    pub unit_id: Option<Option<OrgUnitId>>,
    pub scope: Option<Scope>,
}

/// Where somebody stands in the organisation; without a scope the role's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub unit_id: Option<OrgUnitId>,
    pub scope: Option<Scope>,
}

impl Place {
    async fn checked(self, store: &Store, tenant: TenantId) -> Result<()> {
        let mut issues = Issues::default();
        if let Some(id) = self.unit_id {
            let known = store.org_unit(tenant, id).await?.is_some();
            issues.unless(known, "unit_id", crate::org::NO_UNIT.0, crate::org::NO_UNIT.1);
        } else {
            issues.unless(
                !self.scope.is_some_and(Scope::needs_unit),
                "unit_id",
                "数据范围为本部门时必须选择部门，请选择部门，或改为“仅本人”“全部”",
                "this scope needs a unit: choose one, or make the scope `self` or `all`",
            );
        }
        issues.done()
    }
}

async fn checked(new: NewUser, place: Place, must_change_password: bool) -> Result<store::NewUser> {
    let login = new.login.trim().to_owned();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if !(2..=64).contains(&login.chars().count()) || !login.chars().all(fits) {
        return Err(DeskError::invalid(
            "login_invalid",
            "login",
            "登录名 2–64 个字符，只能用字母、汉字、数字和 . _ - @",
            "a login has 2–64 letters, digits or . _ - @",
        ));
    }
    password::check_policy(&new.password, &login)?;
    let name = if new.name.trim().is_empty() { login.clone() } else { new.name.trim().chars().take(64).collect() };
    let password_hash = password::hash(&new.password).await?;
    let scope = place.scope.unwrap_or_else(|| Scope::of(new.role, place.unit_id.is_some()));
    Ok(store::NewUser { login, name, role: new.role, unit_id: place.unit_id, scope, password_hash, must_change_password })
}

/// # Errors
/// The store's.
pub async fn needs_first_admin(store: &Store) -> Result<bool> {
    Ok(store.no_users_yet().await?)
}

/// Whose everything is until another tenant is made.
pub fn first_tenant(created_at: At) -> Tenant {
    Tenant { id: TenantId(1), code: "default".into(), name: "默认租户".into(), enabled: true, created_at }
}

/// The first run: makes the first tenant, where there is none, and its administrator.
///
/// # Errors
/// A conflict once anybody exists.
pub async fn create_first_admin(store: &Store, new: NewUser, remote_ip: &str) -> Result<User> {
    if !store.no_users_yet().await? {
        return Err(DeskError::conflict(
            "already_set_up",
            "系统已有管理员，请直接登录",
            "an administrator exists already; sign in",
        ));
    }
    let new = checked(NewUser { role: Role::Admin, ..new }, Place::default(), false).await?;
    let tenant = first_tenant(now());
    let user = store.create_first_admin(&tenant.code, &tenant.name, new, tenant.created_at).await?;
    audit(
        store,
        &Actor::user(&user, remote_ip),
        "user.create_first_admin",
        &format!("user:{}", user.id),
        json!({"login": user.login}),
    )
    .await?;
    Ok(user)
}

/// # Errors
/// No right, a login that is taken, a weak password.
pub async fn create_user(store: &Store, actor: &Actor, new: NewUser) -> Result<User> {
    create_user_at(store, actor, new, Place::default()).await
}

/// # Errors
/// As for [`create_user`]; a unit that is not the tenant's, a scope that needs one.
pub async fn create_user_at(store: &Store, actor: &Actor, new: NewUser, place: Place) -> Result<User> {
    actor.require(Permission::UserWrite)?;
    place.checked(store, actor.tenant).await?;
    let user = store.create_user(actor.tenant, checked(new, place, true).await?, now()).await?;
    let detail = json!({"login": user.login, "role": user.role, "unit_id": user.unit_id, "scope": user.scope});
    audit(store, actor, "user.create", &format!("user:{}", user.id), detail).await?;
    Ok(user)
}

/// # Errors
/// No right, no such user, a unit that is not the tenant's, a scope that needs one, or the change would lock the last
/// administrator out.
pub async fn update_user(store: &Store, actor: &Actor, id: UserId, change: UserChange) -> Result<User> {
    actor.require(Permission::UserWrite)?;
    let loses_admin = change.enabled == Some(false) || change.role.is_some_and(|r| r != Role::Admin);
    if loses_admin {
        let users = store.users(actor.tenant).await?;
        let mut admins = users.iter().filter(|u| u.role == Role::Admin && u.enabled);
        if admins.clone().count() == 1 && admins.any(|u| u.id == id) {
            return Err(DeskError::conflict(
                "last_admin",
                "这是最后一个管理员，请先设置另一个管理员",
                "this is the last administrator; make another one first",
            ));
        }
    }
    let place = moved(store, actor, id, &change).await?;
    let patch = UserPatch {
        name: change.name.clone(),
        role: change.role,
        enabled: change.enabled,
        unit_id: change.unit_id,
        scope: place.scope,
    };
    let user = store.update_user(actor.tenant, id, patch).await?;
    if loses_admin {
        store.delete_sessions_of(actor.tenant, id).await?;
    }
    audit(
        store,
        actor,
        "user.update",
        &format!("user:{id}"),
        json!({
            "name": change.name, "role": change.role, "enabled": change.enabled, "unit_id": user.unit_id, "scope": user.scope,
        }),
    )
    .await?;
    Ok(user)
}

/// Where the user stands after the change. A scope that somebody chose stays; the role's own follows the role and the unit.
async fn moved(store: &Store, actor: &Actor, id: UserId, change: &UserChange) -> Result<Place> {
    let before = store.user(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("用户", "user"))?;
    let unit_id = change.unit_id.unwrap_or(before.unit_id);
    let of = |role, unit: Option<OrgUnitId>| Scope::of(role, unit.is_some());
    let own = before.scope == of(before.role, before.unit_id);
    let kept = if own { of(change.role.unwrap_or(before.role), unit_id) } else { before.scope };
    let place = Place { unit_id, scope: Some(change.scope.unwrap_or(kept)) };
    place.checked(store, actor.tenant).await?;
    Ok(place)
}

/// By an administrator: the user must choose a new one at the next sign-in.
///
/// # Errors
/// No right, no such user, a weak password.
pub async fn reset_password(store: &Store, actor: &Actor, id: UserId, new: &str) -> Result<()> {
    actor.require(Permission::UserWrite)?;
    let user = store.user(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("用户", "user"))?;
    password::check_policy(new, &user.login)?;
    store.set_password(actor.tenant, id, &password::hash(new).await?, true).await?;
    store.delete_sessions_of(actor.tenant, id).await?;
    audit(store, actor, "user.reset_password", &format!("user:{id}"), json!({})).await
}

/// One's own. Ends all of the user's sessions: the api signs in anew.
///
/// # Errors
/// The old password is wrong, the new one weak or the same. Wrong old ones count as failed sign-ins, and the last free one
/// ends the session: whoever sits at somebody's open page does not guess on.
pub async fn change_password(store: &Store, actor: &Actor, session: &Session, old: &str, new: &str) -> Result<()> {
    let not_a_user =
        || DeskError::invalid("not_a_user", "password", "只有登录用户可以修改自己的密码", "only a signed-in user has a password");
    let id = actor.user.ok_or_else(not_a_user)?;
    let user = store.user(actor.tenant, id).await?.ok_or_else(not_a_user)?;
    prove(store, actor, &user, session, old).await?;
    if old == new {
        return Err(DeskError::invalid("password_same", "password", "新密码不能与原密码相同", "the new password is the old one"));
    }
    password::check_policy(new, &user.login)?;
    store.set_password(actor.tenant, id, &password::hash(new).await?, false).await?;
    store.delete_sessions_of(actor.tenant, id).await?;
    audit(store, actor, "user.change_password", &format!("user:{id}"), json!({})).await
}

async fn prove(store: &Store, actor: &Actor, user: &User, session: &Session, password: &str) -> Result<()> {
    let guess = throttle::guess(store, Some(user.tenant_id), &user.login, &actor.remote_ip).await?;
    match password::verify(password, store.password_hash(user.tenant_id, user.id).await?).await {
        Ok(true) => guess.right().await,
        Ok(false) if guess.was_last() => {
            store.delete_session(&session.token_hash).await?;
            Err(DeskError::new(
                Kind::Unauthenticated,
                "session_ended",
                "原密码多次不正确，已退出登录，请重新登录",
                "the old password was wrong too often: you are signed out; sign in again",
            ))
        }
        Ok(false) => Err(DeskError::invalid("password_wrong", "old_password", "原密码不正确", "the old password is wrong")),
        Err(e) => guess.not_made().await.and(Err(e)),
    }
}
