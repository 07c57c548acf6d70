//! 呼叫规则: lists of a campaign and of the whole house, consent and refusal with their evidence, how caller ids are used and
//! flagged, refusals by rule, and the ledger of abandoned calls, which takes no changes.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_rules"
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
        for statement in SQL.split(';').filter(|s| !s.trim().is_empty()) {
            db.execute_unprepared(&engine.ddl(statement)).await?;
        }
        let kept = if engine == Engine::Sqlite { KEPT_SQLITE } else { KEPT_POSTGRES };
        for statement in kept {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

// What was dialled before is counted, so that the figures do not begin with nothing.
const SQL: &str = r#"
ALTER TABLE list_entries ADD COLUMN campaign_id {int};
DROP INDEX list_entries__tenant_id__kind__phone;
CREATE UNIQUE INDEX list_entries__tenant_id__kind__phone ON list_entries (tenant_id, phone, kind, COALESCE(campaign_id, 0));
CREATE INDEX list_entries_campaign ON list_entries (campaign_id) WHERE campaign_id IS NOT NULL;

CREATE TABLE consents (id {id}, tenant_id {int} NOT NULL, phone TEXT NOT NULL, action TEXT NOT NULL, campaign_id {int}, source TEXT NOT NULL,
    evidence TEXT NOT NULL, words TEXT NOT NULL, "by" TEXT NOT NULL, at {int} NOT NULL);
CREATE INDEX consents_phone ON consents (tenant_id, phone, id);

ALTER TABLE numbers ADD COLUMN flag {json} NOT NULL DEFAULT '{}';
CREATE TABLE caller_id_uses (tenant_id {int} NOT NULL, caller_id TEXT NOT NULL, last_at {int} NOT NULL, run {int} NOT NULL, rest_until {int} NOT NULL,
    PRIMARY KEY (tenant_id, caller_id));

CREATE TABLE refusals (campaign_id {int} NOT NULL, rule TEXT NOT NULL, bucket {int} NOT NULL, n {int} NOT NULL,
    PRIMARY KEY (campaign_id, rule, bucket));
INSERT INTO refusals (campaign_id, rule, bucket, n)
    SELECT campaign_id, refusal, dialing_at / 900000, COUNT(*) FROM attempts WHERE refusal IS NOT NULL GROUP BY campaign_id, refusal, dialing_at / 900000;

CREATE TABLE abandoned_calls (attempt_id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, lead_id {int} NOT NULL, phone TEXT NOT NULL,
    name TEXT NOT NULL, answered_at {int} NOT NULL, waited_ms {int} NOT NULL, message {bool} NOT NULL, locked_until {int} NOT NULL);
CREATE INDEX abandoned_calls_campaign ON abandoned_calls (campaign_id, answered_at);
INSERT INTO tallies (tenant_id, kind, key, bucket, n)
    SELECT tenant_id, 'live', CAST(campaign_id AS TEXT), answered_at / 900000, COUNT(*) FROM attempts
    WHERE disposition IN ('human', 'abandoned') AND answered_at IS NOT NULL GROUP BY tenant_id, campaign_id, answered_at / 900000;
"#;

const KEPT_SQLITE: &[&str] = &[
    "CREATE TRIGGER abandoned_calls_no_update BEFORE UPDATE ON abandoned_calls BEGIN SELECT RAISE(ABORT, 'the ledger takes no changes'); END",
    "CREATE TRIGGER abandoned_calls_no_delete BEFORE DELETE ON abandoned_calls BEGIN SELECT RAISE(ABORT, 'the ledger takes no changes'); END",
];

const KEPT_POSTGRES: &[&str] = &[
    "CREATE FUNCTION abandoned_calls_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger takes no changes'; END $$",
    "CREATE TRIGGER abandoned_calls_kept BEFORE UPDATE OR DELETE ON abandoned_calls FOR EACH ROW EXECUTE FUNCTION abandoned_calls_kept()",
];
