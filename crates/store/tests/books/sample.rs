//! Sample records.

use model::calendar::Schedule;
use model::fact::{Begin, Fact};
use model::record::*;
use model::telephony::{Cause, EndedBy, MediaStats};
use model::*;
use serde_json::json;
use store::{Entry, NewLead, Outcome, Store};

pub const T: TenantId = TenantId(1);
/// 2026-09-21T14:13:20Z, 22:13:20 in Shanghai.
pub const NOW: At = At(1_790_000_000_000);

pub fn vars(value: serde_json::Value) -> Vars {
    value.as_object().unwrap().clone()
}

pub fn campaign(id: i64) -> Campaign {
    let result = |code: &str, label: &str, settles| ResultDef { code: code.into(), label: label.into(), settles, success: false };
    Campaign {
        id: CampaignId(id),
        tenant_id: T,
        name: format!("评标专家通知 {id}"),
        description: String::new(),
        status: CampaignStatus::Draft,
        mode: DialMode::Ivr,
        queue_id: None,
        pacing: model::record::Pacing::default(),
        agent_work: model::record::AgentWork::default(),
        dial_rules: model::record::DialRules::default(),
        booking: model::record::BookingPlan::default(),
        purpose: Purpose::Notice,
        flow_id: FlowId(7),
        callback_flow_id: None,
        caller_ids: vec!["053188886666".into()],
        trunk_ids: vec![TrunkId(3)],
        schedule: Schedule::default(),
        concurrency_max: 30,
        calls_per_second_max: 2.5,
        ring_ms_max: 40_000,
        retry: RetryPolicy::default(),
        record: true,
        recording_format: None,
        amd: Amd { mode: AmdMode::Detect, machine: OnMachine::Message, ..Amd::default() },
        variables: vars(json!({"会议": "开标", "amount": 12.5})),
        fields: vec![FieldDef { key: "专业".into(), label: "专业".into(), kind: FieldKind::Text }],
        results: vec![result("attend", "参加", true), result("decline", "不参加", true), result("agent", "转人工", false)],
        created_by: UserId(1),
        submitted_by: None,
        approved_by: None,
        approved_at: None,
        review_note: None,
        started_at: None,
        finished_at: None,
        created_at: NOW,
        updated_at: NOW,
        revision: 1,
    }
}

pub fn new_lead(n: u64) -> NewLead {
    NewLead {
        list_id: None,
        source_id: None,
        phones: Vec::new(),
        expires_at: None,
        agent_id: None,
        phone: format!("+861{:010}", 3_800_000_000 + n),
        phone_raw: format!("1{:010}", 3_800_000_000 + n),
        name: format!("专家{n}"),
        region: "山东省济南市".into(),
        carrier: Carrier::Mobile,
        variables: vars(json!({"z": n, "专业": "土建", "a": "b"})),
        priority: 0,
        import_id: None,
        next_at: None,
    }
}

/// A stored campaign with `n` leads.
pub async fn with_leads(store: &Store, id: i64, n: u64) -> Campaign {
    let campaign = campaign(id);
    store.insert_campaign(&campaign).await.unwrap();
    let leads: Vec<NewLead> = (0..n).map(new_lead).collect();
    store.insert_leads(T, campaign.id, &leads, NOW).await.unwrap();
    campaign
}

pub fn begin(campaign: CampaignId, lead: LeadId, attempt: i64, at: At) -> Begin {
    Begin {
        attempt: AttemptId(attempt),
        call: CallId(attempt + 1_000_000),
        tenant: T,
        campaign,
        lead,
        ordinal: 1,
        phone: String::new(),
        caller_id: "053188886666".into(),
        trunk: TrunkId(3),
        at,
        midnight: At(NOW.ms() - 3_600_000 * 22),
        lockout_ms: 72 * 3_600_000,
        lease_until: at.plus_ms(120_000),
        used: None,
    }
}

pub fn attempt_end(begin: &Begin, disposition: Disposition, state: LeadState, at: At) -> AttemptEnd {
    AttemptEnd {
        id: begin.attempt,
        lead_id: begin.lead,
        campaign_id: begin.campaign,
        ended_at: at,
        disposition,
        cause: Cause { by: EndedBy::Far, sip_code: Some(486), q850: Some(17), ..Cause::default() },
        result: None,
        refusal: None,
        trunk_id: Some(begin.trunk),
        failovers: 0,
        lead_state: state,
        lead_note: None,
        number: NumberTurn::Keep,
        next_at: at.plus_ms(900_000),
        stats: MediaStats::default(),
        flow_id: Some(FlowId(7)),
        abandoned: None,
    }
}

pub fn call(begin: &Begin, answered_at: Option<At>, ended_at: At, disposition: Disposition) -> Call {
    let leg = LegRecord {
        id: LegId(begin.call.0),
        trunk_id: Some(begin.trunk),
        from: begin.caller_id.clone(),
        to: begin.phone.clone(),
        started_at: begin.at,
        ringing_at: None,
        answered_at,
        ended_at,
        cause: Cause::default(),
        stats: MediaStats { codec: Some("pcma".into()), packets_sent: 50, ..MediaStats::default() },
        cost: None,
    };
    Call {
        id: begin.call,
        tenant_id: T,
        direction: Direction::Outbound,
        campaign_id: Some(begin.campaign),
        lead_id: Some(begin.lead),
        attempt_id: Some(begin.attempt),
        name: "专家".into(),
        caller: begin.caller_id.clone(),
        called: begin.phone.clone(),
        trunk_id: Some(begin.trunk),
        flow_id: Some(FlowId(7)),
        flow_version: Some(2),
        started_at: begin.at,
        ringing_at: None,
        answered_at,
        ended_at,
        disposition,
        result: None,
        digits: "1".into(),
        trail: vec![TrailStep { at: begin.at, node: "n1".into(), kind: "play".into(), outcome: "done".into() }],
        cost: None,
        heard: vec![heard()],
        legs: vec![leg],
        utterances: Vec::new(),
        heard_ms: 0,
        queue_id: None,
        agent_id: None,
        talks: Vec::new(),
        satisfaction: None,
        confirmation: None,
    }
}

pub fn recording(id: i64, call: CallId) -> Recording {
    Recording {
        id: RecordingId(id),
        tenant_id: T,
        call_id: call,
        kind: RecordingKind::Call,
        file_name: format!("2026/09/21/{id}.wav"),
        label: String::new(),
        started_at: NOW,
        duration_ms: 5_000,
        bytes: 80_000,
        recovered: false,
    }
}

pub async fn one(store: &Store, entry: Entry) -> Outcome {
    store.commit(&[entry]).await.pop().unwrap()
}

pub async fn fact(store: &Store, fact: Fact) -> Outcome {
    one(store, Entry::Fact(Box::new(fact))).await
}

/// Claims one lead and begins `attempt` on it.
pub async fn dial(store: &Store, campaign: CampaignId, attempt: i64, at: At) -> (Begin, DialFacts) {
    let claim = store.claim_leads(campaign, 1, at, at.plus_ms(60_000)).await.unwrap();
    let lead = claim.leads.first().expect("a lead is due");
    let mut begin = begin(campaign, lead.id, attempt, at);
    begin.phone.clone_from(&lead.phone);
    begin.ordinal = lead.attempts + 1;
    match one(store, Entry::Begin(Box::new(begin.clone()))).await {
        Outcome::Begun(facts) => (begin, facts),
        other => panic!("not begun: {other:?}"),
    }
}

/// Ends it with a call and a recording.
pub async fn end(store: &Store, begin: &Begin, disposition: Disposition, state: LeadState, at: At) -> Outcome {
    let answered = disposition.is_answered().then(|| begin.at.plus_ms(5_000));
    let end = Box::new(attempt_end(begin, disposition, state, at));
    let call = Some(Box::new(call(begin, answered, at, disposition)));
    let recordings = if answered.is_some() { vec![recording(begin.attempt.0, begin.call)] } else { Vec::new() };
    fact(store, Fact::AttemptEnded { end, call, recordings }).await
}

pub fn result(begin: &Begin, code: &str, at: At) -> Fact {
    Fact::Result {
        tenant: T,
        campaign: begin.campaign,
        lead: begin.lead,
        attempt: Some(begin.attempt),
        call: begin.call,
        code: code.into(),
        callback: false,
        variables: vars(json!({"按键": "1"})),
        at,
    }
}

pub fn heard() -> Heard {
    Heard {
        class: HeardClass::Off,
        means: HeardMeans::Fingerprint,
        confidence: 0.75,
        at_ms: 1_400,
        early: true,
        evidence: "fingerprint \"关机\" 0.93 at 1.4 s".into(),
        fingerprint_id: Some(FingerprintId(5)),
    }
}
