//! Bearer keys for machines: `flk_…`, shown once.

use super::{hash_of, random_secret};
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{ApiKey, Permission};
use model::{ApiKeyId, At, UserId};
use serde::Deserialize;
use serde_json::json;
use store::Store;

const PREFIX: &str = "flk_";

#[derive(Clone, Debug, Deserialize)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Permission>,
    #[serde(default)]
    pub expires_at: Option<At>,
}

/// The key and its secret, which is not stored.
///
/// # Errors
/// No right, no name, no scope, or a scope the maker does not have.
pub async fn create_key(store: &Store, actor: &Actor, new: NewKey) -> Result<(ApiKey, String)> {
    actor.require(Permission::KeyWrite)?;
    let name: String = new.name.trim().chars().take(64).collect();
    if name.is_empty() {
        return Err(DeskError::invalid("name_missing", "name", "请填写密钥名称", "give the key a name"));
    }
    if new.scopes.is_empty() {
        return Err(DeskError::invalid("scopes_missing", "scopes", "请至少勾选一项权限", "choose at least one scope"));
    }
    let at = now();
    if new.expires_at.is_some_and(|e| e <= at) {
        return Err(DeskError::invalid("expires_in_past", "expires_at", "到期时间要晚于现在", "the expiry lies in the past"));
    }
    for scope in &new.scopes {
        actor.require(*scope)?;
    }
    let secret = format!("{PREFIX}{}", random_secret());
    let key = ApiKey {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        name,
        prefix: secret.chars().take(12).collect(),
        scopes: new.scopes,
        enabled: true,
        last_used_at: None,
        expires_at: new.expires_at,
        // A key made by a key ends with the person behind both.
        created_by: actor.answers.unwrap_or(UserId(0)),
        created_at: at,
    };
    store.create_api_key(&key, &hash_of(&secret)).await?;
    audit(store, actor, "key.create", &format!("key:{}", key.id), json!({"name": key.name, "scopes": key.scopes})).await?;
    Ok((key, secret))
}

/// # Errors
/// No right, no such key.
pub async fn revoke_key(store: &Store, actor: &Actor, id: ApiKeyId) -> Result<()> {
    actor.require(Permission::KeyWrite)?;
    store.delete_api_key(actor.tenant, id).await?;
    audit(store, actor, "key.revoke", &format!("key:{id}"), json!({})).await
}

/// The key of a secret, enabled and unexpired as its maker is, with the scopes the maker still has.
///
/// # Errors
/// The store's.
pub async fn api_key(store: &Store, secret: &str) -> Result<Option<ApiKey>> {
    if !secret.starts_with(PREFIX) || secret.len() > 100 {
        return Ok(None);
    }
    Ok(store.api_key_by_hash(&hash_of(secret), now()).await?)
}
