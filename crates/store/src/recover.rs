#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered { pub leads_released: u64, /// Attempts found open, now ended, with what they were ended as.
    pub attempts: Vec<(AttemptId, Disposition)> }
impl Store { pub async fn recover(&self, now: At) -> Result<Recovered> { Err(StoreError::Unbuilt("store")) } }

