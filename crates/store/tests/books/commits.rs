//! Batches from the floor: attempts begin, ring, are answered, come to something, end. Once each.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, attempt_end, begin, call, dial, end, fact, new_lead, one, result, with_leads};
use model::event::{ATTEMPT_ENDED, CALL_ENDED, CALLBACK_RECEIVED, LEAD_RESULT};
use model::fact::Fact;
use model::record::*;
use model::*;
use store::{Entry, LeadSelection, NewListEntry, Outcome, Store, StoreError};

on_both_engines!(
    an_attempt_is_written_before_it_is_dialled,
    a_replay_changes_nothing,
    the_guard_gets_its_facts,
    a_lead_excluded_after_its_claim_is_not_dialled,
    an_attempt_ends_once_with_everything,
    a_result_is_stored_and_told,
    who_calls_back_settles_the_lead,
    an_exclusion_during_the_call_stands,
    a_lost_result_comes_with_the_end,
    a_bad_entry_does_not_sink_the_others,
    a_batch_sees_its_own_entries,
    concurrent_batches_all_arrive,
);

async fn an_attempt_is_written_before_it_is_dialled(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begin, facts) = dial(&store, campaign.id, 1, NOW).await;
    assert_eq!(facts, DialFacts::default());
    let attempt = store.lead_attempts(T, begin.lead).await.unwrap().remove(0);
    assert_eq!((attempt.state, attempt.dialing_at, attempt.call_id), (AttemptState::Dialing, NOW, begin.call));
    let lead = store.lead(T, begin.lead).await.unwrap().unwrap();
    assert_eq!((lead.state, lead.last_attempt_at), (LeadState::Dialing, Some(NOW)));
    let ringing = Fact::AttemptRinging { attempt: begin.attempt, at: NOW.plus_ms(900), trunk: TrunkId(4), failovers: 1 };
    assert!(matches!(fact(&store, ringing).await, Outcome::Done));
    let answered = Fact::AttemptAnswered { attempt: begin.attempt, at: NOW.plus_ms(4_000) };
    assert!(matches!(fact(&store, answered.clone()).await, Outcome::Done));
    assert!(matches!(fact(&store, answered).await, Outcome::Ignored(_)));
    let attempt = store.lead_attempts(T, begin.lead).await.unwrap().remove(0);
    assert_eq!((attempt.state, attempt.failovers, attempt.trunk_id), (AttemptState::Answered, 1, Some(TrunkId(4))));
    assert_eq!((attempt.ringing_at, attempt.answered_at), (Some(NOW.plus_ms(900)), Some(NOW.plus_ms(4_000))));
}

async fn a_replay_changes_nothing(store: Store) {
    let campaign = with_leads(&store, 1, 2).await;
    let (begun, first) = dial(&store, campaign.id, 1, NOW).await;
    let again = one(&store, Entry::Begin(Box::new(begun.clone()))).await;
    assert!(matches!(again, Outcome::Begun(facts) if facts == first), "{again:?}");
    assert_eq!(store.today_attempts(campaign.id, begun.midnight).await.unwrap(), 1);
    assert!(matches!(fact(&store, result(&begun, "attend", NOW)).await, Outcome::Done));
    assert!(matches!(fact(&store, result(&begun, "attend", NOW)).await, Outcome::Ignored(_)));
    assert!(matches!(end(&store, &begun, Disposition::Human, LeadState::Done, NOW).await, Outcome::Done));
    let seq = store.last_seq().await.unwrap();
    assert!(matches!(end(&store, &begun, Disposition::Busy, LeadState::Retry, NOW).await, Outcome::Ignored(_)));
    assert_eq!(store.last_seq().await.unwrap(), seq, "a second end tells nobody anything");
    let lead = store.lead(T, begun.lead).await.unwrap().unwrap();
    assert_eq!((lead.state, lead.attempts, lead.last_disposition), (LeadState::Done, 1, Some(Disposition::Human)));
}

async fn the_guard_gets_its_facts(store: Store) {
    let hour = 3_600_000;
    // The same number in five campaigns, called at different times with different ends.
    let ends = [
        (1, NOW.plus_ms(-30 * hour), Disposition::NoAnswer),
        (2, NOW.plus_ms(-23 * hour), Disposition::Abandoned),
        (3, NOW.plus_ms(-2 * hour), Disposition::RouteFailed),
        (4, NOW.plus_ms(-200_000), Disposition::Busy),
    ];
    for (id, at, disposition) in ends {
        let campaign = with_leads(&store, id, 0).await;
        store.insert_lead(T, campaign.id, new_lead(1), NOW.plus_ms(-100 * hour)).await.unwrap();
        let (begun, _) = dial(&store, campaign.id, id, at).await;
        end(&store, &begun, disposition, LeadState::Retry, at).await;
    }
    let phone = new_lead(1).phone;
    let entry = |expires_at| NewListEntry { phone: phone.clone(), reason: "投诉".into(), expires_at };
    store.add_list_entries(T, ListKind::Block, &[entry(Some(NOW))], NOW).await.unwrap();
    store.add_list_entries(T, ListKind::Exempt, &[entry(None)], NOW).await.unwrap();
    let up = with_leads(&store, 5, 0).await;
    store.insert_lead(T, up.id, new_lead(1), NOW.plus_ms(-100 * hour)).await.unwrap();
    dial(&store, up.id, 5, NOW.plus_ms(-1_000)).await;
    let last = with_leads(&store, 6, 0).await;
    store.insert_lead(T, last.id, new_lead(1), NOW.plus_ms(-100 * hour)).await.unwrap();
    let (_, facts) = dial(&store, last.id, 6, NOW).await;
    let expected = DialFacts {
        blocked: false,
        exempt: true,
        number_24h: 3,
        number_5min: 2,
        number_24h_oldest: Some(NOW.plus_ms(-23 * hour)),
        number_5min_oldest: Some(NOW.plus_ms(-200_000)),
        contact_today: 2,
        number_in_call: true,
        locked_out: true,
        locked_until: Some(NOW.plus_ms(49 * hour)),
        caller_id_today: 3,
        trunk_today: 3,
        ..DialFacts::default()
    };
    assert_eq!(facts, expected);
}

async fn a_lead_excluded_after_its_claim_is_not_dialled(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let lead = store.claim_leads(campaign.id, 1, NOW, NOW.plus_ms(60_000)).await.unwrap().leads.remove(0);
    store.exclude_leads(T, campaign.id, &LeadSelection::Ids(vec![lead.id]), "removed").await.unwrap();
    let refused = one(&store, Entry::Begin(Box::new(begin(campaign.id, lead.id, 1, NOW)))).await;
    assert!(matches!(refused, Outcome::Failed(StoreError::Conflict(_))));
    assert!(store.lead_attempts(T, lead.id).await.unwrap().is_empty());
    assert_eq!(store.today_attempts(campaign.id, At(0)).await.unwrap(), 0);
}

async fn an_attempt_ends_once_with_everything(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let mut bus = store.bus().subscribe();
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    let over = NOW.plus_ms(20_000);
    end(&store, &begun, Disposition::Human, LeadState::Done, over).await;
    let attempt = store.lead_attempts(T, begun.lead).await.unwrap().remove(0);
    assert_eq!(
        (attempt.state, attempt.disposition, attempt.ended_at),
        (AttemptState::Ended, Some(Disposition::Human), Some(over))
    );
    assert_eq!((attempt.answered_at, attempt.cause.q850), (Some(NOW.plus_ms(5_000)), Some(17)));
    let (stored, recordings) = store.call(T, begun.call).await.unwrap().unwrap();
    assert_eq!(stored, call(&begun, Some(NOW.plus_ms(5_000)), over, Disposition::Human));
    assert_eq!((stored.legs.len(), recordings.len()), (1, 1));
    let (ended, called) = (bus.recv().await.unwrap(), bus.recv().await.unwrap());
    assert_eq!((ended.kind.as_str(), called.kind.as_str()), (ATTEMPT_ENDED, CALL_ENDED));
    assert_eq!(called.seq, ended.seq + 1);
    let data = &ended.data;
    assert_eq!(data["campaign_name"], campaign.name);
    assert_eq!(data["variables"]["专业"], "土建");
    assert_eq!((data["disposition_label"].as_str(), data["talk_ms"].as_u64()), (Some("真人接听"), Some(15_000)));
    assert_eq!(data["ended_at"], "2026-09-21T14:13:40.000Z");
    assert_eq!(data["recording_ids"][0].as_i64(), Some(1));
    assert_eq!(store.events_after(T, ended.seq - 1, 10).await.unwrap(), [(*ended).clone(), (*called).clone()]);
}

async fn a_result_is_stored_and_told(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    let at = NOW.plus_ms(9_000);
    assert!(matches!(fact(&store, result(&begun, "attend", at)).await, Outcome::Done));
    let lead = store.lead(T, begun.lead).await.unwrap().unwrap();
    assert_eq!((lead.result.as_deref(), lead.result_at, lead.state), (Some("attend"), Some(at), LeadState::Dialing));
    assert_eq!(lead.variables["按键"], "1", "answers stand beside the sheet's columns");
    assert_eq!(store.lead_attempts(T, begun.lead).await.unwrap()[0].result.as_deref(), Some("attend"));
    let told = store.events_after(T, 0, 100).await.unwrap().into_iter().find(|e| e.kind == LEAD_RESULT).unwrap();
    assert_eq!((told.data["result"].as_str(), told.data["result_label"].as_str()), (Some("attend"), Some("参加")));
    assert_eq!((told.data["callback"].as_bool(), told.data["settles"].as_bool()), (Some(false), Some(true)));
    // The floor asks for a retry although the result settles the lead: the result wins.
    end(&store, &begun, Disposition::Human, LeadState::Retry, at).await;
    assert_eq!(store.lead(T, begun.lead).await.unwrap().unwrap().state, LeadState::Done);
}

async fn who_calls_back_settles_the_lead(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    end(&store, &begun, Disposition::NoAnswer, LeadState::Retry, NOW).await;
    let at = NOW.plus_ms(600_000);
    let facts = store.caller_facts(T, &begun.phone, at).await.unwrap();
    assert_eq!((facts.lead.as_ref().map(|l| l.id), facts.campaign.map(|c| c.id)), (Some(begun.lead), Some(campaign.id)));
    assert!(store.caller_facts(T, &begun.phone, at.plus_ms(31 * 86_400_000)).await.unwrap().lead.is_none(), "too long ago");
    let mut inbound = call(&begun, Some(at), at.plus_ms(5_000), Disposition::Human);
    (inbound.id, inbound.direction, inbound.attempt_id) = (CallId(77), Direction::Inbound, None);
    inbound.legs[0].id = LegId(77);
    let quiet =
        Fact::CallEnded { call: Box::new(inbound.clone()), recordings: vec![], callback_of: Some((campaign.id, begun.lead)) };
    assert!(matches!(fact(&store, quiet.clone()).await, Outcome::Done));
    assert!(matches!(fact(&store, quiet).await, Outcome::Ignored(_)));
    let decided = Fact::Result {
        tenant: T,
        campaign: campaign.id,
        lead: begun.lead,
        attempt: None,
        call: CallId(78),
        code: "decline".into(),
        callback: true,
        variables: Vars::new(),
        at,
    };
    assert!(matches!(fact(&store, decided).await, Outcome::Done));
    let lead = store.lead(T, begun.lead).await.unwrap().unwrap();
    assert_eq!((lead.state, lead.result.as_deref()), (LeadState::Done, Some("decline")));
    let callbacks: Vec<_> =
        store.events_after(T, 0, 100).await.unwrap().into_iter().filter(|e| e.kind == CALLBACK_RECEIVED).collect();
    assert_eq!(callbacks.iter().map(|e| e.data["result"].as_str()).collect::<Vec<_>>(), [None, Some("decline")]);
}

async fn an_exclusion_during_the_call_stands(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    let mut blocked = attempt_end(&begun, Disposition::Blocked, LeadState::Excluded, NOW);
    (blocked.refusal, blocked.lead_note) = (Some("block_list".into()), Some("blocked".into()));
    let ended = Fact::AttemptEnded { end: Box::new(blocked), call: None, recordings: vec![] };
    assert!(matches!(fact(&store, ended).await, Outcome::Done));
    let lead = store.lead(T, begun.lead).await.unwrap().unwrap();
    assert_eq!((lead.state, lead.note.as_deref(), lead.attempts), (LeadState::Excluded, Some("blocked"), 0));
    assert_eq!(store.lead_attempts(T, begun.lead).await.unwrap()[0].refusal.as_deref(), Some("block_list"));
    let caller = store.caller_facts(T, &begun.phone, NOW).await.unwrap();
    assert!(caller.lead.is_none(), "who was never called does not call back");
}

async fn a_lost_result_comes_with_the_end(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begun, _) = dial(&store, campaign.id, 1, NOW).await;
    let mut over = attempt_end(&begun, Disposition::Human, LeadState::Done, NOW.plus_ms(9_000));
    over.result = Some("decline".into());
    let ended = Fact::AttemptEnded { end: Box::new(over), call: None, recordings: vec![] };
    assert!(matches!(fact(&store, ended).await, Outcome::Done));
    let lead = store.lead(T, begun.lead).await.unwrap().unwrap();
    assert_eq!((lead.result.as_deref(), lead.result_at), (Some("decline"), Some(NOW.plus_ms(9_000))));
    let told = store.events_after(T, 0, 100).await.unwrap().into_iter().filter(|e| e.kind == LEAD_RESULT).count();
    assert_eq!(told, 1);
    let stranger = attempt_end(&begin(campaign.id, begun.lead, 99, NOW), Disposition::Busy, LeadState::Retry, NOW);
    let never = Fact::AttemptEnded { end: Box::new(stranger), call: None, recordings: vec![] };
    assert!(matches!(fact(&store, never).await, Outcome::Ignored(_)), "an attempt whose begin failed");
}

async fn a_bad_entry_does_not_sink_the_others(store: Store) {
    let campaign = with_leads(&store, 1, 3).await;
    let claimed = store.claim_leads(campaign.id, 3, NOW, NOW.plus_ms(60_000)).await.unwrap().leads;
    let entry = |i: usize, attempt| Entry::Begin(Box::new(begin(campaign.id, claimed[i].id, attempt, NOW)));
    // The second call has the id of the first: the engine refuses the row and with it the whole transaction.
    let (first, mut second) = (begin(campaign.id, claimed[0].id, 1, NOW), begin(campaign.id, claimed[1].id, 2, NOW));
    second.call = first.call;
    let over = |b: &model::fact::Begin| {
        let call = call(b, None, NOW, Disposition::Busy);
        Entry::Fact(Box::new(Fact::AttemptEnded {
            end: Box::new(attempt_end(b, Disposition::Busy, LeadState::Retry, NOW)),
            call: Some(Box::new(call)),
            recordings: vec![],
        }))
    };
    let batch = [entry(0, 1), entry(1, 2), over(&first), over(&second), entry(2, 3)];
    let outcomes = store.commit(&batch).await;
    let good: Vec<bool> = outcomes.iter().map(|o| !matches!(o, Outcome::Failed(_))).collect();
    assert_eq!(good, [true, true, true, false, true], "{outcomes:?}");
    assert!(matches!(&outcomes[3], Outcome::Failed(StoreError::Duplicate { .. })));
    let states = store.campaign_progress(T, campaign.id).await.unwrap().by_state;
    assert_eq!(states, [("dialing", 2), ("retry", 1)].map(|(k, n)| (k.to_string(), n)).into());
}

async fn a_batch_sees_its_own_entries(store: Store) {
    let campaign = with_leads(&store, 1, 3).await;
    let claimed = store.claim_leads(campaign.id, 3, NOW, NOW.plus_ms(60_000)).await.unwrap().leads;
    let batch: Vec<Entry> =
        (0_i64..).zip(&claimed).map(|(i, l)| Entry::Begin(Box::new(begin(campaign.id, l.id, i + 1, NOW)))).collect();
    let seen: Vec<u32> = store
        .commit(&batch)
        .await
        .into_iter()
        .map(|o| if let Outcome::Begun(facts) = o { facts.trunk_today } else { panic!("{o:?}") })
        .collect();
    assert_eq!(seen, [0, 1, 2]);
}

async fn concurrent_batches_all_arrive(store: Store) {
    let campaign = with_leads(&store, 1, 400).await;
    let dialers: Vec<_> = (0..8_i64)
        .map(|d| {
            let (store, id) = (store.clone(), campaign.id);
            tokio::spawn(async move {
                let claimed = store.claim_leads(id, 50, NOW, NOW.plus_ms(60_000)).await.unwrap().leads;
                for (i, chunk) in (0_i64..).zip(claimed.chunks(10)) {
                    let begins: Vec<_> =
                        (0_i64..).zip(chunk).map(|(j, l)| begin(id, l.id, 1 + d * 1_000 + i * 10 + j, NOW)).collect();
                    let batch: Vec<Entry> = begins.iter().map(|b| Entry::Begin(Box::new(b.clone()))).collect();
                    assert!(store.commit(&batch).await.iter().all(|o| matches!(o, Outcome::Begun(_))));
                    for b in &begins {
                        assert!(matches!(end(&store, b, Disposition::Human, LeadState::Done, NOW).await, Outcome::Done));
                    }
                }
                claimed.len()
            })
        })
        .collect();
    let mut dialled = 0;
    for dialer in dialers {
        dialled += dialer.await.unwrap();
    }
    let progress = store.campaign_progress(T, campaign.id).await.unwrap();
    assert_eq!(progress.attempts, u64::try_from(dialled).unwrap());
    assert_eq!(progress.by_state.get("done").copied(), Some(progress.attempts));
}
