//! 预约外呼: appointments by systems, agents and the form without login.

use crate::app::{App, Client};
use crate::fixture::{fill, id, talked};
use axum::http::Method;
use model::TenantId;
use model::record::{Permission, Role};
use serde_json::{Value, json};

fn plan() -> Value {
    json!({
        "media": ["sms", "mail"], "sms_text": "{{ lead.name }}，{{ appointment.time }}见", "mail_subject": "提醒", "mail_text": "您好",
        "slot_min": 60, "slot_capacity": 2,
        "form": {"enabled": true, "title": "预约回访", "text": "请选时间", "name_required": true, "days_ahead": 3,
                 "fields": [{"key": "city", "required": true}], "consent_text": "我同意联系"},
    })
}

fn task(plan: &Value) -> Value {
    json!({
        "name": "预约回访", "mode": "appointment", "purpose": "marketing", "booking": plan,
        "fields": [{"key": "city", "label": "城市", "kind": "text"}],
        "schedule": {"weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": [{"from": "00:00", "to": "24:00"}]},
    })
}

/// A task that was approved.
async fn approved(app: &App, admin: &Client) -> i64 {
    let id = id(&admin.post("/api/v1/campaigns", task(&plan())).await.expect(201));
    admin.post(&format!("/api/v1/campaigns/{id}/submit"), json!({})).await.expect(200);
    let approver = app.person(Role::Approver).await;
    approver.post(&format!("/api/v1/campaigns/{id}/approve"), json!({})).await.expect(200);
    id
}

async fn slots(client: &Client, id: i64) -> Vec<String> {
    let seen = client.get(&format!("/api/v1/campaigns/{id}/slots?days=3")).await.expect(200);
    seen["items"].as_array().unwrap().iter().map(|s| s["from"].as_str().unwrap().to_owned()).collect()
}

fn fields(refused: &Value) -> Vec<&str> {
    refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_plan_is_checked_when_it_is_saved_and_its_words_are_approved() {
    let (app, admin) = App::with_admin().await;
    let mut wrong = plan();
    wrong["sms_text"] = json!("{{ agent.name }}");
    wrong["slot_min"] = json!(3);
    wrong["form"]["fields"] = json!([{"key": "nothing"}]);
    let refused = admin.post("/api/v1/campaigns", task(&wrong)).await.expect(422);
    assert_eq!(fields(&refused), ["booking.sms_text", "booking.slot_min", "booking.form.fields.0.key"]);
    let mut rings = plan();
    rings["media"] = json!(["phone"]);
    assert_eq!(
        fields(&admin.post("/api/v1/campaigns", task(&rings)).await.expect(422)),
        ["flow_id"],
        "who is called hears a flow"
    );
    let id = approved(&app, &admin).await;
    let mut campaign = admin.get(&format!("/api/v1/campaigns/{id}")).await.expect(200);
    campaign["booking"]["sms_text"] = json!("另一句");
    let refused = admin.put(&format!("/api/v1/campaigns/{id}"), campaign.clone()).await.expect(409);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("campaign_approved"), &json!("booking.sms_text")));
    campaign["booking"]["sms_text"] = plan()["sms_text"].clone();
    campaign["booking"]["late_max_min"] = json!(30);
    let saved = admin.put(&format!("/api/v1/campaigns/{id}"), campaign).await.expect(200);
    assert_eq!(saved["booking"]["late_max_min"], 30);
}

#[tokio::test]
async fn a_system_makes_changes_and_calls_off_appointments() {
    let (app, admin) = App::with_admin().await;
    let id = approved(&app, &admin).await;
    let free = slots(&admin, id).await;
    let path = format!("/api/v1/campaigns/{id}/appointments");
    let key = app.key(TenantId(1), &[Permission::LeadWrite, Permission::LeadRead]).await;
    let one = json!({"source_id": "CRM-1", "phone": "138-0013-8000", "name": "张三", "medium": "sms", "due_at": free[1], "variables": {"city": "济南"}});
    let mail = json!({"mail": "Li@Example.com", "medium": "mail", "due_at": free[1]});
    admin.post("/api/v1/list-entries", json!({"kind": "exempt", "phones": ["13900139000"]})).await.expect(201);
    let exempt = json!({"phone": "13900139000", "medium": "sms", "due_at": free[1]});
    let made = key.post(&path, json!({"appointments": [one, mail, exempt]})).await.expect(201);
    let outcomes: Vec<_> = made["items"].as_array().unwrap().iter().map(|i| i["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["new", "new", "refused"]);
    assert_eq!(made["items"][2]["why"], "exempt");
    let booking = made["items"][0]["appointment"].clone();
    assert_eq!((&booking["phone"], &booking["state"]), (&json!("138****8000"), &json!("waiting")), "masked");
    assert_eq!(made["items"][1]["appointment"]["mail"], "L****@example.com");
    let again = key.post(&path, json!({"appointments": [one]})).await.expect(201);
    assert_eq!((&again["items"][0]["outcome"], &again["items"][0]["appointment"]["id"]), (&json!("known"), &booking["id"]));
    let wrong = json!({"appointments": [
        {"phone": "12", "medium": "sms", "due_at": "2020-01-01T09:00:00Z"}, {"medium": "mail", "mail": "x"}, {"phone": "13800138000", "due_at": free[1]},
    ]});
    let refused = key.post(&path, wrong).await.expect(422);
    assert_eq!(fields(&refused), ["appointments.0.phone", "appointments.1.mail", "appointments.2.medium"]);
    let past = json!({"appointments": [{"phone": "13800138000", "medium": "sms", "due_at": "2020-01-01T09:00:00Z"}]});
    assert_eq!(fields(&key.post(&path, past).await.expect(422)), ["appointments.0.due_at"]);

    let one = format!("/api/v1/bookings/{}", booking["id"]);
    let moved = key.call(Method::PATCH, &one, Some(json!({"due_at": free[2], "note": "改期"}))).await.expect(200);
    assert_eq!((&moved["due_at"], &moved["note"]), (&json!(free[2]), &json!("改期")));
    assert_eq!(
        fields(&key.call(Method::PATCH, &one, Some(json!({"due_at": "2020-01-01T09:00:00Z"}))).await.expect(422)),
        ["due_at"]
    );
    let seen = key.get(&format!("{path}?state=waiting&medium=sms&q=张三")).await.expect(200);
    assert_eq!((&seen["total"], &seen["items"][0]["id"]), (&json!(1), &booking["id"]));
    assert_eq!(key.call(Method::DELETE, &one, None).await.expect(200)["state"], "cancelled");
    assert_eq!(key.call(Method::DELETE, &one, None).await.expect(409)["code"], "appointment_state");
    let campaign = admin.get(&format!("/api/v1/campaigns/{id}")).await.expect(200);
    assert_eq!(campaign["progress"]["appointments"], json!({"cancelled": 1, "waiting": 1}));
    let audit = admin.get("/api/v1/audit").await.text();
    for action in ["appointment.create", "appointment.change", "appointment.cancel"] {
        assert!(audit.contains(action), "{action}");
    }
}

#[tokio::test]
async fn a_task_of_another_mode_takes_none() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}", rows.id("campaigns"));
    let new = json!({"appointments": [{"phone": "13800138000"}]});
    assert_eq!(admin.post(&format!("{path}/appointments"), new).await.expect(409)["code"], "not_by_appointment");
    assert_eq!(admin.post(&format!("{path}/booking-link"), json!({})).await.expect(409)["code"], "not_by_appointment");
    assert_eq!(admin.get(&format!("{path}/slots")).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn an_agent_books_whom_they_talked_with() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let task = approved(&app, &admin).await;
    let agent = app.person(Role::Agent).await;
    let user = agent.get("/api/v1/session").await.expect(200)["user"]["id"].clone();
    admin.post("/api/v1/agents", json!({"number": "8001", "name": "李晓梅", "user_id": user})).await.expect(201);
    let call = talked(&app, model::UserId(user.as_i64().unwrap())).await;
    let open = agent.get("/api/v1/desk/booking-tasks").await.expect(200);
    assert_eq!((&open["items"][0]["campaign_id"], &open["items"][0]["media"]), (&json!(task), &json!(["sms", "mail"])));
    let free = slots(&agent, task).await;
    let body = json!({"campaign_id": task, "call_id": call, "medium": "sms", "due_at": free[0], "note": "想再了解"});
    let booking = agent.post("/api/v1/desk/bookings", body.clone()).await.expect(201);
    assert_eq!(
        (&booking["origin"], &booking["made_in"], &booking["phone"]),
        (&json!("agent"), &json!(call), &json!("138****8000"))
    );
    let twice = agent.post("/api/v1/desk/bookings", body).await.expect(409);
    assert_eq!((&twice["code"], &twice["field"]), (&json!("appointment_twice"), &json!("due_at")));
    let others = json!({"campaign_id": task, "call_id": rows.id("calls"), "medium": "sms", "due_at": free[1]});
    agent.post("/api/v1/desk/bookings", others).await.expect(403);
    let customer = json!({"campaign_id": task, "customer_id": rows.id("customers"), "medium": "sms", "due_at": free[1]});
    agent.post("/api/v1/desk/bookings", customer).await.expect(201);
    let phone = json!({"campaign_id": task, "phone": "13800138000", "medium": "phone", "due_at": free[1]});
    assert_eq!(fields(&agent.post("/api/v1/desk/bookings", phone).await.expect(422)), ["medium"]);
    let second = app.second_tenant().await;
    let stranger = app.key(second, Permission::ALL).await;
    stranger.get(&format!("/api/v1/campaigns/{task}/slots")).await.expect(404);
}

#[tokio::test]
async fn a_customer_books_by_the_link_and_calls_it_off() {
    let (app, admin) = App::with_admin().await;
    let id = approved(&app, &admin).await;
    let link = format!("/api/v1/campaigns/{id}/booking-link");
    assert_eq!(admin.get(&link).await.expect(200), json!({"link": null, "open": false}));
    let made = admin.post(&link, json!({})).await.expect(201);
    assert_eq!(made["open"], true);
    let token = made["link"]["token"].as_str().unwrap().to_owned();
    assert!(token.len() >= 43, "256 bits");
    let stranger = app.client();
    let path = format!("/api/v1/public/booking/{token}");
    let page = stranger.get(&path).await.expect(200);
    assert_eq!(
        (&page["title"], &page["fields"][0]["label"], &page["media"]),
        (&json!("预约回访"), &json!("城市"), &json!(["sms", "mail"]))
    );
    let slot = page["slots"][0]["from"].clone();
    let form = |phone: &str, slot: &Value| json!({"name": "张三", "phone": phone, "medium": "sms", "slot": slot, "fields": {"city": "济南"}, "consent": true});
    let wrong = stranger.post(&path, json!({"medium": "phone", "phone": "12", "slot": "2026-01-01T00:00:00Z"})).await.expect(422);
    let mut named = fields(&wrong);
    named.sort_unstable();
    assert_eq!(named, ["consent", "fields.city", "medium", "name", "phone", "slot"]);
    let booked = stranger.post(&path, form("13800138000", &slot)).await.expect(201);
    let reference = booked["reference"].as_str().unwrap().to_owned();
    // Whoever is on a list is answered the same, and never reached.
    admin.post("/api/v1/list-entries", json!({"kind": "exempt", "phones": ["13900139000"]})).await.expect(201);
    let quiet = stranger.post(&path, form("13900139000", &slot)).await.expect(201);
    assert_eq!(quiet.as_object().unwrap().keys().collect::<Vec<_>>(), booked.as_object().unwrap().keys().collect::<Vec<_>>());
    assert_eq!(stranger.post(&path, form("13700137000", &slot)).await.expect(409)["code"], "slot_full");
    let left = stranger.get(&path).await.expect(200);
    assert_ne!(left["slots"][0]["from"], slot, "what is full is not offered");
    let seen = admin.get(&format!("/api/v1/campaigns/{id}/appointments")).await.expect(200);
    let states: Vec<_> =
        seen["items"].as_array().unwrap().iter().map(|b| (b["state"].as_str().unwrap(), b["origin"].as_str().unwrap())).collect();
    assert_eq!(states, [("refused", "web"), ("waiting", "web")]);
    let consents = admin.get("/api/v1/consents").await.expect(200);
    assert_eq!((&consents["items"][0]["source"], &consents["items"][0]["words"]), (&json!("web"), &json!("我同意联系")));
    // A machine fills in what people do not see.
    let mut trap = form("13600136000", &left["slots"][0]["from"]);
    trap["website"] = json!("https://x");
    stranger.post(&path, trap).await.expect(201);
    assert_eq!(admin.get(&format!("/api/v1/campaigns/{id}/appointments")).await.expect(200)["total"], 2);
    stranger.call(Method::DELETE, &format!("{path}/nonsense"), None).await.expect(404);
    for reference in [reference.as_str(), quiet["reference"].as_str().unwrap()] {
        stranger.call(Method::DELETE, &format!("{path}/{reference}"), None).await.expect(204);
        stranger.call(Method::DELETE, &format!("{path}/{reference}"), None).await.expect(204);
    }
    // Renewed, the old link leads nowhere; switched off, none does.
    let renewed = admin.post(&link, json!({})).await.expect(201)["link"]["token"].as_str().unwrap().to_owned();
    stranger.get(&path).await.expect(404);
    stranger.get(&format!("/api/v1/public/booking/{renewed}")).await.expect(200);
    admin.call(Method::DELETE, &link, None).await.expect(204);
    stranger.get(&format!("/api/v1/public/booking/{renewed}")).await.expect(404);
}

#[tokio::test]
async fn forms_from_one_address_and_for_one_number_are_slowed_down() {
    let (app, admin) = App::with_admin().await;
    let id = approved(&app, &admin).await;
    let made = admin.post(&format!("/api/v1/campaigns/{id}/booking-link"), json!({})).await.expect(201);
    let path = format!("/api/v1/public/booking/{}", made["link"]["token"].as_str().unwrap());
    let free = slots(&admin, id).await;
    let stranger = app.client();
    let form = |slot: &str| json!({"name": "张三", "phone": "13800138000", "medium": "sms", "slot": slot, "fields": {"city": "济南"}, "consent": true});
    for slot in &free[..5] {
        stranger.post(&path, form(slot)).await.expect(201);
    }
    let slower = stranger.post(&path, form(&free[5])).await;
    assert_eq!((slower.status.as_u16(), slower.json()["code"].clone()), (429, json!("booking_throttled")), "one number");
    let mut last = 0;
    for _ in 0..20 {
        last = stranger.post(&path, json!({"medium": "sms", "slot": free[5]})).await.status.as_u16();
    }
    assert_eq!(last, 429, "one address");
}
