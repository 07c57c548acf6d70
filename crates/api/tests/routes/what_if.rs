//! 试算: who may ask, what is refused, what is missing, and an answer from a day that is in the books.

use crate::app::{App, Client};
use crate::fixture::id;
use model::fact::{Begin, Fact};
use model::record::*;
use model::telephony::{Cause, MediaStats};
use model::*;
use serde_json::{Value, json};
use std::time::Duration;
use store::{Entry, NewLead};

const CALLS: i64 = 260;
const AGENTS: i64 = 5;

async fn task(admin: &Client, mode: &str) -> i64 {
    let queue = id(&admin.post("/api/v1/queues", json!({"name": format!("外呼组 {mode}")})).await.expect(201));
    let new = json!({"name": "宽带提速", "mode": mode, "queue_id": queue, "ring_ms_max": 30_000});
    id(&admin.post("/api/v1/campaigns", new).await.expect(201))
}

fn path(task: i64) -> String {
    format!("/api/v1/campaigns/{task}/what-if")
}

/// Until it is no longer under way.
async fn answer(client: &Client, task: i64) -> Value {
    let ended = async {
        loop {
            let last = client.get(&path(task)).await.expect(200);
            if last["state"] != "running" {
                return last;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(90), ended).await.expect("it ends")
}

fn yesterday(variants: Value) -> Value {
    let now = ::desk::now();
    json!({"from": now.plus_ms(-30 * 3_600_000), "until": now.plus_ms(-20 * 3_600_000), "variants": variants})
}

fn lead(n: i64) -> NewLead {
    NewLead {
        list_id: None,
        source_id: None,
        phones: Vec::new(),
        expires_at: None,
        agent_id: None,
        phone: format!("+86{}", 13_800_000_000 + n),
        phone_raw: String::new(),
        name: String::new(),
        region: String::new(),
        carrier: Carrier::Mobile,
        variables: Vars::new(),
        priority: 0,
        import_id: None,
        next_at: None,
    }
}

/// What an agent did for one call, 16 s after the call before, and what they waited since their last.
fn work(n: i64, began: At, call: CallId) -> Vec<StateInterval> {
    let agent = n % AGENTS;
    let round = n / AGENTS;
    let at = |s: i64| began.plus_ms((round * AGENTS * 16 + agent * 16 + s) * 1_000);
    let span = |ordinal: i64, state, from, to, call_id| StateInterval {
        tenant_id: TenantId(1),
        agent_id: AgentId(agent + 1),
        session_id: AgentSessionId(agent + 1),
        ordinal: u32::try_from(round * 3 + ordinal).unwrap(),
        state,
        reason: None,
        queue_id: None,
        call_id,
        set_by: None,
        started_at: at(from),
        ended_at: Some(at(to)),
    };
    vec![
        span(0, AgentState::Ready, -10, 10, None),
        span(1, AgentState::Talking, 10, 60, Some(call)),
        span(2, AgentState::WrapUp, 60, 70, Some(call)),
    ]
}

/// Everybody answers after ten seconds, and one in two numbers rings in vain.
async fn a_day(app: &App, task: i64) {
    let (campaign, began) = (CampaignId(task), ::desk::now().plus_ms(-28 * 3_600_000));
    let leads: Vec<NewLead> = (0..2 * CALLS).map(lead).collect();
    app.store.insert_leads(TenantId(1), campaign, &leads, began).await.unwrap();
    let lease = ::desk::now().plus_ms(60_000);
    let claimed = app.store.claim_leads(campaign, u32::try_from(2 * CALLS).unwrap(), ::desk::now(), lease).await.unwrap().leads;
    assert_eq!(claimed.len(), usize::try_from(2 * CALLS).unwrap());
    for (n, lead) in (0..).zip(&claimed) {
        let at = began.plus_ms(n / 2 * 16_000);
        let human = n % 2 == 0;
        let begin = Begin {
            attempt: AttemptId(n + 1),
            call: CallId(n + 1),
            tenant: TenantId(1),
            campaign,
            lead: lead.id,
            ordinal: 1,
            phone: lead.phone.clone(),
            caller_id: String::new(),
            trunk: TrunkId(1),
            at,
            midnight: began,
            lockout_ms: 0,
            lease_until: lease,
            used: None,
        };
        let mut entries = vec![Entry::Begin(Box::new(begin.clone()))];
        let answered = human.then_some(at.plus_ms(10_000));
        if let Some(at) = answered {
            entries.push(Entry::Fact(Box::new(Fact::AttemptAnswered { attempt: begin.attempt, at })));
            let spans = work(n / 2, began, begin.call).into_iter();
            entries.extend(spans.map(|s| Entry::Fact(Box::new(Fact::Interval(Box::new(s))))));
        }
        entries.push(Entry::Fact(Box::new(ended(&begin, answered))));
        for outcome in app.store.commit(&entries).await {
            assert!(!matches!(outcome, store::Outcome::Failed(_)), "{outcome:?}");
        }
    }
}

fn ended(begin: &Begin, answered_at: Option<At>) -> Fact {
    let ended_at = begin.at.plus_ms(if answered_at.is_some() { 60_000 } else { 30_000 });
    let disposition = if answered_at.is_some() { Disposition::Human } else { Disposition::NoAnswer };
    let end = AttemptEnd {
        id: begin.attempt,
        lead_id: begin.lead,
        campaign_id: begin.campaign,
        ended_at,
        disposition,
        cause: Cause::default(),
        result: None,
        refusal: None,
        trunk_id: Some(begin.trunk),
        failovers: 0,
        lead_state: LeadState::Done,
        lead_note: None,
        number: NumberTurn::Keep,
        next_at: ended_at,
        stats: MediaStats::default(),
        flow_id: None,
        abandoned: None,
    };
    let call = Call {
        id: begin.call,
        tenant_id: begin.tenant,
        direction: Direction::Outbound,
        campaign_id: Some(begin.campaign),
        lead_id: Some(begin.lead),
        attempt_id: Some(begin.attempt),
        name: String::new(),
        caller: String::new(),
        called: begin.phone.clone(),
        trunk_id: Some(begin.trunk),
        flow_id: None,
        flow_version: None,
        started_at: begin.at,
        ringing_at: None,
        answered_at,
        ended_at,
        disposition,
        confirmation: None,
        result: None,
        digits: String::new(),
        trail: Vec::new(),
        cost: None,
        heard: Vec::new(),
        legs: Vec::new(),
        utterances: Vec::new(),
        heard_ms: 0,
        queue_id: None,
        agent_id: None,
        talks: Vec::new(),
        satisfaction: None,
    };
    Fact::AttemptEnded { end: Box::new(end), call: Some(Box::new(call)), recordings: Vec::new() }
}

#[tokio::test]
async fn a_day_in_the_books_is_replayed_under_other_settings() {
    let (app, admin) = App::with_admin().await;
    let task = task(&admin, "progressive").await;
    a_day(&app, task).await;
    let supervisor = app.person(Role::Supervisor).await;
    let predictive = json!({"mode": "predictive", "pacing": {}, "ring_ms_max": 30_000});
    let more = json!({"mode": "progressive", "pacing": {}, "ring_ms_max": 30_000, "agents_change": 5});
    let asked = supervisor.post(&path(task), yesterday(json!([predictive, more]))).await.expect(202);
    assert_eq!((&asked["state"], &asked["as_was"]["mode"]), (&json!("running"), &json!("progressive")));
    let done = answer(&supervisor, task).await;
    assert_eq!((&done["state"], &done["id"]), (&json!("done"), &asked["id"]), "{done}");
    let result = &done["result"];
    let mean = |figures: &Value, name: &str| figures[name]["mean"].as_f64().unwrap();
    // 60 s of work in 80 s.
    assert!((mean(&result["measured"], "occupancy") - 75.0).abs() < 3.0, "{}", result["measured"]);
    assert_eq!(mean(&result["measured"], "talks"), CALLS as f64);
    assert_eq!(mean(&result["measured"], "dials"), 2.0 * CALLS as f64);
    assert_eq!(result["agents_max"], AGENTS);
    let (was, more) = (&result["as_was"], &result["variants"][1]);
    assert!(more["agent_hours"].as_f64().unwrap() > 1.8 * was["agent_hours"].as_f64().unwrap());
    assert!(mean(was, "talks") > 100.0 && was["hours"].as_array().unwrap().len() >= 2);
    assert!(result["notes"].as_array().unwrap().contains(&json!("changed")), "the task is younger than its days");
    let audit = admin.get("/api/v1/audit?action=campaign.what_if").await.expect(200);
    assert!(audit["items"].as_array().unwrap().iter().any(|a| a["action"] == "campaign.what_if"));
}

#[tokio::test]
async fn without_history_it_says_what_is_missing() {
    let (_app, admin) = App::with_admin().await;
    let task = task(&admin, "predictive").await;
    assert_eq!(admin.get(&path(task)).await.expect(200), Value::Null, "never asked");
    admin.post(&path(task), yesterday(json!([]))).await.expect(202);
    let missing = answer(&admin, task).await;
    assert_eq!(missing["state"], "missing");
    let parts: Vec<&str> = missing["missing"].as_array().unwrap().iter().map(|m| m["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["answers", "talks", "agent_hours"]);
    assert_eq!(missing["missing"][0], json!({"part": "answers", "have": 0, "need": 200}));
    // What has ended is not given up; that is no mistake.
    admin.call(axum::http::Method::DELETE, &path(task), None).await.expect(204);
    assert_eq!(answer(&admin, task).await["state"], "missing");
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_names_the_fields() {
    let (_app, admin) = App::with_admin().await;
    let task = task(&admin, "power").await;
    let wrong =
        json!({"mode": "preview", "pacing": {"ratio": 99.0}, "ring_ms_max": 1_000, "agents_change": 999, "wrap_up_ms_max": 1});
    let refused = admin.post(&path(task), yesterday(json!([wrong]))).await.expect(422);
    let fields: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    for field in ["mode", "pacing.ratio", "ring_ms_max", "agents_change", "wrap_up_ms_max"] {
        assert!(fields.contains(&format!("variants.0.{field}").as_str()), "{field}: {fields:?}");
    }
    let now = ::desk::now();
    let long = json!({"from": now.plus_ms(-9 * 86_400_000), "until": now});
    assert_eq!(admin.post(&path(task), long).await.expect(422)["field"], "until");
    let ahead = json!({"from": now.plus_ms(3_600_000), "until": now.plus_ms(7_200_000)});
    assert_eq!(admin.post(&path(task), ahead).await.expect(422)["field"], "from");
    let five = yesterday(json!(vec![json!({"mode": "power", "pacing": {}, "ring_ms_max": 30_000}); 5]));
    assert_eq!(admin.post(&path(task), five).await.expect(422)["field"], "variants");
    let manual = self::task(&admin, "manual").await;
    assert_eq!(admin.post(&path(manual), yesterday(json!([]))).await.expect(409)["code"], "what_if_mode");
}

#[tokio::test]
async fn only_whoever_leads_agents_may_ask() {
    let (app, admin) = App::with_admin().await;
    let task = task(&admin, "power").await;
    for role in [Role::Viewer, Role::Agent, Role::Operator, Role::Approver] {
        let person = app.person(role).await;
        person.post(&path(task), yesterday(json!([]))).await.expect(403);
        person.get(&path(task)).await.expect(403);
        person.call(axum::http::Method::DELETE, &path(task), None).await.expect(403);
    }
    let second = app.second_tenant().await;
    let stranger = app.key(second, Permission::ALL).await;
    admin.post(&path(task), yesterday(json!([]))).await.expect(202);
    stranger.get(&path(task)).await.expect(404);
    stranger.post(&path(task), yesterday(json!([]))).await.expect(404);
    stranger.call(axum::http::Method::DELETE, &path(task), None).await.expect(404);
}
