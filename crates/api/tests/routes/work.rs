//! 话术与表单: what an agent has in front of them in a campaign's call, what they write, and what follows.

use crate::app::{App, Client};
use crate::fixture::{fill, id};
use axum::http::Method;
use model::fact::Fact;
use model::record::{Call, Confirmation, Direction, Role};
use model::{AgentId, CampaignId, LeadId, TenantId};
use serde_json::{Value, json};
use store::Entry;

fn agent_work() -> Value {
    json!({
        "script": [
            {"id": "open", "title": "开场", "text": "您好，{{ lead.name }}，我是{{ agent.name }}，您留的电话是{{ lead.备用 }}。{{ lead.没有 }}",
             "questions": [{"key": "time", "label": "现在方便吗", "kind": "single", "options": ["方便", "不方便"], "required": true}],
             "choices": [{"label": "愿意", "to": "more"}]},
            {"id": "more", "title": "细谈", "text": "请打分",
             "questions": [{"key": "score", "label": "打几分", "kind": "score", "required": true},
                           {"key": "why", "label": "原因", "kind": "multiple", "options": ["贵", "远", "没空"]}]},
        ],
        "form": [{"key": "city", "label": "城市", "kind": "text", "required": true, "pattern": ""},
                 {"key": "money", "label": "金额", "kind": "money", "min": 1.0},
                 {"key": "second", "label": "另一个号码", "kind": "phone"}],
        "outcomes": [
            {"code": "yes", "label": "同意", "result": "attend", "then": {"do": "settle"}, "needs_form": true, "needs_answers": true},
            {"code": "later", "label": "再约", "then": {"do": "callback"}},
            {"code": "busy", "label": "在忙", "then": {"do": "retry", "minutes": 30}, "needs_note": true},
            {"code": "no", "label": "拒绝", "then": {"do": "refuse"}},
            {"code": "wrong", "label": "打错", "then": {"do": "wrong_number"}},
        ],
    })
}

struct House {
    app: App,
    admin: Client,
    agent: Client,
    agent_id: i64,
    campaign: i64,
    lead: i64,
    call: i64,
}

async fn house() -> House {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let (campaign, lead) = (rows.id("campaigns"), rows.id("leads"));
    let agent = app.person(Role::Agent).await;
    let user = agent.get("/api/v1/session").await.expect(200)["user"]["id"].clone();
    let body = json!({"number": "8001", "name": "李晓梅", "user_id": user});
    let agent_id = id(&admin.post("/api/v1/agents", body).await.expect(201));
    let revision = admin.get(&format!("/api/v1/campaigns/{campaign}")).await.expect(200)["revision"].clone();
    let write = json!({"revision": revision, "agent_work": agent_work()});
    admin.put(&format!("/api/v1/campaigns/{campaign}/agent-work"), write).await.expect(200);
    let call = talked(&app, campaign, Some(lead), agent_id).await;
    House { app, admin, agent, agent_id, campaign, lead, call }
}

/// A call that this agent took.
async fn talked(app: &App, campaign: i64, lead: Option<i64>, agent: i64) -> i64 {
    let page = app.store.calls(TenantId(1), &store::CallFilter::default(), store::PageQuery::default()).await.unwrap();
    let call = Call {
        id: app.store.new_id(desk::now()),
        direction: Direction::Outbound,
        called: crate::fixture::PHONE.into(),
        campaign_id: lead.map(|_| CampaignId(campaign)),
        lead_id: lead.map(LeadId),
        agent_id: Some(AgentId(agent)),
        started_at: desk::now(),
        ..page.items.into_iter().next().unwrap()
    };
    let id = call.id.0;
    let fact = Fact::CallEnded { call: Box::new(call), recordings: Vec::new(), callback_of: None };
    app.store.commit(&[Entry::Fact(Box::new(fact))]).await;
    id
}

fn at(minutes: i64) -> Value {
    json!(desk::now().plus_ms(minutes * 60_000))
}

fn faults(refused: &Value) -> Vec<String> {
    refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_script_speaks_to_the_person_on_the_line_and_shows_no_number() {
    let h = house().await;
    let path = format!("/api/v1/calls/{}/work", h.call);
    let view = h.agent.get(&path).await.expect(200);
    let text = view["script"][0]["text"].as_str().unwrap();
    assert_eq!(text, "您好，甲方专用，我是李晓梅，您留的电话是139****9000。____");
    assert_eq!((&view["lead_id"], &view["saved"], &view["call_id"]), (&json!(h.lead), &Value::Null, &json!(h.call)));
    let whole = h.admin.get(&path).await.expect(200);
    assert!(whole["script"][0]["text"].as_str().unwrap().contains("13900139000"));
    // Somebody else's call, and a lead that is not in front of one.
    let other = talked(&h.app, h.campaign, Some(h.lead), h.agent_id + 1).await;
    assert_eq!(h.agent.get(&format!("/api/v1/calls/{other}/work")).await.expect(403)["code"], "not_your_call");
    let put = h.agent.put(&format!("/api/v1/calls/{other}/work"), json!({})).await;
    assert_eq!(put.expect(403)["code"], "not_your_call");
    h.agent.get(&format!("/api/v1/leads/{}/work", h.lead)).await.expect(404);
    let lead = h.admin.get(&format!("/api/v1/leads/{}/work", h.lead)).await.expect(200);
    assert_eq!(lead["call_id"], Value::Null);
    // A call that belongs to no campaign has no script.
    let plain = talked(&h.app, h.campaign, None, h.agent_id).await;
    let path = format!("/api/v1/calls/{plain}/work");
    assert_eq!(h.agent.get(&path).await.expect(200), Value::Null);
    assert_eq!(h.agent.put(&path, json!({"done": true})).await.expect(409)["code"], "no_campaign");
}

#[tokio::test]
async fn a_draft_is_kept_and_an_outcome_names_all_that_is_missing() {
    let h = house().await;
    let path = format!("/api/v1/calls/{}/work", h.call);
    let draft = json!({"path": ["open", "more", "gone"], "answers": {"score": 4, "gone": 1}, "form": {"city": "济"}});
    let kept = h.agent.put(&path, draft).await.expect(200);
    assert_eq!(
        (&kept["path"], &kept["answers"], &kept["final_at"]),
        (&json!(["open", "more"]), &json!({"score": 4}), &Value::Null)
    );
    assert_eq!(h.agent.get(&path).await.expect(200)["saved"]["form"]["city"], "济");
    let wish = |more: Value| {
        let mut all = json!({"done": true, "path": ["more"]});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let ask = async |more: Value| h.agent.put(&path, wish(more)).await;
    let refused =
        ask(json!({"outcome": "yes", "answers": {"why": ["贵", "丑"], "score": 9}, "form": {"money": 0.5, "second": "12"}}))
            .await;
    let mut found = faults(&refused.expect(422));
    found.sort();
    assert_eq!(found, ["answers.score", "answers.time", "answers.why", "form.city", "form.money", "form.second"]);
    assert_eq!(faults(&ask(json!({})).await.expect(422)), ["outcome"]);
    assert_eq!(faults(&ask(json!({"outcome": "solved"})).await.expect(422)), ["outcome"], "the tenant's, which is not offered");
    assert_eq!(faults(&ask(json!({"outcome": "later"})).await.expect(422)), ["callback.at"]);
    assert_eq!(faults(&ask(json!({"outcome": "later", "callback": {"at": at(-5)}})).await.expect(422)), ["callback.at"]);
    assert_eq!(faults(&ask(json!({"outcome": "busy"})).await.expect(422)), ["note"]);
    assert_eq!(faults(&ask(json!({"outcome": "no", "customer_id": 9})).await.expect(422)), ["refusal", "customer_id"]);
    let lead = h.admin.get(&format!("/api/v1/leads/{}", h.lead)).await.expect(200);
    assert_eq!((&lead["state"], &lead["result"]), (&json!("ready"), &Value::Null), "nothing followed");
}

#[tokio::test]
async fn an_outcome_settles_the_lead_and_is_told_once() {
    let h = house().await;
    let path = format!("/api/v1/calls/{}/work", h.call);
    let wish = json!({
        "done": true, "outcome": "yes", "path": ["open", "more"], "note": "很爽快，手机13700137000",
        "answers": {"time": "方便", "score": 5, "why": ["贵", "远"]}, "form": {"city": "济南", "second": "138 0013 8001"},
    });
    let saved = h.agent.put(&path, wish.clone()).await.expect(200);
    assert_eq!((&saved["result"], &saved["form"]["second"]), (&json!("attend"), &json!("+8613800138001")));
    h.agent.put(&path, wish).await.expect(200);
    let lead = h.admin.get(&format!("/api/v1/leads/{}", h.lead)).await.expect(200);
    assert_eq!((&lead["state"], &lead["result"]), (&json!("done"), &json!("attend")));
    let events = h.admin.get("/api/v1/events?limit=500").await.expect(200);
    let results = events["items"].as_array().unwrap().iter().filter(|e| e["type"] == "lead.result").count();
    assert_eq!(results, 1);
    let summary = h.admin.get(&format!("/api/v1/calls/{}/summaries", h.call)).await.expect(200);
    assert_eq!((&summary[0]["disposition"], &summary[0]["label"]), (&json!("yes"), &json!("同意")));
    let answers = h.app.store.taken_down(TenantId(1), model::CallId(h.call)).await.unwrap();
    let mut said: Vec<String> = answers.into_iter().map(|a| format!("{}={}", a.key, a.value)).collect();
    said.sort();
    assert_eq!(said, ["city=济南", "score=5", "second=+8613800138001", "time=方便", "why=贵", "why=远"]);
    let log = h.admin.get("/api/v1/audit?action=work.save").await.expect(200);
    assert_eq!((&log["items"][0]["detail"]["outcome"], &log["items"][0]["detail"]["result"]), (&json!("yes"), &json!("attend")));
    // A supervisor's reader without whole numbers sees the other number masked.
    let viewer = h.app.person(Role::Viewer).await.get(&path).await;
    assert!(viewer.status.is_success() && !viewer.text().contains("38001"), "{}", viewer.text());
}

#[tokio::test]
async fn a_callback_to_oneself_is_listed_dialled_and_moved() {
    let h = house().await;
    let path = format!("/api/v1/calls/{}/work", h.call);
    let wish = json!({"done": true, "outcome": "later", "callback": {"at": at(20), "mine": true}, "note": "打13700137000"});
    h.agent.put(&path, wish).await.expect(200);
    let list = h.agent.get("/api/v1/desk/appointments").await.expect(200);
    let one = &list["items"][0];
    assert_eq!((&list["total"], &one["phone"], &one["note"]), (&json!(1), &json!("138****8000"), &json!("打137****7000")));
    let lead = h.admin.get(&format!("/api/v1/leads/{}", h.lead)).await.expect(200);
    assert_eq!(lead["state"], "retry");
    h.agent.get(&format!("/api/v1/leads/{}/work", h.lead)).await.expect(200);
    let dial = async |id: &Value| {
        let body = json!({"do": "dial", "number": format!("appointment:{id}")});
        h.agent.post("/api/v1/desk/commands", body).await
    };
    assert_eq!(dial(&one["id"]).await.status.as_u16(), 503, "it came as far as the floor");
    assert_eq!(dial(&json!(9)).await.expect(422)["field"], "number");
    // The call that comes of it belongs to the lead.
    let call = talked(&h.app, h.campaign, None, h.agent_id).await;
    let view = h.agent.get(&format!("/api/v1/calls/{call}/work")).await.expect(200);
    assert_eq!(view["lead_id"], json!(h.lead));
    assert_eq!(view["earlier"][0]["outcome_label"], "再约");
    let path = format!("/api/v1/appointments/{}", one["id"]);
    let change = async |body: Value| h.agent.call(Method::PATCH, &path, Some(body)).await;
    assert_eq!(change(json!({"due_at": at(-1)})).await.expect(422)["field"], "due_at");
    let due = at(40);
    assert_eq!(change(json!({"due_at": due})).await.expect(200)["due_at"], due);
    change(json!({"state": "cancelled"})).await.expect(200);
    assert_eq!(h.agent.get("/api/v1/desk/appointments").await.expect(200)["total"], 0);
    h.admin.call(Method::PATCH, &path, Some(json!({}))).await.expect(404);
}

#[tokio::test]
async fn a_refusal_goes_on_the_list_and_a_summary_s_next_contact_on_the_desk() {
    let h = house().await;
    let wish = json!({"done": true, "outcome": "no", "refusal": "all"});
    h.agent.put(&format!("/api/v1/calls/{}/work", h.call), wish).await.expect(200);
    let entries = h.admin.get("/api/v1/list-entries?kind=exempt").await.expect(200);
    assert_eq!((&entries["total"], &entries["items"][0]["phone"]), (&json!(1), &json!(crate::fixture::PHONE)));
    let lead = h.admin.get(&format!("/api/v1/leads/{}", h.lead)).await.expect(200);
    assert_eq!((&lead["state"], &lead["note"]), (&json!("excluded"), &json!("refused")));
    let plain = talked(&h.app, h.campaign, None, h.agent_id).await;
    let body = json!({"disposition": "solved", "note": "下周再说", "next_contact_at": at(600)});
    let kept = h.agent.put(&format!("/api/v1/calls/{plain}/summary"), body).await.expect(200);
    assert_eq!(kept["label"], "已解决");
    let list = h.agent.get("/api/v1/desk/appointments").await.expect(200);
    assert_eq!(
        (&list["total"], &list["items"][0]["phone"], &list["items"][0]["lead_id"]),
        (&json!(1), &json!("138****8000"), &Value::Null)
    );
    let body = json!({"disposition": "solved", "note": "不用了"});
    h.agent.put(&format!("/api/v1/calls/{plain}/summary"), body).await.expect(200);
    assert_eq!(h.agent.get("/api/v1/desk/appointments").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_script_is_checked_by_field_and_its_meaning_stands_once_approved() {
    let h = house().await;
    let (path, campaign) = (format!("/api/v1/campaigns/{}/agent-work", h.campaign), format!("/api/v1/campaigns/{}", h.campaign));
    let write = async |work: Value| {
        let revision = h.admin.get(&campaign).await.expect(200)["revision"].clone();
        h.admin.put(&path, json!({"revision": revision, "agent_work": work})).await
    };
    let mut bad = agent_work();
    bad["script"][0]["text"] = json!("{{ call.id }}");
    bad["script"][0]["choices"][0]["to"] = json!("nowhere");
    bad["script"][1]["questions"][0]["key"] = json!("city");
    bad["form"][1]["max"] = json!(0.5);
    bad["outcomes"][0]["result"] = json!("nothing");
    bad["outcomes"][2]["then"]["minutes"] = json!(0);
    bad["outcomes"][4]["then"] = json!({"do": "confirm", "flow": 1});
    let found = faults(&write(bad).await.expect(422));
    let expected =
        ["script.0.text", "script.0.choices.0.to", "form.0.key", "form.1.max", "outcomes.0.result", "outcomes.2.then.minutes"];
    assert_eq!(found, expected.map(|f| format!("agent_work.{f}")));
    let mut again = agent_work();
    again["outcomes"][2]["result"] = json!("attend");
    assert_eq!(faults(&write(again).await.expect(422)), ["agent_work.outcomes.2.result"], "settled, and called again");
    let mut settings = h.admin.get("/api/v1/settings").await.expect(200)["compliance"].clone();
    settings["approval_required"] = json!(false);
    h.admin.put("/api/v1/settings/compliance", settings).await.expect(200);
    h.admin.post(&format!("{campaign}/submit"), json!({})).await.expect(200);
    let mut wording = agent_work();
    wording["script"][0]["text"] = json!("新的开场白");
    wording["form"].as_array_mut().unwrap().push(json!({"key": "more", "label": "补充", "kind": "text"}));
    write(wording).await.expect(200);
    let mut meaning = agent_work();
    meaning["outcomes"][3]["then"] = json!({"do": "settle"});
    let refused = write(meaning).await.expect(409);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("campaign_approved"), &json!("agent_work")), "{refused}");
    let late = h.admin.put(&path, json!({"revision": 1, "agent_work": {}})).await.expect(409);
    assert_eq!((&late["code"], &late["current"]["agent_work"]["form"][3]["key"]), (&json!("revision_conflict"), &json!("more")));
    h.agent.put(&path, json!({"revision": 1, "agent_work": {}})).await.expect(403);
}

#[tokio::test]
async fn only_the_customer_s_own_key_confirms() {
    let h = house().await;
    let flow = async |name: &str, keyed: Value| {
        let nodes = json!({
            "ask": {"type": "gather", "parts": [{"say": "同意请按1。"}], "branches": {"1": "yes"}, "on_timeout": "bye"},
            "yes": keyed, "bye": {"type": "hangup"},
        });
        let doc = json!({"schema": "fengling.flow/1", "name": name, "entry": "ask", "nodes": nodes});
        let made = h.admin.post("/api/v1/flows", json!({"name": name, "doc": doc})).await.expect(201);
        let publish = format!("/api/v1/flows/{}/publish", made["id"]);
        h.admin.post(&publish, json!({"revision": made["revision"]})).await.expect(201);
        made["id"].clone()
    };
    let silent = flow("silent", json!({"type": "play", "parts": [{"say": "谢谢。"}], "next": "bye"})).await;
    let sure = flow("sure", json!({"type": "set", "result": "attend", "next": "bye"})).await;
    let path = format!("/api/v1/campaigns/{}", h.campaign);
    let write = async |flow: &Value| {
        let revision = h.admin.get(&path).await.expect(200)["revision"].clone();
        let outcomes = json!([{"code": "sure", "label": "已确认", "then": {"do": "confirm", "flow": flow}}]);
        let body = json!({"revision": revision, "agent_work": {"outcomes": outcomes}});
        h.admin.put(&format!("{path}/agent-work"), body).await
    };
    // A flow that never stores a result could not tell.
    assert_eq!(write(&silent).await.expect(422)["field"], "agent_work.outcomes.0.then.flow");
    write(&sure).await.expect(200);
    let call = |confirmation| with_confirmation(&h, confirmation);
    let save = async |call: i64| {
        let wish = json!({"done": true, "outcome": "sure", "confirmed": true});
        h.agent.put(&format!("/api/v1/calls/{call}/work"), wish).await
    };
    for (came, says) in [(None, "请先转客户"), (Some(Confirmation::Missed), "没有按键确认")] {
        let refused = save(call(came).await).await.expect(422);
        assert_eq!(refused["field"], "confirmed", "whatever the page says");
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let pressed = call(Some(Confirmation::Pressed)).await;
    assert_eq!(save(pressed).await.expect(200)["confirmed"], true);
    let shown = h.admin.get(&format!("/api/v1/calls/{pressed}")).await.expect(200);
    assert_eq!(shown["confirmation"], "pressed");
    let view = h.agent.get(&format!("/api/v1/calls/{pressed}/work")).await.expect(200);
    assert_eq!((&view["confirmation"], &view["saved"]["confirmed"]), (&json!("pressed"), &json!(true)));
}

async fn with_confirmation(h: &House, confirmation: Option<Confirmation>) -> i64 {
    let first = h.app.store.call(TenantId(1), model::CallId(h.call)).await.unwrap().unwrap().0;
    let call = Call { id: h.app.store.new_id(desk::now()), confirmation, ..first };
    let id = call.id.0;
    let fact = Fact::CallEnded { call: Box::new(call), recordings: Vec::new(), callback_of: None };
    h.app.store.commit(&[Entry::Fact(Box::new(fact))]).await;
    id
}
