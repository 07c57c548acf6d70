//! 邮件: the journal of mail that goes out.

pub(super) const SQL: &str = r#"
CREATE TABLE mails (id {id}, tenant_id {int} NOT NULL, "to" TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
    campaign_id {int}, lead_id {int}, tries {int} NOT NULL, next_at {int} NOT NULL, error TEXT, created_at {int} NOT NULL, sent_at {int});
CREATE INDEX mails_page ON mails (tenant_id, id);
CREATE INDEX mails_due ON mails (next_at) WHERE state IN ('queued', 'sending')
"#;
