//! 坐席与坐席组: agents, skills, groups with their members, what agents were doing, who waited; an agent's part in a call.

/// A group's rules are one document: they are read whole and never searched. A call's far party is its caller when it came in,
/// and whom it called when it went out: two indexes that hold nothing else.
pub(super) const SQL: &str = r#"
ALTER TABLE calls ADD COLUMN queue_id {int};
ALTER TABLE calls ADD COLUMN agent_id {int};
ALTER TABLE calls ADD COLUMN talks {json} NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN satisfaction {int};
CREATE INDEX calls_agent ON calls (tenant_id, started_at) WHERE agent_id IS NOT NULL;
CREATE INDEX calls_from ON calls (tenant_id, caller, started_at) WHERE direction = 'inbound';
CREATE INDEX calls_to ON calls (tenant_id, called, started_at) WHERE direction = 'outbound';

CREATE TABLE agents (id {id}, tenant_id {int} NOT NULL, user_id {int}, number TEXT NOT NULL, name TEXT NOT NULL, extension_id {int},
    enabled {bool} NOT NULL, skills {json} NOT NULL, created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE UNIQUE INDEX agents__tenant_id__number ON agents (tenant_id, number);
CREATE UNIQUE INDEX agents__tenant_id__user_id ON agents (tenant_id, user_id);

CREATE TABLE skills (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL);
CREATE UNIQUE INDEX skills__tenant_id__name ON skills (tenant_id, name);

CREATE TABLE queues (id {id}, tenant_id {int} NOT NULL, name TEXT NOT NULL, rules {json} NOT NULL, created_at {int} NOT NULL, revision {int} NOT NULL);
CREATE UNIQUE INDEX queues__tenant_id__name ON queues (tenant_id, name);

CREATE TABLE memberships (queue_id {int} NOT NULL, agent_id {int} NOT NULL, tenant_id {int} NOT NULL, place {int} NOT NULL, vip_only {bool} NOT NULL,
    outbound {bool} NOT NULL, schedule {json}, PRIMARY KEY (queue_id, agent_id));
CREATE INDEX memberships_tenant ON memberships (tenant_id);

CREATE TABLE state_intervals (session_id {int} NOT NULL, ordinal {int} NOT NULL, tenant_id {int} NOT NULL, agent_id {int} NOT NULL, state TEXT NOT NULL,
    reason TEXT, queue_id {int}, call_id {int}, set_by {int}, started_at {int} NOT NULL, ended_at {int}, PRIMARY KEY (session_id, ordinal));
CREATE INDEX state_intervals_time ON state_intervals (tenant_id, started_at);
CREATE INDEX state_intervals_agent ON state_intervals (agent_id, started_at);
CREATE INDEX state_intervals_open ON state_intervals (agent_id) WHERE ended_at IS NULL;

CREATE TABLE queue_entries (id {int} NOT NULL, ordinal {int} NOT NULL, tenant_id {int} NOT NULL, queue_id {int} NOT NULL, channel TEXT NOT NULL, call_id {int},
    caller TEXT NOT NULL, called TEXT NOT NULL, service TEXT, service_at {int}, classes {json} NOT NULL, came_at {int} NOT NULL, entered_at {int} NOT NULL,
    ended_at {int} NOT NULL, outcome TEXT NOT NULL, agent_id {int}, rung {json} NOT NULL, callback {bool} NOT NULL, PRIMARY KEY (id, ordinal));
CREATE INDEX queue_entries_time ON queue_entries (tenant_id, entered_at);
CREATE INDEX queue_entries_caller ON queue_entries (tenant_id, caller);
CREATE INDEX queue_entries_call ON queue_entries (call_id)
"#;
