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
    for tenant in [None, Some("default".to_owned()), Some(" default ".to_owned())] {
        let request = SignIn { tenant_code: tenant, ..sign_in("Admin", books::PASSWORD, "10.0.0.3") };
        let throttled = access::sign_in(&b.store, request).await.unwrap_err();
        assert!(matches!(throttled.kind, Kind::TooMany { retry_after_s: 1..=6 }), "{throttled:?}");
    }
    // The owner comes in from elsewhere, and others from that address.
    access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.4")).await.unwrap();
    let other = b.person("other", Role::Viewer).await;
    assert!(other.user.is_some());
    access::sign_in(&b.store, sign_in("other", books::PASSWORD, "10.0.0.3")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_once_are_no_more_than_guesses_in_a_row() {
    let b = books::open().await;
    let guesses = (0..100).map(|_| {
        let store = b.store.clone();
        tokio::spawn(async move { access::sign_in(&store, sign_in("admin", "whatever pass", "10.0.0.3")).await })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        let refused = guess.await.unwrap().unwrap_err();
        looked_at += u32::from(refused.code == "sign_in_failed");
        assert!(matches!(refused.code, "sign_in_failed" | "sign_in_throttled"), "{refused:?}");
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn many_rightly_signed_in_from_one_address_do_not_wait() {
    let b = books::open().await;
    for _ in 0..33 {
        access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.5")).await.unwrap();
    }
}

#[tokio::test]
async fn long_names_are_refused_before_anything_is_stored() {
    let b = books::open().await;
    let long = access::sign_in(&b.store, sign_in(&"长".repeat(65), "whatever pass", "10.0.0.2")).await.unwrap_err();
    assert_eq!((long.kind, long.field.as_deref()), (Kind::Invalid, Some("login")));
    let request = SignIn { tenant_code: Some("c".repeat(33)), ..sign_in("admin", "whatever pass", "10.0.0.2") };
    let long = access::sign_in(&b.store, request).await.unwrap_err();
    assert_eq!((long.kind, long.field.as_deref()), (Kind::Invalid, Some("tenant")));
    let later = desk::now().plus_ms(10 * 86_400_000);
    assert_eq!(b.store.purge(store::PurgePolicy::default(), later).await.unwrap().login_failures, 0);
}

#[tokio::test]
async fn guessing_the_old_password_ends_the_session() {
    let b = books::open().await;
    let done = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "127.0.0.1")).await.unwrap();
    let change = async || access::change_password(&b.store, &b.admin, &done.session, "not it at all", "another horse 7").await;
    for _ in 0..4 {
        assert_eq!(change().await.unwrap_err().code, "password_wrong");
        assert!(access::session(&b.store, &done.token).await.unwrap().is_some());
    }
    assert_eq!(change().await.unwrap_err().code, "session_ended");
    assert!(access::session(&b.store, &done.token).await.unwrap().is_none());
    let throttled = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "127.0.0.1")).await.unwrap_err();
    assert_eq!(throttled.code, "sign_in_throttled", "they count as failed sign-ins");
}

#[tokio::test]
async fn a_key_made_by_a_key_ends_with_the_person_behind_it() {
    let b = books::open().await;
    let boss = b.person("boss", Role::Admin).await;
    let new = |scopes: &[Permission]| NewKey { name: "业务系统".into(), scopes: scopes.to_vec(), expires_at: None };
    let scopes = [Permission::KeyWrite, Permission::LeadWrite];
    let (first, _) = access::create_key(&b.store, &boss, new(&scopes)).await.unwrap();
    let machine = Actor::key(&first, "10.0.0.1");
    let (_, secret) = access::create_key(&b.store, &machine, new(&scopes)).await.unwrap();
    let operator = UserChange { role: Some(Role::Operator), ..UserChange::default() };
    access::update_user(&b.store, &b.admin, boss.user.unwrap(), operator).await.unwrap();
    assert_eq!(access::api_key(&b.store, &secret).await.unwrap().unwrap().scopes, [Permission::LeadWrite]);
    let off = UserChange { enabled: Some(false), ..UserChange::default() };
    access::update_user(&b.store, &b.admin, boss.user.unwrap(), off).await.unwrap();
    assert!(access::api_key(&b.store, &secret).await.unwrap().is_none());
}

#[tokio::test]
async fn passwords_change_and_end_sessions() {
    let b = books::open().await;
    let done = access::sign_in(&b.store, sign_in("admin", books::PASSWORD, "10.0.0.1")).await.unwrap();
    assert_eq!(
        access::change_password(&b.store, &b.admin, &done.session, "not it at all", "another horse 7").await.unwrap_err().code,
        "password_wrong"
    );
    assert_eq!(
        access::change_password(&b.store, &b.admin, &done.session, books::PASSWORD, "admin-admin-1").await.unwrap_err().code,
        "password_weak"
    );
    access::change_password(&b.store, &b.admin, &done.session, books::PASSWORD, "another horse 7").await.unwrap();
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
