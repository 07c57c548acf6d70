use crate::app::App;
use crate::fixture::id;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_secret_is_shown_once_and_never_kept() {
    let (app, admin) = App::with_admin().await;
    let made = admin.post("/api/v1/extensions", json!({"number": "8001", "name": "前台"})).await.expect(201);
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 16 && made.get("ha1_md5").is_none(), "{made}");
    let path = format!("/api/v1/extensions/{}", id(&made));
    let shown = admin.get(&path).await.expect(200);
    assert!(shown.get("secret").is_none() && shown.get("ha1_sha256").is_none(), "{shown}");
    assert_eq!(shown["phones"], json!([]));
    let kept = app.store.extensions(model::TenantId(1)).await.unwrap().remove(0);
    assert!(kept.ha1_md5.len() == 32 && !format!("{kept:?}").contains(&secret));
    let renewed = admin.post(&format!("{path}/secret"), json!({})).await.expect(200);
    assert_ne!(renewed["secret"], made["secret"]);
    let after = app.store.extensions(model::TenantId(1)).await.unwrap().remove(0);
    assert_ne!(after.ha1_sha256, kept.ha1_sha256);
    let mut change = admin.get(&path).await.expect(200);
    change["name"] = json!("值班室");
    let stored = admin.put(&path, change.clone()).await.expect(200);
    assert_eq!(stored["name"], "值班室");
    assert_eq!(admin.put(&path, change).await.expect(409)["code"], "revision_conflict");
    let unchanged = app.store.extensions(model::TenantId(1)).await.unwrap().remove(0);
    assert_eq!(unchanged.ha1_sha256, after.ha1_sha256, "an edit leaves the secret alone");
    admin.call(Method::DELETE, &path, None).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn wrong_fields_and_taken_numbers_are_told() {
    let (_app, admin) = App::with_admin().await;
    let body = json!({"number": "8a", "contacts_max": 0, "allowed_from": ["10.0.0.0/40"]});
    let refused = admin.post("/api/v1/extensions", body).await.expect(422);
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["number", "contacts_max", "allowed_from.0"]);
    admin.post("/api/v1/extensions", json!({"number": "8001"})).await.expect(201);
    let taken = admin.post("/api/v1/extensions", json!({"number": "8001"})).await.expect(409);
    assert_eq!((taken["code"].as_str(), taken["field"].as_str()), (Some("number_taken"), Some("number")));
}

#[tokio::test]
async fn bans_are_listed_and_lifted_by_whoever_may() {
    let (_app, admin) = App::with_admin().await;
    assert_eq!(admin.get("/api/v1/bans").await.expect(200)["items"], json!([]));
    admin.post("/api/v1/bans/lift", json!({"address": "198.51.100.7"})).await.expect(404);
    assert_eq!(admin.post("/api/v1/bans/lift", json!({"address": "x"})).await.expect(422)["field"], "address");
    let access = admin.get("/api/v1/extension-access").await.expect(200);
    assert_eq!((access["domain"].as_str(), access["web_path"].as_str()), (Some("fengling"), Some("/sip")));
}
