use crate::app::App;
use crate::fixture::id;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_password_is_written_and_never_read() {
    let (app, admin) = App::with_admin().await;
    let body = json!({"name": "线路", "address": "sip.example.com", "register": true, "username": "u", "password": "geheim"});
    let trunk = admin.post("/api/v1/trunks", body).await.expect(201);
    assert_eq!((trunk["state"]["state"].as_str(), trunk.get("password")), (Some("starting"), None));
    let path = format!("/api/v1/trunks/{}", id(&trunk));
    let mut change = trunk.clone();
    change["calls_max"] = json!(60);
    let stored = admin.put(&path, change.clone()).await.expect(200);
    assert_eq!(stored["calls_max"], 60);
    let kept = app.store.trunks(model::TenantId(1)).await.unwrap();
    assert_eq!(kept[0].password.as_deref(), Some("geheim"));
    let lost = admin.put(&path, change).await.expect(409);
    assert_eq!((lost["code"].as_str(), lost["current"]["calls_max"].as_u64()), (Some("revision_conflict"), Some(60)));
    admin.call(Method::DELETE, &path, None).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let (_app, admin) = App::with_admin().await;
    let body = json!({"name": "", "address": "10.0.0.256", "calls_max": 0, "codecs": [], "inbound_from": ["10.0.0.0/40"], "register": true});
    let refused = admin.post("/api/v1/trunks", body).await.expect(422);
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "address", "username", "password", "codecs", "calls_max", "inbound_from.0"]);
}

/// A campaign that goes on needs its line, its number and its flow; a slip of the mouse must not take them.
#[tokio::test]
async fn what_a_campaign_under_way_needs_stays() {
    let (app, admin) = App::with_admin().await;
    let rows = crate::fixture::fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}", rows.id("campaigns"));
    let mut change = admin.get(&path).await.expect(200);
    change["caller_ids"] = json!(["01088886666"]);
    admin.put(&path, change).await.expect(200);
    admin.post(&format!("{path}/submit"), json!({})).await.expect(200);
    let approver = app.person(model::record::Role::Approver).await;
    approver.post(&format!("{path}/approve"), json!({})).await.expect(200);
    let delete = |noun: &str, code: &'static str| {
        let (path, admin) = (format!("/api/v1/{noun}/{}", rows.id(noun)), &admin);
        async move {
            let refused = admin.call(Method::DELETE, &path, None).await.expect(409);
            assert_eq!(refused["code"], code, "{refused}");
        }
    };
    delete("trunks", "trunk_in_use").await;
    delete("numbers", "number_in_use").await;
    delete("flows", "flow_in_use").await;
    admin.post(&format!("{path}/stop"), json!({})).await.expect(200);
    for noun in ["numbers", "trunks"] {
        admin.call(Method::DELETE, &format!("/api/v1/{noun}/{}", rows.id(noun)), None).await.expect(204);
    }
}
