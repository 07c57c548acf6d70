//! Customers: written, found, masked, put on lists, and what was noted about their calls.

use crate::app::{App, Client};
use crate::fixture::{PHONE, fill, id};
use axum::http::Method;
use model::TenantId;
use model::record::{Permission as P, Role};
use serde_json::{Value, json};

async fn settings(admin: &Client) {
    let fields = json!([
        {"key": "level", "name": "等级", "kind": "select", "choices": ["金", "银"], "required": true},
        {"key": "age", "name": "年龄", "kind": "number"},
        {"key": "since", "name": "入会", "kind": "date"},
        {"key": "phone2", "name": "备用电话", "kind": "text"},
    ]);
    let body = json!({"fields": fields, "dispositions": [{"code": "solved", "name": "已解决"}]});
    admin.put("/api/v1/settings/customers", body).await.expect(200);
}

fn customer() -> Value {
    json!({
        "name": "王芳", "company": "风铃科技", "classes": ["vip"], "note": "家里电话13900139000",
        "fields": {"level": "金", "age": "42", "since": "2020-01-31", "phone2": "13900139000"},
        "numbers": [{"number": "0531-88886666", "label": "办公室"}, {"number": "13800138000", "label": "手机", "main": true}],
    })
}

#[tokio::test]
async fn a_customer_is_written_whole_and_found() {
    let (_app, admin) = App::with_admin().await;
    settings(&admin).await;
    let wrong = json!({
        "name": "", "classes": ["long_distance"], "owner_id": 9, "fields": {"age": "x", "since": "gestern", "nothing": "1"},
        "numbers": [{"number": "12"}, {"number": "13800138000"}, {"number": "+8613800138000"}],
    });
    let refused = admin.post("/api/v1/customers", wrong).await.expect(422);
    let mut found: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    found.sort_unstable();
    let mut expected = [
        "name",
        "classes",
        "owner_id",
        "fields.age",
        "fields.since",
        "fields.nothing",
        "fields.level",
        "numbers.0.number",
        "numbers.2.number",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    let made = admin.post("/api/v1/customers", customer()).await.expect(201);
    assert_eq!((&made["fields"]["age"], &made["numbers"][0]["number"]), (&json!(42), &json!(PHONE)), "the main one first");
    let count = async |query: &str| admin.get(&format!("/api/v1/customers?{query}")).await.expect(200)["total"].clone();
    for (query, n) in [("q=138-0013-8000", 1), ("q=8888", 1), ("q=%E7%8E%8B", 1), ("class=vip", 1), ("class=elderly", 0)] {
        assert_eq!(count(query).await, n, "{query}");
    }
    let briefs = admin.get("/api/v1/customers/match?number=13800138000").await.expect(200);
    assert_eq!(briefs[0]["id"], made["id"]);
    assert_eq!(admin.get("/api/v1/customers/match").await.expect(422)["field"], "number");
    let path = format!("/api/v1/customers/{}", id(&made));
    let mut change = made.clone();
    change["numbers"] = json!([made["numbers"][1].clone()]);
    let stored = admin.put(&path, change.clone()).await.expect(200);
    assert_eq!(
        (stored["numbers"][0]["id"].clone(), stored["numbers"][0]["main"].clone()),
        (made["numbers"][1]["id"].clone(), json!(true))
    );
    assert_eq!(admin.put(&path, change).await.expect(409)["current"]["revision"], 2);
    admin.call(Method::DELETE, &path, None).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn numbers_go_on_lists_and_off_again() {
    let (_app, admin) = App::with_admin().await;
    settings(&admin).await;
    let made = admin.post("/api/v1/customers", customer()).await.expect(201);
    let path = format!("/api/v1/customers/{}", id(&made));
    admin.put(&format!("{path}/lists/block"), json!({})).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["lists"], json!(["block"]));
    assert_eq!(admin.get("/api/v1/list-entries?kind=block").await.expect(200)["total"], 2);
    admin.call(Method::DELETE, &format!("{path}/lists/block"), None).await.expect(204);
    assert_eq!(admin.get(&path).await.expect(200)["lists"], json!([]));
    admin.put(&format!("{path}/lists/nothing"), json!({})).await.expect(404);
}

#[tokio::test]
async fn an_agent_sees_numbers_masked_and_what_comes_back_masked_stays() {
    let (app, admin) = App::with_admin().await;
    settings(&admin).await;
    let made = admin.post("/api/v1/customers", customer()).await.expect(201);
    let agent = app.person(Role::Agent).await;
    let path = format!("/api/v1/customers/{}", id(&made));
    for path in [path.clone(), "/api/v1/customers".into()] {
        let text = agent.get(&path).await.text();
        assert!(!text.contains("3800138000") && !text.contains("3900139000") && text.contains("138****8000"), "{text}");
    }
    let mut change = agent.get(&path).await.expect(200);
    change["company"] = json!("新单位");
    agent.put(&path, change).await.expect(200);
    let whole = admin.get(&path).await.expect(200);
    assert_eq!(whole["company"], "新单位");
    for field in ["numbers", "note", "fields"] {
        let mut before = made[field].clone();
        if field == "numbers" {
            before[0]["main"] = json!(true);
        }
        assert_eq!(whole[field], before, "{field}");
    }
    assert_eq!(agent.get("/api/v1/customers?q=1380013").await.expect(422)["field"], "q");
    assert_eq!(agent.get("/api/v1/customers?q=13800138000").await.expect(200)["total"], 1);
    agent.get("/api/v1/customers/export?format=csv").await.expect(403);
    assert!(admin.get("/api/v1/customers/export?format=csv").await.text().contains("13800138000"));
    let clerk = app.key(TenantId(1), &[P::CustomerExport]).await;
    let masked = clerk.get("/api/v1/customers/export?format=csv").await.text();
    assert!(masked.contains("王芳") && !masked.contains("3800138000") && !masked.contains("3900139000"), "{masked}");
}

#[tokio::test]
async fn a_call_is_summed_up_by_who_took_part_in_it() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    settings(&admin).await;
    let (customer, call) = (rows.id("customers"), rows.id("calls"));
    let summary = json!({"customer_id": customer, "disposition": "solved", "note": "请打13900139000"});
    let path = format!("/api/v1/calls/{call}/summary");
    assert_eq!(admin.put(&path, summary.clone()).await.expect(404)["code"], "no_agent");
    let me = app.store.users(TenantId(1)).await.unwrap().into_iter().find(|u| u.login == "admin").unwrap();
    let agent = json!({"number": "8001", "name": "管理员", "user_id": me.id});
    admin.post("/api/v1/agents", agent).await.expect(201);
    assert_eq!(admin.put(&path, summary.clone()).await.expect(403)["code"], "not_your_call");
    let mine = crate::fixture::talked(&app, me.id).await;
    let path = format!("/api/v1/calls/{mine}");
    let wrong = json!({"customer_id": 9, "disposition": "x", "next_contact_at": "2020-01-01T00:00:00Z"});
    let refused = admin.put(&format!("{path}/summary"), wrong).await.expect(422);
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3, "{refused}");
    let stored = admin.put(&format!("{path}/summary"), summary).await.expect(200);
    assert_eq!(admin.get(&format!("{path}/summaries")).await.expect(200)[0], stored);
    let history = admin.get(&format!("/api/v1/customers/{customer}/history")).await.expect(200);
    let lengths = ["calls", "messages", "summaries"].map(|key| history[key].as_array().unwrap().len());
    assert_eq!((lengths, &history["next_before"]), ([2, 1, 1], &Value::Null), "{history}");
    let agent = app.person(Role::Agent).await;
    assert_eq!(agent.get(&format!("{path}/summaries")).await.expect(200), json!([]), "who took no part sees nobody's notes");
    let clerk = app.key(TenantId(1), &[P::CallRead]).await;
    for (reader, path) in [(clerk, format!("{path}/summaries")), (agent, format!("/api/v1/customers/{customer}/history"))] {
        let text = reader.get(&path).await.text();
        assert!(!text.contains("3900139000") && !text.contains("3800138000") && text.contains("****"), "{path}: {text}");
    }
}
