//! What may go wrong, named so that the edge can say it to people.

use sea_orm::{DbErr, RuntimeErr};

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was faster, or the state forbids it; the text says what.
    #[error("{0}")]
    Conflict(&'static str),
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("{field} is already taken")]
    Duplicate { field: String },
    #[error("the database is busy; try again")]
    Busy,
    #[error("the disk is full; free space where the database lies")]
    Full,
    #[error("the database was written by a newer version (migration {migration}); install that version or restore a backup")]
    NewerSchema { migration: String },
    #[error("{0}")]
    Config(String),
    #[error("column {column}: {text}")]
    Corrupt { column: &'static str, text: String },
    #[error("files of the store: {0}")]
    Io(std::io::Error),
    #[error("database: {0}")]
    Db(DbErr),
}

impl StoreError {
    /// Whether the same request may succeed in a moment.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(e: std::io::Error) -> Self {
        if e.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::Io(e) }
    }
}

impl From<DbErr> for StoreError {
    fn from(e: DbErr) -> Self {
        if let DbErr::ConnectionAcquire(_) = e {
            return Self::Busy;
        }
        let (DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))) = &e
        else {
            return Self::Db(e);
        };
        let Some(db) = inner.as_database_error() else { return Self::Db(e) };
        let code = db.code();
        match code.as_deref().unwrap_or_default() {
            // SQLITE_FULL; PostgreSQL disk_full.
            "13" | "53100" => Self::Full,
            // SQLITE_BUSY and SQLITE_LOCKED with their extended codes; serialization_failure, deadlock_detected, lock_not_available,
            // too_many_connections, cannot_connect_now.
            "5" | "6" | "261" | "262" | "517" | "773" | "40001" | "40P01" | "55P03" | "53300" | "57P03" => Self::Busy,
            // SQLITE_CONSTRAINT_UNIQUE and _PRIMARYKEY.
            "2067" | "1555" => Self::Duplicate { field: column_of(db.message()).to_string() },
            // unique_violation: constraints are named `table_column…_key`, the last column being the one that matters.
            "23505" => Self::Duplicate { field: db.constraint().and_then(field_of).unwrap_or_default().to_string() },
            _ => Self::Db(e),
        }
    }
}

/// `UNIQUE constraint failed: leads.phone, leads.campaign_id` → `phone`: the last one that does not only say whose.
fn column_of(message: &str) -> &str {
    let columns = || message.rsplit(", ").filter_map(|part| part.rsplit('.').next());
    columns().find(|c| !matches!(*c, "campaign_id" | "tenant_id")).or_else(|| columns().next()).unwrap_or_default()
}

/// `leads_campaign_id__phone` → `phone`; `flows_pkey` → `id`.
fn field_of(constraint: &str) -> Option<&str> {
    if constraint.ends_with("_pkey") { Some("id") } else { constraint.rsplit("__").next() }
}
