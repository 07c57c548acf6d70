//! The schema, versioned. To change it: a new file here and a line in `migrations()`; a migration that was ever shipped is
//! never edited.

mod m0001_house;
mod m0002_lines;
mod m0003_trunk_srtp;
mod m0004_utterances;
mod m0005_extensions;
mod m0006_recording_format;
mod m0007_ears;
mod m0008_route_prefix;
mod m0009_agents;
mod m0010_customers;
mod m0011_org_units;
mod m0012_agent_mobile;
mod m0013_agent_tasks;
mod m0014_agent_work;
mod m0015_lead_lists;
mod m0016_rules;
mod m0017_results;
mod m0018_appointments;
mod m0019_mail;
mod m0020_pacer_states;
mod m0021_confirmation;
mod m0022_claims;

use crate::dialect::Engine;
use crate::{Result, Store, StoreError};
use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait};

/// A migration that is statements alone, separated by `;`, with types and the like as [`Engine::ddl`] knows them.
struct Script {
    name: &'static str,
    sql: &'static str,
}

fn script(name: &'static str, sql: &'static str) -> Box<dyn MigrationTrait> {
    Box::new(Script { name, sql })
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    #[expect(elided_lifetimes_in_paths, reason = "the trait's own signature elides it")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let engine = if manager.get_database_backend() == DbBackend::Sqlite { Engine::Sqlite } else { Engine::Postgres };
        for statement in self.sql.split(';').filter(|s| !s.trim().is_empty()) {
            manager.get_connection().execute_unprepared(&engine.ddl(statement)).await?;
        }
        Ok(())
    }
}

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_house::Migration),
            Box::new(m0002_lines::Migration),
            Box::new(m0003_trunk_srtp::Migration),
            Box::new(m0004_utterances::Migration),
            Box::new(m0005_extensions::Migration),
            Box::new(m0006_recording_format::Migration),
            script("m0007_ears", m0007_ears::SQL),
            Box::new(m0008_route_prefix::Migration),
            script("m0009_agents", m0009_agents::SQL),
            script("m0010_customers", m0010_customers::SQL),
            script("m0011_org_units", m0011_org_units::SQL),
            Box::new(m0012_agent_mobile::Migration),
            script("m0013_agent_tasks", m0013_agent_tasks::SQL),
            script("m0014_agent_work", m0014_agent_work::SQL),
            script("m0015_lead_lists", m0015_lead_lists::SQL),
            Box::new(m0016_rules::Migration),
            script("m0017_results", m0017_results::SQL),
            script("m0018_appointments", m0018_appointments::SQL),
            script("m0019_mail", m0019_mail::SQL),
            script("m0020_pacer_states", m0020_pacer_states::SQL),
            script("m0021_confirmation", m0021_confirmation::SQL),
            script("m0022_claims", m0022_claims::SQL),
        ]
    }
}

impl Store {
    /// Brings the schema up to this binary; answers the names of the migrations that ran. Running it again changes nothing.
    ///
    /// # Errors
    /// `NewerSchema` when the database has been migrated by a newer binary.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        let db = &self.inner.db.write;
        let known: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_string()).collect();
        let applied: Vec<String> = Migrator::get_migration_models(db).await?.into_iter().map(|m| m.version).collect();
        if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
            return Err(StoreError::NewerSchema { migration: newer.clone() });
        }
        Migrator::up(db, None).await?;
        Ok(known.into_iter().filter(|name| !applied.contains(name)).collect())
    }
}
