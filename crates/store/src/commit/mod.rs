//! What the floor wants written, many calls in one transaction (group commit): one flush to the disk serves them all.

mod agents;
mod begin;
mod describe;
mod ended;
mod fact;

pub(crate) use describe::expired as expired_event;
pub(crate) use fact::NewResult;

use crate::caller_id::Uses;
use crate::db::{Runs as _, Sql, Tx};
use crate::refusal::Refusals;
use crate::row::cells;
use crate::tally::Tallies;
use crate::{Result, Store, StoreError};
use model::fact::{Begin, Fact};
use model::record::{Campaign, DialFacts, LeadList};
use model::{At, CampaignId, LeadListId, TenantId};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub enum Entry {
    Begin(Box<Begin>),
    Fact(Box<Fact>),
}

#[derive(Debug)]
pub enum Outcome {
    Begun(DialFacts),
    Done,
    /// Nothing was written: a replay, or the record had already ended. For the asker as good as `Done`.
    Ignored(&'static str),
    /// Nothing was written. The floor must treat a `Begin` as failed and a `Fact` as not persisted.
    Failed(StoreError),
}

/// Tries of a single entry that met a lock of another process.
const TRIES: usize = 3;

impl Store {
    /// One transaction for the batch; when it fails each entry alone, so that a bad one does not sink the others. Answers
    /// in order. An entry that was written before is recognised and not written again.
    pub async fn commit(&self, entries: &[Entry]) -> Vec<Outcome> {
        let _turn = self.inner.commit_turn.lock().await;
        match self.commit_all(entries).await {
            Ok(outcomes) => outcomes,
            Err(StoreError::Full) => entries.iter().map(|_| Outcome::Failed(StoreError::Full)).collect(),
            Err(e) => {
                tracing::warn!(error = %e, entries = entries.len(), "batch failed; writing its entries one by one");
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    outcomes.push(self.commit_one(entry).await);
                }
                outcomes
            }
        }
    }

    async fn commit_one(&self, entry: &Entry) -> Outcome {
        let mut last = StoreError::Busy;
        for _ in 0..TRIES {
            match self.commit_all(std::slice::from_ref(entry)).await {
                Ok(mut outcomes) => return outcomes.pop().unwrap_or(Outcome::Done),
                Err(e) if e.is_passing() => last = e,
                Err(e) => return Outcome::Failed(e),
            }
        }
        Outcome::Failed(last)
    }

    async fn commit_all(&self, entries: &[Entry]) -> Result<Vec<Outcome>> {
        let mut batch = Batch::begin(self).await?;
        let mut outcomes = Vec::with_capacity(entries.len());
        for entry in entries {
            outcomes.push(match entry {
                Entry::Begin(begin) => Box::pin(batch.begin_attempt(begin)).await?,
                Entry::Fact(fact) => Box::pin(batch.fact(fact)).await?,
            });
        }
        batch.commit().await?;
        Ok(outcomes)
    }
}

/// One transaction over many entries.
pub(crate) struct Batch {
    pub tx: Tx,
    pub tallies: Tallies,
    pub refusals: Refusals,
    pub uses: Uses,
    campaigns: BTreeMap<CampaignId, Arc<Campaign>>,
    lists: BTreeMap<LeadListId, Option<Arc<LeadList>>>,
    lockouts: BTreeMap<TenantId, u32>,
    store: Store,
}

impl Batch {
    pub async fn begin(store: &Store) -> Result<Self> {
        Ok(Self {
            tx: store.begin().await?,
            tallies: Tallies::default(),
            refusals: Refusals::default(),
            uses: Uses::default(),
            campaigns: BTreeMap::new(),
            lists: BTreeMap::new(),
            lockouts: BTreeMap::new(),
            store: store.clone(),
        })
    }

    pub async fn commit(mut self) -> Result<()> {
        self.tallies.write(&self.tx).await?;
        self.refusals.write(&self.tx).await?;
        self.uses.write(&self.tx).await?;
        self.tx.commit().await.map(|_| ())
    }

    pub fn new_id(&self, at: At) -> i64 {
        self.store.new_id(at)
    }

    /// Hours for which an abandoned number is left alone; read once a batch.
    pub async fn lockout_h(&mut self, tenant: TenantId) -> Result<u32> {
        if let Some(known) = self.lockouts.get(&tenant) {
            return Ok(*known);
        }
        let lockout_h = self.store.settings(tenant).await?.compliance.lockout_h;
        self.lockouts.insert(tenant, lockout_h);
        Ok(lockout_h)
    }

    /// Read once a batch.
    pub async fn campaign(&mut self, tenant: TenantId, id: CampaignId) -> Result<Option<Arc<Campaign>>> {
        if let Some(known) = self.campaigns.get(&id) {
            return Ok(Some(Arc::clone(known)));
        }
        let found: Option<Campaign> = self.tx.one(Sql::new("WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await?;
        let found = found.map(Arc::new);
        if let Some(campaign) = &found {
            self.campaigns.insert(id, Arc::clone(campaign));
        }
        Ok(found)
    }

    /// Read once a batch; none when it was removed.
    pub async fn list(&mut self, tenant: TenantId, id: LeadListId) -> Result<Option<Arc<LeadList>>> {
        if let Some(known) = self.lists.get(&id) {
            return Ok(known.clone());
        }
        let found: Option<LeadList> = self.tx.by_id(tenant, id.0).await?;
        let found = found.map(Arc::new);
        self.lists.insert(id, found.clone());
        Ok(found)
    }
}
