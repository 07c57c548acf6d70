//! One body, two engines.

use sea_orm::{ConnectionTrait as _, Database};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Store, StoreConfig};

/// `on_both_engines!(a_body, another);` — each `async fn name(store: Store)` becomes two tests.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { $crate::engines::on_sqlite(super::$name).await })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { $crate::engines::on_postgres(super::$name).await })*
        }
    };
}
pub(crate) use on_both_engines;

pub async fn on_sqlite<F: AsyncFnOnce(Store)>(body: F) {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("books.db").display());
    let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
    body(store.clone()).await;
    store.close().await.unwrap();
}

pub async fn on_postgres<F: AsyncFnOnce(Store)>(body: F) {
    let Some(database) = Postgres::create().await else { return };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(StoreConfig::new(database.url(), dir.path())).await.unwrap();
    body(store.clone()).await;
    store.close().await.unwrap();
    database.drop().await;
}

/// A fresh database in the cluster of `FENGLING_TEST_POSTGRES`.
pub struct Postgres {
    admin: String,
    name: String,
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// None only where SQLite alone was asked for by name.
    pub async fn create() -> Option<Self> {
        let Ok(admin) = std::env::var("FENGLING_TEST_POSTGRES") else {
            assert!(
                std::env::var("FENGLING_TEST_SQLITE_ONLY").is_ok_and(|v| v == "1"),
                "FENGLING_TEST_POSTGRES is not set: run through scripts/with-postgres, or set FENGLING_TEST_SQLITE_ONLY=1 to test SQLite alone"
            );
            return None;
        };
        let name = format!("books_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let db = Database::connect(admin.clone()).await.unwrap();
        db.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        db.close().await.unwrap();
        Some(Self { admin, name })
    }

    pub fn url(&self) -> String {
        let (path, query) =
            self.admin.split_once('?').map_or((self.admin.as_str(), String::new()), |(p, q)| (p, format!("?{q}")));
        let server = path.rsplit_once('/').unwrap().0;
        format!("{server}/{}{query}", self.name)
    }

    pub async fn drop(self) {
        let db = Database::connect(self.admin.clone()).await.unwrap();
        db.execute_unprepared(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await.unwrap();
        db.close().await.unwrap();
    }
}
