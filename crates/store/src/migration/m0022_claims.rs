//! What a claim touches: one index of the numbers in place of two, and leads that wait for a better hour.

/// A lease changes a row, and PostgreSQL then writes each of its indexes: the numbers stand in one, found by number alone or within
/// a campaign.
pub(super) const SQL: &str = r#"
DROP INDEX leads_phone;
DROP INDEX leads__campaign_id__phone;
CREATE UNIQUE INDEX leads__campaign_id__phone ON leads (phone, campaign_id);
CREATE INDEX leads_hour ON leads (campaign_id, next_at) WHERE hold = 'hour'
"#;
