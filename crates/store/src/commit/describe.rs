//! Facts as business systems read them: see `docs/events.md`, which shows one of each.

use model::record::{Attempt, Call, Campaign, Lead, Recording};
use model::{At, AttemptId, CallId};
use serde_json::{Map, Value, json};

pub(super) fn label<'a>(campaign: &'a Campaign, code: &'a str) -> &'a str {
    campaign.results.iter().find(|r| r.code == code).map_or(code, |r| &r.label)
}

pub(super) fn extend(data: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        data.extend(more);
    }
}

pub(super) fn lead(campaign: &Campaign, lead: &Lead) -> Map<String, Value> {
    let mut data = Map::new();
    let more = json!({
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "lead_id": lead.id,
        "list_id": lead.list_id,
        "source_id": lead.source_id,
        "phone": lead.phone,
        "phones": lead.phones,
        "name": lead.name,
        "variables": lead.variables,
        "lead_state": lead.state,
        "attempts": lead.attempts,
        "next_at": if lead.state == model::record::LeadState::Retry { Some(lead.next_at) } else { None },
    });
    extend(&mut data, more);
    data
}

pub(crate) fn expired(campaign: &Campaign, of: &Lead) -> Value {
    let mut data = lead(campaign, of);
    extend(&mut data, json!({ "expires_at": of.expires_at, "last_disposition": of.last_disposition }));
    data.into()
}

pub(super) fn result(
    campaign: &Campaign,
    of: &Lead,
    attempt: Option<AttemptId>,
    call: CallId,
    code: &str,
    callback: bool,
    at: At,
) -> Map<String, Value> {
    let mut data = lead(campaign, of);
    let more = json!({
        "attempt_id": attempt,
        "call_id": call,
        "result": code,
        "result_label": label(campaign, code),
        "settles": campaign.results.iter().any(|r| r.code == code && r.settles),
        "callback": callback,
        "at": at,
    });
    extend(&mut data, more);
    data
}

pub(super) fn attempt(data: &mut Map<String, Value>, attempt: &Attempt, campaign: Option<&Campaign>, recordings: &[Recording]) {
    let talk_ms = attempt.answered_at.zip(attempt.ended_at).map_or(0, |(from, to)| to.since_ms(from));
    let more = json!({
        "attempt_id": attempt.id,
        "ordinal": attempt.ordinal,
        "call_id": attempt.call_id,
        "called": attempt.phone,
        "caller_id": attempt.caller_id,
        "trunk_id": attempt.trunk_id,
        "disposition": attempt.disposition,
        "disposition_label": attempt.disposition.map(|d| d.label_zh()),
        "result": attempt.result,
        "result_label": attempt.result.as_deref().map(|code| campaign.map_or(code, |c| label(c, code))),
        "refusal": attempt.refusal,
        "sip_code": attempt.cause.sip_code,
        "q850": attempt.cause.q850,
        "failovers": attempt.failovers,
        "dialing_at": attempt.dialing_at,
        "ringing_at": attempt.ringing_at,
        "answered_at": attempt.answered_at,
        "ended_at": attempt.ended_at,
        "talk_ms": talk_ms,
        "recording_ids": recordings.iter().map(|r| r.id).collect::<Vec<_>>(),
    });
    extend(data, more);
}

pub(super) fn call(call: &Call, campaign: Option<&Campaign>, recordings: &[Recording]) -> Value {
    json!({
        "call_id": call.id,
        "direction": call.direction,
        "campaign_id": call.campaign_id,
        "campaign_name": campaign.map(|c| &c.name),
        "lead_id": call.lead_id,
        "attempt_id": call.attempt_id,
        "name": call.name,
        "caller": call.caller,
        "called": call.called,
        "trunk_id": call.trunk_id,
        "flow_id": call.flow_id,
        "flow_version": call.flow_version,
        "disposition": call.disposition,
        "disposition_label": call.disposition.label_zh(),
        "result": call.result,
        "result_label": call.result.as_deref().map(|code| campaign.map_or(code, |c| label(c, code))),
        "digits": call.digits,
        "queue_id": call.queue_id,
        "agent_id": call.agent_id,
        "satisfaction": call.satisfaction,
        "confirmation": call.confirmation,
        "started_at": call.started_at,
        "ringing_at": call.ringing_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "talk_ms": call.answered_at.map_or(0, |from| call.ended_at.since_ms(from)),
        "recording_ids": recordings.iter().map(|r| r.id).collect::<Vec<_>>(),
    })
}
