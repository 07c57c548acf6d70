//! 名单: lists, leads that come while a campaign runs, whose they are; 公海.

use crate::app::{App, Client};
use axum::http::Method;
use model::record::Permission;
use serde_json::{Value, json};

async fn campaign(admin: &Client, name: &str) -> i64 {
    let template = admin.get("/api/v1/campaign-templates").await.expect(200)["items"][0]["code"].clone();
    let made = admin.post("/api/v1/campaigns/from-template", json!({"template": template, "name": name})).await.expect(201);
    made["id"].as_i64().unwrap()
}

fn names(lists: &Value) -> Vec<&str> {
    lists["items"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_leader_keeps_several_lists() {
    let (_app, admin) = App::with_admin().await;
    let id = campaign(&admin, "回访").await;
    let path = format!("/api/v1/campaigns/{id}/lists");
    let made = admin.post(&path, json!({"name": "重点", "weight": 60, "priority": 5})).await.expect(201);
    let list = made["id"].as_i64().unwrap();
    assert_eq!(made["origin"], "hand");
    let twice = admin.post(&path, json!({"name": "重点"})).await.expect(409);
    assert_eq!((&twice["code"], &twice["field"]), (&json!("duplicate"), &json!("name")));
    let wrong =
        admin.post(&path, json!({"name": "", "weight": 0, "filter": {"fields": [{"key": "x", "op": "in"}]}})).await.expect(422);
    let fields: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fields, ["name", "weight", "filter.fields.0.values"]);
    let lead = json!({"phone": "13800138000", "list_id": list, "variables": {"等级": "A"}});
    admin.post(&format!("/api/v1/campaigns/{id}/leads"), lead).await.expect(201);
    let seen = admin.get(&path).await.expect(200);
    assert_eq!(names(&seen), ["重点", "默认名单"], "the highest priority first");
    assert_eq!(seen["items"][0]["progress"], json!({"leads": 1, "by_state": {"ready": 1}, "with_result": 0}));
    // Two leaders edit it: the second is shown what the first wrote.
    let one = format!("/api/v1/lead-lists/{list}");
    let filter = json!({"fields": [{"key": "等级", "op": "in", "values": ["B"]}]});
    let saved = admin.put(&one, json!({"revision": 1, "name": "重点客户", "weight": 30, "filter": filter})).await.expect(200);
    assert_eq!((&saved["applied"], &saved["revision"]), (&json!(true), &json!(2)));
    let lost = admin.put(&one, json!({"revision": 1, "name": "重点", "weight": 90})).await.expect(409);
    assert_eq!((&lost["code"], &lost["current"]["weight"]), (&json!("revision_conflict"), &json!(30)));
    let waits = admin.get(&format!("/api/v1/campaigns/{id}/leads?list_id={list}")).await.expect(200);
    assert_eq!(waits["items"][0]["hold"], "filter");
    assert_eq!(admin.call(Method::DELETE, &one, None).await.expect(200), json!({"leads": 1}));
    assert_eq!(names(&admin.get(&path).await.expect(200)), ["默认名单"]);
    admin.put(&one, json!({"revision": 2, "name": "x"})).await.expect(404);
}

#[tokio::test]
async fn results_of_one_campaign_are_a_list_of_another() {
    let (_app, admin) = App::with_admin().await;
    let (from, to) = (campaign(&admin, "第一轮").await, campaign(&admin, "第二轮").await);
    for phone in ["13800138000", "13800138001"] {
        admin.post(&format!("/api/v1/campaigns/{from}/leads"), json!({"phone": phone})).await.expect(201);
    }
    admin.post(&format!("/api/v1/campaigns/{to}/leads"), json!({"phone": "13800138001"})).await.expect(201);
    let path = format!("/api/v1/campaigns/{to}/lists/from-results");
    let body = json!({"name": "未接", "from_campaign_id": from, "leads": {"states": ["ready"]}, "weight": 20});
    let made = admin.post(&path, body.clone()).await.expect(201);
    assert_eq!((&made["copied"], &made["duplicates"], &made["list"]["origin_note"]), (&json!(1), &json!(1), &json!("第一轮")));
    let own = admin.post(&path, json!({"name": "自己", "from_campaign_id": to})).await.expect(422);
    assert_eq!(own["field"], "from_campaign_id");
    admin.post(&path, json!({"name": "没有", "from_campaign_id": 99})).await.expect(404);
}

#[tokio::test]
async fn a_system_adds_leads_while_the_campaign_runs() {
    let (app, admin) = App::with_admin().await;
    let id = campaign(&admin, "工单回访").await;
    let key = app.key(model::TenantId(1), &[Permission::LeadWrite, Permission::LeadRead]).await;
    let path = format!("/api/v1/campaigns/{id}/leads");
    let ticket = json!({
        "phone": "13800138000", "phones": ["13900139000", "138-0013-8000"], "source_id": "T-2026-1", "after_minutes": 90, "call_within_minutes": 10,
    });
    let made = key.post(&path, ticket.clone()).await.expect(201);
    let (from, until) = (made["next_at"].clone(), made["expires_at"].clone());
    assert_eq!(made["phones"], json!(["139****9000"]), "the first number is no further one, and they are masked");
    assert!(made["hold"] == "time" && from.is_string() && until.is_string(), "{made}");
    let again = key.post(&path, ticket).await.expect(200);
    assert_eq!(again["id"], made["id"], "asked twice, added once");
    let wrong = key.post(&path, json!({"phone": "1", "phones": ["x"], "after_minutes": 0})).await.expect(422);
    let fields: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fields, ["after_minutes", "phone", "phones.0"]);
    let foreign = key.post(&path, json!({"phone": "13800138005", "agent_id": 77})).await.expect(422);
    assert_eq!(foreign["field"], "agent_id");
    let found = key.get(&format!("{path}?q=T-2026-1")).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "found by the source's own id");
    // A rule keeps repeats out.
    let other = campaign(&admin, "另一个").await;
    admin.post(&format!("/api/v1/campaigns/{other}/leads"), json!({"phone": "13800138009"})).await.expect(201);
    let dedupe = json!({"phone": "13800138009", "dedupe": {"in_other_tasks": true, "called_within_days": 7}});
    key.post(&path, dedupe).await.expect(201);
    let days = json!({"phone": "13800138010", "dedupe": {"called_within_days": 0}});
    assert_eq!(key.post(&path, days).await.expect(422)["field"], "dedupe.called_within_days");
}

#[tokio::test]
async fn leads_are_given_to_agents_and_taken_back() {
    let (_app, admin) = App::with_admin().await;
    let id = campaign(&admin, "专属").await;
    let mut agents = Vec::new();
    for number in ["6001", "6002"] {
        let made = admin.post("/api/v1/agents", json!({"number": number, "name": number})).await.expect(201);
        agents.push(made["id"].as_i64().unwrap());
    }
    for n in 0..5 {
        admin.post(&format!("/api/v1/campaigns/{id}/leads"), json!({"phone": format!("1380013800{n}")})).await.expect(201);
    }
    let assign = format!("/api/v1/campaigns/{id}/leads/assign");
    let wish = json!({"filter": {}, "agents": agents});
    assert_eq!(admin.post(&assign, wish.clone()).await.expect(422)["field"], "agents", "a machine calls in this mode");
    let path = format!("/api/v1/campaigns/{id}");
    let queue = admin.post("/api/v1/queues", json!({"name": "咨询"})).await.expect(201);
    let mut task = admin.get(&path).await.expect(200);
    (task["mode"], task["queue_id"]) = (json!("manual"), queue["id"].clone());
    let mut task = admin.put(&path, task).await.expect(200);
    let given = admin.post(&assign, wish).await.expect(200);
    task["mode"] = json!("ivr");
    assert_eq!(admin.put(&path, task).await.expect(422)["errors"][0]["field"], "mode", "nobody would call them");
    assert_eq!(given["agents"], json!([{"agent_id": agents[0], "leads": 3}, {"agent_id": agents[1], "leads": 2}]));
    assert_eq!(admin.get(&format!("/api/v1/campaigns/{id}/leads/assigned")).await.expect(200), given);
    let mine = admin.get(&format!("/api/v1/campaigns/{id}/leads?agent_id={}", agents[1])).await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 2);
    assert_eq!(admin.post(&assign, json!({"filter": {}, "agents": []})).await.expect(422)["field"], "agents");
    admin.post(&assign, json!({"filter": {}, "agents": [99]})).await.expect(404);
    let back = format!("/api/v1/campaigns/{id}/leads/unassign");
    assert_eq!(admin.post(&back, json!({"filter": {"agent_id": agents[0]}})).await.expect(200), json!({"leads": 3}));
}

#[tokio::test]
async fn a_sheet_brings_several_numbers_onto_a_list_of_its_own() {
    let (_app, admin) = App::with_admin().await;
    let (id, other) = (campaign(&admin, "导入").await, campaign(&admin, "在跑").await);
    let lead = admin.post(&format!("/api/v1/campaigns/{other}/leads"), json!({"phone": "13700137001"})).await.expect(201);
    assert_eq!(lead["list_id"], other);
    let sheet = "手机,备用电话,客户编号\n13700137000,010-88886666,C1\n13700137001,,C2\n";
    let uploaded = admin.upload(&format!("/api/v1/campaigns/{id}/imports"), &[], "名单.csv", sheet.as_bytes()).await.expect(201);
    let import = uploaded["import"]["id"].as_i64().unwrap();
    let column = |column: u32, target: &str| json!({"column": column, "target": target});
    let mapping = json!([column(0, "phone"), column(1, "phone2"), column(2, "source_id")]);
    let body = json!({"mapping": mapping, "new_list": "十一月", "dedupe": {"in_other_tasks": true}});
    let done = admin.post(&format!("/api/v1/imports/{import}/commit"), body).await.expect(202);
    assert_eq!(
        (&done["accepted"], &done["state"]),
        (&json!(2), &json!("done")),
        "the other campaign does not run: nobody is left out"
    );
    let lists = admin.get(&format!("/api/v1/campaigns/{id}/lists")).await.expect(200);
    let made = lists["items"].as_array().unwrap().iter().find(|l| l["name"] == "十一月").expect("the list is made").clone();
    assert_eq!(
        (&made["origin"], &made["origin_note"], &made["progress"]["leads"]),
        (&json!("import"), &json!("名单.csv"), &json!(2))
    );
    let leads = admin.get(&format!("/api/v1/campaigns/{id}/leads?list_id={}", made["id"])).await.expect(200);
    let first = &leads["items"][0];
    assert_eq!((&first["phones"], &first["source_id"]), (&json!(["+861088886666"]), &json!("C1")));
    let past = admin.get(&format!("/api/v1/leads/{}/past", first["id"])).await.expect(200);
    assert_eq!(past, json!({"items": []}));
}

#[tokio::test]
async fn customers_come_and_go_between_agents_and_the_pool() {
    let (_app, admin) = App::with_admin().await;
    let customer = json!({"name": "王五", "numbers": [{"number": "13800138000", "label": "手机"}]});
    let id = admin.post("/api/v1/customers", customer).await.expect(201)["id"].as_i64().unwrap();
    assert_eq!(admin.get("/api/v1/pool").await.expect(200)["items"][0]["id"], id);
    assert_eq!(admin.post(&format!("/api/v1/pool/{id}/claim"), json!({})).await.expect(404)["code"], "no_agent");
    let me = admin.get("/api/v1/session").await.expect(200)["user"]["id"].clone();
    let agent = admin.post("/api/v1/agents", json!({"number": "6001", "name": "管理员", "user_id": me})).await.expect(201);
    admin.put("/api/v1/settings/pool", json!({"claims_per_day_max": 1})).await.expect(200);
    let mine = admin.post(&format!("/api/v1/pool/{id}/claim"), json!({})).await.expect(200);
    assert_eq!(mine["owner_id"], agent["id"]);
    let share = admin.get("/api/v1/pool/share").await.expect(200);
    assert_eq!((&share["taken_today"], &share["held"], &share["agent"]), (&json!(1), &json!(1), &json!(true)));
    assert_eq!(admin.get("/api/v1/pool").await.expect(200)["items"], json!([]));
    admin.post(&format!("/api/v1/pool/{id}/release"), json!({"note": "不需要"})).await.expect(200);
    let again = admin.post(&format!("/api/v1/pool/{id}/release"), json!({})).await.expect(409);
    assert_eq!(again["code"], "pool_not_yours");
    assert_eq!(admin.post(&format!("/api/v1/pool/{id}/claim"), json!({})).await.expect(409)["code"], "pool_day_full");
    admin.post(&format!("/api/v1/pool/{id}/assign"), json!({"agent_id": agent["id"]})).await.expect(200);
    let moves = admin.get(&format!("/api/v1/pool/{id}/moves")).await.expect(200);
    let kinds: Vec<_> = moves["items"].as_array().unwrap().iter().map(|m| m["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["assign", "release", "claim"]);
    let wrong = admin.put("/api/v1/settings/pool", json!({"recycle_days": 9999})).await.expect(422);
    assert_eq!(wrong["field"], "recycle_days");
}
