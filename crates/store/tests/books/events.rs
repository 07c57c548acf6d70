//! The outbox: strictly in the order of commit, nothing missed by who resumes.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::TenantId;
use serde_json::json;
use store::{PurgePolicy, Store};

on_both_engines!(the_order_of_seq_is_the_order_of_commit, live_events_are_not_stored, old_events_are_purged);

/// While sixteen writers emit, a reader follows by seq alone. If a smaller seq could appear after a larger one was read,
/// the reader would end up with fewer events than were written.
async fn the_order_of_seq_is_the_order_of_commit(store: Store) {
    const EACH: usize = 25;
    let mut bus = store.bus().subscribe();
    let reader = {
        let store = store.clone();
        tokio::spawn(async move {
            let (mut seen, mut last) = (0, 0);
            while seen < 16 * EACH {
                for event in store.events_after(T, last, 7).await.unwrap() {
                    assert!(event.seq > last);
                    last = event.seq;
                    seen += 1;
                }
            }
        })
    };
    let writers: Vec<_> = (0..16)
        .map(|w| {
            let store = store.clone();
            tokio::spawn(async move {
                for i in 0..EACH {
                    store.emit(T, "alarm", json!({"w": w, "i": i}), NOW).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    tokio::time::timeout(std::time::Duration::from_secs(20), reader).await.expect("the reader missed an event").unwrap();
    let mut last = 0;
    for _ in 0..16 * EACH {
        let event = bus.recv().await.unwrap();
        assert!(event.seq > last, "the bus speaks in the same order");
        last = event.seq;
    }
    assert_eq!((store.last_seq().await.unwrap(), store.first_seq().await.unwrap()), (last, 1));
}

async fn live_events_are_not_stored(store: Store) {
    let mut bus = store.bus().subscribe();
    store.bus().live(T, "campaign.progress", json!({"dialing": 3}), NOW);
    let event = bus.recv().await.unwrap();
    assert_eq!((event.seq, event.data["dialing"].as_i64()), (0, Some(3)));
    assert_eq!(store.last_seq().await.unwrap(), 0);
    store.bus().live(T, "nobody.listens", json!(null), NOW);
}

async fn old_events_are_purged(store: Store) {
    store.emit(T, "alarm", json!({"n": 1}), NOW).await.unwrap();
    store.emit(T, "alarm", json!({"n": 2}), NOW.plus_ms(86_400_000)).await.unwrap();
    let later = NOW.plus_ms(31 * 86_400_000 - 1);
    assert_eq!(store.purge(PurgePolicy::default(), later).await.unwrap().events, 0, "no webhook has looked at them yet");
    assert_eq!(store.fan_out(100, later).await.unwrap(), 2);
    assert_eq!(store.purge(PurgePolicy::default(), later).await.unwrap().events, 1);
    assert_eq!(store.first_seq().await.unwrap(), 2);
    assert!(store.event(T, 1).await.unwrap().is_none() && store.event(T, 2).await.unwrap().is_some());
    assert!(store.event(TenantId(2), 2).await.unwrap().is_none());
}
