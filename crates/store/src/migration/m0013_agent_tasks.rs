//! 外呼任务 with agents: their group, how it dials for them, what they say and note, rules of its own.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_agent_tasks"
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

const SQL: &str = r#"
ALTER TABLE campaigns ADD COLUMN queue_id {int};
ALTER TABLE campaigns ADD COLUMN pacing {json} NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN agent_work {json} NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN dial_rules {json} NOT NULL DEFAULT '{}';
"#;
