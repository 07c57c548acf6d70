#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub struct NewUser { pub login: String, pub name: String, pub role: Role, pub password_hash: String, pub must_change_password: bool }
#[derive(Clone, Debug, Default)]
pub struct UserPatch { pub name: Option<String>, pub role: Option<Role>, pub enabled: Option<bool> }
impl Store {
    pub async fn no_users_yet(&self) -> Result<bool> { Err(StoreError::Unbuilt("store")) }
    pub async fn create_first_admin(&self, tenant_code: &str, tenant_name: &str, user: NewUser, now: At) -> Result<User> { Err(StoreError::Unbuilt("store")) }
    pub async fn user_for_login(&self, tenant_code: &str, login: &str) -> Result<Option<(User, String)>> { Err(StoreError::Unbuilt("store")) }
    pub async fn create_user(&self, tenant: TenantId, user: NewUser, now: At) -> Result<User> { Err(StoreError::Unbuilt("store")) }
    pub async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>> { Err(StoreError::Unbuilt("store")) }
    pub async fn users(&self, tenant: TenantId) -> Result<Vec<User>> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_user(&self, tenant: TenantId, id: UserId, patch: UserPatch) -> Result<User> { Err(StoreError::Unbuilt("store")) }
    pub async fn password_hash(&self, tenant: TenantId, id: UserId) -> Result<Option<String>> { Err(StoreError::Unbuilt("store")) }
    pub async fn set_password(&self, tenant: TenantId, id: UserId, password_hash: &str, must_change: bool) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn user_signed_in(&self, tenant: TenantId, id: UserId, now: At) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}

