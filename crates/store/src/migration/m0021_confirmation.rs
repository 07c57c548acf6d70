//! 二次确认: what came of it stands with the call. The funnel of a campaign is counted lead by lead from indexes.

pub(super) const SQL: &str = r#"
ALTER TABLE calls ADD COLUMN confirmation TEXT;
CREATE INDEX attempts_leads ON attempts (campaign_id, lead_id, disposition, answered_at);
CREATE INDEX calls_talked ON calls (campaign_id, lead_id) WHERE agent_id IS NOT NULL
"#;
