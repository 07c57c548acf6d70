//! Call records, recordings and blobs.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, dial, end, recording, with_leads};
use model::record::*;
use model::*;
use store::{CallFilter, PageQuery, Store};

on_both_engines!(
    calls_are_found,
    what_was_said_is_kept_with_its_call,
    recordings_are_kept_and_recovered,
    blobs_are_named_by_their_content
);

async fn calls_are_found(store: Store) {
    let campaign = with_leads(&store, 1, 5).await;
    for attempt in 1..=5 {
        let at = NOW.plus_ms(attempt * 60_000);
        let (begun, _) = dial(&store, campaign.id, attempt, at).await;
        let disposition = if attempt % 2 == 0 { Disposition::Human } else { Disposition::Busy };
        end(&store, &begun, disposition, LeadState::Done, at.plus_ms(9_000)).await;
    }
    let find = async |filter: CallFilter| {
        store.calls(T, &filter, PageQuery::default()).await.unwrap().items.iter().map(|c| c.id.0 - 1_000_000).collect::<Vec<_>>()
    };
    assert_eq!(find(CallFilter::default()).await, [5, 4, 3, 2, 1]);
    assert_eq!(find(CallFilter { dispositions: vec![Disposition::Human], ..CallFilter::default() }).await, [4, 2]);
    assert_eq!(find(CallFilter { recorded: true, ..CallFilter::default() }).await, [4, 2]);
    assert_eq!(find(CallFilter { number: "3800000002".into(), ..CallFilter::default() }).await, [3]);
    let (from, to) = (Some(NOW.plus_ms(120_000)), Some(NOW.plus_ms(240_000)));
    assert_eq!(find(CallFilter { from, to, ..CallFilter::default() }).await, [3, 2]);
    assert!(find(CallFilter { direction: Some(Direction::Inbound), ..CallFilter::default() }).await.is_empty());
    assert!(find(CallFilter { campaign_id: Some(CampaignId(9)), ..CallFilter::default() }).await.is_empty());
    assert!(store.call(TenantId(2), CallId(1_000_001)).await.unwrap().is_none());
}

async fn what_was_said_is_kept_with_its_call(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    let said = |from_ms, text: &str| Utterance {
        speaker: Speaker::Far,
        from_ms,
        to_ms: from_ms + 900,
        text: text.into(),
        is_final: true,
        confidence: Some(0.75),
    };
    let call = Call {
        utterances: vec![said(1_000, "我要参加"), said(4_000, "谢谢")],
        heard_ms: 61_000,
        id: CallId(77),
        attempt_id: None,
        ..crate::sample::call(&begun, Some(NOW), NOW.plus_ms(9_000), Disposition::Human)
    };
    let legs = vec![LegRecord { id: LegId(77), ..call.legs[0].clone() }];
    let call = Call { legs, ..call };
    let fact = fact::Fact::CallEnded { call: Box::new(call.clone()), recordings: vec![], callback_of: None };
    for _ in 0..2 {
        // The second time it is known already: nothing is kept or counted twice.
        store.commit(&[store::Entry::Fact(Box::new(fact.clone()))]).await;
    }
    let (found, _) = store.call(T, CallId(77)).await.unwrap().unwrap();
    assert_eq!(found.utterances, call.utterances);
    assert_eq!(found.heard_ms, 61_000);
    assert_eq!(store.heard_ms(T, NOW).await.unwrap(), 61_000);
    assert_eq!(store.heard_ms(TenantId(2), NOW).await.unwrap(), 0);
}

async fn recordings_are_kept_and_recovered(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begun, Disposition::Human, LeadState::Done, NOW).await;
    assert_eq!(store.recording(T, RecordingId(1)).await.unwrap().unwrap(), recording(1, begun.call));
    let longer = Recording { duration_ms: 7_000, id: RecordingId(55), ..recording(1, begun.call) };
    store.save_recovered_recording(&longer).await.unwrap();
    let found = store.recording_by_file("2026/09/21/1.wav").await.unwrap().unwrap();
    assert_eq!((found.id, found.duration_ms, found.recovered), (RecordingId(1), 7_000, true));
    store.save_recovered_recording(&recording(2, begun.call)).await.unwrap();
    assert_eq!(store.recordings_of(T, &[begun.call]).await.unwrap().len(), 2);
    assert_eq!(store.recordings(T, None, Some(NOW), None, PageQuery::default()).await.unwrap().items.len(), 0);
    assert_eq!(store.recordings_before(T, NOW.plus_ms(1), 1).await.unwrap()[0].id, RecordingId(1));
    store.delete_recording(T, RecordingId(1)).await.unwrap();
    assert!(store.recording(T, RecordingId(1)).await.unwrap().is_none());
}

async fn blobs_are_named_by_their_content(store: Store) {
    let hash = store.put_blob("abc".into()).await.unwrap();
    assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(store.put_blob("abc".into()).await.unwrap(), hash);
    assert_eq!(store.read_blob(&hash).await.unwrap().unwrap(), "abc".as_bytes());
    assert!(store.read_blob("00").await.unwrap().is_none());
    assert!(store.blob_path("../../etc/passwd").starts_with(store.data_dir()), "no way out of the directory");
    assert!(!store.blob_path("../../etc/passwd").to_string_lossy().contains(".."));
    let files = std::fs::read_dir(store.blob_path(&hash).parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "no temporary file is left");
}
