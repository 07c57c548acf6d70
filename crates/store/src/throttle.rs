#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginFailures { pub count: u32, pub last_at: Option<At> }
impl Store {
    /// `key`: what is throttled, e.g. `login:acme/anna` or `ip:192.0.2.1`. Failures before `since` are forgotten.
    pub async fn login_failures(&self, key: &str, since: At) -> Result<LoginFailures> { Err(StoreError::Unbuilt("store")) }
    pub async fn login_failed(&self, key: &str, since: At, now: At) -> Result<LoginFailures> { Err(StoreError::Unbuilt("store")) }
    pub async fn clear_login_failures(&self, key: &str) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}

