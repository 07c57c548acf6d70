use crate::app::App;
use model::TenantId;
use model::record::Permission;
use serde_json::json;

#[tokio::test]
async fn a_repeated_post_with_a_key_happens_once() {
    let (app, admin) = App::with_admin().await;
    let keyed = admin.clone().with("idempotency-key", "order-1");
    let trunk = json!({"name": "一号", "address": "10.0.0.1"});
    let first = keyed.post("/api/v1/trunks", trunk.clone()).await;
    let again = keyed.post("/api/v1/trunks", trunk.clone()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = json!({"name": "二号", "address": "10.0.0.2"});
    assert_eq!(keyed.post("/api/v1/trunks", other).await.expect(422)["code"], "idempotency_key_reused");
    // Another principal's key of the same name is another key.
    let machine = app.key(TenantId(1), &[Permission::TrunkWrite]).await.with("idempotency-key", "order-1");
    let theirs = json!({"name": "三号", "address": "10.0.0.3"});
    let theirs = machine.post("/api/v1/trunks", theirs).await.expect(201);
    assert_ne!(theirs["id"], first.json()["id"]);
    assert_eq!(admin.get("/api/v1/trunks").await.expect(200)["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn two_at_once_happen_once() {
    let (_app, admin) = App::with_admin().await;
    let keyed = admin.clone().with("idempotency-key", "order-2");
    let trunk = json!({"name": "一号", "address": "10.0.0.1"});
    let (a, b) = tokio::join!(keyed.post("/api/v1/trunks", trunk.clone()), keyed.post("/api/v1/trunks", trunk));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert!(statuses == [201, 201] || statuses == [201, 409], "{statuses:?}");
    assert_eq!(admin.get("/api/v1/trunks").await.expect(200)["items"].as_array().unwrap().len(), 1);
}
