//! The first schema. No foreign keys: facts (attempts, calls, audit) outlive the configuration they name, and imports of
//! 100,000 rows pay for nothing. Partial indexes keep claims quick with 1,000,000 leads: each holds only the leads of its state.

use crate::dialect::Engine;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_house"
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
        for statement in [ACCESS, CAMPAIGNS, LEADS, LINES, FLOWS, CALLS, MESSAGES, EVENTS].concat().split(';') {
            if !statement.trim().is_empty() {
                db.execute_unprepared(&engine.ddl(statement)).await?;
            }
        }
        Ok(())
    }
}

const ACCESS: &str = r#"
CREATE TABLE tenants (id {id}, code TEXT NOT NULL, name TEXT NOT NULL, enabled {bool} NOT NULL, created_at {int} NOT NULL);
CREATE UNIQUE INDEX tenants__code ON tenants (code);

CREATE TABLE users (id {id}, tenant_id {int} NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, enabled {bool} NOT NULL,
    must_change_password {bool} NOT NULL, last_login_at {int}, created_at {int} NOT NULL, password_hash TEXT NOT NULL);
CREATE UNIQUE INDEX users__tenant_id__login ON users (tenant_id, login);

CREATE TABLE sessions (id {id}, tenant_id {int} NOT NULL, user_id {int} NOT NULL, token_hash TEXT NOT NULL, csrf TEXT NOT NULL, created_at {int} NOT NULL,
    seen_at {int} NOT NULL, expires_at {int} NOT NULL, remote_ip TEXT NOT NULL, user_agent TEXT NOT NULL);
CREATE UNIQUE INDEX sessions__token_hash ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE login_failures (key TEXT NOT NULL PRIMARY KEY, count {int} NOT NULL, last_at {int} NOT NULL);

CREATE TABLE api_keys (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, prefix TEXT NOT NULL, scopes {json} NOT NULL, enabled {bool} NOT NULL,
    last_used_at {int}, expires_at {int}, created_by {int} NOT NULL, created_at {int} NOT NULL, secret_hash TEXT NOT NULL);
CREATE UNIQUE INDEX api_keys__secret_hash ON api_keys (secret_hash);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id);

CREATE TABLE audit (id {id}, tenant_id {int} NOT NULL, at {int} NOT NULL, actor TEXT NOT NULL, remote_ip TEXT NOT NULL, action TEXT NOT NULL,
    target TEXT NOT NULL, detail {json} NOT NULL);
CREATE INDEX audit_page ON audit (tenant_id, id);

CREATE TABLE documents (tenant_id {int} NOT NULL, name TEXT NOT NULL, doc {json} NOT NULL, updated_at {int} NOT NULL, PRIMARY KEY (tenant_id, name));
"#;

const CAMPAIGNS: &str = r#"
CREATE TABLE campaigns (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, status TEXT NOT NULL, mode TEXT NOT NULL,
    purpose TEXT NOT NULL, flow_id {int} NOT NULL, callback_flow_id {int}, caller_ids {json} NOT NULL, trunk_ids {json} NOT NULL, schedule {json} NOT NULL,
    concurrency_max {int} NOT NULL, calls_per_second_max {real} NOT NULL, ring_ms_max {int} NOT NULL, retry {json} NOT NULL, record {bool} NOT NULL,
    variables {json} NOT NULL, fields {json} NOT NULL, results {json} NOT NULL, created_by {int} NOT NULL, submitted_by {int}, approved_by {int},
    approved_at {int}, review_note TEXT, started_at {int}, finished_at {int}, created_at {int} NOT NULL, updated_at {int} NOT NULL, revision {int} NOT NULL);
CREATE INDEX campaigns_page ON campaigns (tenant_id, id);
CREATE INDEX campaigns_status ON campaigns (status);

CREATE TABLE imports (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, file_name TEXT NOT NULL, state TEXT NOT NULL, rows_total {int} NOT NULL,
    rows_read {int} NOT NULL, accepted {int} NOT NULL, duplicates {int} NOT NULL, rejected {int} NOT NULL, error TEXT, created_by TEXT NOT NULL,
    created_at {int} NOT NULL, finished_at {int}, head {json} NOT NULL);
CREATE INDEX imports_campaign ON imports (campaign_id, id);

CREATE TABLE rejected_rows (import_id {int} NOT NULL, "row" {int} NOT NULL, tenant_id {int} NOT NULL, reason TEXT NOT NULL, cells {json} NOT NULL,
    PRIMARY KEY (import_id, "row"));
"#;

const LEADS: &str = r#"
CREATE TABLE leads (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, import_id {int}, phone TEXT NOT NULL, phone_raw TEXT NOT NULL,
    name TEXT NOT NULL, region TEXT NOT NULL, carrier TEXT NOT NULL, variables {json} NOT NULL, state TEXT NOT NULL, priority {int} NOT NULL,
    attempts {int} NOT NULL, next_at {int} NOT NULL, lease_until {int}, last_disposition TEXT, last_attempt_at {int}, result TEXT, result_at {int},
    note TEXT, created_at {int} NOT NULL);
CREATE UNIQUE INDEX leads__campaign_id__phone ON leads (campaign_id, phone);
CREATE INDEX leads_page ON leads (campaign_id, id);
CREATE INDEX leads_figures ON leads (campaign_id, state, last_disposition, result);
CREATE INDEX leads_phone ON leads (phone, tenant_id);
CREATE INDEX leads_ready ON leads (campaign_id, priority DESC, id) WHERE state = 'ready';
CREATE INDEX leads_ready_next ON leads (campaign_id, next_at) WHERE state = 'ready';
CREATE INDEX leads_retry ON leads (campaign_id, next_at) WHERE state = 'retry';
CREATE INDEX leads_leased ON leads (campaign_id, lease_until) WHERE state = 'leased';

CREATE TABLE attempts (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, lead_id {int} NOT NULL, call_id {int} NOT NULL, ordinal {int} NOT NULL,
    phone TEXT NOT NULL, caller_id TEXT NOT NULL, trunk_id {int}, state TEXT NOT NULL, dialing_at {int} NOT NULL, ringing_at {int}, answered_at {int},
    ended_at {int}, disposition TEXT, failovers {int} NOT NULL, cause {json} NOT NULL, result TEXT, refusal TEXT);
CREATE INDEX attempts_lead ON attempts (lead_id, ordinal);
CREATE INDEX attempts_phone ON attempts (tenant_id, phone, dialing_at);
CREATE INDEX attempts_campaign ON attempts (campaign_id, dialing_at);
CREATE INDEX attempts_open ON attempts (id) WHERE state <> 'ended';

CREATE TABLE list_entries (id {id}, tenant_id {int} NOT NULL, kind TEXT NOT NULL, phone TEXT NOT NULL, reason TEXT NOT NULL, expires_at {int},
    created_at {int} NOT NULL);
CREATE UNIQUE INDEX list_entries__tenant_id__kind__phone ON list_entries (tenant_id, phone, kind);

CREATE TABLE tallies (tenant_id {int} NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, bucket {int} NOT NULL, n {int} NOT NULL,
    PRIMARY KEY (tenant_id, kind, key, bucket));
"#;

const LINES: &str = r#"
CREATE TABLE trunks (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, enabled {bool} NOT NULL, address TEXT NOT NULL, transport TEXT NOT NULL,
    register {bool} NOT NULL, username TEXT NOT NULL, password TEXT, domain TEXT, register_expires_s {int} NOT NULL, options_interval_s {int} NOT NULL,
    codecs {json} NOT NULL, calls_max {int} NOT NULL, calls_per_second_max {real} NOT NULL, caller_id TEXT NOT NULL, dial_format TEXT NOT NULL,
    prefix TEXT NOT NULL, inbound_from {json} NOT NULL, calls_per_day_max {int} NOT NULL, created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE UNIQUE INDEX trunks__tenant_id__name ON trunks (tenant_id, name);

CREATE TABLE routes (id {id}, tenant_id {int} NOT NULL, trunk_id {int} NOT NULL, carrier TEXT, region TEXT NOT NULL, number_prefix TEXT NOT NULL,
    priority {int} NOT NULL, cost {int} NOT NULL, enabled {bool} NOT NULL);
CREATE INDEX routes_tenant ON routes (tenant_id);

CREATE TABLE numbers (id {id}, tenant_id {int} NOT NULL, number TEXT NOT NULL, trunk_id {int}, inbound_flow_id {int}, outbound {bool} NOT NULL,
    calls_per_day_max {int} NOT NULL, note TEXT NOT NULL);
CREATE UNIQUE INDEX numbers__tenant_id__number ON numbers (tenant_id, number);
"#;

const FLOWS: &str = r#"
CREATE TABLE flows (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, published_version {int}, has_draft {bool} NOT NULL,
    created_at {int} NOT NULL, updated_at {int} NOT NULL, revision {int} NOT NULL, draft {json});
CREATE UNIQUE INDEX flows__tenant_id__name ON flows (tenant_id, name);

CREATE TABLE flow_versions (flow_id {int} NOT NULL, version {int} NOT NULL, tenant_id {int} NOT NULL, doc {json} NOT NULL, published_at {int} NOT NULL,
    published_by TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (flow_id, version));

CREATE TABLE prompts (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, voice TEXT, duration_ms {int} NOT NULL,
    blob TEXT NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL);
CREATE UNIQUE INDEX prompts__tenant_id__name ON prompts (tenant_id, name);
"#;

const CALLS: &str = r#"
CREATE TABLE calls (id {id}, tenant_id {int} NOT NULL, direction TEXT NOT NULL, campaign_id {int}, lead_id {int}, attempt_id {int}, name TEXT NOT NULL,
    caller TEXT NOT NULL, called TEXT NOT NULL, trunk_id {int}, flow_id {int}, flow_version {int}, started_at {int} NOT NULL, ringing_at {int},
    answered_at {int}, ended_at {int} NOT NULL, disposition TEXT NOT NULL, result TEXT, digits TEXT NOT NULL, trail {json} NOT NULL);
CREATE INDEX calls_page ON calls (tenant_id, id);
CREATE INDEX calls_time ON calls (tenant_id, started_at);
CREATE INDEX calls_campaign ON calls (campaign_id, id);
CREATE INDEX calls_lead ON calls (lead_id, id);

CREATE TABLE legs (id {id}, trunk_id {int}, "from" TEXT NOT NULL, "to" TEXT NOT NULL, started_at {int} NOT NULL, ringing_at {int}, answered_at {int},
    ended_at {int} NOT NULL, cause {json} NOT NULL, stats {json} NOT NULL, tenant_id {int} NOT NULL, call_id {int} NOT NULL);
CREATE INDEX legs_call ON legs (call_id);

CREATE TABLE recordings (id {id}, tenant_id {int} NOT NULL, call_id {int} NOT NULL, kind TEXT NOT NULL, file_name TEXT NOT NULL, label TEXT NOT NULL,
    started_at {int} NOT NULL, duration_ms {int} NOT NULL, bytes {int} NOT NULL, recovered {bool} NOT NULL);
CREATE UNIQUE INDEX recordings__file_name ON recordings (file_name);
CREATE INDEX recordings_call ON recordings (call_id);
CREATE INDEX recordings_time ON recordings (tenant_id, started_at);
"#;

const MESSAGES: &str = r#"
CREATE TABLE sms (id {id}, tenant_id {int} NOT NULL, direction TEXT NOT NULL, phone TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
    campaign_id {int}, lead_id {int}, attempt_id {int}, call_id {int}, tries {int} NOT NULL, next_at {int} NOT NULL, provider_ref TEXT, error TEXT,
    created_at {int} NOT NULL, sent_at {int});
CREATE INDEX sms_page ON sms (tenant_id, id);
CREATE INDEX sms_due ON sms (next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX sms_ref ON sms (provider_ref) WHERE provider_ref IS NOT NULL;

CREATE TABLE webhooks (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, secret TEXT, events {json} NOT NULL, enabled {bool} NOT NULL,
    created_at {int} NOT NULL);
CREATE INDEX webhooks_tenant ON webhooks (tenant_id);

CREATE TABLE deliveries (id {id}, tenant_id {int} NOT NULL, webhook_id {int} NOT NULL, event_seq {int} NOT NULL, event_type TEXT NOT NULL, state TEXT NOT NULL,
    tries {int} NOT NULL, next_at {int} NOT NULL, last_status {int}, last_error TEXT, created_at {int} NOT NULL, delivered_at {int});
CREATE INDEX deliveries_page ON deliveries (tenant_id, id);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'pending';
CREATE INDEX deliveries_event ON deliveries (event_seq);
"#;

const EVENTS: &str = r#"
CREATE TABLE events (seq {id}, tenant_id {int} NOT NULL, kind TEXT NOT NULL, ts {int} NOT NULL, data {json} NOT NULL);
CREATE INDEX events_tenant ON events (tenant_id, seq);

CREATE TABLE event_seq (id {int} NOT NULL PRIMARY KEY, seq {int} NOT NULL);
INSERT INTO event_seq (id, seq) VALUES (1, 0);

CREATE TABLE cursors (name TEXT NOT NULL PRIMARY KEY, seq {int} NOT NULL);
INSERT INTO cursors (name, seq) VALUES ('webhooks', 0)
"#;
