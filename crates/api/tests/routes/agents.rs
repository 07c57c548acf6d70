//! Agents, skills and groups.

use crate::app::{App, Client};
use crate::fixture::{fill, id};
use axum::http::Method;
use serde_json::{Value, json};

fn fields(refused: &Value) -> Vec<&str> {
    refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

async fn agent(admin: &Client, number: &str) -> Value {
    admin.post("/api/v1/agents", json!({"number": number, "name": "王芳"})).await.expect(201)
}

#[tokio::test]
async fn an_agent_is_written_with_skills_and_a_person() {
    let (_app, admin) = App::with_admin().await;
    let skill = id(&admin.post("/api/v1/skills", json!({"name": "英语"})).await.expect(201));
    let wrong = json!({"number": "8a", "name": "", "user_id": 77, "skills": {skill.to_string(): 11, "99": 1, "x": 1}});
    let refused = admin.post("/api/v1/agents", wrong).await.expect(422);
    let skill_field = format!("skills.{skill}");
    let mut found = fields(&refused);
    found.sort_unstable();
    let mut expected = vec!["number", "name", "user_id", skill_field.as_str(), "skills.99", "skills.x"];
    expected.sort_unstable();
    assert_eq!(found, expected);
    let viewer = json!({"login": "viewer", "role": "viewer", "password": "Ganz-Neu-2026"});
    let viewer = id(&admin.post("/api/v1/users", viewer).await.expect(201));
    let refused = admin.post("/api/v1/agents", json!({"number": "8001", "name": "王", "user_id": viewer})).await.expect(422);
    assert_eq!(fields(&refused), ["user_id"], "a viewer has no desk");
    let user = json!({"login": "wang", "role": "agent", "password": "Ganz-Neu-2026"});
    let user = id(&admin.post("/api/v1/users", user).await.expect(201));
    let body = json!({"number": "8001", "name": "王芳", "user_id": user, "skills": {skill.to_string(): 7}});
    let made = admin.post("/api/v1/agents", body.clone()).await.expect(201);
    assert_eq!((made["skills"][skill.to_string()].as_i64(), made["revision"].as_i64()), (Some(7), Some(1)));
    let taken = admin.post("/api/v1/agents", json!({"number": "8001", "name": "李"})).await.expect(409);
    assert_eq!((taken["code"].as_str(), taken["field"].as_str()), (Some("number_taken"), Some("number")));
    let twice = admin.post("/api/v1/agents", json!({"number": "8002", "name": "李", "user_id": user})).await.expect(409);
    assert_eq!(twice["field"], "user_id");
    let path = format!("/api/v1/agents/{}", id(&made));
    let mut change = body;
    change["revision"] = json!(1);
    change["name"] = json!("王小芳");
    assert_eq!(admin.put(&path, change.clone()).await.expect(200)["name"], "王小芳");
    let stale = admin.put(&path, change).await.expect(409);
    assert_eq!((stale["code"].as_str(), stale["current"]["name"].as_str()), (Some("revision_conflict"), Some("王小芳")));
    let used = admin.call(Method::DELETE, &format!("/api/v1/skills/{skill}"), None).await.expect(409);
    assert_eq!(used["code"], "skill_in_use");
    admin.call(Method::DELETE, &path, None).await.expect(204);
    admin.call(Method::DELETE, &format!("/api/v1/skills/{skill}"), None).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_mobile_is_one_agent_s_and_comes_back_as_it_was_shown() {
    let (app, admin) = App::with_admin().await;
    let with = |number: &str, mobile: &str| json!({"number": number, "name": "王芳", "mobile": mobile});
    for wrong in ["1380013800", "拨我", "138****8000", "010-88886666转801"] {
        let refused = admin.post("/api/v1/agents", with("8001", wrong)).await.expect(422);
        assert_eq!(fields(&refused), ["mobile"], "{wrong}");
    }
    let made = admin.post("/api/v1/agents", with("8001", " 138-0013-8000 ")).await.expect(201);
    assert_eq!(made["mobile"], "+8613800138000");
    let taken = admin.post("/api/v1/agents", with("8002", "13800138000")).await.expect(409);
    assert_eq!((taken["code"].as_str(), taken["field"].as_str()), (Some("mobile_taken"), Some("mobile")));
    let other = agent(&admin, "8002").await;
    assert_eq!(other["mobile"], "", "none is nobody's");
    agent(&admin, "8003").await;
    // Who may not see numbers sees it masked, and leaves it as it is.
    use model::record::Permission::{AgentRead, AgentWrite};
    let clerk = app.key(model::TenantId(1), &[AgentRead, AgentWrite]).await;
    let path = format!("/api/v1/agents/{}", id(&made));
    let mut shown = clerk.get(&path).await.expect(200);
    assert_eq!(shown["mobile"], "138****8000");
    assert_eq!(clerk.get("/api/v1/agents").await.expect(200)["items"][0]["mobile"], "138****8000");
    shown["name"] = json!("王小芳");
    assert_eq!(clerk.put(&path, shown.clone()).await.expect(200)["mobile"], "138****8000");
    assert_eq!(clerk.put(&path, shown).await.expect(409)["current"]["mobile"], "138****8000");
    let mut kept = admin.get(&path).await.expect(200);
    assert_eq!((kept["name"].as_str(), kept["mobile"].as_str()), (Some("王小芳"), Some("+8613800138000")));
    kept["mobile"] = json!("");
    assert_eq!(admin.put(&path, kept).await.expect(200)["mobile"], "");
}

#[tokio::test]
async fn every_rule_of_a_group_is_checked_by_its_field() {
    let (_app, admin) = App::with_admin().await;
    let wrong = json!({
        "name": " ", "weight": 0, "capacity": 10_001, "hours": {"windows": []}, "needs": [{"skill": 9, "level_min": 0}],
        "head_start_ms": {"vip": -1}, "relax_ms": 10, "owner": {"mode": "wait", "ms_max": 1}, "ring_ms": 1, "ring_ms_outside": 1,
        "no_answer": {"then": "skip", "ms": 1}, "wrap_up_ms": 5, "announcements": {"first_ms": 5, "every_ms": 5},
        "longest_wait_ms": 5, "choices": {"x": {"choice": "callback"}}, "choice_ms": 5, "leave_key": "x",
        "leave_to": {"to": "queue", "queue": 7}, "wait_ms_max": 5, "at_wait_max": {"to": "flow", "flow": 7},
        "overflow": [{"when": "waited", "ms": 5, "target": {"to": "numbers", "numbers": ["abc"]}}],
        "callback": {"attempts_max": 0, "retry_ms": 1, "ring_ms": 1, "keep_ms": 1},
        "service_level": {"within_ms": 1, "percent_min": 101, "short_ms": 60_001, "long_wait_ms": 1},
        "keep_ready": 1_001, "music": "没有", "greeting": "很".repeat(201),
    });
    let refused = admin.post("/api/v1/queues", wrong).await.expect(422);
    let mut found = fields(&refused);
    found.sort_unstable();
    let mut expected = [
        "name",
        "weight",
        "capacity",
        "hours",
        "needs.0.skill",
        "needs.0.level_min",
        "head_start_ms.vip",
        "relax_ms",
        "owner.ms_max",
        "ring_ms",
        "ring_ms_outside",
        "no_answer.ms",
        "wrap_up_ms",
        "announcements.first_ms",
        "announcements.every_ms",
        "longest_wait_ms",
        "choices.x",
        "choice_ms",
        "leave_key",
        "leave_to.queue",
        "wait_ms_max",
        "at_wait_max.flow",
        "overflow.0.ms",
        "overflow.0.target.numbers.0",
        "callback.attempts_max",
        "callback.retry_ms",
        "callback.ring_ms",
        "callback.keep_ms",
        "callback.enabled",
        "service_level.within_ms",
        "service_level.percent_min",
        "service_level.short_ms",
        "service_level.long_wait_ms",
        "keep_ready",
        "music",
        "greeting",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(refused["errors"].as_array().unwrap().iter().all(|e| !e["detail"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn groups_send_callers_to_each_other_and_have_members() {
    let (_app, admin) = App::with_admin().await;
    let first = admin.post("/api/v1/queues", json!({"name": "咨询"})).await.expect(201);
    assert_eq!((first["strategy"].as_str(), first["ring_ms"].as_i64()), (Some("longest_idle"), Some(20_000)));
    assert_eq!(admin.post("/api/v1/queues", json!({"name": "咨询"})).await.expect(409)["field"], "name");
    let to = json!({"to": "queue", "queue": first["id"]});
    let numbers = json!({"to": "numbers", "numbers": ["0531-88886666"]});
    let overflow = json!([{"when": "no_agents", "target": to}, {"when": "waited", "ms": 30_000, "target": numbers}]);
    let second = admin.post("/api/v1/queues", json!({"name": "投诉", "overflow": overflow})).await.expect(201);
    assert_eq!(second["overflow"][1]["target"]["numbers"][0], "+8653188886666");
    let path = format!("/api/v1/queues/{}", id(&first));
    assert_eq!(admin.call(Method::DELETE, &path, None).await.expect(409)["code"], "queue_in_use");
    let mut own = first.clone();
    own["leave_to"] = to;
    assert_eq!(fields(&admin.put(&path, own).await.expect(422)), ["leave_to.queue"], "not to itself");
    let mut change = first.clone();
    change["weight"] = json!(300);
    assert_eq!(admin.put(&path, change.clone()).await.expect(200)["weight"], 300);
    assert_eq!(admin.put(&path, change).await.expect(409)["current"]["weight"], 300);

    let agent = agent(&admin, "8001").await;
    let members = format!("{path}/members");
    let twice = json!([{"agent_id": agent["id"]}, {"agent_id": agent["id"]}, {"agent_id": 9, "schedule": {"weekdays": []}}]);
    assert_eq!(fields(&admin.put(&members, twice).await.expect(422)), ["1.agent_id", "2.agent_id", "2.schedule"]);
    let stored = admin.put(&members, json!([{"agent_id": agent["id"], "place": 2, "vip_only": true}])).await.expect(200);
    assert_eq!((stored[0]["place"].as_i64(), stored[0]["vip_only"].as_bool()), (Some(2), Some(true)));
    assert_eq!(admin.get(&members).await.expect(200), stored);
    admin.call(Method::DELETE, &format!("/api/v1/queues/{}", id(&second)), None).await.expect(204);
    admin.call(Method::DELETE, &path, None).await.expect(204);
}

#[tokio::test]
async fn settings_of_desks_and_customers_are_checked() {
    let (app, admin) = App::with_admin().await;
    fill(&app, &admin).await;
    let mut desk = admin.get("/api/v1/settings").await.expect(200)["desk"].clone();
    assert_eq!(desk["zone"], "Asia/Shanghai");
    desk["link_grace_ms"] = json!(30_000);
    assert_eq!(admin.put("/api/v1/settings/desk", desk.clone()).await.expect(200), desk);
    desk["zone"] = json!("Mars/Base");
    desk["breaks"] = json!([{"code": "no_answer", "name": "", "ms_max": 0}, {"code": "a b", "name": "x", "ms_max": 99_999_999}]);
    desk["music"] = json!("没有");
    let refused = admin.put("/api/v1/settings/desk", desk).await.expect(422);
    let expected = ["zone", "music", "breaks.0.code", "breaks.0.name", "breaks.1.code", "breaks.1.ms_max"];
    assert_eq!(fields(&refused), expected);
    let customers = json!({
        "fields": [{"key": "a", "name": "甲", "kind": "select", "choices": []}, {"key": "a", "name": "乙", "kind": "text"}],
        "dispositions": [{"code": "", "name": "x"}],
    });
    let refused = admin.put("/api/v1/settings/customers", customers).await.expect(422);
    assert_eq!(fields(&refused), ["fields.0.choices", "fields.1.key", "dispositions.0.code"]);
}
