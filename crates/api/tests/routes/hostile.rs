//! Bad input: a clear refusal, never a 500.

use crate::app::App;
use crate::isolation::{fill_in, operations, perform};
use axum::body::Body;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn bodies_that_are_too_large_broken_or_of_the_wrong_kind() {
    let (_app, admin) = App::with_admin().await;
    let huge = json!({"name": "x".repeat(3 << 20), "address": "10.0.0.1"});
    assert_eq!(admin.post("/api/v1/trunks", huge).await.expect(413)["code"], "too_large");
    let send = |kind: &'static str, body: &'static str| {
        let request = admin.request(Method::POST, "/api/v1/trunks").header("content-type", kind);
        admin.send(request.body(Body::from(body)).unwrap())
    };
    assert_eq!(send("application/json", "{\"name\":").await.expect(400)["code"], "bad_json");
    assert_eq!(send("text/plain", "{}").await.expect(415)["code"], "unsupported_media_type");
    let typed = send("application/json", "{\"name\":\"x\",\"calls_max\":\"viele\"}").await.expect(422);
    assert_eq!(typed["field"], "calls_max");
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let request = admin.request(Method::POST, "/api/v1/trunks").header("content-type", "application/json");
    assert_eq!(admin.send(request.body(Body::from(deep)).unwrap()).await.expect(422)["field"], "name");
}

#[tokio::test]
async fn nonsense_in_paths_and_queries() {
    let (_app, admin) = App::with_admin().await;
    for (path, status) in [
        ("/api/v1/campaigns/abc", 404),
        ("/api/v1/campaigns/99999999999999999999", 404),
        ("/api/v1/campaigns/-1", 404),
        ("/api/v1/nothing", 404),
        ("/api/v2/campaigns", 404),
        ("/api/v1/campaigns?limit=0", 400),
        ("/api/v1/campaigns?limit=many", 400),
        ("/api/v1/campaigns?cursor=../../etc", 400),
        ("/api/v1/campaigns?status=%00", 400),
        ("/api/v1/calls?from=yesterday", 400),
        ("/api/v1/reports/'%20or%201=1", 404),
        ("/api/v1/reports/campaign_results", 422),
        ("/api/v1/reports/traffic_hours?zone=Mars/Base", 400),
        ("/api/v1/audit?action=%25'%20or%20'1'='1", 200),
    ] {
        let reply = admin.get(path).await;
        assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.text());
        if status >= 400 {
            assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        }
    }
    assert_eq!(admin.call(Method::PATCH, "/api/v1/campaigns", Some(json!({}))).await.expect(405)["code"], "method_not_allowed");
}

#[tokio::test]
async fn no_operation_answers_an_unknown_id_with_a_500() {
    let (_app, admin) = App::with_admin().await;
    for operation in operations() {
        if !operation.path.contains("{id}") {
            continue;
        }
        for id in ["0", "9007199254740991"] {
            let reply = perform(&admin, &operation, &fill_in(&operation.path.replace("{version}", "4000000000"), id)).await;
            assert_eq!(reply.status.as_u16(), 404, "{} {} → {}", operation.method, operation.path, reply.text());
        }
    }
}

#[tokio::test]
async fn a_prompt_beyond_fifty_megabytes_or_of_noise_is_refused() {
    let (_app, admin) = App::with_admin().await;
    let large = vec![0_u8; (50 << 20) + 1];
    let refused = admin.upload("/api/v1/prompts", &[("name", "x")], "x.wav", &large).await.expect(413);
    assert_eq!((refused["code"].as_str(), refused["field"].as_str()), (Some("too_large"), Some("file")));
    let noise = admin.upload("/api/v1/prompts", &[("name", "x")], "x.wav", b"no sound at all").await;
    assert_eq!(noise.status, 422, "{}", noise.text());
    let request = admin.request(Method::POST, "/api/v1/prompts").header("content-type", "multipart/form-data; boundary=XX");
    let cut = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF";
    assert_eq!(admin.send(request.body(Body::from(cut)).unwrap()).await.expect(400)["code"], "bad_upload");
}
