//! Users and their password hashes, which never leave this room but for the sign-in.

use crate::db::{Insert, Runs, Sql, columns};
use crate::row::{Cell, Row, cells};
use crate::{Result, Store, StoreError};
use model::record::{OrgUnit, Role, Scope, Tenant, User};
use model::{At, OrgUnitId, TenantId, UserId};

#[derive(Clone, Debug)]
pub struct NewUser {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub unit_id: Option<OrgUnitId>,
    pub scope: Scope,
    pub password_hash: String,
    pub must_change_password: bool,
}

#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub enabled: Option<bool>,
    /// Some(none): out of every unit.
    pub unit_id: Option<Option<OrgUnitId>>,
    pub scope: Option<Scope>,
}

const COUNT_USERS: &str = "SELECT COUNT(*) FROM users";

impl Store {
    /// Whether this installation still waits for its first administrator.
    pub async fn no_users_yet(&self) -> Result<bool> {
        Ok(self.read().cell::<i64>(Sql::new(COUNT_USERS, Vec::new())).await? == Some(0))
    }

    /// Makes tenant 1 and its first administrator, once.
    ///
    /// # Errors
    /// `Conflict` once any user exists, however many ask at the same moment.
    pub async fn create_first_admin(&self, tenant_code: &str, tenant_name: &str, user: NewUser, now: At) -> Result<User> {
        let tx = self.begin().await?;
        // The counter's row is the lock that makes the second asker wait and then find a user.
        tx.exec(Sql::new("UPDATE event_seq SET seq = seq WHERE id = 1", Vec::new())).await?;
        if tx.cell::<i64>(Sql::new(COUNT_USERS, Vec::new())).await? != Some(0) {
            return Err(StoreError::Conflict("the first administrator already exists; sign in"));
        }
        let id = TenantId(1);
        if tx.one::<Tenant>(Sql::new("WHERE id = ?", cells![id])).await?.is_none() {
            let tenant = Tenant { id, code: tenant_code.into(), name: tenant_name.into(), enabled: true, created_at: now };
            tx.insert(Insert::of(&tenant)).await?;
        }
        let user = insert_user(&tx, id, self.new_id(now), user, now).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// The user and the password hash. An empty `tenant_code` means the only tenant there is; who or what is disabled is not
    /// found.
    pub async fn user_for_login(&self, tenant_code: &str, login: &str) -> Result<Option<(User, String)>> {
        let mut sql = Sql::new(
            format!("SELECT {}, u.password_hash FROM users u JOIN tenants t ON t.id = u.tenant_id ", columns::<User>("u.")),
            vec![],
        );
        sql.push("WHERE u.login = ? AND u.enabled AND t.enabled AND ").bind(&login.to_string());
        if tenant_code.is_empty() {
            sql.push("(SELECT COUNT(*) FROM tenants) = 1");
        } else {
            sql.push("t.code = ?").bind(&tenant_code.to_string());
        }
        let Some(row) = self.read().row(sql).await? else { return Ok(None) };
        Ok(Some((User::read(&row)?, String::get(&row, User::COLUMNS.len())?)))
    }

    /// # Errors
    /// `Duplicate` of `login`; `NotFound` the unit that is not the tenant's.
    pub async fn create_user(&self, tenant: TenantId, user: NewUser, now: At) -> Result<User> {
        if let Some(unit) = user.unit_id {
            self.read().must_own::<OrgUnit>(tenant, unit.0, "unit").await?;
        }
        insert_user(&self.write(), tenant, self.new_id(now), user, now).await
    }

    pub async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>> {
        self.read().by_id(tenant, id.0).await
    }

    pub async fn users(&self, tenant: TenantId) -> Result<Vec<User>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY login", cells![tenant])).await
    }

    /// # Errors
    /// `Conflict` when it would leave the tenant without an administrator who may sign in; `NotFound` the unit that is not the
    /// tenant's.
    pub async fn update_user(&self, tenant: TenantId, id: UserId, patch: UserPatch) -> Result<User> {
        let tx = self.begin().await?;
        let sql = "UPDATE users SET name = COALESCE(?, name), role = COALESCE(?, role), enabled = COALESCE(?, enabled), \
                   scope = COALESCE(?, scope) WHERE id = ? AND tenant_id = ?";
        if tx.exec(Sql::new(sql, cells![patch.name, patch.role, patch.enabled, patch.scope, id, tenant])).await? == 0 {
            return Err(StoreError::NotFound("user"));
        }
        if let Some(unit) = patch.unit_id {
            if let Some(unit) = unit {
                tx.must_own::<OrgUnit>(tenant, unit.0, "unit").await?;
            }
            tx.exec(Sql::new("UPDATE users SET unit_id = ? WHERE id = ? AND tenant_id = ?", cells![unit, id, tenant])).await?;
        }
        let admins = "SELECT COUNT(*) FROM users WHERE tenant_id = ? AND role = 'admin' AND enabled";
        if tx.cell::<i64>(Sql::new(admins, cells![tenant])).await? == Some(0) {
            return Err(StoreError::Conflict("the last administrator must stay one and stay enabled"));
        }
        if patch.enabled == Some(false) {
            tx.exec(Sql::new("DELETE FROM sessions WHERE tenant_id = ? AND user_id = ?", cells![tenant, id])).await?;
        }
        let user = tx.by_id(tenant, id.0).await?.ok_or(StoreError::NotFound("user"))?;
        tx.commit().await?;
        Ok(user)
    }

    pub async fn password_hash(&self, tenant: TenantId, id: UserId) -> Result<Option<String>> {
        self.read().cell(Sql::new("SELECT password_hash FROM users WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await
    }

    pub async fn set_password(&self, tenant: TenantId, id: UserId, password_hash: &str, must_change: bool) -> Result<()> {
        let sql = "UPDATE users SET password_hash = ?, must_change_password = ? WHERE id = ? AND tenant_id = ?";
        let values = cells![password_hash.to_string(), must_change, id, tenant];
        if self.write().exec(Sql::new(sql, values)).await? == 0 { Err(StoreError::NotFound("user")) } else { Ok(()) }
    }

    pub async fn user_signed_in(&self, tenant: TenantId, id: UserId, now: At) -> Result<()> {
        let sql = "UPDATE users SET last_login_at = ? WHERE id = ? AND tenant_id = ?";
        self.write().exec(Sql::new(sql, cells![now, id, tenant])).await.map(|_| ())
    }
}

async fn insert_user(db: &impl Runs, tenant: TenantId, id: UserId, new: NewUser, now: At) -> Result<User> {
    let user = User {
        id,
        tenant_id: tenant,
        login: new.login,
        name: new.name,
        role: new.role,
        unit_id: new.unit_id,
        scope: new.scope,
        enabled: true,
        must_change_password: new.must_change_password,
        last_login_at: None,
        created_at: now,
    };
    db.insert(Insert::of(&user).with("password_hash", &new.password_hash)).await?;
    Ok(user)
}
