//! Who comes in and who does not.

mod books;

use desk::access::{self, NewKey, NewUser, SignIn, UserChange};
use desk::{Actor, Kind};
use model::record::{Permission, Role};

fn sign_in(login: &str, password: &str, ip: &str) -> SignIn {
    SignIn { tenant_code: None, login: login.into(), password: password.into(), remote_ip: ip.into(), user_agent: "test".into() }
}

#[tokio::test]
async fn a_session_lives_from_sign_in_to_sign_out() {
    let b = books::open().await;
    let done = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.1")).await.unwrap();
    assert!(done.token.len() >= 43 && done.session.token_hash != done.token);
    let (session, user) = access::session(&b.store, &done.token).await.unwrap().unwrap();
    assert_eq!((session.id, user.login.as_str()), (done.session.id, "admin"));
    assert!(
        access::csrf_matches(&session, &done.session.csrf)
            && !access::csrf_matches(&session, "")
            && !access::csrf_matches(&session, "x")
    );
    assert!(access::session(&b.store, "nonsense").await.unwrap().is_none());
    access::sign_out(&b.store, &session).await.unwrap();
    assert!(access::session(&b.store, &done.token).await.unwrap().is_none());
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let b = books::open().await;
    assert!(!access::needs_first_admin(&b.store).await.unwrap());
    let again = NewUser { login: "evil".into(), name: String::new(), role: Role::Admin, password: books::PASSWORD.into() };
    assert_eq!(access::create_first_admin(&b.store, again, "10.0.0.9").await.unwrap_err().code, "already_set_up");
}

#[tokio::test]
async fn wrong_logins_and_wrong_passwords_look_the_same_and_slow_down() {
    let b = books::open().await;
    let unknown = access::sign_in(&b.store, sign_in("nobody", "whatever pass", "10.0.0.2")).await.unwrap_err();
    let wrong = access::sign_in(&b.store, sign_in("admin", "whatever pass", "10.0.0.3")).await.unwrap_err();
    assert_eq!(unknown, wrong);
    for _ in 0..4 {
        access::sign_in(&b.store, sign_in("admin", "whatever pass", "10.0.0.3")).await.unwrap_err();
    }
    let throttled = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.4")).await.unwrap_err();
    assert!(matches!(throttled.kind, Kind::TooMany { retry_after_s: 1..=6 }), "{throttled:?}");
    let other = b.person("other", Role::Viewer).await;
    assert!(other.user.is_some());
    access::sign_in(&b.store, sign_in("other", books::PASSWORD, "10.0.0.4")).await.unwrap();
}

#[tokio::test]
async fn passwords_change_and_end_sessions() {
    let b = books::open().await;
    let done = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.1")).await.unwrap();
    assert_eq!(
        access::change_password(&b.store, &b.admin, "not it at all", "another horse 7").await.unwrap_err().code,
        "password_wrong"
    );
    assert_eq!(
        access::change_password(&b.store, &b.admin, books::PASSWORD, "admin-admin-1").await.unwrap_err().code,
        "password_weak"
    );
    access::change_password(&b.store, &b.admin, books::PASSWORD, "another horse 7").await.unwrap();
    assert!(access::session(&b.store, &done.token).await.unwrap().is_none());
    access::sign_in(&b.store, sign_in("admin", "another horse 7", "10.0.0.1")).await.unwrap();
}

#[tokio::test]
async fn the_last_administrator_stays_and_rights_are_checked() {
    let b = books::open().await;
    let id = b.admin.user.unwrap();
    let off = UserChange { enabled: Some(false), ..UserChange::default() };
    assert_eq!(access::update_user(&b.store, &b.admin, id, off.clone()).await.unwrap_err().code, "last_admin");
    let viewer = b.person("viewer", Role::Viewer).await;
    let denied = access::update_user(&b.store, &viewer, id, off).await.unwrap_err();
    assert_eq!((denied.kind, denied.code), (Kind::Forbidden, "forbidden"));
}

#[tokio::test]
async fn keys_open_with_their_scopes_until_they_are_revoked() {
    let b = books::open().await;
    let new = NewKey { name: "业务系统".into(), scopes: vec![Permission::LeadWrite], expires_at: None };
    let manager = b.person("manager", Role::Manager).await;
    assert_eq!(access::create_key(&b.store, &manager, new.clone()).await.unwrap_err().code, "forbidden");
    let (key, secret) = access::create_key(&b.store, &b.admin, new).await.unwrap();
    assert!(secret.starts_with("flk_") && secret.starts_with(&key.prefix));
    let found = access::api_key(&b.store, &secret).await.unwrap().unwrap();
    let actor = Actor::key(&found, "10.0.0.1");
    assert!(actor.can(Permission::LeadWrite) && !actor.can(Permission::LeadRead) && actor.name == "key:业务系统");
    assert!(access::api_key(&b.store, "flk_wrong").await.unwrap().is_none());
    access::revoke_key(&b.store, &b.admin, key.id).await.unwrap();
    assert!(access::api_key(&b.store, &secret).await.unwrap().is_none());
}
