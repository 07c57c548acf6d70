//! 名单: several lists a campaign, several numbers a lead, whose it is and how long it is worth a call; the public pool.

/// Partial indexes hold only what a claim may take: what waits for its time, for its filter or for its agent stands in none
/// that a claim walks. The first list of a campaign bears the campaign's own id.
pub(super) const SQL: &str = r#"
CREATE TABLE lead_lists (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, name TEXT NOT NULL, weight {int} NOT NULL,
    priority {int} NOT NULL, enabled {bool} NOT NULL, filter {json} NOT NULL, applied {bool} NOT NULL, origin TEXT NOT NULL, origin_note TEXT NOT NULL,
    created_by TEXT NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL, revision {int} NOT NULL, removed_at {int});
CREATE INDEX lead_lists_campaign ON lead_lists (campaign_id, id);
INSERT INTO lead_lists (id, tenant_id, campaign_id, name, weight, priority, enabled, filter, applied, origin, origin_note, created_by,
    created_at, updated_at, revision)
    SELECT id, tenant_id, id, '默认名单', 10, 0, TRUE, '{}', TRUE, 'own', '', '', created_at, created_at, 1 FROM campaigns;

ALTER TABLE leads ADD COLUMN list_id {int} NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN source_id TEXT;
ALTER TABLE leads ADD COLUMN phones {json} NOT NULL DEFAULT '[]';
ALTER TABLE leads ADD COLUMN phone_at {int} NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN phones_spent {int} NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN hold TEXT NOT NULL DEFAULT 'none';
ALTER TABLE leads ADD COLUMN expires_at {int};
ALTER TABLE leads ADD COLUMN agent_id {int};
UPDATE leads SET list_id = campaign_id, hold = CASE WHEN state = 'ready' AND next_at > created_at THEN 'time' ELSE 'none' END;

DROP INDEX leads_figures;
DROP INDEX leads_ready;
DROP INDEX leads_ready_next;
DROP INDEX leads_retry;
CREATE INDEX leads_figures ON leads (campaign_id, state, last_disposition, result, list_id);
CREATE INDEX leads_ready ON leads (list_id, priority DESC, id)
    WHERE state = 'ready' AND hold = 'none' AND agent_id IS NULL AND expires_at IS NULL;
CREATE INDEX leads_retry ON leads (list_id, next_at) WHERE state = 'retry' AND hold = 'none' AND agent_id IS NULL AND expires_at IS NULL;
CREATE INDEX leads_waiting ON leads (campaign_id, next_at) WHERE state = 'ready' AND hold = 'time';
CREATE INDEX leads_expiring ON leads (campaign_id, expires_at) WHERE expires_at IS NOT NULL AND state IN ('ready', 'retry', 'leased');
CREATE INDEX leads_agent ON leads (agent_id, campaign_id, state) WHERE agent_id IS NOT NULL;
CREATE UNIQUE INDEX leads__campaign_id__source_id ON leads (campaign_id, source_id) WHERE source_id IS NOT NULL;

CREATE TABLE pool_moves (id {id}, tenant_id {int} NOT NULL, customer_id {int} NOT NULL, kind TEXT NOT NULL, from_agent {int}, to_agent {int},
    actor TEXT NOT NULL, note TEXT NOT NULL, at {int} NOT NULL);
CREATE INDEX pool_moves_customer ON pool_moves (customer_id, at);
CREATE INDEX pool_moves_claims ON pool_moves (to_agent, at) WHERE kind = 'claim';
CREATE INDEX customers_pool ON customers (tenant_id, id) WHERE owner_id IS NULL
"#;
