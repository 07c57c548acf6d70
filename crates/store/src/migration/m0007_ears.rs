//! 识音: what was heard is kept on the call, campaigns say what to do about machines, tenants keep announcements.

/// `print` is the fingerprint itself, in base64.
pub(super) const SQL: &str = r#"
ALTER TABLE calls ADD COLUMN heard {json} NOT NULL DEFAULT '[]';
ALTER TABLE campaigns ADD COLUMN amd {json} NOT NULL DEFAULT '{"mode":"off"}';
CREATE TABLE fingerprints (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL, source TEXT NOT NULL, recording_id {int},
    enabled {bool} NOT NULL, duration_ms {int} NOT NULL, created_by TEXT NOT NULL, created_at {int} NOT NULL, hits {int} NOT NULL, last_hit_at {int},
    print TEXT NOT NULL);
CREATE UNIQUE INDEX fingerprints__tenant_id__name ON fingerprints (tenant_id, name);
"#;
