use crate::app::{App, PASSWORD};
use axum::http::Method;
use model::record::Role;
use serde_json::json;

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let app = App::new().await;
    assert_eq!(app.client().get("/api/v1/setup").await.expect(200)["needed"], true);
    let weak = app.client().post("/api/v1/setup", json!({"login": "admin", "password": "123"})).await;
    assert_eq!(weak.expect(422)["field"], "password");
    let (app, _) = App::with_admin().await;
    assert_eq!(app.client().get("/api/v1/setup").await.expect(200)["needed"], false);
    let again = app.client().post("/api/v1/setup", json!({"login": "mallory", "password": PASSWORD})).await;
    again.expect(409);
}

#[tokio::test]
async fn signing_in_and_out() {
    let (app, admin) = App::with_admin().await;
    let view = admin.get("/api/v1/session").await.expect(200);
    assert_eq!(view["user"]["login"], "admin");
    assert!(view["permissions"].as_array().unwrap().iter().any(|p| p == "outbound:number:reveal"));
    admin.call(Method::DELETE, "/api/v1/session", None).await.expect(204);
    admin.get("/api/v1/session").await.expect(401);
    app.client().get("/api/v1/session").await.expect(401);
}

#[tokio::test]
async fn a_change_without_the_csrf_token_is_refused() {
    let (_app, mut admin) = App::with_admin().await;
    let trunk = json!({"name": "t", "address": "10.0.0.1"});
    let token = admin.csrf.take();
    assert_eq!(admin.post("/api/v1/trunks", trunk.clone()).await.expect(403)["code"], "csrf");
    admin.csrf = Some("wrong".into());
    assert_eq!(admin.post("/api/v1/trunks", trunk.clone()).await.expect(403)["code"], "csrf");
    assert_eq!(admin.get("/api/v1/trunks").await.expect(200)["items"], json!([]));
    admin.csrf = token;
    admin.post("/api/v1/trunks", trunk).await.expect(201);
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let (app, _) = App::with_admin().await;
    let client = app.client().with("x-forwarded-for", "192.0.2.7");
    let wrong = json!({"login": "admin", "password": "falsch"});
    let mut refused = None;
    for _ in 0..8 {
        let reply = client.post("/api/v1/session", wrong.clone()).await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
        assert_eq!(reply.expect(401)["code"], "sign_in_failed");
    }
    let refused = refused.expect("eight wrong passwords were taken without a pause");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    // The right password has to wait as well.
    assert_eq!(client.post("/api/v1/session", json!({"login": "admin", "password": PASSWORD})).await.status, 429);
}

/// A client may write what it likes before the line of our proxy.
#[tokio::test]
async fn a_made_up_address_is_not_believed() {
    let (app, _) = App::with_admin().await;
    let mut refused = 0;
    for n in 0..8 {
        let mut client = app.client();
        for line in [format!("203.0.113.{n}"), format!("192.0.2.7:{}", 4_000 + n)] {
            client.headers.append("x-forwarded-for", line.parse().unwrap());
        }
        refused += u32::from(client.post("/api/v1/session", json!({"login": "admin", "password": "falsch"})).await.status == 429);
    }
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn behind_a_proxy_that_speaks_tls_the_cookie_is_secure() {
    let (app, admin) = App::with_admin().await;
    let words = json!({"login": "admin", "password": PASSWORD});
    let plain = app.client().post("/api/v1/session", words.clone()).await;
    assert!(!plain.header("set-cookie").contains("Secure") && plain.header("strict-transport-security").is_empty());
    let tls = app.client().with("x-forwarded-proto", "https").post("/api/v1/session", words).await;
    assert!(tls.header("set-cookie").contains("; Secure"), "{}", tls.header("set-cookie"));
    assert!(tls.header("strict-transport-security").starts_with("max-age="));
    let out = admin.with("x-forwarded-proto", "https").call(Method::DELETE, "/api/v1/session", None).await;
    assert!(out.header("set-cookie").contains("; Secure"), "{}", out.header("set-cookie"));
}

#[tokio::test]
async fn guessing_the_present_password_ends_the_session() {
    let (_app, admin) = App::with_admin().await;
    let guess = json!({"current": "falsch-falsch", "new": "Neu-Neu-2026"});
    for _ in 0..4 {
        let refused = admin.put("/api/v1/session/password", guess.clone()).await;
        assert_eq!(refused.expect(422)["code"], "password_wrong");
    }
    assert_eq!(admin.put("/api/v1/session/password", guess).await.expect(401)["code"], "session_ended");
    admin.get("/api/v1/session").await.expect(401);
}

#[tokio::test]
async fn a_new_person_must_first_choose_a_password() {
    let (app, admin) = App::with_admin().await;
    let user = json!({"login": "neu", "role": "operator", "password": "Erst-Mal-2026"});
    admin.post("/api/v1/users", user).await.expect(201);
    let mut neu = app.client();
    let reply = neu.post("/api/v1/session", json!({"login": "neu", "password": "Erst-Mal-2026"})).await;
    neu.sign(&reply);
    assert_eq!(neu.get("/api/v1/campaigns").await.expect(403)["code"], "password_change_required");
    let stale = neu.clone();
    let reply = neu.put("/api/v1/session/password", json!({"current": "Erst-Mal-2026", "new": PASSWORD})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    neu.sign(&reply);
    neu.get("/api/v1/campaigns").await.expect(200);
    stale.get("/api/v1/session").await.expect(401);
}

#[tokio::test]
async fn errors_speak_the_reader_s_language() {
    let (app, _) = App::with_admin().await;
    let zh = app.client().get("/api/v1/campaigns").await;
    assert_eq!(zh.header("content-type"), "application/problem+json");
    assert_eq!(zh.expect(401)["detail"], "请先登录");
    let en = app.client().with("accept-language", "en-GB, zh;q=0.3").get("/api/v1/campaigns").await;
    let en = en.expect(401);
    assert_eq!((en["detail"].as_str(), en["code"].as_str()), (Some("sign in first"), Some("unauthenticated")));
}

#[tokio::test]
async fn every_change_is_in_the_log_without_secrets() {
    let (app, admin) = App::with_admin().await;
    let trunk = json!({"name": "t", "address": "10.0.0.1", "username": "u", "password": "sehr-geheim"});
    admin.post("/api/v1/trunks", trunk).await.expect(201);
    let speech = json!({"provider": "espeak", "api_key": "sk-geheim"});
    assert_eq!(admin.put("/api/v1/settings/speech", speech).await.expect(200)["api_key_set"], true);
    admin.put("/api/v1/settings/compliance", json!({"contact_per_day_max": 7})).await.expect(200);
    let tone = |class: &str| json!({"name": "忙音", "class": class, "hz": [450], "on_ms": 350, "off_ms": 350, "repeats": 3});
    let ears = |tones| json!({"dead_air_ms": 4000, "cadences": tones});
    let set = admin.put("/api/v1/settings/ears", ears(json!([tone("busy")]))).await.expect(200);
    assert_eq!((&set["dead_air_ms"], &set["cadences"][0]["class"]), (&json!(4000), &json!("busy")));
    let all = admin.get("/api/v1/settings").await.expect(200);
    assert_eq!(all["ears"], set);
    // The built-in table can be taken over as it is.
    let standard = &all["standard_tones"];
    assert_eq!(
        standard[1],
        json!({"name": "busy 450 Hz", "class": "busy", "hz": [450.0], "on_ms": 350, "off_ms": 350, "repeats": 3})
    );
    assert_eq!(
        admin.put("/api/v1/settings/ears", ears(standard.clone())).await.expect(200)["cadences"].as_array().unwrap().len(),
        5
    );
    for (wrong, field) in [(ears(json!([tone("human")])), "cadences"), (json!({"silence_ms": 10}), "silence_ms")] {
        let refused = admin.put("/api/v1/settings/ears", wrong).await.expect(422);
        assert!(refused.to_string().contains(field), "{refused}");
    }
    let log = admin.get("/api/v1/audit").await.expect(200).to_string();
    assert!(log.contains(r#""contact_per_day_max":7"#), "what was set is logged: {log}");
    for action in ["trunk.create", "settings.update", "session.create"] {
        assert!(log.contains(action), "{action} is not logged");
    }
    for read in [log, admin.get("/api/v1/settings").await.text(), admin.get("/api/v1/trunks").await.text()] {
        assert!(!read.contains("geheim"), "{read}");
    }
    // Left out, the secret stays.
    assert_eq!(admin.put("/api/v1/settings/speech", json!({"speed": 180})).await.expect(200)["api_key_set"], true);
    assert_eq!(admin.put("/api/v1/settings/speech", json!({"api_key": ""})).await.expect(200)["api_key_set"], false);
    let viewer = app.person(Role::Viewer).await;
    viewer.get("/api/v1/audit").await.expect(403);
}
