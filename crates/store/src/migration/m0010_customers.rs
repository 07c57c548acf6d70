//! 客户: customers, their numbers, and what agents noted about calls.

pub(super) const SQL: &str = r#"
CREATE TABLE customers (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, company TEXT NOT NULL, classes {json} NOT NULL, owner_id {int}, seat_id {int},
    fields {json} NOT NULL, note TEXT NOT NULL, next_contact_at {int}, created_at {int} NOT NULL, updated_at {int} NOT NULL, revision {int} NOT NULL);
CREATE INDEX customers_page ON customers (tenant_id, id);
CREATE INDEX customers_owner ON customers (tenant_id, owner_id, id) WHERE owner_id IS NOT NULL;
CREATE INDEX customers_contact ON customers (tenant_id, next_contact_at) WHERE next_contact_at IS NOT NULL;

CREATE TABLE customer_numbers (id {id}, tenant_id {int} NOT NULL, customer_id {int} NOT NULL, number TEXT NOT NULL, label TEXT NOT NULL, main {bool} NOT NULL);
CREATE INDEX customer_numbers_number ON customer_numbers (tenant_id, number);
CREATE UNIQUE INDEX customer_numbers__customer_id__number ON customer_numbers (customer_id, number);

CREATE TABLE summaries (id {id}, tenant_id {int} NOT NULL, call_id {int} NOT NULL, agent_id {int} NOT NULL, customer_id {int}, disposition TEXT NOT NULL,
    note TEXT NOT NULL, next_contact_at {int}, created_at {int} NOT NULL, updated_at {int} NOT NULL);
CREATE UNIQUE INDEX summaries__call_id__agent_id ON summaries (call_id, agent_id);
CREATE INDEX summaries_customer ON summaries (customer_id, created_at) WHERE customer_id IS NOT NULL;

CREATE INDEX sms_phone ON sms (tenant_id, phone, created_at)
"#;
