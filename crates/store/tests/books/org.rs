//! The tree of units.

use crate::agents::agent;
use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::record::*;
use model::*;
use store::{NewUser, Store, StoreError, UserPatch};

on_both_engines!(
    a_tree_is_kept_in_order,
    moves_at_once_never_make_a_ring,
    a_unit_is_deleted_empty,
    a_tree_has_so_many_levels,
    people_stand_in_units_of_their_tenant
);

fn unit(id: i64, parent: Option<i64>, name: &str) -> OrgUnit {
    let parent_id = parent.map(OrgUnitId);
    OrgUnit { id: OrgUnitId(id), tenant_id: T, parent_id, name: name.into(), created_at: NOW, revision: 1 }
}

async fn plant(store: &Store) {
    let tenant = Tenant { id: T, code: "acme".into(), name: "某公司".into(), enabled: true, created_at: NOW };
    store.insert_tenant(&tenant).await.unwrap();
    for unit in [unit(1, None, "客服中心"), unit(2, Some(1), "一部"), unit(3, Some(2), "甲班"), unit(4, Some(1), "二部")]
    {
        store.create_org_unit(&unit).await.unwrap();
    }
}

async fn a_tree_is_kept_in_order(store: Store) {
    plant(&store).await;
    assert_eq!(store.org_units(T).await.unwrap().len(), 4);
    assert!(store.org_units(TenantId(2)).await.unwrap().is_empty());
    let twin = store.create_org_unit(&unit(5, Some(1), "一部")).await;
    assert!(matches!(twin, Err(StoreError::Duplicate { field }) if field == "name"));
    store.create_org_unit(&unit(5, None, "一部")).await.unwrap();
    let lost = store.create_org_unit(&unit(6, Some(77), "丙班")).await;
    assert!(matches!(lost, Err(StoreError::NotFound(_))));
    let foreign = OrgUnit { tenant_id: TenantId(2), ..unit(6, Some(1), "丙班") };
    assert!(matches!(store.create_org_unit(&foreign).await, Err(StoreError::NotFound(_))));
    let moved = store.update_org_unit(&unit(3, Some(4), "乙班")).await.unwrap();
    assert_eq!((moved.revision, moved.parent_id, moved.name.as_str()), (2, Some(OrgUnitId(4)), "乙班"));
    assert_eq!(store.org_unit(T, OrgUnitId(3)).await.unwrap(), Some(moved));
    assert!(matches!(store.update_org_unit(&unit(3, None, "丁班")).await, Err(StoreError::Conflict(_))), "an old revision");
    for below in [1, 2] {
        let ring = store.update_org_unit(&unit(1, Some(below), "客服中心")).await;
        assert!(matches!(ring, Err(StoreError::Conflict(_))), "{ring:?}");
    }
}

/// Each of the two moves is right by itself.
async fn moves_at_once_never_make_a_ring(store: Store) {
    plant(&store).await;
    let (one, two) = (unit(2, Some(4), "一部"), unit(4, Some(2), "二部"));
    let (one, two) = tokio::join!(store.update_org_unit(&one), store.update_org_unit(&two));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let all = store.org_units(T).await.unwrap();
    assert_eq!(units_below(&all, OrgUnitId(1)).len(), 4, "all hang on the root");
}

async fn a_unit_is_deleted_empty(store: Store) {
    plant(&store).await;
    let refused = store.delete_org_unit(T, OrgUnitId(2)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "a unit hangs on it");
    let placed = Agent { unit_id: Some(OrgUnitId(3)), ..agent(1) };
    store.create_agent(&placed).await.unwrap();
    assert!(matches!(store.delete_org_unit(T, OrgUnitId(3)).await, Err(StoreError::Conflict(_))), "an agent belongs to it");
    store.update_agent(&Agent { unit_id: None, ..placed }, NOW).await.unwrap();
    assert!(matches!(store.delete_org_unit(TenantId(2), OrgUnitId(3)).await, Err(StoreError::NotFound(_))));
    store.delete_org_unit(T, OrgUnitId(3)).await.unwrap();
    store.delete_org_unit(T, OrgUnitId(2)).await.unwrap();
    assert!(matches!(store.delete_org_unit(T, OrgUnitId(2)).await, Err(StoreError::NotFound(_))));
}

async fn a_tree_has_so_many_levels(store: Store) {
    plant(&store).await;
    for level in 4..=10 {
        store.create_org_unit(&unit(10 + level, Some(if level == 4 { 3 } else { 9 + level }), "下级")).await.unwrap();
    }
    let deep = store.create_org_unit(&unit(30, Some(20), "下级")).await;
    assert!(matches!(deep, Err(StoreError::Conflict(_))), "{deep:?}");
    let deeper = store.update_org_unit(&unit(2, Some(4), "一部")).await;
    assert!(matches!(deeper, Err(StoreError::Conflict(_))), "what hangs on it would come too deep: {deeper:?}");
}

async fn people_stand_in_units_of_their_tenant(store: Store) {
    plant(&store).await;
    let new = |login: &str, unit: Option<i64>| NewUser {
        login: login.into(),
        name: "王芳".into(),
        role: Role::Supervisor,
        unit_id: unit.map(OrgUnitId),
        scope: Scope::Below,
        password_hash: "x".into(),
        must_change_password: false,
    };
    // A house has an administrator.
    let admin = NewUser { role: Role::Admin, scope: Scope::All, ..new("root", None) };
    store.create_user(T, admin, NOW).await.unwrap();
    assert!(matches!(store.create_user(T, new("lost", Some(77)), NOW).await, Err(StoreError::NotFound(_))));
    let user = store.create_user(T, new("wang", Some(2)), NOW).await.unwrap();
    assert_eq!(store.user(T, user.id).await.unwrap().unwrap().scope, Scope::Below);
    assert!(matches!(store.delete_org_unit(T, OrgUnitId(3)).await, Ok(())));
    assert!(matches!(store.delete_org_unit(T, OrgUnitId(2)).await, Err(StoreError::Conflict(_))), "a person belongs to it");
    let untouched = store.update_user(T, user.id, UserPatch::default()).await.unwrap();
    assert_eq!(untouched, user);
    let moved = UserPatch { unit_id: Some(Some(OrgUnitId(4))), scope: Some(Scope::Unit), ..UserPatch::default() };
    let moved = store.update_user(T, user.id, moved).await.unwrap();
    assert_eq!((moved.unit_id, moved.scope), (Some(OrgUnitId(4)), Scope::Unit));
    let out = UserPatch { unit_id: Some(None), scope: Some(Scope::All), ..UserPatch::default() };
    assert_eq!(store.update_user(T, user.id, out).await.unwrap().unit_id, None);
    let lost = UserPatch { unit_id: Some(Some(OrgUnitId(77))), ..UserPatch::default() };
    assert!(matches!(store.update_user(T, user.id, lost).await, Err(StoreError::NotFound(_))));
    let stray = Agent { unit_id: Some(OrgUnitId(77)), ..agent(1) };
    assert!(matches!(store.create_agent(&stray).await, Err(StoreError::NotFound(_))));
}
