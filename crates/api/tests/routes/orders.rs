//! Products and orders: who sells what to whom, at whose desk, and who sees it. And the figures of a campaign's page.

use crate::app::{App, Client};
use crate::fixture::{MARK, fill, id};
use crate::scope::person;
use model::record::{Permission as P, Role};
use model::{TenantId, UserId};
use serde_json::{Value, json};

/// An agent with a 工号, at work.
async fn seller(app: &App, admin: &Client, number: &str) -> (Client, i64, UserId) {
    let unit = id(&admin.post("/api/v1/org-units", json!({"name": number})).await.expect(201));
    let (client, user) = person(app, admin, "agent", json!({"unit_id": unit})).await;
    let agent = json!({"number": number, "name": number, "user_id": user, "unit_id": unit});
    (client, id(&admin.post("/api/v1/agents", agent).await.expect(201)), UserId(user))
}

async fn products(admin: &Client) -> [i64; 2] {
    let fast = json!({"code": "B500", "name": "宽带 500M", "price_cents": 59_900, "unit": "年", "attributes": {"速率": "500M"}});
    let slow = json!({"code": "A100", "name": "宽带 100M", "price_cents": 29_900, "unit": "年"});
    [id(&admin.post("/api/v1/products", fast).await.expect(201)), id(&admin.post("/api/v1/products", slow).await.expect(201))]
}

fn names(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|p| p[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_campaign_offers_what_was_chosen_for_it() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let [fast, slow] = products(&admin).await;
    let offer = format!("/api/v1/campaigns/{}/products", rows.id("campaigns"));
    let sold = format!("/api/v1/products?campaign_id={}", rows.id("campaigns"));
    assert_eq!(names(&admin.get(&sold).await.expect(200), "code"), ["A100", "B500", "P-1"], "nothing chosen: all there is");
    admin.put(&offer, json!({"products": [fast, slow]})).await.expect(200);
    assert_eq!(names(&admin.get(&sold).await.expect(200), "code"), ["B500", "A100"]);
    assert_eq!(admin.put(&offer, json!({"products": [fast, fast]})).await.expect(422)["field"], "products");
    assert_eq!(admin.put(&offer, json!({"products": [987_654]})).await.expect(422)["field"], "products");
    let mut stored = admin.get(&format!("/api/v1/products/{fast}")).await.expect(200);
    stored["enabled"] = json!(false);
    admin.put(&format!("/api/v1/products/{fast}"), stored.clone()).await.expect(200);
    assert_eq!(names(&admin.get(&sold).await.expect(200), "code"), ["A100"], "one that is switched off is not offered");
    let stale = admin.put(&format!("/api/v1/products/{fast}"), stored).await.expect(409);
    assert_eq!(stale["current"]["revision"], 2);
    let twin = json!({"code": "A100", "name": "x", "price_cents": 1});
    assert_eq!(admin.post("/api/v1/products", twin).await.expect(409)["field"], "code");
    let wrong = json!({"code": " ", "name": "", "price_cents": -1});
    assert_eq!(admin.post("/api/v1/products", wrong).await.expect(422)["errors"].as_array().unwrap().len(), 3);
    let supervisor = app.person(Role::Supervisor).await;
    supervisor.post("/api/v1/products", json!({"code": "C", "name": "x", "price_cents": 1})).await.expect(403);
}

#[tokio::test]
async fn an_agent_takes_an_order_of_their_call_and_sees_no_number() {
    let (app, admin) = App::with_admin().await;
    fill(&app, &admin).await;
    let [fast, slow] = products(&admin).await;
    let (mine, agent, user) = seller(&app, &admin, "8101").await;
    let (other, ..) = seller(&app, &admin, "8102").await;
    let call = crate::fixture::talked(&app, user).await;
    let wish = json!({"call_id": call, "lines": [{"product_id": fast, "quantity": 2}], "note": "请打13800138000", "confirmation": "录音为证"});
    let order = mine.post("/api/v1/orders", wish.clone()).await.expect(201);
    assert_eq!((order["state"].as_str(), order["total_cents"].as_i64()), (Some("draft"), Some(119_800)));
    assert_eq!((order["agent_id"].as_i64(), order["customer_name"].as_str()), (Some(agent), Some(MARK)), "as the call has it");
    assert!(!order.to_string().contains("3800138000") && order["phone"] == "138****8000", "{order}");
    let path = format!("/api/v1/orders/{}", order["id"]);
    assert_eq!(admin.get(&path).await.expect(200)["phone"], "+8613800138000");
    // The price of the day stays with the line; what was shown masked stays what it is.
    let mut dearer = admin.get(&format!("/api/v1/products/{fast}")).await.expect(200);
    dearer["price_cents"] = json!(99_900);
    admin.put(&format!("/api/v1/products/{fast}"), dearer).await.expect(200);
    let mut next = order.clone();
    next["lines"] = json!([{"product_id": fast, "quantity": 1}, {"product_id": slow, "quantity": 3}]);
    let next = mine.put(&path, next).await.expect(200);
    assert_eq!(next["total_cents"], 59_900 + 3 * 29_900);
    let whole = admin.get(&path).await.expect(200);
    assert_eq!((whole["phone"].as_str(), whole["note"].as_str()), (Some("+8613800138000"), Some("请打13800138000")));
    assert_eq!(mine.put(&path, order).await.expect(409)["code"], "revision_conflict");

    other.get(&path).await.expect(404);
    other.post(&format!("{path}/cancel"), json!({"revision": 2, "reason": "x"})).await.expect(404);
    assert_eq!(other.post("/api/v1/orders", wish).await.expect(422)["field"], "call_id", "nobody else's call");
    assert_eq!(other.get("/api/v1/orders").await.expect(200)["items"].as_array().unwrap().len(), 0);
    let taken = json!({"agent_id": agent, "customer_name": "x", "lines": [{"product_id": slow, "quantity": 1}]});
    assert_eq!(other.post("/api/v1/orders", taken).await.expect(422)["field"], "agent_id");

    let sure = mine.post(&format!("{path}/confirm"), json!({"revision": 2})).await.expect(200);
    assert_eq!((sure["state"].as_str(), sure["confirmation"].as_str()), (Some("confirmed"), Some("录音为证")));
    assert_eq!(mine.put(&path, sure.clone()).await.expect(409)["code"], "order_closed");
    assert_eq!(mine.post(&format!("{path}/cancel"), json!({"revision": 3, "reason": " "})).await.expect(422)["field"], "reason");
    mine.post(&format!("{path}/cancel"), json!({"revision": 3, "reason": "客户反悔"})).await.expect(200);
    let log = admin.get("/api/v1/audit").await.text();
    for action in ["order.create", "order.update", "order.confirm", "order.cancel", "product.update"] {
        assert!(log.contains(action), "{action} is not in the log");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_said_at_its_field() {
    let (app, admin) = App::with_admin().await;
    fill(&app, &admin).await;
    let [fast, _] = products(&admin).await;
    let wish = json!({"phone": "12", "lines": [{"product_id": fast, "quantity": 0}, {"product_id": fast, "quantity": 1}, {"product_id": 5, "quantity": 1}]});
    let faults = admin.post("/api/v1/orders", wish).await.expect(422);
    let fields: Vec<&str> = faults["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["customer_name", "phone", "lines.0.quantity", "lines.1.product_id", "lines.2.product_id"]);
    let none = admin.post("/api/v1/orders", json!({"customer_name": "王芳"})).await.expect(422);
    assert_eq!(none["field"], "lines");
    let key = app.key(TenantId(1), &[P::OrderRead]).await;
    key.post("/api/v1/orders", json!({})).await.expect(403);
    key.get("/api/v1/orders/export?format=csv").await.expect(403);
}

#[tokio::test]
async fn sales_and_orders_are_exported_masked() {
    let (app, admin) = App::with_admin().await;
    fill(&app, &admin).await;
    let [fast, _] = products(&admin).await;
    let line = json!([{"product_id": fast, "quantity": 2}]);
    let wish = json!({"customer_name": "王芳", "phone": "13800138000", "lines": line, "confirm": true});
    admin.post("/api/v1/orders", wish).await.expect(201);
    let clerk = app.key(TenantId(1), &[P::OrderRead, P::OrderExport]).await;
    let sheet = "/api/v1/orders/export?format=csv&state=confirmed&q=B500";
    let whole = admin.get(sheet).await.text();
    assert!(whole.contains("13800138000") && whole.contains("B500") && whole.contains("1198"), "{whole}");
    let masked = clerk.get(sheet).await.text();
    assert!(!masked.contains("13800138000") && masked.contains("138****8000"), "{masked}");
    let report = clerk.get("/api/v1/reports/sales_campaigns").await.expect(200);
    assert_eq!(report["columns"][6]["kind"], "money");
    assert_eq!(report["rows"][0][6], 119_800);
    let file = clerk.get("/api/v1/reports/sales_campaigns/file?format=csv").await.text();
    assert!(file.contains("销售额（元）") && file.contains("1198"), "{file}");
    let viewer = app.person(Role::Viewer).await;
    viewer.get("/api/v1/reports/sales_days").await.expect(200);
    viewer.get("/api/v1/reports/sales_days/file").await.expect(403);
    app.key(TenantId(1), &[P::CampaignRead]).await.get("/api/v1/reports/sales_days").await.expect(403);
}

#[tokio::test]
async fn a_campaign_s_page_tells_its_figures() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}", rows.id("campaigns"));
    let page = admin.get(&format!("{path}/overview?zone=Asia/Shanghai")).await.expect(200);
    assert_eq!((page["funnel"]["leads"].as_i64(), page["funnel"]["called"].as_i64()), (Some(1), Some(0)));
    assert_eq!((page["speed"]["last_hour"].as_array().unwrap().len(), page["cost"]["routed"].as_i64()), (12, Some(0)));
    assert_eq!(admin.get(&format!("{path}/overview?zone=Mars/Base")).await.expect(400)["field"], "zone");
    app.person(Role::Agent).await.get(&format!("{path}/overview")).await.expect(403);
    admin.put("/api/v1/settings/costs", json!({"per_minute": 150})).await.expect(200);
    assert_eq!(admin.get("/api/v1/settings").await.expect(200)["costs"]["per_minute"], 150);
    assert_eq!(admin.put("/api/v1/settings/costs", json!({"per_minute": 200_000})).await.expect(422)["field"], "per_minute");

    // The numbers behind a figure, as a sheet.
    let sheet = |query: &str| format!("{path}/results.csv?{query}");
    let lines = async |query: &str| admin.get(&sheet(query)).await.text().lines().count();
    assert_eq!((lines("").await, lines("result=attend").await, lines("disposition=busy").await), (2, 1, 1));
    assert_eq!(lines("from=2020-01-01T00:00:00Z").await, 1, "who was never called has no day");
    assert_eq!(admin.get(&sheet("disposition=nonsense")).await.expect(400)["field"], "disposition");
    for code in ["survey_detail", "survey_summary"] {
        assert_eq!(admin.get(&format!("/api/v1/reports/{code}")).await.expect(422)["field"], "campaign_id");
        admin.get(&format!("/api/v1/reports/{code}?campaign_id={}", rows.id("campaigns"))).await.expect(200);
    }
}

#[tokio::test]
async fn answers_show_no_number_to_those_who_may_not_see_them() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let (campaign, lead) = (model::CampaignId(rows.id("campaigns")), model::LeadId(rows.id("leads")));
    let variables = json!({"回电号码": "13900139000", "评分": "5"}).as_object().unwrap().clone();
    let fact = model::fact::Fact::Result {
        tenant: TenantId(1),
        campaign,
        lead,
        attempt: None,
        call: model::CallId(77),
        code: "answered".into(),
        callback: true,
        variables,
        at: desk::now(),
    };
    app.store.commit(&[store::Entry::Fact(Box::new(fact))]).await;
    let operator = app.person(Role::Operator).await;
    let clerk = app.key(TenantId(1), &[P::ResultExport, P::CampaignRead]).await;
    for code in ["survey_detail", "survey_summary"] {
        let path = format!("/api/v1/reports/{code}?campaign_id={campaign}");
        assert!(admin.get(&path).await.text().contains("13900139000"));
        let shown = operator.get(&path).await.text();
        assert!(!shown.contains("3900139000") && !shown.contains("3800138000") && shown.contains("139****9000"), "{shown}");
        let file = clerk.get(&format!("/api/v1/reports/{code}/file?campaign_id={campaign}&format=csv")).await.text();
        assert!(!file.contains("3900139000") && !file.contains("3800138000") && file.contains("****"), "{file}");
    }
}
