//! Leads: brought in, found, changed, excluded, reused.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign, dial, end, new_lead, vars, with_leads};
use model::record::*;
use model::*;
use serde_json::json;
use store::{LeadFilter, LeadPatch, LeadSelection, LeadsCopied, LeadsRemoved, PageQuery, Store, StoreError};

on_both_engines!(
    duplicates_are_named_in_order,
    a_lead_comes_back_as_it_was,
    leads_are_found_and_paged,
    excluded_leads_are_not_claimed,
    dialled_leads_stay_in_the_books,
    leads_are_reused_by_what_came_of_them,
);

async fn duplicates_are_named_in_order(store: Store) {
    let campaign = with_leads(&store, 1, 2).await;
    let batch = [new_lead(1), new_lead(5), new_lead(5), new_lead(6)];
    let ids = store.insert_leads(T, campaign.id, &batch, NOW).await.unwrap();
    assert_eq!(ids.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false, true]);
    let twice = store.insert_lead(T, campaign.id, new_lead(6), NOW).await;
    assert!(matches!(twice, Err(StoreError::Duplicate { field }) if field == "phone"));
    assert!(store.insert_leads(T, campaign.id, &[], NOW).await.unwrap().is_empty());
    store.insert_campaign(&crate::sample::campaign(2)).await.unwrap();
    store.insert_lead(T, CampaignId(2), new_lead(6), NOW).await.expect("another campaign may have the number too");
}

async fn a_lead_comes_back_as_it_was(store: Store) {
    store.insert_campaign(&campaign(1)).await.unwrap();
    let lead = store.insert_lead(T, CampaignId(1), new_lead(1), NOW).await.unwrap();
    let stored = store.lead(T, lead.id).await.unwrap().unwrap();
    assert_eq!(stored, lead);
    assert_eq!(stored.variables.keys().collect::<Vec<_>>(), ["z", "专业", "a"], "columns keep the order of the sheet");
    let patch = LeadPatch {
        name: Some("李四".into()),
        variables: Some(vars(json!({"q": 1}))),
        priority: Some(9),
        ..LeadPatch::default()
    };
    let changed = store.update_lead(T, lead.id, patch).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.priority, changed.phone.clone()), ("李四", 9, lead.phone));
    assert_eq!(store.lead(T, lead.id).await.unwrap().unwrap(), changed);
    assert!(matches!(store.update_lead(TenantId(2), lead.id, LeadPatch::default()).await, Err(StoreError::NotFound(_))));
}

async fn leads_are_found_and_paged(store: Store) {
    let campaign = with_leads(&store, 1, 25).await;
    let (mut seen, mut page) = (Vec::new(), PageQuery { count: true, ..PageQuery::first(10) });
    loop {
        let found = store.leads(T, campaign.id, &LeadFilter::default(), page).await.unwrap();
        assert_eq!(found.total, Some(25));
        seen.extend(found.items.iter().map(|l| l.name.clone()));
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).map(|n| format!("专家{n}")).collect::<Vec<_>>(), "in the order they were brought in, each once");
    let by = |filter: LeadFilter| {
        let store = store.clone();
        async move { store.leads(T, CampaignId(1), &filter, PageQuery::default()).await.unwrap().items.len() }
    };
    assert_eq!(by(LeadFilter { text: "专家24".into(), ..LeadFilter::default() }).await, 1);
    assert_eq!(by(LeadFilter { text: "3800000003".into(), ..LeadFilter::default() }).await, 1);
    assert_eq!(by(LeadFilter { text: "_".into(), ..LeadFilter::default() }).await, 0, "a wildcard is a letter");
    assert_eq!(by(LeadFilter { states: vec![LeadState::Ready, LeadState::Done], ..LeadFilter::default() }).await, 25);
    assert_eq!(by(LeadFilter { results: vec!["attend".into()], ..LeadFilter::default() }).await, 0);
}

async fn excluded_leads_are_not_claimed(store: Store) {
    let campaign = with_leads(&store, 1, 5).await;
    let all = store.leads(T, campaign.id, &LeadFilter::default(), PageQuery::default()).await.unwrap().items;
    let two = LeadSelection::Ids(all[..2].iter().map(|l| l.id).collect());
    assert_eq!(store.exclude_leads(T, campaign.id, &two, "removed").await.unwrap(), 2);
    let one = LeadSelection::Filter(LeadFilter { text: "专家4".into(), ..LeadFilter::default() });
    assert_eq!(store.exclude_leads(T, campaign.id, &one, "exempt").await.unwrap(), 1);
    let claimed = store.claim_leads(campaign.id, 10, NOW, NOW.plus_ms(1_000)).await.unwrap().leads;
    assert_eq!(claimed.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["专家2", "专家3"]);
    assert_eq!(store.restore_leads(T, campaign.id, &one, NOW).await.unwrap(), 1);
    assert_eq!(store.claim_leads(campaign.id, 10, NOW, NOW.plus_ms(1_000)).await.unwrap().leads.len(), 1);
}

async fn dialled_leads_stay_in_the_books(store: Store) {
    let campaign = with_leads(&store, 1, 4).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begin, Disposition::Busy, LeadState::Retry, NOW).await;
    let (up, _) = dial(&store, campaign.id, 2, NOW).await;
    let all = LeadSelection::Filter(LeadFilter::default());
    let removed = store.remove_leads(T, campaign.id, &all).await.unwrap();
    assert_eq!(removed, LeadsRemoved { deleted: 2, excluded: 1 });
    assert_eq!(store.lead(T, up.lead).await.unwrap().unwrap().state, LeadState::Dialing, "a call that is up is left alone");
    let kept = store.lead(T, begin.lead).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.note.as_deref()), (LeadState::Excluded, Some("removed")));
}

async fn leads_are_reused_by_what_came_of_them(store: Store) {
    let campaign = with_leads(&store, 1, 6).await;
    for attempt in 1..=4 {
        let (begin, _) = dial(&store, campaign.id, attempt, NOW).await;
        let disposition = if attempt <= 3 { Disposition::NoAnswer } else { Disposition::Human };
        end(&store, &begin, disposition, LeadState::Exhausted, NOW).await;
    }
    let to = with_leads(&store, 2, 1).await;
    let filter = LeadFilter { dispositions: vec![Disposition::NoAnswer], ..LeadFilter::default() };
    let copied = store.copy_leads(T, campaign.id, &filter, to.id, NOW).await.unwrap();
    assert_eq!(copied, LeadsCopied { copied: 2, duplicates: 1 });
    let fresh = store.leads(T, to.id, &LeadFilter::default(), PageQuery::default()).await.unwrap().items;
    assert!(fresh.iter().all(|l| l.state == LeadState::Ready && l.attempts == 0 && l.last_disposition.is_none()));
}
