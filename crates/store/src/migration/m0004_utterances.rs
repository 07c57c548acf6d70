//! What was said in calls, and how much of it a recogniser heard.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_utterances"
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
        for statement in UTTERANCES.split(';') {
            manager.get_connection().execute_unprepared(&engine.ddl(statement)).await?;
        }
        Ok(())
    }
}

const UTTERANCES: &str = r#"
CREATE TABLE utterances (tenant_id {int} NOT NULL, call_id {int} NOT NULL, from_ms {int} NOT NULL, to_ms {int} NOT NULL, speaker TEXT NOT NULL,
    text TEXT NOT NULL, is_final {bool} NOT NULL, confidence {real});
CREATE INDEX utterances_call ON utterances (call_id, from_ms);
ALTER TABLE calls ADD COLUMN heard_ms {int} NOT NULL DEFAULT 0
"#;
