//! 预约外呼: appointments of tasks, what a task offers, and the link to its page.

pub(super) const SQL: &str = r#"
ALTER TABLE campaigns ADD COLUMN booking {json} NOT NULL DEFAULT '{}';

CREATE TABLE bookings (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, lead_id {int}, source_id TEXT, origin TEXT NOT NULL, medium TEXT NOT NULL,
    phone TEXT NOT NULL, mail TEXT NOT NULL, name TEXT NOT NULL, variables {json} NOT NULL, due_at {int} NOT NULL, late_at {int} NOT NULL, next_at {int} NOT NULL,
    state TEXT NOT NULL, why TEXT, result TEXT, tries {int} NOT NULL, begun_at {int}, call_id {int}, sms_id {int}, mail_id {int}, made_in {int}, agent_id {int},
    note TEXT NOT NULL, created_by TEXT NOT NULL, created_at {int} NOT NULL, done_at {int}, reference TEXT);
CREATE UNIQUE INDEX bookings__campaign_id__source_id ON bookings (campaign_id, source_id) WHERE source_id IS NOT NULL;
CREATE UNIQUE INDEX bookings__campaign_id__phone__mail__medium__due_at ON bookings (campaign_id, phone, mail, medium, due_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX bookings__reference ON bookings (reference) WHERE reference IS NOT NULL;
CREATE INDEX bookings_open ON bookings (campaign_id, next_at) WHERE state IN ('waiting', 'reaching');
CREATE INDEX bookings_messages ON bookings (next_at) WHERE state = 'waiting' AND medium <> 'phone';
CREATE INDEX bookings_late ON bookings (late_at) WHERE state IN ('waiting', 'reaching');
CREATE INDEX bookings_slot ON bookings (campaign_id, due_at);
CREATE INDEX bookings_state ON bookings (campaign_id, state);
CREATE INDEX bookings_lead ON bookings (lead_id) WHERE lead_id IS NOT NULL;

CREATE TABLE booking_links (campaign_id {id}, tenant_id {int} NOT NULL, token TEXT NOT NULL, made_by TEXT NOT NULL, made_at {int} NOT NULL);
CREATE UNIQUE INDEX booking_links__token ON booking_links (token)
"#;
