//! Several lists a campaign, several numbers a lead, whose it is, and how long it is worth a call.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, attempt_end, call, campaign, dial, end, fact, new_lead, vars, with_leads};
use model::fact::Fact;
use model::record::*;
use model::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{Dedupe, LeadFilter, LeadPatch, LeadSelection, NewLead, Outcome, PageQuery, Repeat, Store, StoreError};

on_both_engines!(
    weights_share_within_a_priority,
    claimers_at_once_share_by_weight_and_never_a_lead,
    a_disabled_list_waits,
    a_filter_keeps_back_and_lets_go,
    attempts_bring_a_lead_out_of_its_filter,
    a_list_is_removed_while_its_leads_ring,
    two_leaders_edit_one_list,
    numbers_take_their_turn,
    an_urgent_lead_goes_first_and_expires,
    a_lead_for_later_waits_for_its_time,
    a_skipped_lead_waits_for_its_time,
    a_source_s_id_is_known_once,
    assigned_leads_are_their_agent_s,
    leads_wait_for_a_better_hour_while_there_are_others,
    repeats_across_campaigns,
    a_lead_s_past_in_all_campaigns,
    results_become_a_list,
);

async fn list(store: &Store, campaign: CampaignId, name: &str, weight: u32, priority: i32, filter: ListFilter) -> LeadList {
    let list = LeadList {
        id: store.new_id(NOW),
        tenant_id: T,
        campaign_id: campaign,
        name: name.into(),
        weight,
        priority,
        enabled: true,
        filter,
        applied: true,
        origin: ListOrigin::Hand,
        origin_note: String::new(),
        created_by: "admin".into(),
        created_at: NOW,
        updated_at: NOW,
        revision: 1,
    };
    store.insert_lead_list(&list).await.unwrap();
    list
}

/// Leads `from..to` on a list.
async fn fill(store: &Store, list: &LeadList, from: u64, to: u64) {
    let leads: Vec<NewLead> = (from..to).map(|n| NewLead { list_id: Some(list.id), ..new_lead(n) }).collect();
    store.insert_leads(T, list.campaign_id, &leads, NOW).await.unwrap();
}

async fn claim(store: &Store, n: u32, at: At) -> Vec<ClaimedLead> {
    store.claim_leads(CampaignId(1), n, at, at.plus_ms(60_000)).await.unwrap().leads
}

/// How many of the claimed stand on each list.
async fn shares(store: &Store, claimed: &[ClaimedLead]) -> BTreeMap<LeadListId, usize> {
    let mut shares = BTreeMap::new();
    for lead in claimed {
        *shares.entry(store.lead(T, lead.id).await.unwrap().unwrap().list_id).or_default() += 1;
    }
    shares
}

async fn weights_share_within_a_priority(store: Store) {
    with_leads(&store, 1, 0).await;
    let c = CampaignId(1);
    let (big, small) =
        (list(&store, c, "大", 75, 5, ListFilter::default()).await, list(&store, c, "小", 25, 5, ListFilter::default()).await);
    let low = list(&store, c, "低", 100, 0, ListFilter::default()).await;
    fill(&store, &big, 0, 300).await;
    fill(&store, &small, 300, 400).await;
    fill(&store, &low, 400, 500).await;
    let mut first = Vec::new();
    for _ in 0..20 {
        first.extend(claim(&store, 10, NOW).await);
    }
    assert_eq!(shares(&store, &first).await, [(big.id, 150), (small.id, 50)].into());
    // The small one runs out: the other fills up, and the low one only when both are empty.
    let rest = claim(&store, 210, NOW).await;
    assert_eq!(shares(&store, &rest).await, [(big.id, 150), (small.id, 50), (low.id, 10)].into());
    assert_eq!(shares(&store, &rest[200..]).await, [(low.id, 10)].into(), "the highest priority is dialled first");
}

async fn claimers_at_once_share_by_weight_and_never_a_lead(store: Store) {
    with_leads(&store, 1, 0).await;
    let weights = [10_u32, 30, 60];
    let mut lists = Vec::new();
    for (i, weight) in (0_u64..).zip(weights) {
        let made = list(&store, CampaignId(1), &format!("名单{i}"), weight, 0, ListFilter::default()).await;
        fill(&store, &made, i * 600, i * 600 + 600).await;
        lists.push(made.id);
    }
    let claimers: Vec<_> = (1..=8_u32)
        .map(|seed| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                // Each asks for another number at once, all of them together for less than the smallest list's share would be.
                for round in 0..12 {
                    mine.extend(claim(&store, 1 + (seed * 7 + round * 3) % 13, NOW).await);
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    let ids: BTreeSet<LeadId> = all.iter().map(|l| l.id).collect();
    assert_eq!(ids.len(), all.len(), "nobody was handed out twice");
    let got = shares(&store, &all).await;
    for (id, weight) in lists.iter().zip(weights) {
        let (share, want) = (got[id] * 100 / all.len(), weight as usize);
        assert!(share.abs_diff(want) <= 4, "{share} % instead of {want} %: {got:?} of {}", all.len());
    }
}

async fn a_disabled_list_waits(store: Store) {
    with_leads(&store, 1, 3).await;
    let own = store.lead_lists(T, CampaignId(1)).await.unwrap().remove(0);
    assert_eq!((own.id, own.origin), (LeadListId(1), ListOrigin::Own), "a campaign has a list of its own");
    let off = store.update_lead_list(&LeadList { enabled: false, ..own }, NOW).await.unwrap();
    let claim = store.claim_leads(CampaignId(1), 5, NOW, NOW).await.unwrap();
    assert_eq!((claim.leads.len(), claim.next_due, claim.all_settled), (0, None, false), "they wait; the campaign is not over");
    store.update_lead_list(&LeadList { enabled: true, ..off }, NOW).await.unwrap();
    assert_eq!(self::claim(&store, 5, NOW).await.len(), 3);
}

fn jinan() -> ListFilter {
    ListFilter { regions: vec!["山东省济南市".into()], ..ListFilter::default() }
}

async fn a_filter_keeps_back_and_lets_go(store: Store) {
    with_leads(&store, 1, 0).await;
    let made = list(&store, CampaignId(1), "济南", 10, 0, jinan()).await;
    let elsewhere = NewLead { region: "北京市".into(), list_id: Some(made.id), ..new_lead(1) };
    store.insert_lead(T, CampaignId(1), elsewhere, NOW).await.unwrap();
    fill(&store, &made, 2, 4).await;
    let first = claim(&store, 1, NOW).await;
    assert_eq!(first[0].name, "专家2");
    // Turned round: those that waited go, those that went wait, the one in hand too once it is given back.
    let beijing = ListFilter { regions: vec!["北京".into()], ..ListFilter::default() };
    let changed = store.update_lead_list(&LeadList { filter: beijing, ..made.clone() }, NOW).await.unwrap();
    assert!(!changed.applied);
    assert!(claim(&store, 9, NOW).await.is_empty(), "until it is applied nobody of the list is dialled");
    assert_eq!(store.unapplied_lists().await.unwrap().len(), 1);
    store.apply_filter(T, made.id).await.unwrap();
    assert!(store.unapplied_lists().await.unwrap().is_empty());
    store.release_leads(CampaignId(1), &[first[0].id], NOW).await.unwrap();
    assert_eq!(claim(&store, 9, NOW).await.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["专家1"]);
    // A lead that is changed is looked at again.
    let waiting = store
        .leads(T, CampaignId(1), &LeadFilter { text: "专家3".into(), ..LeadFilter::default() }, PageQuery::default())
        .await
        .unwrap();
    assert_eq!(waiting.items[0].hold, LeadHold::Filter);
    let field = FieldTest { key: "专业".into(), op: FieldOp::In, values: vec!["水利".into()] };
    let now = store.lead_list(T, made.id).await.unwrap().unwrap();
    store
        .update_lead_list(&LeadList { filter: ListFilter { fields: vec![field], ..ListFilter::default() }, ..now }, NOW)
        .await
        .unwrap();
    store.apply_filter(T, made.id).await.unwrap();
    assert!(claim(&store, 9, NOW).await.is_empty());
    let patch = LeadPatch { variables: Some(vars(json!({"专业": "水利"}))), ..LeadPatch::default() };
    store.update_lead(T, waiting.items[0].id, patch).await.unwrap();
    assert_eq!(claim(&store, 9, NOW).await.len(), 1);
}

async fn attempts_bring_a_lead_out_of_its_filter(store: Store) {
    with_leads(&store, 1, 0).await;
    let once = ListFilter { attempts_max: Some(0), ..ListFilter::default() };
    let made = list(&store, CampaignId(1), "只拨一次", 10, 0, once).await;
    fill(&store, &made, 0, 1).await;
    let (begin, _) = dial(&store, CampaignId(1), 1, NOW).await;
    end(&store, &begin, Disposition::Busy, LeadState::Retry, NOW).await;
    let later = NOW.plus_ms(10_000_000);
    assert!(claim(&store, 5, later).await.is_empty());
    assert_eq!(store.lead(T, begin.lead).await.unwrap().unwrap().hold, LeadHold::Filter);
}

async fn a_list_is_removed_while_its_leads_ring(store: Store) {
    with_leads(&store, 1, 0).await;
    let made = list(&store, CampaignId(1), "作废", 10, 0, ListFilter::default()).await;
    fill(&store, &made, 0, 5).await;
    let (tried, _) = dial(&store, CampaignId(1), 1, NOW).await;
    end(&store, &tried, Disposition::Busy, LeadState::Retry, NOW).await;
    let (ringing, _) = dial(&store, CampaignId(1), 2, NOW).await;
    let held = claim(&store, 1, NOW).await;
    assert_eq!(store.remove_lead_list(T, made.id, NOW).await.unwrap(), 4, "three were never dialled, one was");
    assert!(matches!(store.remove_lead_list(T, made.id, NOW).await, Err(StoreError::NotFound(_))));
    assert_eq!(store.lead_lists(T, CampaignId(1)).await.unwrap().len(), 1);
    // The one in hand cannot be dialled any more.
    let mut begin = crate::sample::begin(CampaignId(1), held[0].id, 9, NOW);
    begin.phone.clone_from(&held[0].phone);
    let refused = crate::sample::one(&store, store::Entry::Begin(Box::new(begin))).await;
    assert!(matches!(refused, Outcome::Failed(StoreError::Conflict(_))), "{refused:?}");
    assert!(claim(&store, 9, NOW.plus_ms(86_400_000)).await.is_empty());
    // The one that rings: its books are closed, and that is all.
    end(&store, &ringing, Disposition::NoAnswer, LeadState::Retry, NOW.plus_ms(30_000)).await;
    let lead = store.lead(T, ringing.lead).await.unwrap().unwrap();
    assert_eq!((lead.state, lead.last_disposition, lead.attempts), (LeadState::Excluded, Some(Disposition::NoAnswer), 1));
    let kept = store.lead(T, tried.lead).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.note.as_deref()), (LeadState::Excluded, Some("list_removed")));
    let over = store.claim_leads(CampaignId(1), 1, NOW, NOW).await.unwrap();
    assert!(over.all_settled, "nothing is left open");
    // The campaign's own list may go, too, and is there again when somebody adds a number.
    store.remove_lead_list(T, LeadListId(1), NOW).await.unwrap();
    assert!(store.lead_lists(T, CampaignId(1)).await.unwrap().is_empty());
    let added = store.insert_lead(T, CampaignId(1), new_lead(77), NOW).await.unwrap();
    assert_eq!((added.list_id, claim(&store, 9, NOW).await.len()), (LeadListId(1), 1));
    let gone = NewLead { list_id: Some(made.id), ..new_lead(78) };
    assert!(matches!(store.insert_lead(T, CampaignId(1), gone, NOW).await, Err(StoreError::NotFound("list"))));
}

async fn two_leaders_edit_one_list(store: Store) {
    with_leads(&store, 1, 1).await;
    let seen = store.lead_lists(T, CampaignId(1)).await.unwrap().remove(0);
    let first = store.update_lead_list(&LeadList { weight: 20, ..seen.clone() }, NOW).await.unwrap();
    assert_eq!((first.weight, first.revision), (20, 2));
    assert!(matches!(store.update_lead_list(&LeadList { weight: 30, ..seen.clone() }, NOW).await, Err(StoreError::Conflict(_))));
    let stranger = LeadList { tenant_id: TenantId(2), ..first };
    assert!(matches!(store.update_lead_list(&stranger, NOW).await, Err(StoreError::NotFound(_))));
    assert!(matches!(store.remove_lead_list(TenantId(2), seen.id, NOW).await, Err(StoreError::NotFound(_))));
}

async fn numbers_take_their_turn(store: Store) {
    with_leads(&store, 1, 0).await;
    let others = vec!["+8613900139000".to_string(), "+861088886666".to_string()];
    store.insert_lead(T, CampaignId(1), NewLead { phones: others.clone(), ..new_lead(1) }, NOW).await.unwrap();
    let (mut at, mut dialled) = (NOW, Vec::new());
    for (attempt, (turn, d)) in (1..).zip([
        (NumberTurn::Next, Disposition::Busy),
        (NumberTurn::Spent, Disposition::Invalid),
        (NumberTurn::Next, Disposition::NoAnswer),
        (NumberTurn::Keep, Disposition::Busy),
    ]) {
        let lead = claim(&store, 1, at).await.remove(0);
        store.release_leads(CampaignId(1), &[lead.id], at).await.unwrap();
        let (begin, _) = dial(&store, CampaignId(1), attempt, at).await;
        dialled.push((begin.phone.clone(), lead.region, lead.numbers_left, lead.ended.values().sum::<u32>()));
        let end = AttemptEnd { number: turn, ..attempt_end(&begin, d, LeadState::Retry, at) };
        let call = call(&begin, None, at, d);
        fact(&store, Fact::AttemptEnded { end: Box::new(end), call: Some(Box::new(call)), recordings: vec![] }).await;
        at = at.plus_ms(1_000_000);
    }
    let first = new_lead(1).phone;
    let numbers: Vec<&str> = dialled.iter().map(|d| d.0.as_str()).collect();
    assert_eq!(numbers, [first.as_str(), &others[0], &others[1], &first], "in order, and the one given up is passed over");
    assert!(dialled[2].1.starts_with("北京"), "{:?}: the region is the number's own", dialled[2]);
    assert_eq!(dialled.iter().map(|d| d.2).collect::<Vec<_>>(), [2, 2, 1, 1]);
    assert_eq!(
        dialled.iter().map(|d| d.3).collect::<Vec<_>>(),
        [0, 0, 0, 1],
        "what came of another number is not held against this one"
    );
}

fn urgent(n: u64, minutes: i64) -> NewLead {
    NewLead { expires_at: Some(NOW.plus_ms(minutes * 60_000)), ..new_lead(n) }
}

async fn an_urgent_lead_goes_first_and_expires(store: Store) {
    with_leads(&store, 1, 3).await;
    let mut told = store.bus().subscribe();
    let high = NewLead { priority: 1_000, ..new_lead(10) };
    let source = NewLead { source_id: Some("T-7".into()), ..urgent(13, 5) };
    store.insert_leads(T, CampaignId(1), &[high, urgent(11, 30), urgent(12, 10), source], NOW).await.unwrap();
    let claimed = claim(&store, 4, NOW).await;
    assert_eq!(claimed.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["专家13", "专家12", "专家11", "专家10"]);
    let ids: Vec<LeadId> = claimed.iter().map(|l| l.id).collect();
    store.release_leads(CampaignId(1), &ids[1..], NOW).await.unwrap();
    // In hand when its time ends: not dialled.
    let late = NOW.plus_ms(5 * 60_000);
    let mut begin = crate::sample::begin(CampaignId(1), ids[0], 1, late);
    begin.phone.clone_from(&claimed[0].phone);
    let refused = crate::sample::one(&store, store::Entry::Begin(Box::new(begin))).await;
    assert!(matches!(refused, Outcome::Failed(_)), "{refused:?}");
    assert_eq!(store.expire_leads(NOW).await.unwrap(), []);
    assert_eq!(store.expire_leads(late).await.unwrap(), [CampaignId(1)], "its lease has run out as well");
    assert_eq!(store.lead(T, ids[0]).await.unwrap().unwrap().state, LeadState::Expired);
    let event = loop {
        let event = told.try_recv().expect("it is told");
        if event.kind == model::event::LEAD_EXPIRED {
            break event;
        }
    };
    assert_eq!((event.data["source_id"].as_str(), event.data["lead_state"].as_str()), (Some("T-7"), Some("expired")));
    // A claim never takes one whose time is over, swept or not.
    let claimed = claim(&store, 9, NOW.plus_ms(20 * 60_000)).await;
    assert_eq!(claimed[0].name, "专家11");
    assert!(claimed.iter().all(|l| l.name != "专家12" && l.name != "专家13"));
}

async fn a_lead_for_later_waits_for_its_time(store: Store) {
    with_leads(&store, 1, 0).await;
    let due = NOW.plus_ms(90 * 60_000);
    let later = NewLead { next_at: Some(due), ..new_lead(1) };
    let lead = store.insert_lead(T, CampaignId(1), later, NOW).await.unwrap();
    assert_eq!(lead.hold, LeadHold::Time);
    let now = store.claim_leads(CampaignId(1), 5, NOW, NOW).await.unwrap();
    assert_eq!((now.leads.len(), now.next_due, now.all_settled), (0, Some(due), false));
    assert_eq!(claim(&store, 5, due).await.len(), 1);
}

async fn a_skipped_lead_waits_for_its_time(store: Store) {
    with_leads(&store, 1, 1).await;
    let lead = claim(&store, 1, NOW).await.remove(0).id;
    let until = NOW.plus_ms(3_600_000);
    let skipped = Fact::LeadSkipped { campaign: CampaignId(1), lead, agent: AgentId(1), reason: "忙".into(), until, at: NOW };
    assert!(matches!(fact(&store, skipped).await, Outcome::Done));
    let now = store.claim_leads(CampaignId(1), 5, NOW, NOW).await.unwrap();
    assert_eq!((now.leads.len(), now.next_due), (0, Some(until)));
    assert_eq!(claim(&store, 5, until).await.len(), 1);
}

async fn a_source_s_id_is_known_once(store: Store) {
    with_leads(&store, 1, 0).await;
    let ticket = |n| NewLead { source_id: Some("T-1".into()), ..new_lead(n) };
    let lead = store.insert_lead(T, CampaignId(1), ticket(1), NOW).await.unwrap();
    let again = store.insert_lead(T, CampaignId(1), ticket(2), NOW).await;
    assert!(matches!(again, Err(StoreError::Duplicate { ref field }) if field == "source_id"), "{again:?}");
    assert_eq!(store.insert_leads(T, CampaignId(1), &[ticket(3), new_lead(4)], NOW).await.unwrap().iter().flatten().count(), 1);
    assert_eq!(store.lead_by_source(T, CampaignId(1), "T-1").await.unwrap().map(|l| l.id), Some(lead.id));
    assert_eq!(store.lead_by_source(TenantId(2), CampaignId(1), "T-1").await.unwrap(), None);
}

async fn agent(store: &Store, id: i64) -> AgentId {
    let agent = crate::agents::agent(id);
    store.create_agent(&agent).await.unwrap();
    agent.id
}

async fn assigned_leads_are_their_agent_s(store: Store) {
    with_leads(&store, 1, 7).await;
    let (a, b) = (agent(&store, 1).await, agent(&store, 2).await);
    let six = LeadSelection::Filter(LeadFilter { called_until: None, ..LeadFilter::default() });
    let given = store.assign_leads(T, CampaignId(1), &six, &[a, b], false).await.unwrap();
    assert_eq!(given, [(a, 4), (b, 3)].into(), "evenly");
    assert_eq!(store.assigned_counts(T, CampaignId(1)).await.unwrap(), given);
    assert!(claim(&store, 9, NOW).await.is_empty(), "nobody else gets them");
    let until = NOW.plus_ms(60_000);
    let own = store.claim_leads_for(CampaignId(1), 2, &[a, b, AgentId(99)], NOW, until).await.unwrap();
    let names = |c: &store::Claim| c.leads.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&own), own.all_settled), (vec!["专家0".into(), "专家1".into()], false), "one each");
    assert_eq!(own.leads.iter().map(|l| l.agent_id).collect::<Vec<_>>(), [Some(a), Some(b)]);
    assert_eq!(names(&store.claim_leads_for(CampaignId(1), 0, &[a], NOW, until).await.unwrap()), ["专家2"]);
    let mine = own;
    // By hand, again: what is somebody's stays unless it is said otherwise.
    let one = LeadSelection::Ids(vec![mine.leads[0].id]);
    assert!(store.assign_leads(T, CampaignId(1), &one, &[b], false).await.unwrap().is_empty());
    assert_eq!(store.assign_leads(T, CampaignId(1), &one, &[b], true).await.unwrap(), [(b, 1)].into());
    assert_eq!(store.unassign_leads(T, CampaignId(1), &six).await.unwrap(), 7);
    let later = NOW.plus_ms(60_000);
    assert_eq!(claim(&store, 9, later).await.len(), 7, "given back, and once the leases have run out anybody's");
    let stranger = store.assign_leads(T, CampaignId(1), &one, &[AgentId(99)], true).await;
    assert!(matches!(stranger, Err(StoreError::NotFound("agent"))));
}

async fn leads_wait_for_a_better_hour_while_there_are_others(store: Store) {
    with_leads(&store, 1, 0).await;
    let leads: Vec<NewLead> = (0..6).map(|n| NewLead { import_id: Some(model::ImportId(1)), ..new_lead(n) }).collect();
    store.insert_leads(T, CampaignId(1), &leads, NOW).await.unwrap();
    let hand = claim(&store, 3, NOW).await;
    assert!(hand.iter().all(|l| l.may_wait));
    let (hour, later) = (NOW.plus_ms(3 * 3_600_000), NOW.plus_ms(2 * 3_600_000));
    let off: Vec<LeadId> = hand[..2].iter().map(|l| l.id).collect();
    assert_eq!(store.put_off_leads(CampaignId(1), &off, hour).await.unwrap(), 2);
    store.release_leads(CampaignId(1), &[hand[2].id], NOW).await.unwrap();
    let names = |leads: &[ClaimedLead]| leads.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    let others = claim(&store, 3, NOW).await;
    assert_eq!(names(&others), ["专家2", "专家3", "专家4"], "others first");
    let rest = claim(&store, 3, NOW).await;
    assert_eq!(names(&rest), ["专家5", "专家0", "专家1"], "before their hour, since nothing else is left");
    assert_eq!(rest.iter().map(|l| l.may_wait).collect::<Vec<_>>(), [true, false, false], "and not put off again");
    store.put_off_leads(CampaignId(1), &off, later).await.unwrap();
    store.release_leads(CampaignId(1), &others.iter().map(|l| l.id).collect::<Vec<_>>(), NOW).await.unwrap();
    assert_eq!(names(&claim(&store, 5, later).await)[..2], ["专家0", "专家1"], "their hour has come: like any other");
    assert_eq!(claim(&store, 9, later).await.len(), 1, "each was taken once");
}

async fn repeats_across_campaigns(store: Store) {
    with_leads(&store, 1, 3).await;
    with_leads(&store, 2, 0).await;
    let run = store::StatusChange { from: &[CampaignStatus::Draft], to: CampaignStatus::Running, by: None, note: None };
    store.set_campaign_status(T, CampaignId(1), run, NOW).await.unwrap();
    let (begin, _) = dial(&store, CampaignId(1), 1, NOW).await;
    fact(&store, crate::sample::result(&begin, "attend", NOW)).await;
    end(&store, &begin, Disposition::Human, LeadState::Done, NOW.plus_ms(9_000)).await;
    let phones: Vec<String> = (0..5).map(|n| new_lead(n).phone).collect();
    let ask = async |dedupe: Dedupe, now: At| {
        let found = store.repeats(T, CampaignId(2), &phones, &dedupe, now).await.unwrap();
        phones.iter().map(|p| found.get(p).cloned()).collect::<Vec<_>>()
    };
    let name = campaign(1).name;
    let waits = Some(Repeat::InTask(name));
    let tasks = Dedupe { in_other_tasks: true, ..Dedupe::default() };
    assert_eq!(ask(tasks.clone(), NOW).await, [None, waits.clone(), waits, None, None], "the one that is done waits no more");
    assert!(store.repeats(T, CampaignId(1), &phones, &tasks, NOW).await.unwrap().is_empty(), "its own campaign is no other");
    let days = Dedupe { called_within_days: Some(7), ..Dedupe::default() };
    assert_eq!(ask(days.clone(), NOW.plus_ms(1)).await[0], Some(Repeat::CalledAt(NOW)));
    assert_eq!(ask(days, NOW.plus_ms(8 * 86_400_000)).await[0], None);
    let results = Dedupe { results: vec!["attend".into()], ..Dedupe::default() };
    assert_eq!(ask(results, NOW).await[0], Some(Repeat::Result("attend".into())));
    assert!(store.repeats(TenantId(2), CampaignId(9), &phones, &tasks, NOW).await.unwrap().is_empty());
}

async fn a_lead_s_past_in_all_campaigns(store: Store) {
    with_leads(&store, 1, 1).await;
    let (first, _) = dial(&store, CampaignId(1), 1, NOW).await;
    end(&store, &first, Disposition::Busy, LeadState::Exhausted, NOW).await;
    with_leads(&store, 2, 0).await;
    let second = NewLead { phones: vec![new_lead(0).phone], ..new_lead(9) };
    let lead = store.insert_lead(T, CampaignId(2), second, NOW).await.unwrap();
    let (begin, _) = dial(&store, CampaignId(2), 2, NOW.plus_ms(1)).await;
    fact(&store, crate::sample::result(&begin, "attend", NOW.plus_ms(1))).await;
    let past = store.lead_past(T, lead.id).await.unwrap();
    let seen: Vec<_> = past.iter().map(|b| (b.attempt.id.0, b.campaign.as_str(), b.result.as_deref())).collect();
    assert_eq!(seen, [(2, campaign(2).name.as_str(), Some("参加")), (1, campaign(1).name.as_str(), None)]);
    assert!(matches!(store.lead_past(TenantId(2), lead.id).await, Err(StoreError::NotFound(_))));
}

async fn results_become_a_list(store: Store) {
    with_leads(&store, 1, 4).await;
    for attempt in 1..=3 {
        let (begin, _) = dial(&store, CampaignId(1), attempt, NOW.plus_ms(attempt)).await;
        let d = if attempt == 3 { Disposition::Busy } else { Disposition::NoAnswer };
        end(&store, &begin, d, LeadState::Exhausted, NOW).await;
    }
    with_leads(&store, 2, 0).await;
    let made = list(&store, CampaignId(2), "未接的", 10, 0, ListFilter::default()).await;
    let filter =
        LeadFilter { dispositions: vec![Disposition::NoAnswer], called_from: Some(NOW.plus_ms(2)), ..LeadFilter::default() };
    let copied = store.reuse_leads(T, (CampaignId(1), &filter), (CampaignId(2), made.id), &Dedupe::default(), NOW).await.unwrap();
    assert_eq!(copied.copied, 1);
    let counts = store.list_counts(T, CampaignId(2)).await.unwrap();
    assert_eq!(counts[&made.id], ListProgress { leads: 1, by_state: [("ready".to_string(), 1)].into(), with_result: 0 });
    let own = store.list_counts(T, CampaignId(1)).await.unwrap();
    assert_eq!(own[&LeadListId(1)].by_state, [("exhausted".to_string(), 3), ("ready".to_string(), 1)].into());
}
