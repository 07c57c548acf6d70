//! Customers: found by whatever is remembered of them, and known when they call or are called.

use crate::agents::agent;
use crate::engines::on_both_engines;
use crate::sample::{NOW, T, begin, call, dial, end, fact, vars, with_leads};
use model::event::{CUSTOMER_CHANGED, SUMMARY_CHANGED};
use model::fact::Fact;
use model::record::*;
use model::*;
use serde_json::json;
use std::collections::BTreeSet;
use store::{CustomerFilter, NewListEntry, PageQuery, Passed, Store, StoreError};

on_both_engines!(
    customers_are_found_by_name_number_owner_and_class,
    an_edit_replaces_the_numbers,
    who_calls_is_known,
    whom_an_agent_dials_counts_calls_by_hand_too,
    a_summary_replaces_the_one_before,
    history_comes_newest_first_in_pages
);

const PHONE: &str = "+8613800138000";

fn customer(id: i64) -> Customer {
    Customer {
        id: CustomerId(id),
        tenant_id: T,
        name: format!("客户{id}"),
        company: "风铃科技".into(),
        classes: BTreeSet::new(),
        owner_id: None,
        seat_id: None,
        fields: vars(json!({"地址": "济南", "序号": id})),
        note: String::new(),
        next_contact_at: None,
        created_at: NOW,
        updated_at: NOW.plus_ms(id),
        revision: 1,
    }
}

fn number(id: i64, of: i64, number: &str) -> CustomerNumber {
    CustomerNumber {
        id: CustomerNumberId(id),
        tenant_id: T,
        customer_id: CustomerId(of),
        number: number.into(),
        label: "手机".into(),
        main: id % 10 == 0,
    }
}

/// A call without an attempt: inbound from `PHONE`, or made to it by hand.
async fn talked(store: &Store, id: i64, direction: Direction, at: At, agent: Option<AgentId>) -> Call {
    let begun = begin(CampaignId(1), LeadId(1), id, at);
    let ours = "+861088886666".to_string();
    let (caller, called) = if direction == Direction::Inbound { (PHONE.to_string(), ours) } else { (ours, PHONE.to_string()) };
    let call = call(&begun, Some(at), at.plus_ms(9_000), Disposition::Human);
    let call = Call { attempt_id: None, campaign_id: None, lead_id: None, direction, caller, called, agent_id: agent, ..call };
    fact(store, Fact::CallEnded { call: Box::new(call.clone()), recordings: vec![], callback_of: None }).await;
    call
}

async fn customers_are_found_by_name_number_owner_and_class(store: Store) {
    store.create_agent(&agent(1)).await.unwrap();
    let vip = Customer { classes: BTreeSet::from([CallerClass::Vip]), owner_id: Some(AgentId(1)), ..customer(1) };
    store.create_customer(&vip, &[number(11, 1, "+861088880000"), number(10, 1, PHONE)]).await.unwrap();
    store.create_customer(&Customer { company: "100%".into(), ..customer(2) }, &[number(20, 2, PHONE)]).await.unwrap();
    let ids = async |filter: CustomerFilter| {
        let page = store.customers(T, &filter, PageQuery::default()).await.unwrap();
        page.items.iter().map(|c| c.id.0).collect::<Vec<_>>()
    };
    let text = |text: &str| CustomerFilter { text: text.into(), ..CustomerFilter::default() };
    assert_eq!(ids(CustomerFilter::default()).await, [2, 1]);
    assert_eq!(ids(text("客户1")).await, [1]);
    assert_eq!(ids(text("%")).await, [2]);
    assert_eq!(ids(text("8880000")).await, [1]);
    assert_eq!(ids(CustomerFilter { number: Some(PHONE.into()), ..CustomerFilter::default() }).await, [2, 1]);
    assert_eq!(ids(CustomerFilter { owner_id: Some(AgentId(1)), ..CustomerFilter::default() }).await, [1]);
    assert_eq!(ids(CustomerFilter { class: Some(CallerClass::Vip), ..CustomerFilter::default() }).await, [1]);
    let (found, numbers) = store.customer(T, CustomerId(1)).await.unwrap().unwrap();
    assert_eq!(found, vip);
    assert_eq!(numbers.iter().map(|n| n.id.0).collect::<Vec<_>>(), [10, 11], "the main one first");
    assert!(store.customer(TenantId(2), CustomerId(1)).await.unwrap().is_none());
    let briefs = store.customers_by_number(T, PHONE).await.unwrap();
    assert_eq!(briefs.iter().map(|c| c.id.0).collect::<Vec<_>>(), [2, 1], "the one changed last first");
    assert!(store.customers_by_number(TenantId(2), PHONE).await.unwrap().is_empty());
    store.delete_agent(T, AgentId(1), NOW).await.unwrap();
    assert_eq!(store.customer(T, CustomerId(1)).await.unwrap().unwrap().0.owner_id, None);
}

async fn an_edit_replaces_the_numbers(store: Store) {
    let first = customer(1);
    store.create_customer(&first, &[number(10, 1, PHONE)]).await.unwrap();
    let twice = [number(20, 2, PHONE), number(21, 2, PHONE)];
    assert!(
        matches!(store.create_customer(&customer(2), &twice).await, Err(StoreError::Duplicate { field }) if field == "number")
    );
    let stranger = Customer { owner_id: Some(AgentId(9)), ..customer(3) };
    assert!(matches!(store.create_customer(&stranger, &[]).await, Err(StoreError::NotFound("agent"))));
    let changed = Customer { name: "王芳".into(), ..first.clone() };
    let at = NOW.plus_ms(9_000);
    let stored = store.update_customer(&changed, &[number(30, 1, "+861088880000")], at).await.unwrap();
    assert_eq!((stored.revision, stored.updated_at, stored.name.as_str()), (2, at, "王芳"));
    assert!(matches!(store.update_customer(&first, &[], at).await, Err(StoreError::Conflict(_))));
    assert!(store.customers_by_number(T, PHONE).await.unwrap().is_empty());
    assert_eq!(store.customers_by_number(T, "+861088880000").await.unwrap().len(), 1, "what was refused changed nothing");
    store.delete_customer(T, CustomerId(1), at).await.unwrap();
    assert!(store.customers_by_number(T, "+861088880000").await.unwrap().is_empty());
    let kinds: Vec<_> = store.events_after(T, 0, 10).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [CUSTOMER_CHANGED; 3]);
}

async fn who_calls_is_known(store: Store) {
    let vip = Customer { classes: BTreeSet::from([CallerClass::Vip]), ..customer(1) };
    store.create_customer(&vip, &[number(10, 1, PHONE)]).await.unwrap();
    talked(&store, 1, Direction::Inbound, NOW, Some(AgentId(1))).await;
    talked(&store, 2, Direction::Outbound, NOW.plus_ms(1_000), Some(AgentId(2))).await;
    talked(&store, 3, Direction::Inbound, NOW.plus_ms(2_000), None).await;
    let facts = store.caller_facts(T, PHONE, NOW.plus_ms(60_000)).await.unwrap();
    assert!(facts.vip && !facts.blocked);
    assert_eq!((facts.customers.len(), facts.last_agent), (1, Some(AgentId(2))));
    let late = store.caller_facts(T, PHONE, NOW.plus_ms(31 * 86_400_000)).await.unwrap();
    assert_eq!(late.last_agent, None);
    assert_eq!(store.caller_facts(TenantId(2), PHONE, NOW).await.unwrap().customers, []);
}

async fn whom_an_agent_dials_counts_calls_by_hand_too(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begun, Disposition::Busy, LeadState::Retry, NOW.plus_ms(1_000)).await;
    let ours = "+861088886666";
    let midnight = NOW.plus_ms(-3_600_000);
    let facts = async |phone: &str, at: At| store.callee_facts(T, phone, ours, Some(TrunkId(3)), at, midnight).await.unwrap();
    let dialled = facts(&begun.phone, NOW.plus_ms(60_000)).await.dial;
    assert_eq!((dialled.number_24h, dialled.number_5min, dialled.contact_today, dialled.trunk_today), (1, 1, 1, 1));
    talked(&store, 2, Direction::Outbound, NOW, Some(AgentId(1))).await;
    talked(&store, 3, Direction::Inbound, NOW, Some(AgentId(1))).await;
    let by_hand = facts(PHONE, NOW.plus_ms(60_000)).await;
    assert_eq!((by_hand.dial.number_24h, by_hand.dial.number_5min, by_hand.dial.contact_today), (1, 1, 0));
    assert_eq!((by_hand.dial.caller_id_today, by_hand.dial.trunk_today), (1, 2), "it took the caller id and the trunk");
    assert_eq!(by_hand.dial.number_24h_oldest, Some(NOW));
    assert_eq!(by_hand.known.last_agent, Some(AgentId(1)));
    assert_eq!(facts(PHONE, NOW.plus_ms(86_400_000)).await.dial.number_24h, 0);
    let exempt = NewListEntry { phone: PHONE.into(), reason: String::new(), expires_at: None };
    store.add_list_entries(T, ListKind::Exempt, &[exempt], NOW).await.unwrap();
    assert!(facts(PHONE, NOW).await.dial.exempt);
}

fn summary(id: i64, call: i64, customer: Option<i64>, at: At) -> Summary {
    Summary {
        id: SummaryId(id),
        tenant_id: T,
        call_id: CallId(call),
        agent_id: AgentId(1),
        customer_id: customer.map(CustomerId),
        disposition: "solved".into(),
        label: String::new(),
        note: format!("记录{id}"),
        next_contact_at: customer.map(|_| NOW.plus_ms(86_400_000)),
        created_at: at,
        updated_at: at,
    }
}

async fn a_summary_replaces_the_one_before(store: Store) {
    store.create_customer(&customer(1), &[]).await.unwrap();
    assert!(matches!(store.save_summary(&summary(1, 7, Some(9), NOW)).await, Err(StoreError::NotFound("customer"))));
    let first = store.save_summary(&summary(1, 7, None, NOW)).await.unwrap();
    let at = NOW.plus_ms(60_000);
    let second = store.save_summary(&summary(2, 7, Some(1), at)).await.unwrap();
    assert_eq!((second.id, second.created_at, second.updated_at), (first.id, NOW, at));
    assert_eq!(store.summaries(T, CallId(7)).await.unwrap(), std::slice::from_ref(&second));
    let (customer, _) = store.customer(T, CustomerId(1)).await.unwrap().unwrap();
    assert_eq!((customer.next_contact_at, customer.revision), (second.next_contact_at, 1));
    let told = store.events_after(T, 0, 10).await.unwrap().into_iter().filter(|e| e.kind == SUMMARY_CHANGED).count();
    assert_eq!(told, 2);
}

async fn history_comes_newest_first_in_pages(store: Store) {
    store.create_customer(&customer(1), &[number(10, 1, PHONE)]).await.unwrap();
    for n in 1..=3 {
        talked(&store, n, Direction::Inbound, NOW.plus_ms(n * 1_000), None).await;
    }
    talked(&store, 4, Direction::Outbound, NOW.plus_ms(3_000), None).await;
    let texts = [(PHONE.to_string(), "您好".to_string()), ("+8613900139000".to_string(), "别人".to_string())];
    store.queue_texts(T, &texts, NOW, NOW.plus_ms(2_500)).await.unwrap();
    store.save_summary(&summary(1, 1_000_001, Some(1), NOW.plus_ms(1_500))).await.unwrap();
    let kinds = |all: &[Passed]| {
        let kind = |p: &Passed| match p {
            Passed::Call(_) => "call",
            Passed::Sms(_) => "sms",
            Passed::Summary(_) => "summary",
        };
        all.iter().map(|p| (kind(p), p.at().since_ms(NOW))).collect::<Vec<_>>()
    };
    let first = store.customer_history(T, CustomerId(1), None, 1).await.unwrap();
    assert_eq!(kinds(&first), [("call", 3_000), ("call", 3_000)], "what happened at once comes at once");
    let rest = store.customer_history(T, CustomerId(1), Some(first[1].at()), 50).await.unwrap();
    assert_eq!(kinds(&rest), [("sms", 2_500), ("call", 2_000), ("summary", 1_500), ("call", 1_000)]);
    assert!(store.customer_history(TenantId(2), CustomerId(1), None, 50).await.unwrap().is_empty());
}
