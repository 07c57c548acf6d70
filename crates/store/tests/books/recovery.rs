//! A process that was killed: a second store on the same books finds everything and puts it right.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, begin, dial, end, fact, one, result, with_leads};
use model::event::{ATTEMPT_ENDED, CALL_ENDED};
use model::fact::Fact;
use model::record::*;
use model::*;
use store::{Entry, Outcome, Recovered, Store};

on_both_engines!(open_attempts_end_and_leads_go_on, recovering_twice_finds_nothing, the_cap_holds_over_crashes);

async fn open_attempts_end_and_leads_go_on(store: Store) {
    let campaign = with_leads(&store, 1, 6).await;
    let (dialing, _) = dial(&store, campaign.id, 1, NOW).await;
    let (answered, _) = dial(&store, campaign.id, 2, NOW).await;
    fact(&store, Fact::AttemptAnswered { attempt: answered.attempt, at: NOW.plus_ms(4_000) }).await;
    let (decided, _) = dial(&store, campaign.id, 3, NOW).await;
    fact(&store, Fact::AttemptAnswered { attempt: decided.attempt, at: NOW.plus_ms(4_000) }).await;
    fact(&store, result(&decided, "attend", NOW.plus_ms(9_000))).await;
    let (over, _) = dial(&store, campaign.id, 4, NOW).await;
    end(&store, &over, Disposition::Busy, LeadState::Retry, NOW).await;
    store.claim_leads(campaign.id, 1, NOW, NOW.plus_ms(60_000)).await.unwrap();
    let before = store.last_seq().await.unwrap();

    let at = NOW.plus_ms(100_000);
    let found = store.recover(at).await.unwrap();
    let expected = [
        (dialing.attempt, Disposition::Interrupted),
        (answered.attempt, Disposition::Interrupted),
        (decided.attempt, Disposition::Human),
    ];
    assert_eq!(found, Recovered { leads_released: 1, attempts: expected.to_vec(), intervals: 0 });
    let lead = async |id| store.lead(T, id).await.unwrap().unwrap();
    let retried = lead(dialing.lead).await;
    assert_eq!((retried.state, retried.next_at, retried.attempts), (LeadState::Retry, at.plus_ms(600_000), 1));
    let settled = lead(decided.lead).await;
    assert_eq!((settled.state, settled.result.as_deref()), (LeadState::Done, Some("attend")));
    let (call, _) = store.call(T, decided.call).await.unwrap().unwrap();
    assert_eq!(
        (call.answered_at, call.ended_at, call.disposition),
        (Some(NOW.plus_ms(4_000)), NOW.plus_ms(9_000), Disposition::Human)
    );
    let states = store.campaign_progress(T, campaign.id).await.unwrap().by_state;
    assert_eq!(states, [("done", 1), ("ready", 2), ("retry", 3)].map(|(k, n)| (k.to_string(), n)).into());
    let kinds: Vec<_> = store.events_after(T, before, 100).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [ATTEMPT_ENDED, CALL_ENDED].repeat(3));
    // A fact of the dead process that still arrives, and a begin for a lead it had claimed.
    assert!(matches!(end(&store, &dialing, Disposition::Human, LeadState::Done, at).await, Outcome::Ignored(_)));
    let late = begin(campaign.id, lead(over.lead).await.id, 99, at);
    assert!(matches!(one(&store, Entry::Begin(Box::new(late))).await, Outcome::Failed(_)));
}

async fn recovering_twice_finds_nothing(store: Store) {
    let campaign = with_leads(&store, 1, 300).await;
    for attempt in 1..=250 {
        dial(&store, campaign.id, attempt, NOW).await;
    }
    assert_eq!(store.recover(NOW).await.unwrap().attempts.len(), 250);
    assert_eq!(store.recover(NOW).await.unwrap(), Recovered::default());
}

async fn the_cap_holds_over_crashes(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let mut at = NOW;
    for attempt in 1..=3 {
        dial(&store, campaign.id, attempt, at).await;
        store.recover(at).await.unwrap();
        at = at.plus_ms(600_000);
    }
    assert!(store.claim_leads(campaign.id, 1, at, at).await.unwrap().all_settled);
    assert_eq!(store.campaign_progress(T, campaign.id).await.unwrap().by_state, [("exhausted".to_string(), 1)].into());
}
