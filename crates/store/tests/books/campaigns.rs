//! Campaigns: edited with revisions, moved by status, counted.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign, dial, end, fact, result, with_leads};
use model::event::{CAMPAIGN_CHANGED, CAMPAIGN_FINISHED};
use model::fact::Fact;
use model::record::{CampaignStatus as S, *};
use model::*;
use store::{CampaignFilter, Outcome, PageQuery, StatusChange, Store, StoreError};

on_both_engines!(
    a_campaign_comes_back_as_it_was,
    a_stale_edit_is_refused,
    status_moves_only_from_where_it_stands,
    only_drafts_are_deleted,
    progress_follows_the_facts,
    finishing_needs_settled_leads,
);

fn to(from: &[S], to: S, by: i64) -> StatusChange<'_> {
    StatusChange { from, to, by: Some(UserId(by)), note: None }
}

async fn a_campaign_comes_back_as_it_was(store: Store) {
    let campaign = campaign(1);
    store.insert_campaign(&campaign).await.unwrap();
    assert_eq!(store.campaign(T, campaign.id).await.unwrap().unwrap(), campaign);
    let search = CampaignFilter { text: "专家".into(), statuses: vec![S::Draft, S::Running] };
    assert_eq!(store.campaigns(T, &search, PageQuery::default()).await.unwrap().items, vec![campaign]);
    let nothing = CampaignFilter { text: "100%".into(), ..CampaignFilter::default() };
    assert!(store.campaigns(T, &nothing, PageQuery::default()).await.unwrap().items.is_empty());
}

async fn a_stale_edit_is_refused(store: Store) {
    let mut mine = campaign(1);
    store.insert_campaign(&mine).await.unwrap();
    mine.name = "甲".into();
    mine.status = S::Running;
    let stored = store.update_campaign(&mine, NOW.plus_ms(5)).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.status, stored.revision), ("甲", S::Draft, 2), "status is not edited");
    assert!(matches!(store.update_campaign(&mine, NOW).await, Err(StoreError::Conflict(_))));
    mine.id = CampaignId(99);
    assert!(matches!(store.update_campaign(&mine, NOW).await, Err(StoreError::NotFound(_))));
}

async fn status_moves_only_from_where_it_stands(store: Store) {
    let id = campaign(1).id;
    store.insert_campaign(&campaign(1)).await.unwrap();
    let mut bus = store.bus().subscribe();
    store.set_campaign_status(T, id, to(&[S::Draft], S::Pending, 5), NOW).await.unwrap();
    let approved = store.set_campaign_status(T, id, to(&[S::Pending], S::Approved, 6), NOW).await.unwrap();
    assert_eq!(
        (approved.submitted_by, approved.approved_by, approved.approved_at),
        (Some(UserId(5)), Some(UserId(6)), Some(NOW))
    );
    let both: Vec<_> = (0..2)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.set_campaign_status(T, id, to(&[S::Approved], S::Running, 5), NOW).await })
        })
        .collect();
    let mut won = 0;
    for task in both {
        match task.await.unwrap() {
            Ok(campaign) => {
                assert_eq!(campaign.started_at, Some(NOW));
                won += 1;
            }
            Err(StoreError::Conflict(_)) => {}
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!(won, 1, "two starts at once: one wins");
    assert_eq!(store.active_campaigns().await.unwrap().len(), 1);
    for status in ["pending", "approved", "running"] {
        let event = bus.recv().await.unwrap();
        assert_eq!((event.kind.as_str(), event.data["status"].as_str()), (CAMPAIGN_CHANGED, Some(status)));
    }
}

async fn only_drafts_are_deleted(store: Store) {
    let campaign = with_leads(&store, 1, 3).await;
    store.set_campaign_status(T, campaign.id, to(&[S::Draft], S::Pending, 5), NOW).await.unwrap();
    assert!(matches!(store.delete_campaign(T, campaign.id).await, Err(StoreError::Conflict(_))));
    store.set_campaign_status(T, campaign.id, to(&[S::Pending], S::Draft, 5), NOW).await.unwrap();
    store.delete_campaign(T, campaign.id).await.unwrap();
    assert!(matches!(store.campaign_progress(T, campaign.id).await, Err(StoreError::NotFound(_))));
}

async fn progress_follows_the_facts(store: Store) {
    let campaign = with_leads(&store, 1, 4).await;
    let (human, _) = dial(&store, campaign.id, 1, NOW).await;
    let (busy, _) = dial(&store, campaign.id, 2, NOW).await;
    let (blocked, _) = dial(&store, campaign.id, 3, NOW).await;
    fact(&store, result(&human, "attend", NOW.plus_ms(8_000))).await;
    end(&store, &human, Disposition::Human, LeadState::Done, NOW.plus_ms(15_000)).await;
    end(&store, &busy, Disposition::Busy, LeadState::Retry, NOW.plus_ms(3_000)).await;
    end(&store, &blocked, Disposition::Blocked, LeadState::Retry, NOW).await;
    let progress = store.campaign_progress(T, campaign.id).await.unwrap();
    assert_eq!((progress.leads, progress.attempts, progress.answered, progress.talk_ms), (4, 2, 1, 10_000));
    assert_eq!(progress.by_state, [("done", 1), ("ready", 1), ("retry", 2)].map(|(k, n)| (k.to_string(), n)).into());
    assert_eq!(progress.by_disposition, [("blocked", 1), ("busy", 1), ("human", 1)].map(|(k, n)| (k.to_string(), n)).into());
    assert_eq!(progress.by_result, [("attend".to_string(), 1)].into());
    assert_eq!(store.today_attempts(campaign.id, NOW.plus_ms(-3_600_000)).await.unwrap(), 2, "a rule's refusal is no attempt");
    assert_eq!(store.today_attempts(campaign.id, NOW.plus_ms(3_600_000)).await.unwrap(), 0);
}

async fn finishing_needs_settled_leads(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    store.set_campaign_status(T, campaign.id, to(&[S::Draft], S::Running, 1), NOW).await.unwrap();
    let finish = || Fact::CampaignFinished { campaign: campaign.id, at: NOW.plus_ms(60_000) };
    assert!(matches!(fact(&store, finish()).await, Outcome::Failed(StoreError::Conflict(_))), "a lead still waits");
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begin, Disposition::Human, LeadState::Done, NOW.plus_ms(9_000)).await;
    assert!(matches!(fact(&store, finish()).await, Outcome::Done));
    assert!(matches!(fact(&store, finish()).await, Outcome::Ignored(_)), "once");
    assert_eq!(store.campaign(T, campaign.id).await.unwrap().unwrap().status, S::Finished);
    let finished: Vec<_> =
        store.events_after(T, 0, 100).await.unwrap().into_iter().filter(|e| e.kind == CAMPAIGN_FINISHED).collect();
    assert_eq!((finished.len(), finished[0].data["attempts"].as_u64()), (1, Some(1)));
}
