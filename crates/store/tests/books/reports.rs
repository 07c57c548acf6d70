//! Reports: sums that agree with the facts.

use crate::agents::{agent, entry, interval};
use crate::engines::on_both_engines;
use crate::sample::{NOW, T, begin, call, dial, end, fact, result, with_leads};
use model::fact::Fact;
use model::record::*;
use model::*;
use serde_json::json;
use store::{ReportParams, Store, StoreError};

on_both_engines!(
    reports_agree_with_the_facts,
    a_report_names_what_it_lacks,
    lost_calls_are_those_whom_nobody_answered,
    a_group_s_service_counts_like_its_level,
    an_agent_s_work_is_added_up
);

fn params() -> ReportParams {
    ReportParams { campaign_id: Some(CampaignId(1)), zone: "Asia/Shanghai".into(), now: NOW, ..ReportParams::default() }
}

async fn reports_agree_with_the_facts(store: Store) {
    let campaign = with_leads(&store, 1, 5).await;
    // 22:13 and, three hours later, 01:13 of the next day in Shanghai.
    for attempt in 1..=4 {
        let at = if attempt <= 3 { NOW } else { NOW.plus_ms(3 * 3_600_000) };
        let (begun, _) = dial(&store, campaign.id, attempt, at).await;
        let disposition = if attempt == 2 { Disposition::Busy } else { Disposition::Human };
        if attempt == 1 {
            fact(&store, result(&begun, "attend", at.plus_ms(7_000))).await;
        }
        end(&store, &begun, disposition, LeadState::Done, at.plus_ms(10_000)).await;
    }
    let (refused, _) = dial(&store, campaign.id, 5, NOW).await;
    end(&store, &refused, Disposition::Blocked, LeadState::Done, NOW).await;
    let rows = async |code: &str| store.report(T, code, &params()).await.unwrap();

    let results = rows("campaign_results").await;
    assert_eq!(results.rows[0], [json!("attend"), json!("参加"), json!(1), json!(20.0)]);
    assert_eq!((results.rows.len(), &results.totals.unwrap()[2]), (4, &json!(5)));
    let days = rows("campaign_days").await;
    assert_eq!(
        days.rows,
        [
            vec![json!("2026-09-21"), json!(3), json!(2), json!(66.7), json!(1), json!(10_000), json!(5_000)],
            vec![json!("2026-09-22"), json!(1), json!(1), json!(100.0), json!(0), json!(5_000), json!(5_000)],
        ]
    );
    let hours = rows("campaign_hours").await;
    assert_eq!(
        hours.rows.iter().map(|r| (r[0].as_i64().unwrap(), r[1].as_i64().unwrap())).collect::<Vec<_>>(),
        [(1, 1), (22, 3)]
    );
    let dispositions = rows("campaign_dispositions").await;
    assert_eq!(dispositions.rows.iter().map(|r| r[0].as_str().unwrap()).collect::<Vec<_>>(), ["human", "busy", "blocked"]);
    let traffic = rows("traffic_hours").await;
    assert_eq!((traffic.rows.len(), &traffic.rows[22][1], &traffic.rows[22][2]), (24, &json!(3), &json!(2)));
    for info in store::report::all() {
        let table = rows(info.code).await;
        assert!(
            table.rows.iter().chain(&table.totals).all(|r| r.len() == info.columns.len() + table.extra.len()),
            "{}",
            info.code
        );
    }
    let early = ReportParams { to: Some(NOW), ..params() };
    assert!(store.report(T, "campaign_days", &early).await.unwrap().rows.is_empty());
    assert!(store.report(TenantId(2), "campaign_days", &params()).await.unwrap().rows.is_empty());
}

async fn a_report_names_what_it_lacks(store: Store) {
    let lost = ReportParams { zone: "Mars/Base".into(), ..params() };
    assert!(matches!(store.report(T, "campaign_days", &lost).await, Err(StoreError::Config(text)) if text.contains("Mars/Base")));
    let whole = ReportParams { campaign_id: None, ..params() };
    assert!(
        matches!(store.report(T, "campaign_results", &whole).await, Err(StoreError::Config(text)) if text.contains("campaign_id"))
    );
    assert!(matches!(store.report(T, "nothing", &params()).await, Err(StoreError::NotFound("report"))));
}

fn floor() -> ReportParams {
    ReportParams { campaign_id: None, now: NOW.plus_ms(60_000), ..params() }
}

async fn stay(store: &Store, entry: QueueEntry) {
    fact(store, Fact::QueueEntry(Box::new(entry))).await;
}

async fn group(store: &Store) {
    let queue = Queue { id: QueueId(5), tenant_id: T, name: "咨询".into(), created_at: NOW, revision: 1, ..Queue::default() };
    store.create_queue(&queue).await.unwrap();
    store.create_agent(&agent(1)).await.unwrap();
}

async fn lost_calls_are_those_whom_nobody_answered(store: Store) {
    group(&store).await;
    stay(&store, entry(1, EntryOutcome::Abandoned)).await;
    stay(&store, entry(2, EntryOutcome::Overflowed)).await;
    stay(&store, QueueEntry { ordinal: 1, ..entry(2, EntryOutcome::Answered) }).await;
    stay(&store, entry(3, EntryOutcome::Overflowed)).await;
    let last = QueueEntry { ordinal: 1, queue_id: QueueId(6), rung: vec![], ..entry(3, EntryOutcome::TimedOut) };
    stay(&store, QueueEntry { entered_at: NOW.plus_ms(1), ..last }).await;
    stay(&store, entry(4, EntryOutcome::Superseded)).await;
    let lost = store.report(T, "lost_calls", &floor()).await.unwrap();
    let keys: Vec<_> = lost.info.columns.iter().map(|c| c.key).collect();
    let at = |row: &[serde_json::Value], key: &str| row[keys.iter().position(|k| *k == key).unwrap()].clone();
    let rows: Vec<_> = lost.rows.iter().map(|r| (at(r, "queue"), at(r, "outcome"), at(r, "agent_number"))).collect();
    assert_eq!(
        rows,
        [(json!("#6"), json!("timed_out"), json!(null)), (json!("咨询"), json!("abandoned"), json!("8001"))],
        "newest first, of each caller the last stay"
    );
    let row = &lost.rows[1];
    assert_eq!((at(row, "ring_at"), at(row, "waited_ms")), (json!(NOW.plus_ms(6_000)), json!(25_000)));
    let rung = ReportParams { agent_id: Some(AgentId(1)), ..floor() };
    assert_eq!(store.report(T, "lost_calls", &rung).await.unwrap().rows.len(), 1);
    let other = ReportParams { queue_id: Some(QueueId(6)), ..floor() };
    assert_eq!(store.report(T, "lost_calls", &other).await.unwrap().rows.len(), 1);
    assert!(store.report(TenantId(2), "lost_calls", &floor()).await.unwrap().rows.is_empty());
    let seen = store::report::Seen { agents: [AgentId(2)].into(), queues: [QueueId(5)].into() };
    let group = ReportParams { seen: Some(seen), ..floor() };
    let theirs = store.report(T, "lost_calls", &group).await.unwrap();
    assert_eq!(theirs.rows.len(), 1, "of a group some of whose agents one sees");
    assert_eq!(at(&theirs.rows[0], "agent_number"), json!(null), "whom it rang is not told of an agent whom one does not see");
    assert_eq!(store.report(T, "queue_service", &group).await.unwrap().rows.len(), 1);
    let nobody = ReportParams { seen: Some(store::report::Seen::default()), ..floor() };
    assert!(store.report(T, "lost_calls", &nobody).await.unwrap().rows.is_empty());
}

async fn a_group_s_service_counts_like_its_level(store: Store) {
    group(&store).await;
    let after = |id, outcome, ms| QueueEntry { ended_at: NOW.plus_ms(ms), ..entry(id, outcome) };
    stay(&store, after(1, EntryOutcome::Answered, 10_000)).await;
    stay(&store, after(2, EntryOutcome::Answered, 30_000)).await;
    stay(&store, after(3, EntryOutcome::Abandoned, 1_000)).await;
    stay(&store, after(4, EntryOutcome::Abandoned, 50_000)).await;
    stay(&store, after(5, EntryOutcome::Overflowed, 10_000)).await;
    let back = QueueEntry { callback: true, ..after(6, EntryOutcome::Answered, 3_600_000) };
    stay(&store, back).await;
    let table = store.report(T, "queue_service", &floor()).await.unwrap();
    let expected = [
        json!("2026-09-21"),
        json!("咨询"),
        json!(5),
        json!(3),
        json!(1),
        json!(1),
        json!(1),
        json!(60.0),
        json!(33.3),
        json!(25_000),
        json!(50_000),
    ];
    assert_eq!(table.rows, [expected.to_vec()]);
    assert_eq!(table.totals.unwrap()[2..], expected[2..]);
}

async fn an_agent_s_work_is_added_up(store: Store) {
    group(&store).await;
    store.create_agent(&agent(2)).await.unwrap();
    let member =
        Membership { queue_id: QueueId(5), agent_id: AgentId(1), place: 0, vip_only: false, outbound: false, schedule: None };
    store.set_members(T, QueueId(5), &[member], NOW).await.unwrap();
    let talk = |agent, rung: i64, answered: Option<i64>, ended: i64| AgentTalk {
        agent_id: AgentId(agent),
        leg_id: LegId(agent),
        queue_id: Some(QueueId(5)),
        rung_at: NOW.plus_ms(rung),
        answered_at: answered.map(|ms| NOW.plus_ms(ms)),
        ended_at: NOW.plus_ms(ended),
        held_ms: 500,
    };
    let begun = begin(CampaignId(1), LeadId(1), 1, NOW);
    let inbound = Call {
        attempt_id: None,
        direction: Direction::Inbound,
        agent_id: Some(AgentId(1)),
        queue_id: Some(QueueId(5)),
        talks: vec![talk(2, 0, None, 4_000), talk(1, 4_000, Some(6_000), 16_000)],
        satisfaction: Some(1),
        ..call(&begun, Some(NOW), NOW.plus_ms(16_000), Disposition::Human)
    };
    let made = Call {
        id: CallId(7),
        direction: Direction::Outbound,
        queue_id: None,
        talks: vec![AgentTalk { queue_id: None, ..talk(1, 20_000, Some(21_000), 26_000) }],
        satisfaction: None,
        legs: vec![],
        ..inbound.clone()
    };
    for call in [inbound, made] {
        fact(&store, Fact::CallEnded { call: Box::new(call), recordings: vec![], callback_of: None }).await;
    }
    for span in [
        interval(1, 0, AgentState::Ready, 0, Some(4_000)),
        interval(1, 1, AgentState::Talking, 6_000, Some(16_000)),
        interval(1, 2, AgentState::WrapUp, 16_000, Some(20_000)),
        interval(1, 3, AgentState::Break, 26_000, None),
    ] {
        fact(&store, Fact::Interval(Box::new(span))).await;
    }
    let table = store.report(T, "agent_workload", &floor()).await.unwrap();
    let keys: Vec<_> = table.info.columns.iter().map(|c| c.key).collect();
    let figures = |row: &[serde_json::Value], wanted: &[&str]| {
        wanted.iter().map(|key| row[keys.iter().position(|k| k == key).unwrap()].clone()).collect::<Vec<_>>()
    };
    let wanted = ["agent_number", "calls", "answered", "missed", "dialed", "ring_ms", "talk_ms", "mean_talk_ms", "held_ms"];
    let first = [json!("8001"), json!(1), json!(1), json!(0), json!(1), json!(2_000), json!(15_000), json!(7_500), json!(1_000)];
    assert_eq!(figures(&table.rows[0], &wanted), first);
    let times = ["ready_ms", "wrap_up_ms", "break_ms", "signed_in_ms", "rated", "satisfaction"];
    let spent = [json!(4_000), json!(4_000), json!(34_000), json!(52_000), json!(1), json!(100.0)];
    assert_eq!(figures(&table.rows[0], &times), spent, "what goes on counts up to now");
    assert_eq!(figures(&table.rows[1], &["agent_number", "calls", "missed"]), [json!("8002"), json!(1), json!(1)]);
    let early = ReportParams { to: Some(NOW.plus_ms(2_000)), ..floor() };
    assert_eq!(figures(&store.report(T, "agent_workload", &early).await.unwrap().rows[0], &["ready_ms"]), [json!(2_000)]);
    let members = ReportParams { queue_id: Some(QueueId(5)), ..floor() };
    assert_eq!(store.report(T, "agent_workload", &members).await.unwrap().rows.len(), 1);
    let line = store.report(T, "agent_timeline", &members).await.unwrap();
    let last = line.rows.last().unwrap();
    assert_eq!((line.rows.len(), &last[2], &last[5], &last[6]), (4, &json!("break"), &json!(null), &json!(34_000)));
    of_those_who_are_seen(&store).await;
}

/// Whoever sees one agent alone reads of that one alone.
async fn of_those_who_are_seen(store: &Store) {
    let of = |agents: &[i64]| {
        let agents = agents.iter().map(|id| AgentId(*id)).collect();
        ReportParams { seen: Some(store::report::Seen { agents, ..store::report::Seen::default() }), ..floor() }
    };
    let rows = async |params: ReportParams, code: &str| store.report(T, code, &params).await.unwrap().rows.len();
    assert_eq!((rows(of(&[1]), "agent_timeline").await, rows(of(&[1]), "agent_workload").await), (4, 1));
    assert_eq!((rows(of(&[]), "agent_timeline").await, rows(of(&[]), "agent_workload").await), (0, 0));
    let other = ReportParams { agent_id: Some(AgentId(1)), ..of(&[2]) };
    assert_eq!(rows(other, "agent_timeline").await, 0, "asked for by name");
}
