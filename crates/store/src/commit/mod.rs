#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

#[derive(Clone, Debug)]
pub enum Entry { Begin(Box<Begin>), Fact(Box<Fact>) }
#[derive(Debug)]
pub enum Outcome { Begun(DialFacts), Done, /// Nothing was written: a replay, or the record had already ended.
    Ignored(&'static str), /// The floor must treat a Begin as BeginFailed, a Fact as not persisted.
    Failed(StoreError) }
impl Store {
    /// One transaction for the batch; when it fails each entry alone. Answers in order. One call at a time makes sense (group commit).
    pub async fn commit(&self, entries: &[Entry]) -> Vec<Outcome> { entries.iter().map(|_| Outcome::Failed(StoreError::Unbuilt("store"))).collect() }
}

