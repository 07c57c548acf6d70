//! Connections, statements and transactions. A transaction collects its domain events and gives them their seq at its very
//! end, so that seq is the order of commit and a reader that resumes misses nothing.

use crate::dialect::Engine;
use crate::row::{Bound, Cell, Row, cells};
use crate::{Page, PageQuery, Result, Store, StoreConfig, StoreError};
use model::event::DomainEvent;
use model::{At, TenantId};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use std::time::Duration;

/// How long a statement waits for a lock or a free connection before the caller is told `Busy`.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub(crate) struct Db {
    pub engine: Engine,
    /// SQLite: the one writing connection, so that writers queue here and never meet SQLITE_BUSY.
    pub write: DatabaseConnection,
    pub read: DatabaseConnection,
}

impl Db {
    pub async fn connect(config: &StoreConfig) -> Result<Self> {
        let readers = config.readers.clamp(1, 64);
        if config.url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(&config.url, 1, false)).await?;
            let read = Database::connect(sqlite(&config.url, readers, true)).await?;
            return Ok(Self { engine: Engine::Sqlite, write, read });
        }
        if config.url.starts_with("postgres:") || config.url.starts_with("postgresql:") {
            let mut options = ConnectOptions::new(config.url.clone());
            options.max_connections(readers + 4).acquire_timeout(PATIENCE).sqlx_logging(false);
            let pool = Database::connect(options).await?;
            return Ok(Self { engine: Engine::Postgres, write: pool.clone(), read: pool });
        }
        Err(StoreError::Config("the database url begins with sqlite:// or postgres://".into()))
    }
}

/// How often the write-ahead log is folded into the database.
const FOLD_EVERY: Duration = Duration::from_millis(500);

impl Db {
    /// SQLite's writer folds its log into the database right after a commit, which is then a hundred times as slow as the others. Done
    /// beside it, on a reading connection, the writer has next to nothing left to fold. Ends with the store.
    pub fn fold_beside(read: DatabaseConnection, alive: impl Fn() -> bool + Send + 'static) {
        tokio::spawn(async move {
            let mut clock = tokio::time::interval(FOLD_EVERY);
            clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                clock.tick().await;
                if !alive() {
                    return;
                }
                // What cannot be folded now is folded the next time, or at last by the writer.
                let _ = read.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await;
            }
        });
    }
}

/// WAL lets readers and the writer work at once. synchronous=FULL: a commit has reached the disk when it returns, so a
/// number written as dialling is not dialled again after a power cut; group commit shares the cost among calls.
fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_string());
    options.max_connections(connections).acquire_timeout(PATIENCE).sqlx_logging(false);
    // An idle connection keeps its page cache and its prepared statements.
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(move |o| {
        let o = o.busy_timeout(PATIENCE).foreign_keys(false).pragma("temp_store", "memory").statement_cache_capacity(400);
        if read_only {
            o.pragma("query_only", "true").pragma("cache_size", "-16000")
        } else {
            o.create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-64000")
                .pragma("wal_autocheckpoint", "10000")
                .optimize_on_close(true, 1000)
        }
    });
    options
}

/// A statement in the making: text with `?` and `?j`, and its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub fn new(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self { text: text.into(), values }
    }

    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub fn bind<T: Cell>(&mut self, value: &T) -> &mut Self {
        self.values.push(value.value());
        self
    }

    /// ` AND <condition>` with its one value, when there is a value.
    pub fn and_some<T: Cell>(&mut self, condition: &str, value: Option<&T>) -> &mut Self {
        if let Some(value) = value {
            self.push(" AND ").push(condition).bind(value);
        }
        self
    }

    /// ` AND <column> IN (…)`, unless the list is empty, which matches all.
    pub fn and_in<T: Cell>(&mut self, column: &str, list: &[T]) -> &mut Self {
        if !list.is_empty() {
            self.push(" AND ").push(column).push(" IN (").list(list).push(")");
        }
        self
    }

    /// `?, ?, ?`
    pub fn list<T: Cell>(&mut self, list: &[T]) -> &mut Self {
        for (i, item) in list.iter().enumerate() {
            self.push(if i == 0 { "?" } else { ", ?" }).bind(item);
        }
        self
    }

    pub fn append(&mut self, other: Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }

    fn statement(self, engine: Engine) -> Statement {
        Statement::from_sql_and_values(engine.backend(), engine.sql(&self.text), self.values)
    }
}

fn quoted(columns: &[&str], prefix: &str) -> String {
    let mut out = String::new();
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(prefix);
        out.push('"');
        out.push_str(column);
        out.push('"');
    }
    out
}

/// The columns of a record, each behind `prefix` (`l.` or nothing).
pub(crate) fn columns<R: Row>(prefix: &str) -> String {
    quoted(R::COLUMNS, prefix)
}

/// One INSERT of records of one kind, with columns the record does not show (hashes, parents).
pub(crate) struct Insert {
    table: &'static str,
    columns: Vec<&'static str>,
    json: Vec<bool>,
    values: Vec<Value>,
    rows: usize,
    tail: &'static str,
}

impl Insert {
    pub fn of<R: Row>(record: &R) -> Self {
        let mut insert =
            Self { table: R::TABLE, columns: R::COLUMNS.to_vec(), json: Vec::new(), values: Vec::new(), rows: 1, tail: "" };
        for Bound { value, json } in record.bounds() {
            insert.json.push(json);
            insert.values.push(value);
        }
        insert
    }

    pub fn many<R: Row>(records: &[R]) -> Option<Self> {
        let mut insert = Self::of(records.first()?);
        for record in &records[1..] {
            insert.values.extend(record.bounds().into_iter().map(|b| b.value));
        }
        insert.rows = records.len();
        Some(insert)
    }

    /// One record only.
    pub fn with<T: Cell>(mut self, column: &'static str, value: &T) -> Self {
        self.columns.push(column);
        self.json.push(T::JSON);
        self.values.push(value.value());
        self
    }

    /// `ON CONFLICT …`, `RETURNING …`.
    pub const fn tail(mut self, tail: &'static str) -> Self {
        self.tail = tail;
        self
    }

    pub fn sql(self) -> Sql {
        let marks: Vec<&str> = self.json.iter().map(|json| if *json { "?j" } else { "?" }).collect();
        let group = format!("({})", marks.join(", "));
        let groups = vec![group; self.rows].join(", ");
        Sql::new(format!("INSERT INTO {} ({}) VALUES {groups} {}", self.table, quoted(&self.columns, ""), self.tail), self.values)
    }
}

/// Every column but the key, the tenant and those of `keep`; the caller adds the WHERE.
pub(crate) fn update<R: Row>(record: &R, keep: &[&str]) -> Sql {
    let mut sql = Sql::new(format!("UPDATE {} SET ", R::TABLE), Vec::new());
    let mut first = true;
    for (column, Bound { value, json }) in R::COLUMNS.iter().zip(record.bounds()) {
        if *column == R::COLUMNS[0] || *column == "tenant_id" || keep.contains(column) {
            continue;
        }
        sql.push(if first { "\"" } else { ", \"" }).push(column).push(if json { "\" = ?j" } else { "\" = ?" });
        sql.values.push(value);
        first = false;
    }
    sql
}

/// Anything statements run on: the reading pool, the writing pool or a transaction.
pub(crate) trait Runs: Sync {
    fn engine(&self) -> Engine;
    fn execute(&self, statement: Statement) -> impl Future<Output = Result<ExecResult, DbErr>> + Send;
    fn query(&self, statement: Statement) -> impl Future<Output = Result<Vec<QueryResult>, DbErr>> + Send;

    fn exec(&self, sql: Sql) -> impl Future<Output = Result<u64>> + Send {
        async move { Ok(self.execute(sql.statement(self.engine())).await?.rows_affected()) }
    }

    fn rows(&self, sql: Sql) -> impl Future<Output = Result<Vec<QueryResult>>> + Send {
        async move { Ok(self.query(sql.statement(self.engine())).await?) }
    }

    /// The first row.
    fn row(&self, sql: Sql) -> impl Future<Output = Result<Option<QueryResult>>> + Send {
        async move { Ok(self.rows(sql).await?.into_iter().next()) }
    }

    /// The first column of the first row.
    fn cell<T: Cell + Send>(&self, sql: Sql) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { self.row(sql).await?.map(|row| T::get(&row, 0)).transpose() }
    }

    /// `SELECT <columns> FROM <table> <tail>`
    fn all<R: Row + Send>(&self, tail: Sql) -> impl Future<Output = Result<Vec<R>>> + Send {
        async move {
            let mut sql = Sql::new(format!("SELECT {} FROM {} ", columns::<R>(""), R::TABLE), Vec::new());
            sql.append(tail);
            self.rows(sql).await?.iter().map(R::read).collect()
        }
    }

    fn one<R: Row + Send>(&self, tail: Sql) -> impl Future<Output = Result<Option<R>>> + Send {
        async move { Ok(self.all(tail).await?.into_iter().next()) }
    }

    fn by_id<R: Row + Send>(&self, tenant: TenantId, id: i64) -> impl Future<Output = Result<Option<R>>> + Send {
        async move { self.one(Sql::new("WHERE id = ? AND tenant_id = ?", cells![id, tenant])).await }
    }

    /// # Errors
    /// `NotFound` when the tenant has no such record: ids of other tenants are as unknown as made-up ones.
    fn must_own<R: Row + Send>(&self, tenant: TenantId, id: i64, what: &'static str) -> impl Future<Output = Result<()>> + Send {
        async move { self.by_id::<R>(tenant, id).await?.map(|_| ()).ok_or(StoreError::NotFound(what)) }
    }

    fn insert(&self, insert: Insert) -> impl Future<Output = Result<u64>> + Send {
        async move { self.exec(insert.sql()).await }
    }

    /// A page of the rows that match `filter` (`WHERE …`), by key: newest first, or oldest first.
    fn page<R: Row + Send>(
        &self,
        filter: Sql,
        newest_first: bool,
        query: PageQuery,
    ) -> impl Future<Output = Result<Page<R>>> + Send {
        async move {
            let total = if query.count {
                let mut sql = Sql::new(format!("SELECT COUNT(*) FROM {} ", R::TABLE), Vec::new());
                sql.append(filter.clone());
                self.cell::<u64>(sql).await?
            } else {
                None
            };
            let (key, mut tail) = (R::COLUMNS[0], filter);
            if let Some(after) = query.after {
                tail.push(&format!(" AND {key} {} ?", if newest_first { "<" } else { ">" })).bind(&after);
            }
            tail.push(&format!(" ORDER BY {key} {} LIMIT ?", if newest_first { "DESC" } else { "ASC" }))
                .bind(&(query.rows() + 1));
            let mut items: Vec<R> = self.all(tail).await?;
            let more = items.len() > usize::try_from(query.rows()).unwrap_or(usize::MAX);
            if more {
                items.pop();
            }
            let next = if more { items.last().map(Row::key) } else { None };
            Ok(Page { items, next, total })
        }
    }
}

/// A pool with its engine.
pub(crate) struct Pool<'a>(pub &'a DatabaseConnection, pub Engine);

impl Runs for Pool<'_> {
    fn engine(&self) -> Engine {
        self.1
    }
    fn execute(&self, statement: Statement) -> impl Future<Output = Result<ExecResult, DbErr>> + Send {
        self.0.execute_raw(statement)
    }
    fn query(&self, statement: Statement) -> impl Future<Output = Result<Vec<QueryResult>, DbErr>> + Send {
        self.0.query_all_raw(statement)
    }
}

/// A write transaction. Dropped without commit it leaves nothing behind.
pub(crate) struct Tx {
    inner: DatabaseTransaction,
    engine: Engine,
    store: Store,
    outbox: Vec<DomainEvent>,
}

impl Runs for Tx {
    fn engine(&self) -> Engine {
        self.engine
    }
    fn execute(&self, statement: Statement) -> impl Future<Output = Result<ExecResult, DbErr>> + Send {
        self.inner.execute_raw(statement)
    }
    fn query(&self, statement: Statement) -> impl Future<Output = Result<Vec<QueryResult>, DbErr>> + Send {
        self.inner.query_all_raw(statement)
    }
}

impl Store {
    pub(crate) fn read(&self) -> Pool<'_> {
        Pool(&self.inner.db.read, self.inner.db.engine)
    }

    /// For single statements that write; anything more takes [`Store::begin`].
    pub(crate) fn write(&self) -> Pool<'_> {
        Pool(&self.inner.db.write, self.inner.db.engine)
    }

    pub(crate) async fn begin(&self) -> Result<Tx> {
        let db = &self.inner.db;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let options = if db.engine == Engine::Sqlite { options } else { TransactionOptions::default() };
        let inner = db.write.begin_with_options(options).await?;
        Ok(Tx { inner, engine: db.engine, store: self.clone(), outbox: Vec::new() })
    }
}

impl Tx {
    /// Told to the world once the transaction has been committed.
    pub fn emit(&mut self, tenant: TenantId, kind: &str, ts: At, data: serde_json::Value) {
        self.outbox.push(DomainEvent { seq: 0, tenant_id: tenant, kind: kind.into(), ts, data });
    }

    pub fn new_id<T: From<i64>>(&self, now: At) -> T {
        self.store.new_id(now)
    }

    /// Answers the seq of the last event, 0 without events.
    pub async fn commit(mut self) -> Result<i64> {
        let mut events = std::mem::take(&mut self.outbox);
        if events.is_empty() {
            self.inner.commit().await?;
            return Ok(0);
        }
        // Within the process one at a time, so that the bus too speaks in the order of seq; across processes the counter's
        // row stays locked until commit.
        let store = self.store.clone();
        let _turn = store.inner.outbox_turn.lock().await;
        let n = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let last = self
            .cell::<i64>(Sql::new("UPDATE event_seq SET seq = seq + ? WHERE id = 1 RETURNING seq", cells![n]))
            .await?
            .ok_or(StoreError::NotFound("event counter"))?;
        for (i, event) in (1_i64..).zip(events.iter_mut()) {
            event.seq = last - n + i;
        }
        for chunk in events.chunks(500) {
            if let Some(insert) = Insert::many(chunk) {
                self.insert(insert).await?;
            }
        }
        self.inner.commit().await?;
        for event in events {
            store.bus().publish(event);
        }
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::record::Tenant;

    /// SQLite's page limit stands in for the disk: an error that says so, the books stay whole, and work goes on once there
    /// is room.
    #[tokio::test]
    async fn a_full_disk_is_said_to_be_full() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("books.db").display());
        let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
        let limit = |pages: u64| Sql::new(format!("PRAGMA max_page_count = {pages}"), Vec::new());
        let used: u64 = store.write().cell(Sql::new("PRAGMA page_count", Vec::new())).await.unwrap().unwrap();
        store.write().rows(limit(used + 1)).await.unwrap();
        let tenant =
            |id| Tenant { id: TenantId(id), code: format!("t{id}"), name: "x".repeat(2_000), enabled: true, created_at: At(0) };
        let mut id = 0;
        let refused = loop {
            id += 1;
            assert!(id < 1_000, "the limit holds");
            if let Err(e) = store.insert_tenant(&tenant(id)).await {
                break e;
            }
        };
        assert!(matches!(refused, StoreError::Full), "{refused:?}");
        assert_eq!(i64::try_from(store.tenants().await.unwrap().len()).unwrap(), id - 1, "what was acknowledged is there");
        store.write().rows(limit(1_000_000)).await.unwrap();
        store.insert_tenant(&tenant(id)).await.unwrap();
    }
}
