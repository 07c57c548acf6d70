//! Tenants, users, sessions, keys, throttling, audit, settings.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign};
use model::record::*;
use model::settings::Settings;
use model::*;
use serde_json::json;
use store::{
    AuditFilter, LeadFilter, LeadSelection, LoginLimit, LoginTurn, NewAudit, NewUser, PageQuery, PurgePolicy, Store, StoreError,
    UserPatch,
};

on_both_engines!(
    the_first_administrator_is_made_once,
    users_sign_in_by_tenant_and_login,
    sessions_slide_and_end,
    keys_are_found_by_hash,
    keys_have_no_more_rights_than_their_maker,
    tries_at_once_are_counted_before_they_are_made,
    tries_are_taken_back_and_forgotten,
    the_audit_log_is_searched,
    settings_keep_their_defaults,
    tenants_do_not_see_each_other,
);

fn new_user(login: &str, role: Role) -> NewUser {
    NewUser {
        login: login.into(),
        name: "安娜".into(),
        role,
        unit_id: None,
        scope: Scope::All,
        password_hash: format!("hash-{login}"),
        must_change_password: false,
    }
}

async fn the_first_administrator_is_made_once(store: Store) {
    assert!(store.no_users_yet().await.unwrap());
    let all = (0..8).map(|i| {
        let store = store.clone();
        tokio::spawn(
            async move { store.create_first_admin("acme", "某公司", new_user(&format!("a{i}"), Role::Admin), NOW).await },
        )
    });
    let (mut made, mut refused) = (0, 0);
    for task in all.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(user) => {
                assert_eq!(user.tenant_id, T);
                made += 1;
            }
            Err(StoreError::Conflict(_)) => refused += 1,
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!((made, refused), (1, 7));
    assert!(!store.no_users_yet().await.unwrap());
}

async fn users_sign_in_by_tenant_and_login(store: Store) {
    let admin = store.create_first_admin("acme", "某公司", new_user("admin", Role::Admin), NOW).await.unwrap();
    let op = store.create_user(T, new_user("op", Role::Operator), NOW).await.unwrap();
    let twice = store.create_user(T, new_user("op", Role::Operator), NOW).await;
    assert!(matches!(twice, Err(StoreError::Duplicate { field }) if field == "login"));
    let (found, hash) = store.user_for_login("acme", "op").await.unwrap().unwrap();
    assert_eq!((found, hash), (op.clone(), "hash-op".to_string()));
    assert!(store.user_for_login("", "op").await.unwrap().is_some(), "the only tenant needs no code");
    assert!(store.user_for_login("other", "op").await.unwrap().is_none());
    let second = Tenant { id: TenantId(2), code: "beta".into(), name: "乙".into(), enabled: true, created_at: NOW };
    store.insert_tenant(&second).await.unwrap();
    assert!(store.user_for_login("", "op").await.unwrap().is_none(), "with two tenants the code decides");
    store.set_password(T, op.id, "new", true).await.unwrap();
    assert_eq!(store.password_hash(T, op.id).await.unwrap().unwrap(), "new");
    store.user_signed_in(T, op.id, NOW).await.unwrap();
    let off = UserPatch { enabled: Some(false), ..UserPatch::default() };
    let changed = store.update_user(T, op.id, off.clone()).await.unwrap();
    assert!(!changed.enabled && changed.must_change_password && changed.last_login_at == Some(NOW));
    assert!(store.user_for_login("acme", "op").await.unwrap().is_none());
    assert!(matches!(store.update_user(T, admin.id, off).await, Err(StoreError::Conflict(_))), "the last administrator stays");
    assert_eq!(store.users(T).await.unwrap().len(), 2);
}

async fn sessions_slide_and_end(store: Store) {
    let user = store.create_first_admin("acme", "某公司", new_user("admin", Role::Admin), NOW).await.unwrap();
    let session = |id: i64, token: &str| Session {
        id: SessionId(id),
        tenant_id: T,
        user_id: user.id,
        token_hash: token.into(),
        csrf: "c".into(),
        created_at: NOW,
        seen_at: NOW,
        expires_at: NOW.plus_ms(600_000),
        remote_ip: "127.0.0.1".into(),
        user_agent: "test".into(),
    };
    store.create_session(&session(1, "t1")).await.unwrap();
    store.create_session(&session(2, "t2")).await.unwrap();
    let at = NOW.plus_ms(120_000);
    let (slid, who) = store.session_by_token("t1", at, 600_000).await.unwrap().unwrap();
    assert_eq!((slid.expires_at, who.id), (at.plus_ms(600_000), user.id));
    let late = NOW.plus_ms(650_000);
    assert!(store.session_by_token("t1", late, 600_000).await.unwrap().is_some(), "used, so it lives on");
    assert!(store.session_by_token("t2", late, 600_000).await.unwrap().is_none(), "unused, so it ended");
    assert_eq!(store.purge(PurgePolicy::default(), late).await.unwrap().sessions, 1);
    store.delete_session("t1").await.unwrap();
    assert!(store.session_by_token("t1", late, 600_000).await.unwrap().is_none());
    store.create_session(&session(3, "t3")).await.unwrap();
    assert_eq!(store.sessions_of(T, user.id).await.unwrap().len(), 1);
    assert_eq!(store.delete_sessions_of(T, user.id).await.unwrap(), 1);
}

async fn keys_are_found_by_hash(store: Store) {
    let admin = store.create_first_admin("acme", "某公司", new_user("admin", Role::Admin), NOW).await.unwrap();
    let key = ApiKey {
        id: ApiKeyId(1),
        tenant_id: T,
        name: "erp".into(),
        prefix: "fl_abc".into(),
        scopes: vec![Permission::CampaignRead, Permission::LeadWrite],
        enabled: true,
        last_used_at: None,
        expires_at: Some(NOW.plus_ms(1_000)),
        created_by: admin.id,
        created_at: NOW,
    };
    store.create_api_key(&key, "h").await.unwrap();
    let found = store.api_key_by_hash("h", NOW).await.unwrap().unwrap();
    assert_eq!((found.scopes.clone(), found.last_used_at), (key.scopes.clone(), Some(NOW)));
    assert!(store.api_key_by_hash("h", NOW.plus_ms(1_000)).await.unwrap().is_none(), "expired");
    assert!(store.api_key_by_hash("x", NOW).await.unwrap().is_none());
    store.set_api_key_enabled(T, key.id, false).await.unwrap();
    assert!(store.api_key_by_hash("h", NOW).await.unwrap().is_none(), "switched off");
    store.delete_api_key(T, key.id).await.unwrap();
    assert!(store.api_keys(T).await.unwrap().is_empty());
}

async fn keys_have_no_more_rights_than_their_maker(store: Store) {
    store.create_first_admin("acme", "某公司", new_user("admin", Role::Admin), NOW).await.unwrap();
    let maker = store.create_user(T, new_user("maker", Role::Manager), NOW).await.unwrap();
    let key = |id: i64, created_by: UserId| ApiKey {
        id: ApiKeyId(id),
        tenant_id: T,
        name: format!("erp{id}"),
        prefix: "fl_abc".into(),
        scopes: vec![Permission::CampaignRead, Permission::FlowPublish],
        enabled: true,
        last_used_at: None,
        expires_at: None,
        created_by,
        created_at: NOW,
    };
    store.create_api_key(&key(1, maker.id), "his").await.unwrap();
    store.create_api_key(&key(2, UserId(0)), "nobody's").await.unwrap();
    let scopes = async |hash: &str| store.api_key_by_hash(hash, NOW).await.unwrap().map(|k| k.scopes);
    let all = Some(vec![Permission::CampaignRead, Permission::FlowPublish]);
    assert_eq!((scopes("his").await, scopes("nobody's").await), (all.clone(), all.clone()));
    let viewer = UserPatch { role: Some(Role::Viewer), ..UserPatch::default() };
    store.update_user(T, maker.id, viewer).await.unwrap();
    assert_eq!(scopes("his").await, Some(vec![Permission::CampaignRead]), "a right the maker lost");
    assert_eq!(store.usable_api_key(ApiKeyId(1), NOW).await.unwrap().unwrap().scopes, [Permission::CampaignRead]);
    let off = UserPatch { enabled: Some(false), ..UserPatch::default() };
    store.update_user(T, maker.id, off).await.unwrap();
    assert_eq!(scopes("his").await, None, "the maker is gone");
    assert!(store.usable_api_key(ApiKeyId(1), NOW).await.unwrap().is_none());
    assert_eq!(scopes("nobody's").await, all);
}

fn limits() -> [LoginLimit; 2] {
    [LoginLimit { key: "login:a".into(), free: 5 }, LoginLimit { key: "ip:b".into(), free: 30 }]
}

/// Ten seconds from the last free failure on.
fn pause(failures: u32, free: u32) -> u32 {
    if failures >= free { 10 } else { 0 }
}

async fn tries_at_once_are_counted_before_they_are_made(store: Store) {
    let tries = (0..60).map(|i| {
        let (store, mut limits) = (store.clone(), limits());
        if i % 2 == 0 {
            limits.reverse();
        }
        tokio::spawn(async move { store.login_try(&limits, At(1), NOW, pause).await.unwrap() })
    });
    let mut let_through = 0;
    for turn in tries.collect::<Vec<_>>() {
        match turn.await.unwrap() {
            LoginTurn::Go(_) => let_through += 1,
            LoginTurn::Wait { until } => assert_eq!(until, NOW.plus_ms(10_000)),
        }
    }
    assert_eq!(let_through, 5);
}

async fn tries_are_taken_back_and_forgotten(store: Store) {
    let go = async |at: At| match store.login_try(&limits(), at.plus_ms(-900_000), at, pause).await.unwrap() {
        LoginTurn::Go(tried) => tried,
        LoginTurn::Wait { until } => panic!("waits until {until:?}"),
    };
    for n in 1..=4 {
        assert_eq!(go(NOW).await.count("login:a"), n);
    }
    let busy = go(NOW.plus_ms(1)).await;
    store.login_try_back(&busy, None).await.unwrap();
    let fifth = go(NOW.plus_ms(2)).await;
    assert_eq!((fifth.count("login:a"), fifth.count("ip:b")), (5, 5), "a try that was not made does not count");
    let refused = store.login_try(&limits(), At(1), NOW.plus_ms(3), pause).await.unwrap();
    assert!(matches!(refused, LoginTurn::Wait { until } if until == NOW.plus_ms(10_002)), "{refused:?}");
    let sixth = go(NOW.plus_ms(10_002)).await;
    store.login_try_back(&sixth, Some("login:a")).await.unwrap();
    let after = go(NOW.plus_ms(10_003)).await;
    assert_eq!((after.count("login:a"), after.count("ip:b")), (1, 6), "a right one forgets the login's failures only");
    assert_eq!(go(NOW.plus_ms(2_000_000)).await.count("ip:b"), 1, "old failures are forgotten");
}

async fn the_audit_log_is_searched(store: Store) {
    for (i, action) in ["campaign.start", "campaign.pause", "lead.export"].into_iter().enumerate() {
        let entry = NewAudit {
            tenant_id: T,
            actor: "user:anna".into(),
            remote_ip: "::1".into(),
            action: action.into(),
            target: format!("campaign:{i}"),
            detail: json!({"i": i}),
        };
        store.audit(entry, NOW.plus_ms(i64::try_from(i).unwrap())).await.unwrap();
    }
    let filter = AuditFilter { action: Some("campaign.".into()), ..AuditFilter::default() };
    let page = store.audit_page(T, &filter, PageQuery { count: true, ..PageQuery::first(1) }).await.unwrap();
    assert_eq!((page.total, page.items[0].action.as_str()), (Some(2), "campaign.pause"));
    let rest = store.audit_page(T, &filter, PageQuery { after: page.next, ..PageQuery::first(1) }).await.unwrap();
    assert_eq!((rest.next, rest.items[0].action.as_str()), (None, "campaign.start"));
}

async fn settings_keep_their_defaults(store: Store) {
    assert_eq!(store.settings(T).await.unwrap(), Settings::default());
    let mut settings = Settings::default();
    settings.compliance.contact_per_day_max = 1;
    settings.holidays.off.insert("2026-10-01".parse().unwrap(), "国庆节".into());
    store.save_settings(T, &settings, NOW).await.unwrap();
    store.save_settings(T, &settings, NOW).await.unwrap();
    assert_eq!(store.settings(T).await.unwrap(), settings);
    assert_eq!(store.settings(TenantId(2)).await.unwrap(), Settings::default());
}

async fn tenants_do_not_see_each_other(store: Store) {
    let stranger = TenantId(2);
    let campaign = campaign(1);
    store.insert_campaign(&campaign).await.unwrap();
    assert!(store.campaign(stranger, campaign.id).await.unwrap().is_none());
    assert!(store.campaigns(stranger, &Default::default(), PageQuery::default()).await.unwrap().items.is_empty());
    let insert = store.insert_leads(stranger, campaign.id, &[crate::sample::new_lead(1)], NOW).await;
    assert!(matches!(insert, Err(StoreError::NotFound(_))));
    let lead = store.insert_lead(T, campaign.id, crate::sample::new_lead(1), NOW).await.unwrap();
    assert!(matches!(store.lead_attempts(stranger, lead.id).await, Err(StoreError::NotFound(_))));
    assert!(matches!(store.campaign_progress(stranger, campaign.id).await, Err(StoreError::NotFound(_))));
    let page = store.leads(stranger, campaign.id, &Default::default(), PageQuery::default()).await;
    assert!(matches!(page, Err(StoreError::NotFound(_))));
    let all = LeadSelection::Filter(LeadFilter::default());
    assert!(matches!(store.remove_leads(stranger, campaign.id, &all).await, Err(StoreError::NotFound(_))));
    assert!(matches!(
        store.copy_leads(stranger, campaign.id, &Default::default(), campaign.id, NOW).await,
        Err(StoreError::NotFound(_))
    ));
    assert!(matches!(store.imports(stranger, campaign.id).await, Err(StoreError::NotFound(_))));
    assert!(matches!(store.delete_campaign(stranger, campaign.id).await, Err(StoreError::NotFound(_))));
    assert!(store.events_after(stranger, 0, 10).await.unwrap().is_empty());
}
