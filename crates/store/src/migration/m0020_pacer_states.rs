//! What the pacers of groups have learned: one row a group, written over.

pub(super) const SQL: &str = r#"
CREATE TABLE pacer_states (queue_id {id}, tenant_id {int} NOT NULL, version {int} NOT NULL, at {int} NOT NULL, state {json} NOT NULL);
CREATE INDEX pacer_states_tenant ON pacer_states (tenant_id)
"#;
