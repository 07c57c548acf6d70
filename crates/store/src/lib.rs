//! The store: every record in SQL (SQLite or PostgreSQL, one schema), the outbox and the bus of domain events, reports,
//! and blobs in a directory. It keeps the books and decides nothing.
//!
//! May use `model` alone of our rooms. Time is a parameter everywhere; a row belongs to a tenant and is found by it, except
//! in the methods made for the engine. Writes that belong together share one transaction with their events.
//!
//! To add a record: `docs/adding-a-record.md`. To add a report: `docs/adding-a-report.md`. SQL that differs between the
//! engines lives in `dialect.rs` alone. Bodies run once for both engines in `tests/`.

mod agent;
mod answer;
mod api_key;
mod audit;
mod blob;
mod booking;
mod bus;
mod call;
mod caller;
mod caller_id;
mod campaign;
mod claim;
mod commit;
mod consent;
mod customer;
mod db;
mod delivery;
mod dial;
mod dialect;
mod error;
mod event;
mod extension;
mod fingerprint;
mod flow;
mod history;
mod import;
mod lead;
mod lead_agent;
mod lead_expiry;
mod lead_list;
mod lead_past;
mod ledger;
mod list;
mod mail;
mod migration;
mod number;
mod order;
mod org;
mod pacer;
mod page;
mod past;
mod pool;
mod product;
mod prompt;
mod purge;
mod queue;
mod recording;
mod recover;
mod refusal;
pub mod report;
mod route;
mod row;
mod session;
mod settings;
mod sip_trace;
mod sms;
mod table;
mod tally;
mod tenant;
mod throttle;
mod trunk;
mod user;
mod webhook;
mod work;

pub use audit::{AuditFilter, NewAudit};
pub use booking::{Booked, BookingFilter, BookingPatch, BookingRules, NewBooking, Outgoing, Sent};
pub use bus::Bus;
pub use call::CallFilter;
pub use campaign::{CampaignFilter, StatusChange};
pub use claim::Claim;
pub use commit::{Entry, Outcome};
pub use consent::NewConsent;
pub use customer::{CustomerFilter, Passed};
pub use delivery::{DeliveryFilter, DueDelivery};
pub use error::{Result, StoreError};
pub use flow::PublishedFlow;
pub use import::RejectedRow;
pub use lead::{LeadFilter, LeadPatch, LeadSelection, LeadsCopied, LeadsRemoved, NewLead};
pub use lead_list::ListCounts;
pub use lead_past::{Before, Dedupe, Repeat};
pub use list::{EVERYWHERE, NewListEntry, Place};
pub use mail::MailFilter;
pub use order::OrderFilter;
pub use page::{Page, PageQuery};
pub use pool::{PoolFilter, PoolRefusal};
pub use purge::{PurgePolicy, Purged};
pub use recover::Recovered;
pub use report::{Column, ColumnKind, ReportInfo, ReportParams, ReportTable};
pub use sms::SmsFilter;
pub use throttle::{LoginFailures, LoginLimit, LoginTry, LoginTurn, Pause};
pub use user::{NewUser, UserPatch};
pub use work::{TakenDown, WorkSave};

use db::{Db, Runs as _, Sql};
use model::{At, IdGen, IdLane};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the books are kept.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:///abs/path.db`, `sqlite://rel/path.db` or `postgres://user:password@host/database`.
    pub url: String,
    /// Directory of the blobs.
    pub data_dir: PathBuf,
    /// Reading connections, 1–64.
    pub readers: u32,
}

impl StoreConfig {
    pub fn new(url: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self { url: url.into(), data_dir: data_dir.into(), readers: 4 }
    }
}

/// A handle on the books; clones share everything.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    bus: Bus,
    ids: Mutex<IdGen>,
    data_dir: PathBuf,
    /// Held from the moment events get their seq until they are on the bus.
    outbox_turn: tokio::sync::Mutex<()>,
    /// Batches of the floor one after the other: they touch the same tallies.
    commit_turn: tokio::sync::Mutex<()>,
    /// What lists are owed when they share out leads by weight.
    turns: claim::Turns,
    /// Filters are applied one after the other, so that the last one wins.
    filter_turn: tokio::sync::Mutex<()>,
}

impl Store {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    /// `NewerSchema` when the database belongs to a newer binary; otherwise why it cannot be reached.
    pub async fn open(config: StoreConfig) -> Result<Self> {
        let store = Self::connect(config).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Connects only.
    ///
    /// # Errors
    /// A url of another kind, or a database that cannot be reached.
    pub async fn connect(config: StoreConfig) -> Result<Self> {
        std::fs::create_dir_all(&config.data_dir)?;
        let db = Db::connect(&config).await?;
        let inner = Inner {
            db,
            bus: Bus::default(),
            ids: Mutex::new(IdGen::new(IdLane::Store)),
            data_dir: config.data_dir,
            outbox_turn: tokio::sync::Mutex::default(),
            commit_turn: tokio::sync::Mutex::default(),
            turns: claim::Turns::default(),
            filter_turn: tokio::sync::Mutex::default(),
        };
        let inner = Arc::new(inner);
        if inner.db.engine == dialect::Engine::Sqlite {
            let weak = Arc::downgrade(&inner);
            Db::fold_beside(inner.db.read.clone(), move || weak.strong_count() > 0);
        }
        Ok(Self { inner })
    }

    /// Whether the database can be written to right now: one transaction that changes nothing.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn ping(&self) -> Result<()> {
        let tx = self.begin().await?;
        tx.exec(Sql::new("UPDATE event_seq SET seq = seq WHERE id = 1", Vec::new())).await?;
        tx.commit().await.map(|_| ())
    }

    pub fn new_id<T: From<i64>>(&self, now: At) -> T {
        T::from(self.inner.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now))
    }

    pub fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// Waits for what is under way and closes every connection.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn close(&self) -> Result<()> {
        self.inner.db.read.clone().close().await?;
        self.inner.db.write.clone().close().await?;
        Ok(())
    }
}
