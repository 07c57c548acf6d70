//! The journal of mail and the server it goes to.

use crate::app::App;
use crate::smtp_server::SmtpServer;
use model::TenantId;
use model::record::{Permission as P, Role};
use serde_json::json;

#[tokio::test]
async fn a_mail_is_queued_and_found_and_what_is_wrong_stands_at_its_field() {
    let (app, admin) = App::with_admin().await;
    let mail = json!({"to": " Zhang@Example.com ", "subject": "预约提醒", "text": "您好"});
    let made = admin.post("/api/v1/mails", mail).await.expect(201);
    assert_eq!((&made["to"], &made["state"]), (&json!("Zhang@example.com"), &json!("queued")));
    for (field, wrong) in [
        ("to", json!({"to": "zhang@example.com\r\nBcc: x@example.com", "subject": "x", "text": "x"})),
        ("to", json!({"to": "13800138000", "subject": "x", "text": "x"})),
        ("subject", json!({"to": "a@example.com", "subject": "x\r\nBcc: x@example.com", "text": "x"})),
        ("subject", json!({"to": "a@example.com", "subject": " ", "text": "x"})),
        ("text", json!({"to": "a@example.com", "subject": "x", "text": ""})),
    ] {
        let refused = admin.post("/api/v1/mails", wrong).await.expect(422);
        assert!(refused["field"] == field || refused["errors"][0]["field"] == field, "{field}: {refused}");
    }
    assert_eq!(admin.get("/api/v1/mails?q=zhang").await.expect(200)["items"][0]["id"], made["id"]);
    let found = admin.get("/api/v1/mails?state=sent,failed").await.expect(200);
    assert!(found["items"].as_array().unwrap().is_empty());
    admin.get("/api/v1/mails?state=lost").await.expect(400);
    admin.post(&format!("/api/v1/mails/{}/retry", made["id"]), json!({})).await.expect(409);
    let reader = app.key(TenantId(1), &[P::MessageRead]).await;
    reader.post("/api/v1/mails", json!({"to": "a@example.com", "subject": "x", "text": "x"})).await.expect(403);
}

#[tokio::test]
async fn who_may_not_see_numbers_sees_no_addresses_either() {
    let (app, admin) = App::with_admin().await;
    let mail = json!({"to": "zhangsan@example.com", "subject": "预约提醒", "text": "您好"});
    let id = admin.post("/api/v1/mails", mail).await.expect(201)["id"].as_i64().unwrap();
    app.store.mail_failed(id.into(), "550 <zhangsan@example.com> unknown", None, desk::now()).await.unwrap();
    let operator = app.person(Role::Operator).await;
    for path in ["/api/v1/mails", "/api/v1/events"] {
        assert!(admin.get(path).await.text().contains("zhangsan"), "{path}");
        let masked = operator.get(path).await.text().to_owned();
        assert!(masked.contains("zh****@example.com") && !masked.contains("zhangsan"), "{path}: {masked}");
    }
    for (q, n) in [("zhangs", 0), ("zhangsan@example.com", 1), ("提醒", 1)] {
        let found = operator.get(&format!("/api/v1/mails?q={q}")).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), n, "{q}");
    }
    let stranger = app.key(app.second_tenant().await, P::ALL).await;
    assert!(stranger.get("/api/v1/mails").await.expect(200)["items"].as_array().unwrap().is_empty());
    stranger.post(&format!("/api/v1/mails/{id}/retry"), json!({})).await.expect(404);
    assert_eq!(admin.post(&format!("/api/v1/mails/{id}/retry"), json!({})).await.expect(200)["state"], "queued");
}

#[tokio::test]
async fn the_server_is_set_up_and_tried_and_its_password_never_shown() {
    let (_app, admin) = App::with_admin().await;
    let to = json!({"to": "zhang@example.com"});
    assert_eq!(admin.post("/api/v1/settings/mail/test", to.clone()).await.expect(422)["code"], "mail_no_server");
    let server = SmtpServer::start(|line, n| (n == 1 && line.starts_with("RCPT")).then_some("550 no such user")).await;
    let settings = |host: &str, password: Option<&str>| {
        let mut s = json!({"host": host, "port": server.port, "tls": "none", "from_address": "a@fengling.example", "user": "", "timeout_s": 5});
        if let Some(password) = password {
            s["password"] = json!(password);
            s["tls"] = json!("tls");
        }
        s
    };
    let put = async |body| admin.put("/api/v1/settings/mail", body).await;
    for (field, value) in [
        ("from_address", json!("x")),
        ("host", json!("http://x/")),
        ("tries_max", json!(0)),
        ("from_name", json!("a\nb")),
        ("authority", json!("PEM")),
    ] {
        let mut wrong = settings("127.0.0.1", None);
        wrong[field] = value;
        let refused = put(wrong).await.expect(422);
        assert!(refused["field"] == field || refused["errors"][0]["field"] == field, "{field}: {refused}");
    }
    let mut clear = settings("127.0.0.1", Some("geheim99"));
    clear["tls"] = json!("none");
    assert_eq!(put(clear).await.expect(422)["errors"][0]["field"], "tls");
    put(settings("127.0.0.1", None)).await.expect(200);
    admin.post("/api/v1/settings/mail/test", to.clone()).await.expect(204);
    assert_eq!(server.letters()[0].to, ["zhang@example.com"]);
    let refused = admin.post("/api/v1/settings/mail/test", to).await.expect(422);
    assert!(refused["detail"].as_str().unwrap().contains("550"), "{refused}");

    assert_eq!(put(settings("smtp.example.com", Some("geheim99"))).await.expect(200)["password_set"], true);
    let mut same = settings("smtp.example.com", None);
    same["tls"] = json!("tls");
    assert_eq!(put(same.clone()).await.expect(200)["password_set"], true, "left out, it stays");
    for path in ["/api/v1/settings", "/api/v1/audit"] {
        assert!(!admin.get(path).await.text().contains("geheim99"), "{path}");
    }
    same["host"] = json!("smtp.example.org");
    assert_eq!(put(same).await.expect(200)["password_set"], false, "not for another server");
}
