//! Rules of trunks, a rate table instead of bare routes, what calls cost, and what was said about them over SIP.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_lines"
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
        for statement in LINES.split(';').filter(|s| !s.trim().is_empty()) {
            manager.get_connection().execute_unprepared(&engine.ddl(statement)).await?;
        }
        Ok(())
    }
}

const LINES: &str = r#"
ALTER TABLE trunks ADD COLUMN rules {json} NOT NULL DEFAULT '{}';

ALTER TABLE routes ADD COLUMN billing_s {int} NOT NULL DEFAULT 60;
ALTER TABLE routes ADD COLUMN from_minute {int} NOT NULL DEFAULT 0;
ALTER TABLE routes ADD COLUMN until_minute {int} NOT NULL DEFAULT 0;

ALTER TABLE calls ADD COLUMN cost {int};
ALTER TABLE legs ADD COLUMN cost {int};

CREATE TABLE sip_traces (leg_id {id}, tenant_id {int} NOT NULL, at {int} NOT NULL, left_out {int} NOT NULL, messages {bytes} NOT NULL);
CREATE INDEX sip_traces_time ON sip_traces (tenant_id, at)
"#;
