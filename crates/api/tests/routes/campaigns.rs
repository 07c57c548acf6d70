use crate::app::App;
use crate::fixture::{fill, id};
use axum::http::Method;
use model::record::Role;
use serde_json::json;

#[tokio::test]
async fn from_template_to_running_with_a_second_pair_of_eyes() {
    let (app, admin) = App::with_admin().await;
    let template = admin.get("/api/v1/campaign-templates").await.expect(200)["items"][0].clone();
    let made = json!({"template": template["code"], "name": "评标通知", "variables": {}});
    let campaign = admin.post("/api/v1/campaigns/from-template", made).await.expect(201);
    let path = format!("/api/v1/campaigns/{}", id(&campaign));
    assert_eq!(campaign["status"], "draft");
    admin.post(&format!("{path}/start"), json!({})).await.expect(409);
    let lead = json!({"phone": "138 0013 8000", "name": "王老师"});
    let lead = admin.post(&format!("{path}/leads"), lead).await.expect(201);
    assert_eq!(lead["phone"], "+8613800138000");
    let twice = admin.post(&format!("{path}/leads"), json!({"phone": "13800138000"})).await;
    let twice = twice.expect(409);
    assert_eq!((twice["field"].as_str(), twice["detail"].as_str()), (Some("phone"), Some("这个号码已经在名单里")));
    let bad = admin.post(&format!("{path}/leads"), json!({"phone": "1380013"})).await.expect(422);
    assert_eq!(bad["field"], "phone");
    assert_eq!(admin.post(&format!("{path}/submit"), json!({})).await.expect(200)["status"], "pending");
    let own = admin.post(&format!("{path}/approve"), json!({})).await;
    assert!(matches!(own.status.as_u16(), 403 | 409), "{}", own.text());
    let approver = app.person(Role::Approver).await;
    assert_eq!(approver.post(&format!("{path}/approve"), json!({})).await.expect(200)["status"], "approved");
    approver.post(&format!("{path}/start"), json!({})).await.expect(403);
    let trunk = json!({"name": "t", "address": "10.0.0.1"});
    let trunk = admin.post("/api/v1/trunks", trunk).await.expect(201);
    admin.post("/api/v1/routes", json!({"trunk_id": id(&trunk)})).await.expect(201);
    let running = admin.post(&format!("{path}/start"), json!({})).await.expect(200);
    assert_eq!((running["status"].as_str(), running["progress"]["leads"].as_u64()), (Some("running"), Some(1)));
    assert_eq!(admin.post(&format!("{path}/pause"), json!({})).await.expect(200)["status"], "paused");
    assert_eq!(admin.post(&format!("{path}/resume"), json!({})).await.expect(200)["status"], "running");
    let listed = admin.get("/api/v1/campaigns?status=running,paused").await.expect(200);
    assert_eq!(listed["items"][0]["progress"]["leads"], 1);
    admin.call(Method::DELETE, &path, None).await.expect(409);
    assert_eq!(admin.post(&format!("{path}/stop"), json!({})).await.expect(200)["status"], "stopped");
}

#[tokio::test]
async fn a_lost_race_is_409_with_what_is_stored() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}", rows.id("campaigns"));
    let stored = admin.get(&path).await.expect(200);
    let mut mine = stored.clone();
    mine["description"] = json!("第一个");
    let first = admin.put(&path, mine.clone()).await.expect(200);
    assert!(first["revision"].as_i64() > stored["revision"].as_i64());
    mine["description"] = json!("第二个");
    let lost = admin.put(&path, mine).await.expect(409);
    assert_eq!(lost["current"]["description"], "第一个");
    let draft = format!("/api/v1/flows/{}/draft", rows.id("flows"));
    let flow = admin.get(&draft).await.expect(200);
    let body = json!({"revision": flow["revision"], "doc": flow["doc"]});
    admin.put(&draft, body.clone()).await.expect(200);
    let lost = admin.put(&draft, body).await.expect(409);
    assert_eq!((lost["code"].as_str(), lost["current"]["doc"].is_object()), (Some("revision_conflict"), true));
}

#[tokio::test]
async fn a_broken_flow_is_saved_but_not_published() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/flows/{}", rows.id("flows"));
    let flow = admin.get(&format!("{path}/draft")).await.expect(200);
    let broken = json!({"revision": flow["revision"], "doc": {"nodes": {"a": {"type": "nonsense"}}}});
    let saved = admin.put(&format!("{path}/draft"), broken).await.expect(200);
    let check = admin.post(&format!("{path}/validate"), json!({})).await.expect(200);
    assert_eq!(check["ok"], false);
    let refused = admin.post(&format!("{path}/publish"), json!({"revision": saved["revision"]})).await.expect(422);
    assert_eq!(refused["code"], "flow_invalid");
    assert!(refused["errors"].as_array().unwrap().iter().any(|e| e["node"] == "a"), "{refused}");
}

#[tokio::test]
async fn leads_chosen_by_how_they_ended_come_along() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}/reuse", rows.id("campaigns"));
    let all = admin.post(&path, json!({"name": "再来一次"})).await.expect(201);
    assert_eq!((all["copied"].as_u64(), all["campaign"]["status"].as_str()), (Some(1), Some("draft")));
    let busy = json!({"name": "占线的", "filter": {"dispositions": ["busy"]}});
    assert_eq!(admin.post(&path, busy).await.expect(201)["copied"], 0);
}

#[tokio::test]
async fn a_prompt_in_use_stays() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let draft = format!("/api/v1/flows/{}/draft", rows.id("flows"));
    let flow = admin.get(&draft).await.expect(200);
    let doc = json!({"nodes": {"a": {"type": "play", "say": [{"prompt": crate::fixture::MARK}]}}});
    admin.put(&draft, json!({"revision": flow["revision"], "doc": doc})).await.expect(200);
    let path = format!("/api/v1/prompts/{}", rows.id("prompts"));
    let refused = admin.call(Method::DELETE, &path, None).await.expect(409);
    assert_eq!(refused["code"], "prompt_in_use");
    assert_eq!(refused["current"]["used_by"].as_array().unwrap().len(), 1);
}
