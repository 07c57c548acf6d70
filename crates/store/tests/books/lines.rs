//! Trunks, routes, numbers, lists.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::record::*;
use model::*;
use store::{NewListEntry, PageQuery, Store, StoreError};

on_both_engines!(
    trunks_keep_their_password,
    routes_go_by_cost,
    a_rate_table_replaces_that_of_its_trunks,
    sip_traces_are_packed_and_cleared,
    lists_are_renewed_and_expire
);

fn trunk() -> Trunk {
    Trunk {
        id: TrunkId(3),
        tenant_id: T,
        name: "移动".into(),
        enabled: true,
        address: "192.0.2.1:5060".into(),
        transport: Transport::Udp,
        register: true,
        username: "u".into(),
        password: Some("secret".into()),
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 30,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        calls_max: 30,
        calls_per_second_max: 10.0,
        caller_id: "053188886666".into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp: model::record::Srtp::Off,
        inbound_from: vec!["192.0.2.0/24".into()],
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: NOW,
        revision: 1,
    }
}

fn route(id: i64, cost: i32) -> Route {
    Route {
        id: RouteId(id),
        tenant_id: T,
        trunk_id: TrunkId(3),
        carrier: Some(Carrier::Mobile),
        region: String::new(),
        number_prefix: String::new(),
        priority: 0,
        cost,
        billing_s: 60,
        from_minute: 0,
        until_minute: 0,
        enabled: true,
    }
}

async fn trunks_keep_their_password(store: Store) {
    let trunk = trunk();
    store.insert_trunk(&trunk).await.unwrap();
    assert_eq!(store.trunk(T, trunk.id).await.unwrap().unwrap(), trunk);
    let shown = Trunk { password: None, name: "联通".into(), ..trunk.clone() };
    let stored = store.update_trunk(&shown, NOW).await.unwrap();
    assert_eq!((stored.password.as_deref(), stored.name.as_str(), stored.revision), (Some("secret"), "联通", 2));
    assert!(matches!(store.update_trunk(&shown, NOW).await, Err(StoreError::Conflict(_))));
    store.insert_route(&route(1, 5)).await.unwrap();
    store.delete_trunk(T, trunk.id, NOW).await.unwrap();
    assert!(store.trunks(T).await.unwrap().is_empty() && store.routes(T).await.unwrap().is_empty());
    assert!(matches!(store.delete_trunk(T, trunk.id, NOW).await, Err(StoreError::NotFound(_))));
}

async fn routes_go_by_cost(store: Store) {
    assert!(matches!(store.insert_route(&route(1, 9)).await, Err(StoreError::NotFound("trunk"))));
    store.insert_trunk(&trunk()).await.unwrap();
    for route in [route(1, 9), route(2, 3)] {
        store.insert_route(&route).await.unwrap();
    }
    assert_eq!(store.routes(T).await.unwrap(), [route(2, 3), route(1, 9)]);
    store.update_route(&route(2, 20)).await.unwrap();
    assert_eq!(store.routes(T).await.unwrap()[0].id, RouteId(1));
    store.delete_route(T, RouteId(1)).await.unwrap();
    assert!(matches!(store.delete_route(T, RouteId(1)).await, Err(StoreError::NotFound(_))));
    let number = |id| Number {
        id: NumberId(id),
        tenant_id: T,
        number: "053188886666".into(),
        trunk_id: Some(TrunkId(3)),
        inbound_flow_id: None,
        outbound: true,
        calls_per_day_max: 500,
        note: String::new(),
        flag: NumberFlag::default(),
    };
    store.insert_number(&number(1)).await.unwrap();
    assert!(matches!(store.insert_number(&number(2)).await, Err(StoreError::Duplicate { field }) if field == "number"));
    let changed = Number { note: "总机".into(), ..number(1) };
    store.update_number(&changed).await.unwrap();
    assert_eq!(store.numbers(T).await.unwrap(), [changed]);
    store.delete_number(T, NumberId(1)).await.unwrap();
}

async fn a_rate_table_replaces_that_of_its_trunks(store: Store) {
    let other = Trunk { id: TrunkId(4), name: "联通".into(), ..trunk() };
    for trunk in [&trunk(), &other] {
        store.insert_trunk(trunk).await.unwrap();
    }
    let elsewhere = Route { trunk_id: other.id, ..route(9, 90) };
    for route in [&route(1, 5), &elsewhere] {
        store.insert_route(route).await.unwrap();
    }
    let night = Route { from_minute: 1_200, until_minute: 480, billing_s: 6, number_prefix: "+86138".into(), ..route(2, 3) };
    assert_eq!(store.import_routes(T, &[night.clone(), route(3, 4)], true).await.unwrap(), 1);
    assert_eq!(store.routes(T).await.unwrap(), [night, route(3, 4), elsewhere]);
    assert_eq!(store.import_routes(T, &[route(5, 1)], false).await.unwrap(), 0);
    assert_eq!(store.routes(T).await.unwrap().len(), 4);
    let stranger = Route { trunk_id: TrunkId(77), ..route(6, 1) };
    assert!(matches!(store.import_routes(T, &[stranger], true).await, Err(StoreError::NotFound("trunk"))));
}

async fn sip_traces_are_packed_and_cleared(store: Store) {
    let message = |n: i64| SipMessage {
        at_us: n,
        sent: n % 2 == 0,
        transport: "UDP".into(),
        local: "192.0.2.9:5060".into(),
        remote: "192.0.2.1:5060".into(),
        text: format!("INVITE sip:{n}@x SIP/2.0\r\n\r\n铃"),
    };
    let trace =
        |leg, at| SipTrace { leg_id: LegId(leg), tenant_id: T, at, messages: (0..40).map(message).collect(), left_out: 2 };
    let (old, new) = (trace(1, NOW), trace(2, NOW.plus_ms(1_000)));
    store.save_sip_traces(&[old.clone(), new.clone()]).await.unwrap();
    store.save_sip_traces(&[SipTrace { messages: vec![], ..old.clone() }]).await.unwrap();
    assert_eq!(
        store.sip_traces(T, &[LegId(2), LegId(3), LegId(1)]).await.unwrap(),
        [new.clone(), old],
        "the first writing stays"
    );
    assert!(store.sip_traces(TenantId(2), &[LegId(1)]).await.unwrap().is_empty());
    assert_eq!(store.purge_sip_traces(T, NOW.plus_ms(1)).await.unwrap(), 1);
    assert_eq!(store.sip_traces(T, &[LegId(1), LegId(2)]).await.unwrap(), [new]);
}

async fn lists_are_renewed_and_expire(store: Store) {
    let entry = |phone: &str, expires_at| NewListEntry { phone: phone.into(), reason: "本人要求".into(), expires_at };
    let until = NOW.plus_ms(1_000);
    let batch = [entry("+8613800000001", Some(until)), entry("+8613800000002", None), entry("+8613800000002", None)];
    assert_eq!(store.add_list_entries(T, ListKind::Block, &batch, NOW).await.unwrap(), 2);
    store.add_list_entries(T, ListKind::Vip, &batch[..1], NOW).await.unwrap();
    assert_eq!(store.lists_of(T, "+8613800000001", NOW).await.unwrap(), [ListKind::Block, ListKind::Vip]);
    assert!(store.lists_of(T, "+8613800000001", until).await.unwrap().is_empty(), "expired");
    assert!(store.lists_of(TenantId(2), "+8613800000002", NOW).await.unwrap().is_empty());
    store.add_list_entries(T, ListKind::Block, &[entry("+8613800000001", None)], NOW).await.unwrap();
    assert_eq!(store.lists_of(T, "+8613800000001", until).await.unwrap(), [ListKind::Block], "renewed");
    let page = store.list_entries(T, Some(ListKind::Block), "000001", PageQuery::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let gone = store.remove_list_entries(T, ListKind::Block, &["+8613800000001".into(), "+86999".into()]).await.unwrap();
    assert_eq!(gone, 1);
    let facts = store.caller_facts(T, "+8613800000002", NOW).await.unwrap();
    assert!(facts.blocked && !facts.vip);
}
