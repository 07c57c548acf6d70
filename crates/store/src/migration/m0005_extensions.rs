//! Phones that register with us; the authority of a trunk's TLS certificate.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_extensions"
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
        let db = manager.get_connection();
        for statement in EXTENSIONS.split(';').filter(|s| !s.trim().is_empty()) {
            db.execute_unprepared(&engine.ddl(statement)).await?;
        }
        Ok(())
    }
}

const EXTENSIONS: &str = r#"
CREATE TABLE extensions (id {id}, tenant_id {int} NOT NULL, number TEXT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL, enabled {bool} NOT NULL,
    ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT NULL, contacts_max {int} NOT NULL, allowed_from {json} NOT NULL, codecs {json} NOT NULL,
    created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE UNIQUE INDEX extensions__tenant_id__number ON extensions (tenant_id, number);
CREATE UNIQUE INDEX extensions__login ON extensions (login);

ALTER TABLE trunks ADD COLUMN tls_authority TEXT
"#;
