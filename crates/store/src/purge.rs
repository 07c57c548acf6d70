#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Copy, Debug)] pub struct PurgePolicy { pub events_keep_ms: i64, pub deliveries_keep_ms: i64 }  // Default 30 and 30 days
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)] pub struct Purged { pub sessions: u64, pub events: u64, pub deliveries: u64, pub login_failures: u64 }
impl Store { pub async fn purge(&self, policy: PurgePolicy, now: At) -> Result<Purged> { Err(StoreError::Unbuilt("store")) } }
