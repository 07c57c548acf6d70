#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store { pub async fn caller_facts(&self, tenant: TenantId, phone: &str, now: At) -> Result<CallerFacts> { Err(StoreError::Unbuilt("store")) } }

