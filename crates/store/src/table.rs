//! Which record is a row of which table: one line each. The tables themselves are made in `migration/`.

use crate::row::{Bound, Cell, Row, row};
use model::event::DomainEvent;
use model::record::*;

row!(Tenant, "tenants", [id, code, name, enabled, created_at]);
row!(User, "users", [id, tenant_id, login, name, role, unit_id, scope, enabled, must_change_password, last_login_at, created_at]);
row!(OrgUnit, "org_units", [id, tenant_id, parent_id, name, created_at, revision]);
row!(Session, "sessions", [id, tenant_id, user_id, token_hash, csrf, created_at, seen_at, expires_at, remote_ip, user_agent]);
row!(ApiKey, "api_keys", [id, tenant_id, name, prefix, scopes, enabled, last_used_at, expires_at, created_by, created_at]);
row!(AuditEntry, "audit", [id, tenant_id, at, actor, remote_ip, action, target, detail]);
row!(
    Campaign,
    "campaigns",
    [
        id,
        tenant_id,
        name,
        description,
        status,
        mode,
        queue_id,
        pacing,
        agent_work,
        dial_rules,
        booking,
        purpose,
        flow_id,
        callback_flow_id,
        caller_ids,
        trunk_ids,
        schedule,
        concurrency_max,
        calls_per_second_max,
        ring_ms_max,
        retry,
        record,
        recording_format,
        amd,
        variables,
        fields,
        results,
        created_by,
        submitted_by,
        approved_by,
        approved_at,
        review_note,
        started_at,
        finished_at,
        created_at,
        updated_at,
        revision,
    ]
);
row!(
    Lead,
    "leads",
    [
        id,
        tenant_id,
        campaign_id,
        list_id,
        import_id,
        source_id,
        phone,
        phone_raw,
        phones,
        phone_at,
        phones_spent,
        name,
        region,
        carrier,
        variables,
        state,
        priority,
        attempts,
        next_at,
        hold,
        expires_at,
        agent_id,
        lease_until,
        last_disposition,
        last_attempt_at,
        result,
        result_at,
        note,
        created_at,
    ]
);
row!(
    LeadList,
    "lead_lists",
    [
        id,
        tenant_id,
        campaign_id,
        name,
        weight,
        priority,
        enabled,
        filter,
        applied,
        origin,
        origin_note,
        created_by,
        created_at,
        updated_at,
        revision,
    ]
);
row!(PoolMove, "pool_moves", [id, tenant_id, customer_id, kind, from_agent, to_agent, actor, note, at]);
row!(
    Attempt,
    "attempts",
    [
        id,
        tenant_id,
        campaign_id,
        lead_id,
        call_id,
        ordinal,
        phone,
        caller_id,
        trunk_id,
        state,
        dialing_at,
        ringing_at,
        answered_at,
        ended_at,
        disposition,
        failovers,
        cause,
        result,
        refusal,
    ]
);
row!(ListEntry, "list_entries", [id, tenant_id, kind, campaign_id, phone, reason, expires_at, created_at]);
row!(Consent, "consents", [id, tenant_id, phone, action, campaign_id, source, evidence, words, by, at]);
row!(
    AbandonedCall,
    "abandoned_calls",
    [attempt_id, tenant_id, campaign_id, lead_id, phone, name, answered_at, waited_ms, message, locked_until]
);
row!(
    Import,
    "imports",
    [
        id,
        tenant_id,
        campaign_id,
        file_name,
        state,
        rows_total,
        rows_read,
        accepted,
        duplicates,
        rejected,
        error,
        created_by,
        created_at,
        finished_at,
    ]
);
row!(
    Trunk,
    "trunks",
    [
        id,
        tenant_id,
        name,
        enabled,
        address,
        transport,
        srtp,
        register,
        username,
        password,
        domain,
        tls_authority,
        register_expires_s,
        options_interval_s,
        codecs,
        calls_max,
        calls_per_second_max,
        caller_id,
        dial_format,
        prefix,
        inbound_from,
        calls_per_day_max,
        rules,
        created_at,
        revision,
    ]
);
row!(
    Route,
    "routes",
    [id, tenant_id, trunk_id, carrier, region, number_prefix, priority, cost, billing_s, from_minute, until_minute, enabled,]
);
row!(
    Extension,
    "extensions",
    [id, tenant_id, number, login, name, enabled, ha1_md5, ha1_sha256, contacts_max, allowed_from, codecs, created_at, revision,]
);
row!(Number, "numbers", [id, tenant_id, number, trunk_id, inbound_flow_id, outbound, calls_per_day_max, note, flag]);
row!(Flow, "flows", [id, tenant_id, name, description, published_version, has_draft, created_at, updated_at, revision]);
row!(FlowVersion, "flow_versions", [flow_id, version, doc, published_at, published_by, note]);
row!(Prompt, "prompts", [id, tenant_id, name, source, text, voice, duration_ms, blob, created_at, updated_at]);
row!(
    Call,
    "calls",
    [
        id, tenant_id, direction, campaign_id, lead_id, attempt_id, name, caller, called, trunk_id, flow_id, flow_version, started_at,
        ringing_at, answered_at, ended_at, disposition, result, digits, trail, cost, heard_ms, heard,
        queue_id, agent_id, talks, satisfaction, confirmation,
    ],
    { legs: Vec::new(), utterances: Vec::new() }
);
row!(
    Fingerprint,
    "fingerprints",
    [id, tenant_id, name, class, source, recording_id, enabled, duration_ms, created_by, created_at, hits, last_hit_at,]
);
row!(LegRecord, "legs", [id, trunk_id, from, to, started_at, ringing_at, answered_at, ended_at, cause, stats, cost]);
row!(Utterance, "utterances", [from_ms, to_ms, speaker, text, is_final, confidence]);
row!(Recording, "recordings", [id, tenant_id, call_id, kind, file_name, label, started_at, duration_ms, bytes, recovered]);
row!(
    Sms,
    "sms",
    [
        id,
        tenant_id,
        direction,
        phone,
        text,
        state,
        campaign_id,
        lead_id,
        attempt_id,
        call_id,
        tries,
        next_at,
        provider_ref,
        error,
        created_at,
        sent_at,
    ]
);
row!(Mail, "mails", [id, tenant_id, to, subject, text, state, campaign_id, lead_id, tries, next_at, error, created_at, sent_at]);
row!(Webhook, "webhooks", [id, tenant_id, name, url, secret, events, campaign_ids, results, enabled, created_at]);
row!(
    Delivery,
    "deliveries",
    [id, tenant_id, webhook_id, event_seq, event_type, state, tries, next_at, last_status, last_error, created_at, delivered_at,]
);
row!(
    Agent,
    "agents",
    [id, tenant_id, user_id, number, name, mobile, extension_id, unit_id, enabled, skills, created_at, revision]
);
row!(Skill, "skills", [id, tenant_id, name]);
row!(Membership, "memberships", [queue_id, agent_id, place, vip_only, outbound, schedule]);
row!(
    StateInterval,
    "state_intervals",
    [session_id, ordinal, tenant_id, agent_id, state, reason, queue_id, call_id, set_by, started_at, ended_at]
);
row!(KeptPacer, "pacer_states", [queue_id, tenant_id, version, at, state]);
row!(
    QueueEntry,
    "queue_entries",
    [
        id, ordinal, tenant_id, queue_id, channel, call_id, caller, called, service, service_at, classes, came_at, entered_at,
        ended_at, outcome, agent_id, rung, callback,
    ]
);
row!(
    Customer,
    "customers",
    [id, tenant_id, name, company, classes, owner_id, seat_id, fields, note, next_contact_at, created_at, updated_at, revision,]
);
row!(CustomerNumber, "customer_numbers", [id, tenant_id, customer_id, number, label, main]);
row!(
    Summary,
    "summaries",
    [id, tenant_id, call_id, agent_id, customer_id, disposition, label, note, next_contact_at, created_at, updated_at]
);
row!(
    CallWork,
    "call_works",
    [
        id,
        tenant_id,
        campaign_id,
        lead_id,
        call_id,
        agent_id,
        path,
        answers,
        form,
        outcome,
        outcome_label,
        confirmed,
        callback_at,
        callback_mine,
        refusal,
        result,
        lead_state,
        lead_note,
        next_at,
        final_at,
        updated_at,
    ]
);
row!(
    Appointment,
    "appointments",
    [
        id,
        tenant_id,
        campaign_id,
        lead_id,
        customer_id,
        call_id,
        agent_id,
        mine,
        phone,
        name,
        note,
        due_at,
        state,
        dialled_at,
        done_at,
        created_at,
    ]
);
row!(
    Booking,
    "bookings",
    [
        id,
        tenant_id,
        campaign_id,
        lead_id,
        source_id,
        origin,
        medium,
        phone,
        mail,
        name,
        variables,
        due_at,
        late_at,
        next_at,
        state,
        why,
        result,
        tries,
        begun_at,
        call_id,
        sms_id,
        mail_id,
        made_in,
        agent_id,
        note,
        created_by,
        created_at,
        done_at,
    ]
);
row!(BookingLink, "booking_links", [campaign_id, tenant_id, token, made_by, made_at]);
row!(Product, "products", [id, tenant_id, code, name, price_cents, unit, attributes, enabled, created_at, updated_at, revision]);
row!(
    Order,
    "orders",
    [
        id,
        tenant_id,
        state,
        campaign_id,
        lead_id,
        call_id,
        agent_id,
        customer_id,
        customer_name,
        phone,
        lines,
        total_cents,
        confirmation,
        note,
        created_by,
        created_at,
        updated_at,
        confirmed_at,
        cancelled_at,
        cancel_reason,
        revision,
    ]
);
row!(SurveyAnswer, "answers", [id, tenant_id, campaign_id, lead_id, call_id, agent_id, source, key, label, value, at]);
row!(DomainEvent, "events", [seq, tenant_id, kind, ts, data]);

/// The columns that are looked for, and the whole record as one document: rules that a later version adds have their defaults.
impl Row for Queue {
    const TABLE: &'static str = "queues";
    const COLUMNS: &'static [&'static str] = &["id", "tenant_id", "name", "rules", "created_at", "revision"];

    fn bounds(&self) -> Vec<Bound> {
        let rules = serde_json::to_value(self).unwrap_or_default();
        vec![
            self.id.bound(),
            self.tenant_id.bound(),
            self.name.bound(),
            rules.bound(),
            self.created_at.bound(),
            self.revision.bound(),
        ]
    }

    fn read_at(row: &sea_orm::QueryResult, at: usize) -> crate::Result<Self> {
        let rules = <serde_json::Value as Cell>::get(row, at + 3)?;
        let rules: Self = serde_json::from_value(rules)
            .map_err(|e| crate::StoreError::Corrupt { column: "queues.rules", text: e.to_string() })?;
        Ok(Self {
            id: Cell::get(row, at)?,
            tenant_id: Cell::get(row, at + 1)?,
            name: Cell::get(row, at + 2)?,
            created_at: Cell::get(row, at + 4)?,
            revision: Cell::get(row, at + 5)?,
            ..rules
        })
    }

    fn key(&self) -> i64 {
        self.id.0
    }
}
