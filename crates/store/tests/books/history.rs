//! 试算: what the days of a task are counted as.

use crate::agents::interval;
use crate::engines::on_both_engines;
use crate::sample::*;
use model::fact::Fact;
use model::record::*;
use model::*;
use store::{Store, StoreError};

on_both_engines!(a_day_is_counted, who_was_there_is_what_is_left_of_absences, days_of_others_are_not_seen);

const HOUR: i64 = 3_600_000;
const QUEUE: QueueId = QueueId(5);

async fn task(store: &Store, leads: u64) -> Campaign {
    let task = Campaign { mode: DialMode::Progressive, queue_id: Some(QUEUE), ..campaign(1) };
    store.insert_campaign(&task).await.unwrap();
    let leads: Vec<_> = (0..leads).map(new_lead).collect();
    store.insert_leads(T, task.id, &leads, NOW).await.unwrap();
    task
}

/// One attempt from its beginning to its end, answered or not.
async fn attempted(store: &Store, task: &Campaign, id: i64, at: i64, answered_ms: Option<i64>, ended_ms: i64, how: Disposition) {
    let begun = dial(store, task.id, id, NOW.plus_ms(at)).await.0;
    let answered = answered_ms.map(|ms| NOW.plus_ms(at + ms));
    if let Some(at) = answered {
        fact(store, Fact::AttemptAnswered { attempt: begun.attempt, at }).await;
    }
    let ended = NOW.plus_ms(at + ended_ms);
    let end = attempt_end(&begun, how, LeadState::Done, ended);
    let call = Some(Box::new(call(&begun, answered, ended, how)));
    fact(store, Fact::AttemptEnded { end: Box::new(end), call, recordings: Vec::new() }).await;
}

async fn was(store: &Store, state: StateInterval) {
    fact(store, Fact::Interval(Box::new(state))).await;
}

async fn a_day_is_counted(store: Store) {
    let task = task(&store, 6).await;
    attempted(&store, &task, 1, 0, Some(12_400), 90_000, Disposition::Human).await;
    attempted(&store, &task, 2, 1_000, Some(12_000), 20_000, Disposition::Abandoned).await;
    attempted(&store, &task, 3, 2_000, None, 40_000, Disposition::NoAnswer).await;
    attempted(&store, &task, 4, 3_000, None, 16_000, Disposition::PacingCancel).await;
    attempted(&store, &task, 5, 2 * HOUR, Some(8_000), 300_000, Disposition::Machine).await;
    attempted(&store, &task, 6, 2 * HOUR + 400_000, None, 5, Disposition::Blocked).await;
    let with = |ordinal, state, from: i64, to: i64| StateInterval {
        call_id: Some(CallId(1_000_001)),
        ..interval(1, ordinal, state, from, Some(to))
    };
    was(&store, with(0, AgentState::Reserved, 12_400, 12_900)).await;
    was(&store, with(1, AgentState::Talking, 12_900, 60_000)).await;
    was(&store, with(2, AgentState::Held, 60_000, 80_000)).await;
    was(&store, with(3, AgentState::Talking, 80_000, 90_000)).await;
    was(&store, with(4, AgentState::WrapUp, 90_000, 115_500)).await;
    let stay = QueueEntry {
        call_id: Some(CallId(1_000_001)),
        ended_at: NOW.plus_ms(700),
        ..crate::agents::entry(1, EntryOutcome::Answered)
    };
    fact(&store, Fact::QueueEntry(Box::new(stay))).await;

    let h = store.history(T, task.id, NOW.plus_ms(-HOUR), NOW.plus_ms(8 * HOUR)).await.unwrap();
    let hour = NOW.ms() / HOUR;
    let count = |hour, end, after_s| DialCount { hour, segment: 0, end, after_s, n: 1 };
    let mut expected = [
        count(hour, DialEnd::Abandoned, 12),
        count(hour, DialEnd::GivenUp, 16),
        count(hour, DialEnd::NoAnswer, 40),
        count(hour, DialEnd::Person, 12),
        count(hour + 2, DialEnd::Ended, 8),
    ];
    let mut dials = h.dials.clone();
    let key = |d: &DialCount| (d.hour, d.end);
    dials.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(dials, expected, "a number that was not dialled is no dial; a machine ends with its answer");
    assert_eq!(h.slots, [NOW.ms() / SLOT_MS, (NOW.ms() + 2 * HOUR) / SLOT_MS]);
    assert_eq!(h.talks, [TalkCount { talk_s: 70, wrap_s: 25, n: 1 }], "77 s in a span of ten, 25.5 s in one of one");
    assert_eq!(h.busy, [BusyHour { hour, busy_ms: 77_100 + 25_500 }]);
    assert_eq!((h.connect_ms, h.waits, h.wait_ms), (500, 1, 700));
    let none = store.history(T, task.id, NOW.plus_ms(3 * HOUR), NOW.plus_ms(8 * HOUR)).await.unwrap();
    assert!(none.dials.is_empty() && none.talks.is_empty() && none.slots.is_empty());
}

async fn who_was_there_is_what_is_left_of_absences(store: Store) {
    let task = task(&store, 2).await;
    attempted(&store, &task, 1, 10 * 60_000, Some(1_000), 120_000, Disposition::Human).await;
    for id in 1..=3 {
        store.create_agent(&crate::agents::agent(id)).await.unwrap();
    }
    let queue = Queue { id: QUEUE, tenant_id: T, name: "外呼组".into(), ..Queue::default() };
    store.create_queue(&queue).await.unwrap();
    let member = |agent| Membership {
        queue_id: QUEUE,
        agent_id: AgentId(agent),
        place: 1,
        vip_only: false,
        outbound: true,
        schedule: None,
    };
    store.set_members(T, QUEUE, &[member(1), member(2), member(3)], NOW).await.unwrap();
    let min = |m: i64| m * 60_000;
    // The first signs in before the day, has a break, takes a caller of an inbound queue, and leaves.
    was(&store, interval(1, 0, AgentState::Ready, min(-30), Some(min(10)))).await;
    let talk = StateInterval { call_id: Some(CallId(1_000_001)), ..interval(1, 1, AgentState::Talking, min(10), Some(min(20))) };
    was(&store, talk).await;
    was(&store, interval(1, 2, AgentState::Break, min(20), Some(min(30)))).await;
    was(&store, interval(1, 3, AgentState::Ready, min(30), Some(min(40)))).await;
    let other = StateInterval { call_id: Some(CallId(77)), ..interval(1, 4, AgentState::Talking, min(40), Some(min(50))) };
    was(&store, other).await;
    was(&store, interval(1, 5, AgentState::Ready, min(50), Some(min(60)))).await;
    was(&store, interval(1, 6, AgentState::Off, min(60), None)).await;
    // The second is there when the process is killed, and comes back.
    was(&store, interval(2, 0, AgentState::Ready, min(5), Some(min(15)))).await;
    was(&store, StateInterval { session_id: AgentSessionId(201), ..interval(2, 0, AgentState::Ready, min(35), None) }).await;

    let h = store.history(T, task.id, NOW, NOW.plus_ms(HOUR)).await.unwrap();
    let there: Vec<(i64, i64, i64)> =
        h.presence.iter().map(|p| (p.agent.0, p.from.since_ms(NOW) / 60_000, p.until.since_ms(NOW) / 60_000)).collect();
    assert_eq!(there, [(1, 0, 20), (1, 30, 40), (1, 50, 60), (2, 5, 15), (2, 35, 60)], "the third was never there");
}

async fn days_of_others_are_not_seen(store: Store) {
    let task = task(&store, 1).await;
    attempted(&store, &task, 1, 0, Some(1_000), 9_000, Disposition::Human).await;
    let error = store.history(TenantId(2), task.id, NOW, NOW.plus_ms(HOUR)).await;
    assert!(matches!(error, Err(StoreError::NotFound("campaign"))));
}
