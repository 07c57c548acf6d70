//! 结果: answers to questions, products and orders, what calls cost; webhooks of some campaigns and some results.

/// The attempts of a campaign are counted from their index alone: the page is open all day while 100,000 calls are made. Costs
/// become tallies, those of the calls there are already with them.
pub(super) const SQL: &str = r#"
CREATE INDEX answers_lead ON answers (lead_id);

CREATE TABLE products (id {id}, tenant_id {int} NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, price_cents {int} NOT NULL, unit TEXT NOT NULL,
    attributes {json} NOT NULL, enabled {bool} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL, revision {int} NOT NULL);
CREATE UNIQUE INDEX products__tenant_id__code ON products (tenant_id, code);

CREATE TABLE campaign_products (campaign_id {int} NOT NULL, product_id {int} NOT NULL, tenant_id {int} NOT NULL, place {int} NOT NULL,
    PRIMARY KEY (campaign_id, product_id));

CREATE TABLE orders (id {id}, tenant_id {int} NOT NULL, state TEXT NOT NULL, campaign_id {int}, lead_id {int}, call_id {int}, agent_id {int}, customer_id {int},
    customer_name TEXT NOT NULL, phone TEXT NOT NULL, lines {json} NOT NULL, total_cents {int} NOT NULL, confirmation TEXT NOT NULL, note TEXT NOT NULL,
    created_by TEXT NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL, confirmed_at {int}, cancelled_at {int}, cancel_reason TEXT NOT NULL,
    revision {int} NOT NULL);
CREATE INDEX orders_page ON orders (tenant_id, id);
CREATE INDEX orders_sold ON orders (tenant_id, confirmed_at) WHERE state = 'confirmed';
CREATE INDEX orders_call ON orders (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX orders_customer ON orders (customer_id, id) WHERE customer_id IS NOT NULL;

ALTER TABLE webhooks ADD COLUMN campaign_ids {json} NOT NULL DEFAULT '[]';
ALTER TABLE webhooks ADD COLUMN results {json} NOT NULL DEFAULT '[]';

DROP INDEX attempts_campaign;
CREATE INDEX attempts_campaign ON attempts (campaign_id, dialing_at, disposition, answered_at, ended_at, result, lead_id, tenant_id);
CREATE INDEX calls_campaign_agents ON calls (campaign_id, started_at) WHERE agent_id IS NOT NULL;

INSERT INTO tallies (tenant_id, kind, key, bucket, n)
    SELECT tenant_id, 'cost', CAST(campaign_id AS TEXT), started_at / 900000, CAST(SUM(cost) AS BIGINT) FROM calls
    WHERE campaign_id IS NOT NULL AND cost IS NOT NULL GROUP BY 1, 2, 3, 4;
INSERT INTO tallies (tenant_id, kind, key, bucket, n)
    SELECT tenant_id, 'unrated', CAST(campaign_id AS TEXT), started_at / 900000, CAST(SUM((ended_at - answered_at + 59999) / 60000) AS BIGINT) FROM calls
    WHERE campaign_id IS NOT NULL AND cost IS NULL AND answered_at IS NOT NULL AND direction = 'outbound' GROUP BY 1, 2, 3, 4
"#;
