//! SRTP of trunks. Those that exist stay as they were: without.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "trunk_srtp"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait's own signature elides it")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use sea_orm_migration::sea_orm::ConnectionTrait;
        manager.get_connection().execute_unprepared("ALTER TABLE trunks ADD COLUMN srtp TEXT NOT NULL DEFAULT 'off'").await?;
        Ok(())
    }
}
