//! 组织架构: the tree of units, who belongs where, and whose work they see.

pub(super) const SQL: &str = r#"
CREATE TABLE org_units (id {id}, tenant_id {int} NOT NULL, parent_id {int}, name TEXT NOT NULL, created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE INDEX org_units_tenant ON org_units (tenant_id, name);

ALTER TABLE users ADD COLUMN unit_id {int};
ALTER TABLE users ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';
UPDATE users SET scope = 'self' WHERE role = 'agent';
ALTER TABLE agents ADD COLUMN unit_id {int}
"#;
