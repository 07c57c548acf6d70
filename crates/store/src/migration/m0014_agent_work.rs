//! 话术与表单: what agents wrote about a campaign's calls, each answer by itself, and 预约.

pub(super) const SQL: &str = r#"
ALTER TABLE summaries ADD COLUMN label TEXT NOT NULL DEFAULT '';

CREATE TABLE call_works (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, lead_id {int} NOT NULL, call_id {int} NOT NULL, agent_id {int} NOT NULL,
    path {json} NOT NULL, answers {json} NOT NULL, form {json} NOT NULL, outcome TEXT NOT NULL, outcome_label TEXT NOT NULL, confirmed {bool} NOT NULL,
    callback_at {int}, callback_mine {bool} NOT NULL, refusal TEXT, result TEXT, lead_state TEXT, lead_note TEXT, next_at {int}, final_at {int}, updated_at {int} NOT NULL);
CREATE UNIQUE INDEX call_works__call_id__agent_id ON call_works (call_id, agent_id);
CREATE INDEX call_works_lead ON call_works (lead_id, final_at);
CREATE INDEX call_works_campaign ON call_works (campaign_id, final_at) WHERE final_at IS NOT NULL;

CREATE TABLE answers (id {id}, tenant_id {int} NOT NULL, campaign_id {int} NOT NULL, lead_id {int} NOT NULL, call_id {int} NOT NULL, agent_id {int},
    source TEXT NOT NULL, key TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL DEFAULT '', value TEXT NOT NULL, at {int} NOT NULL);
CREATE INDEX answers_campaign ON answers (campaign_id, key, at);
CREATE INDEX answers_call ON answers (call_id);

CREATE TABLE appointments (id {id}, tenant_id {int} NOT NULL, campaign_id {int}, lead_id {int}, customer_id {int}, call_id {int} NOT NULL, agent_id {int} NOT NULL,
    mine {bool} NOT NULL, phone TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, due_at {int} NOT NULL, state TEXT NOT NULL, dialled_at {int}, done_at {int}, created_at {int} NOT NULL);
CREATE UNIQUE INDEX appointments__call_id__agent_id ON appointments (call_id, agent_id);
CREATE INDEX appointments_agent ON appointments (agent_id, due_at) WHERE state = 'due';
CREATE INDEX appointments_lead ON appointments (lead_id) WHERE lead_id IS NOT NULL
"#;
