//! Who asks, and the log of what was asked.

use crate::{DeskError, Kind, Result};
use model::record::{ApiKey, Permission, User};
use model::{TenantId, UserId};
use std::collections::BTreeSet;
use store::{NewAudit, Store};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub tenant: TenantId,
    /// None for keys and the system itself.
    pub user: Option<UserId>,
    /// The person behind it: the user itself, or the maker of the key.
    pub answers: Option<UserId>,
    /// `user:<login>`, `key:<name>` or `system`.
    pub name: String,
    pub remote_ip: String,
    pub permissions: BTreeSet<Permission>,
}

impl Actor {
    pub fn system(tenant: TenantId) -> Self {
        Self {
            tenant,
            user: None,
            answers: None,
            name: "system".into(),
            remote_ip: String::new(),
            permissions: Permission::ALL.iter().copied().collect(),
        }
    }

    pub fn user(user: &User, remote_ip: &str) -> Self {
        Self {
            tenant: user.tenant_id,
            user: Some(user.id),
            answers: Some(user.id),
            name: format!("user:{}", user.login),
            remote_ip: remote_ip.into(),
            permissions: user.role.permissions().into_iter().collect(),
        }
    }

    pub fn key(key: &ApiKey, remote_ip: &str) -> Self {
        Self {
            tenant: key.tenant_id,
            user: None,
            answers: Some(key.created_by).filter(|maker| *maker != UserId(0)),
            name: format!("key:{}", key.name),
            remote_ip: remote_ip.into(),
            permissions: key.scopes.iter().copied().collect(),
        }
    }

    pub fn can(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// # Errors
    /// Forbidden, naming the right that is missing.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.can(permission) {
            return Ok(());
        }
        let code = permission.code();
        Err(DeskError::new(
            Kind::Forbidden,
            "forbidden",
            format!("没有“{code}”权限，请联系管理员"),
            format!("the right {code} is missing; ask an administrator"),
        ))
    }
}

/// Appends to the log of who did what. `detail` holds no secrets.
///
/// # Errors
/// The store's.
pub async fn audit(store: &Store, actor: &Actor, action: &str, target: &str, detail: serde_json::Value) -> Result<()> {
    let entry = NewAudit {
        tenant_id: actor.tenant,
        actor: actor.name.clone(),
        remote_ip: actor.remote_ip.clone(),
        action: action.into(),
        target: target.into(),
        detail,
    };
    store.audit(entry, crate::now()).await?;
    Ok(())
}
