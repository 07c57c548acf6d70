//! Claims: each lead to one claimer.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign, dial, end, new_lead, with_leads};
use model::record::*;
use model::*;
use std::collections::BTreeSet;
use store::Store;

on_both_engines!(
    sixteen_claimers_never_share_a_lead,
    priority_first_then_due_retries,
    only_leased_leads_expire,
    released_leads_are_as_before,
    the_next_due_time_is_told,
);

async fn sixteen_claimers_never_share_a_lead(store: Store) {
    let campaign = with_leads(&store, 1, 1_000).await;
    let claimers: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let claim = store.claim_leads(CampaignId(1), 7, NOW, NOW.plus_ms(60_000)).await.unwrap();
                    // Rows locked by a neighbour are skipped, so an empty hand is final only when nothing is ready any more.
                    if claim.leads.is_empty() && claim.next_due != Some(NOW) {
                        return mine;
                    }
                    mine.extend(claim.leads.into_iter().map(|l| l.id));
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    assert_eq!(all.len(), 1_000);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1_000, "nobody was handed out twice");
    let progress = store.campaign_progress(T, campaign.id).await.unwrap();
    assert_eq!(progress.by_state, [("leased".to_string(), 1_000)].into());
}

async fn priority_first_then_due_retries(store: Store) {
    let campaign = with_leads(&store, 1, 2).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begin, Disposition::Busy, LeadState::Retry, NOW).await;
    let mut urgent = new_lead(50);
    urgent.priority = 5;
    store.insert_lead(T, campaign.id, urgent, NOW).await.unwrap();
    let mut tomorrow = new_lead(51);
    tomorrow.next_at = Some(NOW.plus_ms(86_400_000));
    store.insert_lead(T, campaign.id, tomorrow, NOW).await.unwrap();
    let at = NOW.plus_ms(900_000);
    let claim = store.claim_leads(campaign.id, 10, at, at.plus_ms(60_000)).await.unwrap();
    assert_eq!(claim.leads.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["专家50", "专家0", "专家1"]);
    let retried = &claim.leads[1];
    assert_eq!((retried.attempts, retried.ended.clone()), (1, [(Disposition::Busy, 1)].into()));
    assert_eq!(retried.variables.keys().next().map(String::as_str), Some("z"));
}

async fn only_leased_leads_expire(store: Store) {
    let campaign = with_leads(&store, 1, 2).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    let until = NOW.plus_ms(60_000);
    let held = store.claim_leads(campaign.id, 10, NOW, until).await.unwrap().leads;
    assert_eq!(held.len(), 1);
    assert!(store.claim_leads(campaign.id, 10, until.plus_ms(-1), until).await.unwrap().leads.is_empty());
    let later = NOW.plus_ms(10 * 86_400_000);
    let again = store.claim_leads(campaign.id, 10, later, later.plus_ms(1)).await.unwrap().leads;
    assert_eq!(again.iter().map(|l| l.id).collect::<Vec<_>>(), [held[0].id], "the one being dialled is never claimed again");
    assert_ne!(held[0].id, begin.lead);
}

async fn released_leads_are_as_before(store: Store) {
    let campaign = with_leads(&store, 1, 2).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begin, Disposition::NoAnswer, LeadState::Retry, NOW).await;
    let at = NOW.plus_ms(900_000);
    let ids: Vec<LeadId> =
        store.claim_leads(campaign.id, 9, at, at.plus_ms(1)).await.unwrap().leads.iter().map(|l| l.id).collect();
    assert_eq!(store.release_leads(campaign.id, &ids, at).await.unwrap(), 2);
    assert_eq!(store.release_leads(campaign.id, &ids, at).await.unwrap(), 0);
    let states = store.campaign_progress(T, campaign.id).await.unwrap().by_state;
    assert_eq!(states, [("ready", 1), ("retry", 1)].map(|(k, n)| (k.to_string(), n)).into());
}

async fn the_next_due_time_is_told(store: Store) {
    store.insert_campaign(&campaign(1)).await.unwrap();
    let empty = store.claim_leads(CampaignId(1), 1, NOW, NOW).await.unwrap();
    assert!(empty.all_settled && empty.next_due.is_none());
    store.insert_lead(T, CampaignId(1), new_lead(1), NOW).await.unwrap();
    let (begin, _) = dial(&store, CampaignId(1), 1, NOW).await;
    let up = store.claim_leads(CampaignId(1), 1, NOW, NOW).await.unwrap();
    assert!(!up.all_settled && up.next_due.is_none(), "a call is up, nothing is due");
    end(&store, &begin, Disposition::Busy, LeadState::Retry, NOW).await;
    let waiting = store.claim_leads(CampaignId(1), 1, NOW, NOW).await.unwrap();
    assert_eq!((waiting.leads.len(), waiting.next_due, waiting.all_settled), (0, Some(NOW.plus_ms(900_000)), false));
}
