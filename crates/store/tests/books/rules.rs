//! What the rules of dialling remember: lists and their reach, consent, flags, refusals by rule, the ledger.

use crate::engines::{Postgres, on_both_engines};
use crate::sample::*;
use model::event::ALARM;
use model::fact::{Begin, Fact};
use model::record::*;
use model::*;
use sea_orm::{ConnectionTrait as _, Database};
use store::{EVERYWHERE, Entry, NewConsent, NewListEntry, Outcome, PageQuery, Place, Store, StoreConfig, StoreError};

on_both_engines!(
    lists_reach_as_far_as_they_say,
    a_refusal_exempts_and_consent_lifts_it,
    a_result_may_mean_a_refusal,
    a_607_goes_on_the_exempt_list,
    refusals_are_counted_by_rule,
    the_ledger_is_exact_after_a_restart,
    an_end_told_twice_is_one_abandoned_call,
    caller_ids_are_remembered,
    a_flag_stays_until_it_is_lifted,
    what_a_pacer_learned_is_kept_once,
);

const HOUR: i64 = 3_600_000;

fn entry(phone: &str) -> NewListEntry {
    NewListEntry { phone: phone.into(), reason: "投诉".into(), expires_at: None }
}

/// The lead of `campaign`, about to be dialled, and the facts the guard gets.
async fn facts_in(store: &Store, campaign: i64, attempt: i64) -> DialFacts {
    let campaign = with_leads(store, campaign, 1).await;
    dial(store, campaign.id, attempt, NOW).await.1
}

async fn ended(store: &Store, end: AttemptEnd) {
    let told = Fact::AttemptEnded { end: Box::new(end), call: None, recordings: Vec::new() };
    assert!(matches!(fact(store, told).await, Outcome::Done));
}

async fn lists_reach_as_far_as_they_say(store: Store) {
    let phone = new_lead(0).phone;
    let (one, two) = (with_leads(&store, 1, 1).await, with_leads(&store, 2, 1).await);
    let here = Place { tenant: T, kind: ListKind::Exempt, campaign: Some(one.id) };
    assert_eq!(store.add_to_list(&here, &[entry(&phone), entry(&phone)], NOW).await.unwrap(), 1);
    assert_eq!(store.add_to_list(&here, &[entry(&phone)], NOW).await.unwrap(), 1, "renewed");
    let facts = dial(&store, one.id, 1, NOW).await.1;
    assert_eq!((facts.exempt_here, facts.exempt), (true, false));
    let facts = dial(&store, two.id, 2, NOW).await.1;
    assert_eq!((facts.exempt_here, facts.exempt), (false, false), "another campaign's list");
    assert!(store.lists_of(T, &phone, NOW).await.unwrap().is_empty(), "callers are not judged by a campaign's list");

    store.add_to_list(&Place::of(EVERYWHERE, ListKind::Exempt), &[entry(&phone)], NOW).await.unwrap();
    store.add_to_list(&Place::of(EVERYWHERE, ListKind::Block), &[entry(&phone)], NOW).await.unwrap();
    store.add_list_entries(TenantId(2), ListKind::Block, &[entry(&phone)], NOW).await.unwrap();
    let facts = facts_in(&store, 3, 3).await;
    assert_eq!((facts.exempt_everywhere, facts.blocked_everywhere), (true, true));
    assert_eq!((facts.exempt, facts.blocked), (false, false), "another tenant's list");

    let elsewhere = Place { campaign: Some(CampaignId(99)), ..here };
    assert!(matches!(store.add_to_list(&elsewhere, &[entry(&phone)], NOW).await, Err(StoreError::NotFound(_))));
    assert_eq!(store.remove_list_entries(T, ListKind::Exempt, std::slice::from_ref(&phone)).await.unwrap(), 0);
    assert_eq!(store.list_at(&here, "0000", PageQuery::default()).await.unwrap().items.len(), 1);
    assert_eq!(store.remove_from_list(&here, &[phone]).await.unwrap(), 1);
}

fn said(action: ConsentAction, campaign: Option<CampaignId>) -> NewConsent {
    NewConsent {
        tenant: T,
        phone: new_lead(0).phone,
        action,
        campaign,
        source: ConsentSource::Sms,
        evidence: "sms:5".into(),
        words: "TD".into(),
        by: "callee".into(),
    }
}

async fn a_refusal_exempts_and_consent_lifts_it(store: Store) {
    let first = store.note_consent(&said(ConsentAction::Given, None), NOW).await.unwrap();
    let facts = facts_in(&store, 1, 1).await;
    assert_eq!((facts.consent, facts.exempt), (true, false));
    store.note_consent(&said(ConsentAction::Refused, None), NOW.plus_ms(1)).await.unwrap();
    let facts = facts_in(&store, 2, 2).await;
    assert_eq!((facts.consent, facts.exempt), (false, true), "taken back");
    store.note_consent(&said(ConsentAction::Lifted, None), NOW.plus_ms(2)).await.unwrap();
    let facts = facts_in(&store, 3, 3).await;
    assert_eq!((facts.consent, facts.exempt), (false, false), "a refusal lifted is no consent");
    store.note_consent(&said(ConsentAction::Refused, Some(CampaignId(4))), NOW.plus_ms(3)).await.unwrap();
    let facts = facts_in(&store, 4, 4).await;
    assert_eq!((facts.exempt_here, facts.exempt), (true, false));

    let history = store.consents(T, Some(&new_lead(0).phone), PageQuery::default()).await.unwrap().items;
    use ConsentAction::{Given, Lifted, Refused};
    assert_eq!(history.iter().map(|c| c.action).collect::<Vec<_>>(), [Refused, Lifted, Refused, Given]);
    assert_eq!(history[3], first);
    assert_eq!((first.source, first.evidence.as_str(), first.words.as_str()), (ConsentSource::Sms, "sms:5", "TD"));
    assert!(store.consents(TenantId(2), None, PageQuery::default()).await.unwrap().items.is_empty());
}

async fn a_result_may_mean_a_refusal(store: Store) {
    let mut campaign = campaign(1);
    campaign.dial_rules = DialRules {
        refusal_results: vec!["decline".into()],
        refusal_scope: RefusalScope::Campaign,
        consent_results: vec!["attend".into()],
        ..DialRules::default()
    };
    store.insert_campaign(&campaign).await.unwrap();
    store.insert_leads(T, campaign.id, &[new_lead(0), new_lead(1)], NOW).await.unwrap();
    for (attempt, code) in [(1, "attend"), (2, "decline")] {
        let (begin, _) = dial(&store, campaign.id, attempt, NOW).await;
        assert!(matches!(fact(&store, result(&begin, code, NOW)).await, Outcome::Done));
        assert!(matches!(fact(&store, result(&begin, code, NOW)).await, Outcome::Ignored(_)));
    }
    let all = store.list_entries(T, None, "", PageQuery::default()).await.unwrap().items;
    let mut on: Vec<_> = all.iter().map(|e| (e.kind, e.phone.clone(), e.campaign_id)).collect();
    on.sort();
    let want = [(ListKind::Exempt, new_lead(1).phone, Some(campaign.id)), (ListKind::Consent, new_lead(0).phone, None)];
    assert_eq!(on, want);
    let history = store.consents(T, None, PageQuery::default()).await.unwrap().items;
    assert_eq!(history.len(), 2, "once each");
    assert_eq!((history[0].source, history[0].evidence.as_str()), (ConsentSource::Key, "call:1000002"));
}

async fn a_607_goes_on_the_exempt_list(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    ended(&store, attempt_end(&begin, Disposition::Unwanted, LeadState::Excluded, NOW.plus_ms(9_000))).await;
    assert!(facts_in(&store, 2, 2).await.exempt);
    let history = store.consents(T, None, PageQuery::default()).await.unwrap().items;
    assert_eq!((history.len(), history[0].source), (1, ConsentSource::Network));
    let hours = store.caller_id_hours(T, NOW).await.unwrap();
    assert_eq!((hours[0].calls, hours[0].answered, hours[0].refused), (2, 0, 1));
}

async fn refusals_are_counted_by_rule(store: Store) {
    let campaign = with_leads(&store, 1, 4).await;
    let yesterday = NOW.plus_ms(-30 * HOUR);
    let rules = [(1, NOW, "exempt"), (2, NOW, "exempt"), (3, NOW, "no_consent")];
    for (attempt, at, rule) in rules {
        let (begin, _) = dial(&store, campaign.id, attempt, at).await;
        let end = attempt_end(&begin, Disposition::Blocked, LeadState::Excluded, at);
        ended(&store, AttemptEnd { refusal: Some(rule.into()), ..end }).await;
    }
    let older = with_leads(&store, 2, 0).await;
    store.insert_lead(T, older.id, new_lead(9), yesterday).await.unwrap();
    let (begin, _) = dial(&store, older.id, 9, yesterday).await;
    let end = attempt_end(&begin, Disposition::Blocked, LeadState::Retry, yesterday);
    ended(&store, AttemptEnd { refusal: Some("locked_out".into()), ..end }).await;

    let count = |rule: &str, today, all| RefusalCount { rule: rule.into(), today, all };
    let midnight = NOW.plus_ms(-22 * HOUR);
    assert_eq!(store.refusals(T, campaign.id, midnight).await.unwrap(), [count("exempt", 2, 2), count("no_consent", 1, 1)]);
    assert_eq!(store.refusals(T, older.id, midnight).await.unwrap(), [count("locked_out", 0, 1)]);
    assert!(matches!(store.refusals(TenantId(2), campaign.id, midnight).await, Err(StoreError::NotFound(_))));
}

async fn the_ledger_is_exact_after_a_restart(store: Store) {
    let campaign = with_leads(&store, 1, 8).await;
    // At the edges of hours and quarters of hours.
    let calls = [
        (1, 0, Disposition::Human),
        (2, HOUR - NOW.0 % HOUR, Disposition::Abandoned),
        (3, HOUR - NOW.0 % HOUR - 1, Disposition::Abandoned),
        (4, 5 * HOUR, Disposition::Human),
        (5, 5 * HOUR + 900_000, Disposition::Machine),
        (6, 5 * HOUR + 1_800_000, Disposition::Human),
        (7, 5 * HOUR + 1_900_000, Disposition::NoAnswer),
    ];
    let mut counted: std::collections::BTreeMap<i64, LedgerHour> = std::collections::BTreeMap::new();
    for (attempt, after, disposition) in calls {
        let at = NOW.plus_ms(after);
        let (begin, _) = dial(&store, campaign.id, attempt, at).await;
        if disposition != Disposition::NoAnswer {
            assert!(matches!(fact(&store, Fact::AttemptAnswered { attempt: begin.attempt, at }).await, Outcome::Done));
        }
        let end = attempt_end(&begin, disposition, LeadState::Done, at.plus_ms(40 * 60_000));
        let abandoned = (attempt == 2).then_some(AbandonedEnd { waited_ms: 1_900, message: true });
        ended(&store, AttemptEnd { abandoned, ..end }).await;
        if matches!(disposition, Disposition::Human | Disposition::Abandoned) {
            let hour = at.0.div_euclid(HOUR);
            let h = counted.entry(hour).or_insert(LedgerHour { hour, ..LedgerHour::default() });
            h.answers += 1;
            h.abandoned += u32::from(disposition == Disposition::Abandoned);
        }
    }
    let counted: Vec<LedgerHour> = counted.into_values().collect();
    assert_eq!(store.ledger_hours(T, campaign.id, NOW.plus_ms(-30 * 24 * HOUR)).await.unwrap(), counted);
    let late = store.ledger_hours(T, campaign.id, NOW.plus_ms(5 * HOUR)).await.unwrap();
    assert_eq!(late, counted[2..], "from an hour on");
    assert!(store.ledger_hours(TenantId(2), campaign.id, At(0)).await.unwrap().is_empty());

    let page = store.abandoned_calls(T, campaign.id, PageQuery::default()).await.unwrap().items;
    let told: Vec<_> = page.iter().map(|c| (c.attempt_id.0, c.waited_ms, c.message)).collect();
    assert_eq!(told, [(3, 40 * 60_000, false), (2, 1_900, true)]);
    let end = NOW.plus_ms(HOUR - NOW.0 % HOUR + 40 * 60_000);
    assert_eq!((page[1].locked_until, page[1].name.as_str()), (end.plus_ms(72 * HOUR), "专家1"));
    assert_eq!(page[1].phone, new_lead(1).phone);
    let other = store.abandoned_calls(TenantId(2), campaign.id, PageQuery::default()).await;
    assert!(matches!(other, Err(StoreError::NotFound(_))));
}

async fn an_end_told_twice_is_one_abandoned_call(store: Store) {
    let campaign = with_leads(&store, 1, 1).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    let end = attempt_end(&begin, Disposition::Abandoned, LeadState::Exhausted, NOW);
    ended(&store, end.clone()).await;
    // As after a crash between write and answer.
    let again = Fact::AttemptEnded { end: Box::new(end), call: None, recordings: Vec::new() };
    assert!(matches!(fact(&store, again).await, Outcome::Ignored(_)));
    assert_eq!(store.abandoned_calls(T, campaign.id, PageQuery::default()).await.unwrap().items.len(), 1);
}

/// Not even by somebody at the database's own prompt.
async fn the_ledger_takes_no_changes(url: &str, dir: &std::path::Path) {
    let store = Store::open(StoreConfig::new(url, dir)).await.unwrap();
    an_end_told_twice_is_one_abandoned_call(store.clone()).await;
    store.close().await.unwrap();
    let db = Database::connect(url.to_string()).await.unwrap();
    for sql in ["UPDATE abandoned_calls SET waited_ms = 0", "DELETE FROM abandoned_calls"] {
        let error = db.execute_unprepared(sql).await.unwrap_err();
        assert!(error.to_string().contains("takes no changes"), "{error}");
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn the_ledger_takes_no_changes_in_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    the_ledger_takes_no_changes(&format!("sqlite://{}", dir.path().join("books.db").display()), dir.path()).await;
}

#[tokio::test]
async fn the_ledger_takes_no_changes_in_postgres() {
    let Some(database) = Postgres::create().await else { return };
    let dir = tempfile::tempdir().unwrap();
    the_ledger_takes_no_changes(&database.url(), dir.path()).await;
    database.drop().await;
}

async fn caller_ids_are_remembered(store: Store) {
    let campaign = with_leads(&store, 1, 4).await;
    let used = |run, after| CallerIdUse {
        caller_id: "053188886666".into(),
        last_at: NOW.plus_ms(after),
        run,
        rest_until: NOW.plus_ms(900_000),
    };
    let mut batch = Vec::new();
    for n in 1..=3 {
        let lead = store.claim_leads(campaign.id, 1, NOW, NOW.plus_ms(60_000)).await.unwrap().leads.remove(0);
        let used = Some(used(u32::try_from(n).unwrap(), n));
        batch.push(Entry::Begin(Box::new(Begin { phone: lead.phone, used, ..begin(campaign.id, lead.id, n, NOW) })));
    }
    store.commit(&batch).await;
    assert_eq!(store.caller_id_uses(T).await.unwrap(), [used(3, 3)], "the last one of the batch");
    assert!(store.caller_id_uses(TenantId(2)).await.unwrap().is_empty());
    let (Entry::Begin(one), Entry::Begin(two)) = (&batch[0], &batch[1]) else { panic!("begins") };
    ended(&store, attempt_end(one, Disposition::Machine, LeadState::Retry, NOW.plus_ms(9_000))).await;
    ended(&store, attempt_end(two, Disposition::Blocked, LeadState::Retry, NOW.plus_ms(9_000))).await;
    let hour = CallerIdHour { caller_id: "053188886666".into(), hour: NOW.0 / HOUR, calls: 2, answered: 1, refused: 0 };
    assert_eq!(store.caller_id_hours(T, NOW.plus_ms(-24 * HOUR)).await.unwrap(), [hour]);
}

async fn a_flag_stays_until_it_is_lifted(store: Store) {
    let number = Number {
        id: NumberId(1),
        tenant_id: T,
        number: "053188886666".into(),
        trunk_id: None,
        inbound_flow_id: None,
        outbound: true,
        calls_per_day_max: 0,
        note: String::new(),
        flag: NumberFlag::default(),
    };
    store.insert_number(&number).await.unwrap();
    let seq = store.last_seq().await.unwrap();
    let flagged =
        || Fact::NumberFlagged { tenant: T, number: NumberId(1), reason: FlagReason::Refused, note: "608".into(), at: NOW };
    assert!(matches!(fact(&store, flagged()).await, Outcome::Done));
    assert!(matches!(fact(&store, flagged()).await, Outcome::Ignored(_)));
    let flag = store.numbers(T).await.unwrap().remove(0).flag;
    assert_eq!((flag.at, flag.reason, flag.note.as_str()), (Some(NOW), Some(FlagReason::Refused), "608"));
    let events = store.events_after(T, seq, 10).await.unwrap();
    assert_eq!(events.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), [ALARM]);

    store.update_number(&Number { note: "总机".into(), ..number.clone() }).await.unwrap();
    assert!(store.numbers(T).await.unwrap()[0].flag.at.is_some(), "an edit lifts no flag");
    let lifted = NumberFlag { watched_from: NOW, ..NumberFlag::default() };
    store.flag_number(T, NumberId(1), &lifted).await.unwrap();
    assert_eq!(store.numbers(T).await.unwrap()[0].flag, lifted);
    assert!(matches!(store.flag_number(TenantId(2), NumberId(1), &lifted).await, Err(StoreError::NotFound(_))));
}

async fn what_a_pacer_learned_is_kept_once(store: Store) {
    let queue = Queue { id: QueueId(5), tenant_id: T, name: "外呼组".into(), ..Queue::default() };
    store.create_queue(&queue).await.unwrap();
    let kept = |tenant, at: i64, x: f64| KeptPacer {
        queue_id: QueueId(5),
        tenant_id: tenant,
        version: 1,
        at: NOW.plus_ms(at),
        state: serde_json::json!({ "theta": x }),
    };
    for state in [kept(T, 0, 0.02), kept(T, 60_000, 0.031_25), kept(T, 30_000, 0.5), kept(TenantId(2), 90_000, 0.9)] {
        assert!(matches!(fact(&store, Fact::Pacer(Box::new(state))).await, Outcome::Done));
    }
    assert_eq!(store.kept_pacers(T).await.unwrap(), [kept(T, 60_000, 0.031_25)], "the newest, and nobody else's");
    assert!(store.kept_pacers(TenantId(2)).await.unwrap().is_empty());
    store.delete_queue(T, QueueId(5), NOW).await.unwrap();
    assert!(store.kept_pacers(T).await.unwrap().is_empty(), "goes with its group");
}
