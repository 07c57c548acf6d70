//! 公海: taken within limits, given back, taken back by the rule, with history.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::record::*;
use model::*;
use std::collections::BTreeSet;
use store::{PageQuery, PoolFilter, PoolRefusal, Store, StoreError};

on_both_engines!(a_customer_is_taken_once, the_day_has_its_limit, customers_without_contact_come_back);

const DAY: i64 = 86_400_000;

async fn agent(store: &Store, id: i64) -> AgentId {
    let agent = crate::agents::agent(id);
    store.create_agent(&agent).await.unwrap();
    agent.id
}

async fn customer(store: &Store, id: i64, owner: Option<AgentId>) -> CustomerId {
    let customer = Customer {
        id: CustomerId(id),
        tenant_id: T,
        name: format!("客户{id}"),
        company: String::new(),
        classes: BTreeSet::new(),
        owner_id: owner,
        seat_id: None,
        fields: Vars::new(),
        note: String::new(),
        next_contact_at: None,
        created_at: NOW,
        updated_at: NOW,
        revision: 1,
    };
    let number = CustomerNumber {
        id: CustomerNumberId(id),
        tenant_id: T,
        customer_id: customer.id,
        number: format!("+86138001380{id:02}"),
        label: "手机".into(),
        main: true,
    };
    store.create_customer(&customer, &[number]).await.unwrap();
    customer.id
}

async fn pooled(store: &Store) -> Vec<i64> {
    let found = store.pool(T, &PoolFilter::default(), PageQuery::default()).await.unwrap();
    found.items.iter().map(|c| c.id.0).collect()
}

async fn a_customer_is_taken_once(store: Store) {
    let (a, b) = (agent(&store, 1).await, agent(&store, 2).await);
    let id = customer(&store, 1, None).await;
    customer(&store, 2, Some(b)).await;
    assert_eq!(pooled(&store).await, [1]);
    let rules = PoolRules::default();
    let claims = [a, b].map(|agent| {
        let store = store.clone();
        tokio::spawn(async move { store.claim_customer(T, id, agent, &rules, "x", (NOW, NOW)).await.unwrap() })
    });
    let mut won = 0;
    for claim in claims {
        match claim.await.unwrap() {
            Ok(_) => won += 1,
            Err(refusal) => assert_eq!(refusal, PoolRefusal::Taken),
        }
    }
    assert_eq!((won, pooled(&store).await), (1, vec![]));
    let owner = store.customer(T, id).await.unwrap().unwrap().0.owner_id.unwrap();
    let other = if owner == a { b } else { a };
    let foreign = store.release_customer(T, id, Some(other), ("x", ""), NOW).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))), "only the owner gives back");
    store.release_customer(T, id, Some(owner), ("x", "不再跟进"), NOW.plus_ms(1)).await.unwrap();
    store.assign_customer(T, id, other, "leader", NOW.plus_ms(2)).await.unwrap();
    let moves: Vec<_> = store.pool_moves(T, id).await.unwrap().into_iter().map(|m| (m.kind, m.from_agent, m.to_agent)).collect();
    use PoolMoveKind::{Assign, Claim, Release};
    assert_eq!(moves, [(Assign, None, Some(other)), (Release, Some(owner), None), (Claim, None, Some(owner))]);
    assert!(matches!(store.pool_moves(TenantId(2), id).await, Err(StoreError::NotFound(_))));
}

async fn the_day_has_its_limit(store: Store) {
    let a = agent(&store, 1).await;
    for id in 1..=4 {
        customer(&store, id, None).await;
    }
    let rules = PoolRules { claims_per_day_max: 2, holds_max: 3, recycle_days: 0 };
    let midnight = At(NOW.ms() - 3_600_000);
    let take =
        async |id, at: At, midnight| store.claim_customer(T, CustomerId(id), a, &rules, "x", (at, midnight)).await.unwrap();
    assert!(take(1, NOW, midnight).await.is_ok() && take(2, NOW, midnight).await.is_ok());
    assert_eq!(take(3, NOW, midnight).await, Err(PoolRefusal::DayFull(2)));
    assert_eq!(store.pool_share(T, a, midnight).await.unwrap(), (2, 2));
    let tomorrow = NOW.plus_ms(DAY);
    assert!(take(3, tomorrow, tomorrow).await.is_ok());
    assert_eq!(take(4, tomorrow, tomorrow).await, Err(PoolRefusal::HandFull(3)));
}

async fn customers_without_contact_come_back(store: Store) {
    let a = agent(&store, 1).await;
    for id in 1..=4 {
        customer(&store, id, Some(a)).await;
    }
    customer(&store, 5, None).await;
    let rules = PoolRules { recycle_days: 30, ..PoolRules::default() };
    let day = |n| NOW.plus_ms(n * DAY);
    // One was called and answered, one was called in vain, one changed hands.
    for (call, (id, answered)) in (1..).zip([(1, true), (2, false)]) {
        let mut begin = crate::sample::begin(CampaignId(1), LeadId(1), call, day(10));
        begin.phone = format!("+86138001380{id:02}");
        let end = day(10).plus_ms(60_000);
        let call = crate::sample::call(&begin, answered.then_some(day(10)), end, Disposition::Human);
        crate::sample::fact(&store, model::fact::Fact::CallEnded { call: Box::new(call), recordings: vec![], callback_of: None })
            .await;
    }
    store.assign_customer(T, CustomerId(3), a, "leader", day(10)).await.unwrap();
    assert_eq!(store.recycle_customers(T, &rules, day(29)).await.unwrap(), 0);
    assert_eq!(store.recycle_customers(T, &PoolRules::default(), day(31)).await.unwrap(), 0, "0: never");
    assert_eq!(store.recycle_customers(T, &rules, day(31)).await.unwrap(), 2);
    assert_eq!(pooled(&store).await, [5, 4, 2]);
    let moves = store.pool_moves(T, CustomerId(4)).await.unwrap();
    assert_eq!((moves[0].kind, moves[0].from_agent, moves[0].note.as_str()), (PoolMoveKind::Recycle, Some(a), "30 天无联系"));
    assert_eq!(store.recycle_customers(T, &rules, day(41)).await.unwrap(), 2, "their time ran from the last contact on");
}
