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

use crate::{Result, Store, StoreError};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

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
            Box::new(m0007_ears::Migration),
            Box::new(m0008_route_prefix::Migration),
            Box::new(m0009_agents::Migration),
            Box::new(m0010_customers::Migration),
            Box::new(m0011_org_units::Migration),
            Box::new(m0012_agent_mobile::Migration),
            Box::new(m0013_agent_tasks::Migration),
            Box::new(m0014_agent_work::Migration),
            Box::new(m0015_lead_lists::Migration),
            Box::new(m0016_rules::Migration),
            Box::new(m0017_results::Migration),
            Box::new(m0018_appointments::Migration),
            Box::new(m0019_mail::Migration),
            Box::new(m0020_pacer_states::Migration),
            Box::new(m0021_confirmation::Migration),
            Box::new(m0022_claims::Migration),
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
