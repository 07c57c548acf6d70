//! 识音: what was heard is kept on the call, campaigns say what to do about machines, tenants keep announcements.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_ears"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    #[expect(elided_lifetimes_in_paths, reason = "the trait's own signature elides it")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use sea_orm_migration::sea_orm::ConnectionTrait;
        let engine = if manager.get_database_backend() == DbBackend::Sqlite { Engine::Sqlite } else { Engine::Postgres };
        for statement in SQL.split(';').filter(|s| !s.trim().is_empty()) {
            manager.get_connection().execute_unprepared(&engine.ddl(statement)).await?;
        }
        Ok(())
    }
}

/// `print` is the fingerprint itself, in base64.
const SQL: &str = r#"
ALTER TABLE calls ADD COLUMN heard {json} NOT NULL DEFAULT '[]';
ALTER TABLE campaigns ADD COLUMN amd {json} NOT NULL DEFAULT '{"mode":"off"}';
CREATE TABLE fingerprints (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL, source TEXT NOT NULL, recording_id {int},
    enabled {bool} NOT NULL, duration_ms {int} NOT NULL, created_by TEXT NOT NULL, created_at {int} NOT NULL, hits {int} NOT NULL, last_hit_at {int},
    print TEXT NOT NULL);
CREATE UNIQUE INDEX fingerprints__tenant_id__name ON fingerprints (tenant_id, name);
"#;
