//! Opening, migrating, refusing.

use crate::engines::{Postgres, on_both_engines};
use sea_orm::{ConnectionTrait as _, Database};
use store::{Store, StoreConfig, StoreError};

on_both_engines!(migrating_twice_changes_nothing, a_ping_writes);

async fn migrating_twice_changes_nothing(store: Store) {
    assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
}

async fn a_ping_writes(store: Store) {
    store.ping().await.unwrap();
}

async fn from_the_future(url: &str, dir: &std::path::Path) {
    Store::open(StoreConfig::new(url, dir)).await.unwrap().close().await.unwrap();
    let db = Database::connect(url.to_string()).await.unwrap();
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)").await.unwrap();
    db.close().await.unwrap();
    match Store::open(StoreConfig::new(url, dir)).await {
        Err(StoreError::NewerSchema { migration }) => assert_eq!(migration, "m9999_future"),
        other => panic!("a newer database was opened: {other:?}"),
    }
}

#[tokio::test]
async fn a_newer_sqlite_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    from_the_future(&format!("sqlite://{}", dir.path().join("books.db").display()), dir.path()).await;
}

#[tokio::test]
async fn a_newer_postgres_database_is_refused() {
    let Some(database) = Postgres::create().await else { return };
    let dir = tempfile::tempdir().unwrap();
    from_the_future(&database.url(), dir.path()).await;
    database.drop().await;
}

#[tokio::test]
async fn another_kind_of_url_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let refused = Store::open(StoreConfig::new("mysql://x", dir.path())).await;
    assert!(matches!(refused, Err(StoreError::Config(text)) if text.contains("sqlite://")));
}

/// Another process holds the write lock: an error after the wait, no panic, and it passes.
#[tokio::test]
async fn a_locked_database_is_busy() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("books.db").display());
    let store = Store::open(StoreConfig::new(&url, dir.path())).await.unwrap();
    let other = Database::connect(url).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
    let refused = store.ping().await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    store.ping().await.unwrap();
}

/// Routes of before `m0008_route_prefix`: the migration is undone in the books of migrations and runs again.
async fn plain_prefixes_of_before(url: &str, dir: &std::path::Path) {
    Store::open(StoreConfig::new(url, dir)).await.unwrap().close().await.unwrap();
    let table =
        [("138", "+86138"), ("010", "+8610"), ("0081", "+81"), ("8610", "+8610"), ("+8610", "+8610"), ("+", ""), ("", "")];
    let db = Database::connect(url.to_string()).await.unwrap();
    for (n, (old, _)) in table.iter().enumerate() {
        let insert = format!(
            "INSERT INTO routes (id, tenant_id, trunk_id, region, number_prefix, priority, cost, enabled, billing_s, from_minute, until_minute) \
             VALUES ({n}, 1, 3, '', '{old}', {n}, 0, true, 60, 0, 0)"
        );
        db.execute_unprepared(&insert).await.unwrap();
    }
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm0008_route_prefix'").await.unwrap();
    db.close().await.unwrap();
    let store = Store::open(StoreConfig::new(url, dir)).await.unwrap();
    let mut routes = store.routes(model::TenantId(1)).await.unwrap();
    routes.sort_by_key(|r| r.id);
    let now: Vec<_> = routes.iter().map(|r| r.number_prefix.as_str()).collect();
    assert_eq!(now, table.map(|(_, new)| new));
    store.close().await.unwrap();
}

#[tokio::test]
async fn plain_prefixes_are_mended_in_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    plain_prefixes_of_before(&format!("sqlite://{}", dir.path().join("books.db").display()), dir.path()).await;
}

#[tokio::test]
async fn plain_prefixes_are_mended_in_postgres() {
    let Some(database) = Postgres::create().await else { return };
    let dir = tempfile::tempdir().unwrap();
    plain_prefixes_of_before(&database.url(), dir.path()).await;
    database.drop().await;
}
