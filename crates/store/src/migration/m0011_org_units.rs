//! 组织架构: the tree of units, who belongs where, and whose work they see.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_org_units"
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
CREATE TABLE org_units (id {id}, tenant_id {int} NOT NULL, parent_id {int}, name TEXT NOT NULL, created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE INDEX org_units_tenant ON org_units (tenant_id, name);

ALTER TABLE users ADD COLUMN unit_id {int};
ALTER TABLE users ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';
UPDATE users SET scope = 'self' WHERE role = 'agent';
ALTER TABLE agents ADD COLUMN unit_id {int}
"#;
