//! Tenant B can neither read nor touch anything of tenant A, at any endpoint there is or will be.

use crate::app::{App, Client, Reply};
use crate::fixture::{MARK, Rows, fill};
use axum::http::Method;
use model::record::Permission;
use serde_json::{Value, json};

/// One operation of the description.
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub multipart: bool,
    pub has_body: bool,
}

pub fn operations() -> Vec<Operation> {
    let doc = serde_json::to_value(api::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, item) in doc["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"];
            all.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                multipart: content["multipart/form-data"].is_object(),
                has_body: content.is_object(),
            });
        }
    }
    all
}

/// A body that the extractor takes, so that the answer comes from behind it.
pub fn body(operation: &Operation) -> Value {
    let tail = operation.path.rsplit('/').next().unwrap();
    let noun = operation.path.split('/').nth(3).unwrap();
    match (operation.method.as_str(), noun, tail) {
        (_, _, "reject") => json!({"note": "x"}),
        (_, _, "agent-work") => json!({"revision": 1, "agent_work": {}}),
        (_, _, "copy" | "reuse") => json!({"name": "x"}),
        (_, _, "remove" | "exclude" | "restore") if noun == "campaigns" => json!({"filter": {}}),
        (_, "campaigns", "assign") => json!({"filter": {}, "agents": [1]}),
        (_, "campaigns", "unassign") => json!({"filter": {}}),
        (_, "campaigns", "what-if") => json!({"from": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z"}),
        (_, "campaigns", "lists") => json!({"name": "x"}),
        (_, "campaigns", "from-results") => json!({"name": "x", "from_campaign_id": 1}),
        (_, "lead-lists", _) => json!({"revision": 1, "name": "x"}),
        (_, "pool", "assign") => json!({"agent_id": 1}),
        (_, "settings", "test") => json!({"to": "x@example.com"}),
        (_, "campaigns", "appointments") => json!({"appointments": [{"phone": "13800138001"}]}),
        (_, "desk", "bookings") => json!({"campaign_id": 1, "medium": "phone", "due_at": "2026-12-01T02:00:00Z"}),
        (_, "campaigns", "leads") => json!({"phone": "13800138001"}),
        (_, "campaigns", "from-template") => json!({"template": "x", "name": "x"}),
        ("PUT", "campaigns" | "trunks", _) => json!({"revision": 1, "name": "x", "address": "10.0.0.1"}),
        (_, _, "commit") => json!({"mapping": [{"column": 0, "target": "phone"}]}),
        ("PATCH", "flows", _) | ("POST", "flows", "flows") => json!({"name": "x"}),
        (_, "flows", "draft") => json!({"revision": 1, "doc": {}}),
        (_, "flows", "publish") => json!({"revision": 1}),
        ("PATCH", "api-keys", _) => json!({"enabled": false}),
        ("POST", "api-keys", _) => json!({"name": "x", "scopes": ["outbound:campaign:read"]}),
        (_, "users", "password") => json!({"password": "Ganz-Neu-2026"}),
        ("POST", "users", _) => json!({"login": "neu", "role": "viewer", "password": "Ganz-Neu-2026"}),
        (_, "session", "password") => json!({"current": "x", "new": "y"}),
        (_, "session", _) => json!({"login": "x", "password": "y"}),
        (_, "routes", "import") => json!({"text": "price\n1"}),
        (_, "routes", _) => json!({"trunk_id": 1}),
        (_, "numbers", _) => json!({"number": "01088880000"}),
        ("PUT", "extensions", _) => json!({"revision": 1, "number": "8009"}),
        (_, "extensions", "extensions") => json!({"number": "8009"}),
        (_, "bans", "lift") => json!({"address": "198.51.100.1"}),
        (_, "webhooks", _) => json!({"name": "x", "url": "https://example.com/x"}),
        (_, "fingerprints", "test") => json!({"recording_id": 1}),
        ("POST", "fingerprints", _) => json!({"recording_id": 1, "name": "x", "class": "off", "from_ms": 0, "to_ms": 2000}),
        (_, "list-entries", "import") => json!({"kind": "block", "text": "13800138009"}),
        (_, "consents", _) => json!({"phone": "13800138009", "action": "refused"}),
        (_, "list-entries", _) => json!({"kind": "block", "phones": ["13800138009"]}),
        (_, "sms", "inbound") => json!({"type": "report", "id": "x", "delivered": true}),
        (_, "mails", _) => json!({"to": "x@example.com", "subject": "x", "text": "x"}),
        (_, "sms", _) => json!({"phones": ["13800138009"], "text": "x"}),
        (_, "prompts", "speak") => json!({"name": "x", "text": "x"}),
        (_, "agents", "groups") => json!({"queues": []}),
        (_, "agents", _) => json!({"revision": 1, "number": "8009", "name": "x"}),
        (_, "queues", "members") => json!([]),
        (_, "queues" | "customers" | "org-units", _) => json!({"revision": 1, "name": "x"}),
        (_, "skills", _) => json!({"name": "x"}),
        (_, "products", _) => json!({"revision": 1, "code": "x", "name": "x", "price_cents": 1}),
        (_, "orders", _) => json!({"revision": 1, "customer_name": "x", "reason": "x"}),
        (_, "desk", "commands") => json!({"do": "ready"}),
        (_, "board", _) => json!({"do": "stop_monitor"}),
        (_, "speech", _) => json!({"text": "x"}),
        _ => json!({}),
    }
}

/// A path with its places filled.
pub fn fill_in(path: &str, id: &str) -> String {
    path.replace("{id}", id).replace("{version}", "1").replace("{kind}", "block").replace("{code}", "x")
}

/// The path with the rows' ids in it; none when it takes none.
fn filled(operation: &Operation, rows: &Rows) -> Option<String> {
    let noun = operation.path.split('/').nth(3).unwrap();
    operation.path.contains("{id}").then(|| fill_in(&operation.path, &rows.id(noun).to_string()))
}

pub async fn perform(client: &Client, operation: &Operation, path: &str) -> Reply {
    if operation.multipart {
        return client.upload(path, &[("name", "x")], "x.csv", "手机\n13800138002\n".as_bytes()).await;
    }
    let body = operation.has_body.then(|| body(operation));
    client.call(operation.method.clone(), path, body).await
}

#[tokio::test]
async fn no_endpoint_with_an_id_answers_another_tenant() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let second = app.second_tenant().await;
    let stranger = app.key(second, Permission::ALL).await;
    let mut wrong = Vec::new();
    let mut walked = 0;
    for operation in operations() {
        let Some(path) = filled(&operation, &rows) else { continue };
        let reply = perform(&stranger, &operation, &path).await;
        walked += 1;
        if reply.status.as_u16() != 404 || reply.text().contains(MARK) {
            wrong.push(format!("{} {} → {} {}", operation.method, operation.path, reply.status, reply.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(walked > 50, "only {walked} operations were walked");
    // The ids were right: their owner reads every one of them, unharmed.
    for operation in operations().into_iter().filter(|o| o.method == Method::GET) {
        let Some(path) = filled(&operation, &rows) else { continue };
        let reply = admin.get(&path).await;
        assert!(reply.status.is_success(), "{path} → {} {}", reply.status, reply.text());
    }
}

#[tokio::test]
async fn no_list_shows_another_tenant_s_rows() {
    let (app, admin) = App::with_admin().await;
    fill(&app, &admin).await;
    let second = app.second_tenant().await;
    let stranger = app.key(second, Permission::ALL).await;
    let mut seen_by_owner = 0;
    for operation in operations() {
        if operation.method != Method::GET || operation.path.contains('{') || operation.path.ends_with("/ws") {
            continue;
        }
        let theirs = stranger.get(&operation.path).await;
        assert!(!theirs.text().contains(MARK), "{} shows {}", operation.path, theirs.text());
        // 422: a question that needs a parameter.
        assert!(
            theirs.status.is_success() || theirs.status == 403 || theirs.status == 422,
            "{} → {} {}",
            operation.path,
            theirs.status,
            theirs.text()
        );
        seen_by_owner += u32::from(admin.get(&operation.path).await.text().contains(MARK));
    }
    assert!(seen_by_owner >= 12, "the owner sees its mark in {seen_by_owner} lists only");
}

#[tokio::test]
async fn references_to_another_tenant_s_rows_are_refused() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let second = app.second_tenant().await;
    let stranger = app.key(second, Permission::ALL).await;
    stranger.post("/api/v1/routes", json!({"trunk_id": rows.id("trunks")})).await.expect(422);
    let number = json!({"number": "01012345678", "inbound_flow_id": rows.id("flows")});
    stranger.post("/api/v1/numbers", number).await.expect(422);
    let campaign = json!({"name": "x", "flow_id": rows.id("flows")});
    let reply = stranger.post("/api/v1/campaigns", campaign).await;
    assert!(matches!(reply.status.as_u16(), 404 | 422), "{} {}", reply.status, reply.text());
}
