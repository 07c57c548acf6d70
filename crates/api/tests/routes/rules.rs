//! Rules of dialling: lists of a task and of the house, sheets, consent by message, flags, what holds for a task, the ledger.

use crate::app::{App, Client};
use crate::fixture::{fill, id};
use model::TenantId;
use model::record::{Permission as P, Role};
use serde_json::{Value, json};

async fn task(app: &App, admin: &Client) -> i64 {
    fill(app, admin).await.id("campaigns")
}

async fn numbers(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/api/v1/list-entries?{query}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|e| e["phone"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_of_a_task_of_the_tenant_and_of_the_house() {
    let (app, admin) = App::with_admin().await;
    let task = task(&app, &admin).await;
    let here = json!({"kind": "exempt", "campaign_id": task, "phones": ["13800138001"], "reason": "投诉"});
    assert_eq!(admin.post("/api/v1/list-entries", here).await.expect(201)["added"], 1);
    let house = json!({"kind": "exempt", "everywhere": true, "phones": ["13800138002"]});
    admin.post("/api/v1/list-entries", house.clone()).await.expect(201);
    admin.post("/api/v1/list-entries", json!({"kind": "exempt", "phones": ["13800138003"]})).await.expect(201);
    assert_eq!(numbers(&admin, &format!("kind=exempt&campaign_id={task}")).await, ["+8613800138001"]);
    assert_eq!(numbers(&admin, "kind=exempt&everywhere=true").await, ["+8613800138002"]);
    assert_eq!(numbers(&admin, "kind=exempt").await, ["+8613800138003"]);

    for kind in ["block", "vip", "consent"] {
        let other = json!({"kind": kind, "campaign_id": task, "phones": ["13800138001"]});
        assert_eq!(admin.post("/api/v1/list-entries", other).await.expect(422)["field"], "kind", "{kind}");
    }
    let second = app.second_tenant().await;
    let stranger = app.key(second, P::ALL).await;
    let refused = stranger.post("/api/v1/list-entries", house).await.expect(403);
    assert_eq!(refused["code"], "house_list", "the house's lists are not everybody's");
    stranger.get("/api/v1/list-entries?kind=exempt&everywhere=true").await.expect(403);
    let foreign = json!({"kind": "exempt", "campaign_id": task, "phones": ["13800138001"]});
    stranger.post("/api/v1/list-entries", foreign.clone()).await.expect(404);
    stranger.post("/api/v1/list-entries/remove", foreign.clone()).await.expect(404);
    stranger.get(&format!("/api/v1/list-entries?kind=exempt&campaign_id={task}")).await.expect(404);

    assert_eq!(admin.post("/api/v1/list-entries/remove", foreign).await.expect(200)["removed"], 1);
    assert!(numbers(&admin, &format!("kind=exempt&campaign_id={task}")).await.is_empty());
}

#[tokio::test]
async fn a_sheet_goes_in_whole_or_not_at_all_and_comes_out_as_it_went() {
    let (app, admin) = App::with_admin().await;
    let sheet = |text: &str| json!({"kind": "exempt", "text": text});
    let wrong = admin.post("/api/v1/list-entries/import", sheet("13800138001,a\n12,b\n")).await.expect(422);
    assert_eq!(wrong["errors"][0]["field"], "text.2");
    assert!(numbers(&admin, "kind=exempt").await.is_empty(), "nothing of it");
    let good = sheet("号码,原因,有效期至\n13800138001,投诉,2030-12-31\n010-88886666\n");
    assert_eq!(admin.post("/api/v1/list-entries/import", good).await.expect(200)["added"], 2);
    let file = admin.get("/api/v1/list-entries/export.csv?kind=exempt").await;
    let text = file.text().to_owned();
    assert!(text.contains("13800138001,投诉,2030-12-31") && text.contains("01088886666"), "{text}");
    let again = json!({"kind": "block", "text": text});
    assert_eq!(admin.post("/api/v1/list-entries/import", again).await.expect(200)["added"], 2);
    admin.get("/api/v1/list-entries/export.csv").await.expect(422);
    let viewer = app.key(TenantId(1), &[P::ResultExport]).await;
    let masked = viewer.get("/api/v1/list-entries/export.csv?kind=exempt").await.text().to_owned();
    assert!(masked.contains("138****8001") && !masked.contains("13800138001"), "{masked}");
}

#[tokio::test]
async fn who_answers_td_is_exempt_and_the_message_is_the_proof() {
    let (app, admin) = App::with_admin().await;
    let message = |text: &str| json!({"type": "message", "phone": "13800138001", "text": text});
    admin.post("/api/v1/sms/inbound", message("我想退订流量包")).await.expect(204);
    assert!(numbers(&admin, "kind=exempt").await.is_empty());
    admin.post("/api/v1/sms/inbound", message(" td ")).await.expect(204);
    assert_eq!(numbers(&admin, "kind=exempt").await, ["+8613800138001"]);
    let said = admin.get("/api/v1/consents?phone=13800138001").await.expect(200)["items"][0].clone();
    assert_eq!((&said["action"], &said["source"], &said["words"]), (&json!("refused"), &json!("sms"), &json!("td")));
    let newest = admin.get("/api/v1/sms?direction=inbound").await.expect(200)["items"][0]["id"].clone();
    assert_eq!(said["evidence"], json!(format!("sms:{newest}")));

    let lifted = json!({"phone": "13800138001", "action": "lifted", "words": "本人要求恢复"});
    assert_eq!(admin.post("/api/v1/consents", lifted).await.expect(201)["source"], "manual");
    assert!(numbers(&admin, "kind=exempt").await.is_empty());
    let key = app.key(TenantId(1), &[P::ListWrite]).await;
    let given = key.post("/api/v1/consents", json!({"phone": "13800138001", "action": "given"})).await.expect(201);
    assert_eq!((&given["source"], &given["phone"]), (&json!("api"), &json!("138****8001")));
    assert_eq!(numbers(&admin, "kind=consent").await, ["+8613800138001"]);
    assert_eq!(admin.post("/api/v1/consents", json!({"phone": "12", "action": "given"})).await.expect(422)["field"], "phone");
    let nowhere = json!({"phone": "13800138001", "action": "refused", "campaign_id": 99});
    admin.post("/api/v1/consents", nowhere).await.expect(404);
    let stranger = app.key(app.second_tenant().await, P::ALL).await;
    assert_eq!(stranger.get("/api/v1/consents").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_number_is_flagged_edited_and_restored() {
    let (app, admin) = App::with_admin().await;
    let number = id(&admin.post("/api/v1/numbers", json!({"number": "01088886666", "outbound": true})).await.expect(201));
    let path = format!("/api/v1/numbers/{number}");
    let flagged = admin.post(&format!("{path}/flag"), json!({"note": "用户投诉"})).await.expect(200);
    assert_eq!((&flagged["flag"]["reason"], &flagged["flag"]["note"]), (&json!("manual"), &json!("用户投诉")));
    let edited = admin.put(&path, json!({"number": "01088886666", "outbound": true, "note": "总机"})).await.expect(200);
    assert_eq!(edited["flag"]["note"], "用户投诉", "an edit lifts no flag");
    let free = admin.post(&format!("{path}/unflag"), json!({})).await.expect(200);
    assert_eq!(free["flag"]["at"], Value::Null);
    let audit = admin.get("/api/v1/audit").await.expect(200);
    let actions: Vec<&str> = audit["items"].as_array().unwrap().iter().filter_map(|a| a["action"].as_str()).collect();
    assert!(actions.contains(&"number.flag") && actions.contains(&"number.unflag"), "{actions:?}");
    let viewer = app.person(Role::Viewer).await;
    viewer.post(&format!("{path}/flag"), json!({})).await.expect(403);
}

#[tokio::test]
async fn a_task_may_be_stricter_than_the_tenant_and_says_whose_rule_it_is() {
    let (app, admin) = App::with_admin().await;
    let task = task(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{task}");
    let mut campaign = admin.get(&path).await.expect(200);
    campaign["caller_ids"] = json!(["01088886666"]);
    campaign["dial_rules"] = json!({"contact_per_day_max": 9, "refusal_results": ["nothing"]});
    let refused = admin.put(&path, campaign.clone()).await.expect(422);
    let fields: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|e| e["field"].as_str()).collect();
    assert!(fields.contains(&"dial_rules.refusal_results.0"), "{fields:?}");
    campaign["dial_rules"] = json!({"contact_per_day_max": 9});
    let refused = admin.put(&path, campaign.clone()).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "dial_rules.contact_per_day_max");
    campaign["dial_rules"] = json!({"contact_per_day_max": 1, "consent_required": true, "caller_id_interval_s": 30});
    admin.put(&path, campaign).await.expect(200);

    let rules = admin.get(&format!("{path}/rules")).await.expect(200);
    let rule = |key: &str| rules["rules"].as_array().unwrap().iter().find(|r| r["key"] == key).unwrap().clone();
    assert_eq!(rule("contact_per_day"), json!({"key": "contact_per_day", "value": "1", "from": "task"}));
    assert_eq!(rule("number_per_24h"), json!({"key": "number_per_24h", "value": "5", "from": "tenant"}));
    assert_eq!(rule("consent"), json!({"key": "consent", "value": "yes", "from": "task"}));
    assert_eq!(rule("caller_id_interval"), json!({"key": "caller_id_interval", "value": "30", "from": "task"}));
    assert_eq!(rule("lists")["from"], "house");
    let pool = &rules["pool"][0];
    assert_eq!((&pool["number"], &pool["state"], &pool["region"]), (&json!("+861088886666"), &json!("free"), &json!("北京市")));

    assert_eq!(admin.get(&format!("{path}/refusals")).await.expect(200)["items"], json!([]));
    let ledger = admin.get(&format!("{path}/ledger")).await.expect(200);
    assert_eq!(
        (&ledger["percent_max"], &ledger["day"]["answers"], &ledger["day"]["over"]),
        (&json!(3.0), &json!(0), &json!(false))
    );
    assert_eq!(ledger["calls"]["items"], json!([]));
}

#[tokio::test]
async fn limits_that_make_no_sense_are_refused_by_field() {
    let (_app, admin) = App::with_admin().await;
    let mut limits = admin.get("/api/v1/settings").await.expect(200)["compliance"].clone();
    limits["abandoned_percent_max"] = json!(50);
    limits["refusal_words"] = json!(["", "TD"]);
    let refused = admin.put("/api/v1/settings/compliance", limits).await.expect(422);
    let fields: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|e| e["field"].as_str()).collect();
    assert_eq!(fields, ["abandoned_percent_max", "refusal_words"]);
}
