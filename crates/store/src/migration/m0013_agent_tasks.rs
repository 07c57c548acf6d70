//! 外呼任务 with agents: their group, how it dials for them, what they say and note, rules of its own.

pub(super) const SQL: &str = r#"
ALTER TABLE campaigns ADD COLUMN queue_id {int};
ALTER TABLE campaigns ADD COLUMN pacing {json} NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN agent_work {json} NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN dial_rules {json} NOT NULL DEFAULT '{}';
"#;
