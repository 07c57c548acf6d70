//! 路由: prefixes that were stored as written (`138`, `010`) become what calls are compared with, E.164.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_route_prefix"
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
        manager.get_connection().execute_unprepared(SQL).await.map(|_| ())
    }
}

/// The rules of `desk::rates::prefix`, at the time of this migration. A plus alone stood for any number, as nothing does.
const SQL: &str = "
UPDATE routes SET number_prefix = CASE
    WHEN number_prefix = '+' THEN ''
    WHEN number_prefix LIKE '00%' THEN '+' || substr(number_prefix, 3)
    WHEN number_prefix LIKE '0%' THEN '+86' || substr(number_prefix, 2)
    WHEN number_prefix LIKE '86%' THEN '+' || number_prefix
    ELSE '+86' || number_prefix END
WHERE number_prefix = '+' OR (number_prefix <> '' AND number_prefix NOT LIKE '+%')";
