//! A hundred thousand leads: the figures are printed, the limits are generous enough for a slow machine.

#![expect(clippy::print_stderr, reason = "the figures are for people")]

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, begin, campaign, dial, end, new_lead};
use model::record::*;
use model::*;
use std::time::Instant;
use store::{Entry, NewLead, Outcome, Store};

on_both_engines!(a_hundred_thousand_leads, a_claim_reads_what_it_takes, calls_per_second);

async fn a_hundred_thousand_leads(store: Store) {
    let campaign = campaign(1);
    store.insert_campaign(&campaign).await.unwrap();
    let leads: Vec<NewLead> = (0..100_000).map(new_lead).collect();
    let engine = if store.data_dir().join("books.db").exists() { "SQLite" } else { "PostgreSQL" };
    let start = Instant::now();
    let ids = store.insert_leads(T, campaign.id, &leads, NOW).await.unwrap();
    let inserted = start.elapsed();
    assert!(ids.iter().all(Option::is_some));
    let start = Instant::now();
    let again = store.insert_leads(T, campaign.id, &leads, NOW).await.unwrap();
    let refused = start.elapsed();
    assert!(again.iter().all(Option::is_none));
    let start = Instant::now();
    let progress = store.campaign_progress(T, campaign.id).await.unwrap();
    let counted = start.elapsed();
    assert_eq!((progress.leads, progress.by_state["ready"]), (100_000, 100_000));
    let start = Instant::now();
    for attempt in 1..=200 {
        let (begun, _) = dial(&store, campaign.id, attempt, NOW).await;
        end(&store, &begun, Disposition::Busy, LeadState::Retry, NOW).await;
    }
    let each = start.elapsed() / 200;
    eprintln!(
        "{engine}: 100,000 leads in {inserted:.2?}, all duplicates in {refused:.2?}, progress in {counted:.2?}, claim + begin + end {each:.2?}"
    );
    assert!(inserted.as_secs() < 60 && counted.as_secs() < 5 && each.as_millis() < 500);
}

/// What a claim costs does not depend on how many wait.
async fn a_claim_reads_what_it_takes(store: Store) {
    let campaign = campaign(1);
    store.insert_campaign(&campaign).await.unwrap();
    let leads: Vec<NewLead> = (0..60_000).map(new_lead).collect();
    let claims = async |from: usize, to: usize| {
        store.insert_leads(T, campaign.id, &leads[from..to], NOW).await.unwrap();
        let mut quickest = std::time::Duration::MAX;
        for _ in 0..20 {
            let start = Instant::now();
            let taken = store.claim_leads(campaign.id, 5, NOW, NOW.plus_ms(60_000)).await.unwrap().leads;
            quickest = quickest.min(start.elapsed());
            assert_eq!(taken.len(), 5);
        }
        quickest
    };
    let (few, many) = (claims(0, 600).await, claims(600, 60_000).await);
    eprintln!("claim of 5 among 600 {few:.2?}, among 60,000 {many:.2?}");
    assert!(many < few * 10 + std::time::Duration::from_millis(10), "{few:?} against {many:?}");
}

/// Answer and hang up, fifty calls to a batch.
async fn calls_per_second(store: Store) {
    let campaign = campaign(1);
    store.insert_campaign(&campaign).await.unwrap();
    let leads: Vec<NewLead> = (0..1_000).map(new_lead).collect();
    store.insert_leads(T, campaign.id, &leads, NOW).await.unwrap();
    let start = Instant::now();
    for round in 0..20_i64 {
        let claimed = store.claim_leads(campaign.id, 50, NOW, NOW.plus_ms(60_000)).await.unwrap().leads;
        let begins: Vec<_> = (1_i64..).zip(&claimed).map(|(i, l)| begin(campaign.id, l.id, round * 50 + i, NOW)).collect();
        let batch: Vec<Entry> = begins.iter().map(|b| Entry::Begin(Box::new(b.clone()))).collect();
        assert!(store.commit(&batch).await.iter().all(|o| matches!(o, Outcome::Begun(_))));
        let over = NOW.plus_ms(9_000);
        let ends = begins.iter().map(|b| {
            Entry::Fact(Box::new(model::fact::Fact::AttemptEnded {
                end: Box::new(crate::sample::attempt_end(b, Disposition::Human, LeadState::Done, over)),
                call: Some(Box::new(crate::sample::call(b, Some(NOW), over, Disposition::Human))),
                recordings: vec![],
            }))
        });
        assert!(store.commit(&ends.collect::<Vec<_>>()).await.iter().all(|o| matches!(o, Outcome::Done)));
    }
    let rate = 1_000.0 / start.elapsed().as_secs_f64();
    eprintln!("begin and end of {rate:.0} calls per second");
    assert_eq!(store.campaign_progress(T, campaign.id).await.unwrap().by_state["done"], 1_000);
}
