#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn create_session(&self, session: &Session) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn session_by_token(&self, token_hash: &str, now: At, ttl_ms: i64) -> Result<Option<(Session, User)>> { Err(StoreError::Unbuilt("store")) }
    pub async fn sessions_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Session>> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_session(&self, token_hash: &str) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_sessions_of(&self, tenant: TenantId, user: UserId) -> Result<u64> { Err(StoreError::Unbuilt("store")) }
}

