//! What a claim touches: one index of the numbers in place of two, and leads that wait for a better hour.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0022_claims"
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

/// A lease changes a row, and PostgreSQL then writes each of its indexes: the numbers stand in one, found by number alone or within
/// a campaign.
const SQL: &str = r#"
DROP INDEX leads_phone;
DROP INDEX leads__campaign_id__phone;
CREATE UNIQUE INDEX leads__campaign_id__phone ON leads (phone, campaign_id);
CREATE INDEX leads_hour ON leads (campaign_id, next_at) WHERE hold = 'hour'
"#;
