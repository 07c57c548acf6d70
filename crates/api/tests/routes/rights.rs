//! Who may do what, walked over the whole description.

use crate::app::App;
use crate::isolation::{fill_in, operations, perform};
use model::TenantId;
use model::record::Permission;

const PUBLIC: [&str; 6] = [
    "/api/v1/setup",
    "/api/v1/session",
    "/api/v1/schemas/flow.json",
    "/api/v1/sms/inbound",
    "/api/v1/public/booking/{token}",
    "/api/v1/public/booking/{token}/{reference}",
];
/// For whoever is signed in, with no right of its own.
const ANY: [&str; 5] =
    ["/api/v1/session/password", "/api/v1/session/ticket", "/api/v1/roles", "/api/v1/event-types", "/api/v1/ws"];

#[tokio::test]
async fn without_a_principal_everything_is_401() {
    let (app, _) = App::with_admin().await;
    for operation in operations() {
        if PUBLIC.contains(&operation.path.as_str()) || operation.path.ends_with("/ws") {
            continue;
        }
        let reply = perform(&app.client(), &operation, &fill_in(&operation.path, "1")).await;
        assert_eq!(reply.status.as_u16(), 401, "{} {} → {}", operation.method, operation.path, reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", operation.path);
    }
}

#[tokio::test]
async fn a_key_without_the_scope_is_403_everywhere() {
    let (app, _) = App::with_admin().await;
    let key = app.key(TenantId(1), &[Permission::AuditRead]).await;
    for operation in operations() {
        let path = operation.path.as_str();
        if PUBLIC.contains(&path) && path != "/api/v1/sms/inbound" || ANY.contains(&path) || path == "/api/v1/audit" {
            continue;
        }
        let reply = perform(&key, &operation, &fill_in(path, "1")).await;
        assert_eq!(reply.status.as_u16(), 403, "{} {path} → {}", operation.method, reply.text());
    }
    key.get("/api/v1/audit").await.expect(200);
}

#[tokio::test]
async fn nobody_makes_a_key_with_more_rights_than_their_own() {
    let (app, _) = App::with_admin().await;
    let key = app.key(TenantId(1), &[Permission::KeyWrite]).await;
    let greedy = serde_json::json!({"name": "x", "scopes": ["system:user:write"]});
    assert_eq!(key.post("/api/v1/api-keys", greedy).await.expect(403)["field"], "scopes");
}

#[tokio::test]
async fn a_revoked_key_is_a_stranger() {
    let (app, admin) = App::with_admin().await;
    let made = serde_json::json!({"name": "x", "scopes": ["outbound:campaign:read"]});
    let made = admin.post("/api/v1/api-keys", made).await.expect(201);
    let mut machine = app.client();
    machine.bearer = Some(made["secret"].as_str().unwrap().into());
    machine.get("/api/v1/campaigns").await.expect(200);
    assert!(!admin.get("/api/v1/api-keys").await.text().contains(made["secret"].as_str().unwrap()));
    admin.call(axum::http::Method::DELETE, &format!("/api/v1/api-keys/{}", made["id"]), None).await.expect(204);
    machine.get("/api/v1/campaigns").await.expect(401);
}
