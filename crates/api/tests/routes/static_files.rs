use crate::app::App;
use axum::http::Method;

#[tokio::test]
async fn pages_of_the_ui_and_nothing_else() {
    let app = App::new().await;
    let client = app.client();
    for page in ["/", "/login", "/campaigns/12/list"] {
        let reply = client.get(page).await;
        assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, "no-cache"), "{page}");
        assert!(reply.header("content-type").starts_with("text/html"), "{page}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
    for missing in [
        "/assets/none.js",
        "/assets/none",
        "/none.png",
        "/api/none",
        "/api",
        "/../../etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/..%5c..%5cetc",
        "/assets/../Cargo.toml",
    ] {
        assert_eq!(client.get(missing).await.status.as_u16(), 404, "{missing}");
    }
    assert_eq!(client.call(Method::POST, "/login", None).await.status.as_u16(), 405);
}

#[tokio::test]
async fn operations_without_signing_in() {
    let app = App::new().await;
    assert_eq!(app.client().get("/healthz").await.text(), "ok");
    let ready = app.client().get("/readyz").await.expect(200);
    assert_eq!((ready["ready"].as_bool(), ready["store"].as_str()), (Some(true), Some("ok")));
    assert_eq!(app.client().get("/metrics").await.text(), "up 1\n");
    let id = app.client().with("x-request-id", "mine-12345678").get("/healthz").await;
    assert_eq!(id.header("x-request-id"), "mine-12345678");
    assert_eq!(app.client().with("x-request-id", "a b").get("/healthz").await.header("x-request-id").len(), 16);
}
