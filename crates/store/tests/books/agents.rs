//! Agents, groups, what agents did, and who waited.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, begin, call, fact};
use model::event::{AGENT_CHANGED, QUEUE_CHANGED, QUEUE_LEFT};
use model::fact::Fact;
use model::record::*;
use model::*;
use std::collections::{BTreeMap, BTreeSet};
use store::{Outcome, Store, StoreError};

on_both_engines!(
    agents_are_written_with_their_skills,
    groups_keep_all_their_rules_and_members,
    intervals_begin_and_end_once,
    a_killed_process_leaves_nobody_at_work,
    a_stay_in_a_queue_is_told_once,
    the_day_s_figures_count_every_agent_of_a_call
);

pub fn agent(id: i64) -> Agent {
    Agent {
        id: AgentId(id),
        tenant_id: T,
        user_id: None,
        number: format!("80{id:02}"),
        name: format!("坐席{id}"),
        mobile: String::new(),
        extension_id: None,
        unit_id: None,
        enabled: true,
        skills: BTreeMap::new(),
        created_at: NOW,
        revision: 1,
    }
}

pub fn interval(agent: i64, ordinal: u32, state: AgentState, from: i64, to: Option<i64>) -> StateInterval {
    StateInterval {
        tenant_id: T,
        agent_id: AgentId(agent),
        session_id: AgentSessionId(agent * 100),
        ordinal,
        state,
        reason: None,
        queue_id: None,
        call_id: None,
        set_by: None,
        started_at: NOW.plus_ms(from),
        ended_at: to.map(|ms| NOW.plus_ms(ms)),
    }
}

pub fn entry(id: i64, outcome: EntryOutcome) -> QueueEntry {
    QueueEntry {
        id: QueueEntryId(id),
        ordinal: 0,
        tenant_id: T,
        queue_id: QueueId(5),
        channel: Channel::Call,
        call_id: Some(CallId(id)),
        caller: "+8613800138000".into(),
        called: "+861088886666".into(),
        service: Some("咨询".into()),
        service_at: Some(NOW),
        classes: BTreeSet::from([CallerClass::Vip]),
        came_at: NOW,
        entered_at: NOW,
        ended_at: NOW.plus_ms(25_000),
        outcome,
        agent_id: Some(AgentId(1)),
        rung: vec![Rung {
            agent_id: AgentId(1),
            offered_at: NOW.plus_ms(5_000),
            ringing_at: Some(NOW.plus_ms(6_000)),
            ended_at: NOW.plus_ms(25_000),
            end: RingEnd::Withdrawn,
        }],
        callback: false,
    }
}

async fn agents_are_written_with_their_skills(store: Store) {
    let skill = Skill { id: SkillId(9), tenant_id: T, name: "英语".into() };
    let able = Agent { skills: BTreeMap::from([(skill.id, 7)]), mobile: "+8613800138000".into(), ..agent(1) };
    assert!(matches!(store.create_agent(&able).await, Err(StoreError::NotFound("skill"))));
    store.create_skill(&skill).await.unwrap();
    assert!(matches!(
        store.create_skill(&Skill { id: SkillId(10), ..skill.clone() }).await,
        Err(StoreError::Duplicate { field }) if field == "name"
    ));
    store.create_agent(&able).await.unwrap();
    assert_eq!(store.agents(T).await.unwrap(), std::slice::from_ref(&able));
    let twin = Agent { id: AgentId(2), ..agent(1) };
    assert!(matches!(store.create_agent(&twin).await, Err(StoreError::Duplicate { field }) if field == "number"));
    let new = store::NewUser {
        login: "wang".into(),
        name: "王芳".into(),
        role: Role::Agent,
        unit_id: None,
        scope: Scope::Own,
        password_hash: "x".into(),
        must_change_password: false,
    };
    let user = store.create_user(T, new, NOW).await.unwrap();
    let signed = store.update_agent(&Agent { user_id: Some(user.id), ..able.clone() }, NOW).await.unwrap();
    assert_eq!((signed.revision, signed.user_id), (2, Some(user.id)));
    assert_eq!(store.agent_of_user(T, user.id).await.unwrap(), Some(signed));
    assert_eq!(store.agent_of_user(TenantId(2), user.id).await.unwrap(), None);
    let second = Agent { user_id: Some(user.id), ..agent(2) };
    assert!(matches!(store.create_agent(&second).await, Err(StoreError::Duplicate { field }) if field == "user_id"));
    assert!(matches!(store.update_agent(&able, NOW).await, Err(StoreError::Conflict(_))));
    let stranger = Agent { user_id: Some(UserId(77)), ..agent(3) };
    assert!(matches!(store.create_agent(&stranger).await, Err(StoreError::NotFound("user"))));
    store.update_skill(&Skill { name: "日语".into(), ..skill }).await.unwrap();
    assert_eq!(store.skills(T).await.unwrap()[0].name, "日语");
    store.delete_agent(T, AgentId(1), NOW).await.unwrap();
    store.delete_skill(T, SkillId(9)).await.unwrap();
    assert!(matches!(store.delete_agent(T, AgentId(1), NOW).await, Err(StoreError::NotFound(_))));
    let kinds: Vec<_> = store.events_after(T, 0, 10).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [AGENT_CHANGED; 3]);
}

async fn groups_keep_all_their_rules_and_members(store: Store) {
    let to = Target::Numbers { numbers: vec!["+861088886666".into()] };
    let queue = Queue {
        id: QueueId(5),
        tenant_id: T,
        name: "咨询".into(),
        strategy: Strategy::SkillBased,
        hours: Some(calendar::Schedule::default()),
        choices: BTreeMap::from([('1', Choice::Callback)]),
        overflow: vec![Overflow { when: OverflowWhen::Waited { ms: 30_000 }, target: to }],
        created_at: NOW,
        revision: 1,
        ..Queue::default()
    };
    store.create_queue(&queue).await.unwrap();
    assert_eq!(store.queue(T, queue.id).await.unwrap().unwrap(), queue);
    assert!(store.queue(TenantId(2), queue.id).await.unwrap().is_none());
    let twin = Queue { id: QueueId(6), ..queue.clone() };
    assert!(matches!(store.create_queue(&twin).await, Err(StoreError::Duplicate { field }) if field == "name"));
    let stored = store.update_queue(&Queue { name: "投诉".into(), weight: 300, ..queue.clone() }, NOW).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.weight, stored.revision, &stored.overflow), ("投诉", 300, 2, &queue.overflow));
    assert!(matches!(store.update_queue(&queue, NOW).await, Err(StoreError::Conflict(_))));

    for id in 1..=3 {
        store.create_agent(&agent(id)).await.unwrap();
    }
    let member = |agent, place| Membership {
        queue_id: queue.id,
        agent_id: AgentId(agent),
        place,
        vip_only: agent == 2,
        outbound: true,
        schedule: (agent == 3).then(calendar::Schedule::default),
    };
    store.set_members(T, queue.id, &[member(1, 2), member(2, 1), member(3, 3)], NOW).await.unwrap();
    assert_eq!(store.memberships(T).await.unwrap(), [member(2, 1), member(1, 2), member(3, 3)]);
    assert!(matches!(store.set_members(T, queue.id, &[member(9, 1)], NOW).await, Err(StoreError::NotFound("agent"))));
    assert_eq!(store.members(T, queue.id).await.unwrap().len(), 3, "nothing was lost by what was refused");
    store.delete_agent(T, AgentId(2), NOW).await.unwrap();
    assert_eq!(store.members(T, queue.id).await.unwrap(), [member(1, 2), member(3, 3)]);
    groups_of_an_agent_change_at_once(&store, &queue).await;
    store.delete_queue(T, queue.id, NOW).await.unwrap();
    assert!(store.memberships(T).await.unwrap().is_empty() && store.queues(T).await.unwrap().is_empty());
    let told = store.events_after(T, 0, 20).await.unwrap().into_iter().filter(|e| e.kind == QUEUE_CHANGED).count();
    assert_eq!(told, 9, "each change of the group, of its members and of the second group's");
}

/// Agents 1 and 3 are in this group; the others' memberships stay as they are.
async fn groups_of_an_agent_change_at_once(store: &Store, queue: &Queue) {
    let second = Queue { id: QueueId(7), name: "回访".into(), ..queue.clone() };
    store.create_queue(&second).await.unwrap();
    let before = store.members(T, queue.id).await.unwrap();
    let into = |ids: &[i64]| ids.iter().map(|id| QueueId(*id)).collect();
    let missing = store.set_queues_of_agent(T, AgentId(1), &into(&[7, 8]), NOW).await;
    assert!(matches!(missing, Err(StoreError::NotFound("queue"))), "{missing:?}");
    assert_eq!(store.members(T, queue.id).await.unwrap(), before, "all or nothing");
    store.set_queues_of_agent(T, AgentId(1), &into(&[queue.id.0, 7]), NOW).await.unwrap();
    assert_eq!(store.members(T, queue.id).await.unwrap(), before);
    store.set_queues_of_agent(T, AgentId(3), &into(&[7]), NOW).await.unwrap();
    let places: Vec<_> = store.members(T, second.id).await.unwrap().iter().map(|m| (m.agent_id.0, m.place)).collect();
    assert_eq!(places, [(1, 1), (3, 2)], "last in a new group");
    assert_eq!(store.members(T, queue.id).await.unwrap(), before[..1]);
    store.delete_queue(T, second.id, NOW).await.unwrap();
}

async fn intervals_begin_and_end_once(store: Store) {
    let open = interval(1, 0, AgentState::Ready, 0, None);
    let over = StateInterval { ended_at: Some(NOW.plus_ms(9_000)), ..open.clone() };
    for span in [&open, &over, &open, &interval(1, 1, AgentState::Talking, 9_000, None)] {
        let outcome = fact(&store, Fact::Interval(Box::new(span.clone()))).await;
        assert!(matches!(outcome, Outcome::Done), "{outcome:?}");
    }
    let all = store.state_intervals(T, Some(AgentId(1)), NOW, NOW.plus_ms(60_000)).await.unwrap();
    assert_eq!(all, [over, interval(1, 1, AgentState::Talking, 9_000, None)], "a replay does not open what is over");
    assert_eq!(store.state_intervals(T, None, NOW.plus_ms(9_000), NOW.plus_ms(9_001)).await.unwrap().len(), 1);
    assert!(store.state_intervals(TenantId(2), None, NOW, NOW.plus_ms(60_000)).await.unwrap().is_empty());
}

async fn a_killed_process_leaves_nobody_at_work(store: Store) {
    for span in [
        interval(1, 0, AgentState::Ready, 0, Some(5_000)),
        interval(1, 1, AgentState::Break, 5_000, None),
        interval(2, 0, AgentState::Ready, 1_000, None),
    ] {
        fact(&store, Fact::Interval(Box::new(span))).await;
    }
    fact(&store, Fact::QueueEntry(Box::new(entry(1, EntryOutcome::Abandoned)))).await;
    assert_eq!(store.recover(NOW.plus_ms(3_600_000)).await.unwrap().intervals, 2);
    let all = store.state_intervals(T, None, NOW, NOW.plus_ms(60_000)).await.unwrap();
    let last = Some(NOW.plus_ms(25_000));
    assert_eq!(all.iter().map(|i| i.ended_at).collect::<Vec<_>>(), [Some(NOW.plus_ms(5_000)), last, last]);
    assert_eq!(store.recover(NOW.plus_ms(3_600_000)).await.unwrap().intervals, 0);
}

async fn a_stay_in_a_queue_is_told_once(store: Store) {
    let stay = entry(1, EntryOutcome::Abandoned);
    let next = QueueEntry { ordinal: 1, queue_id: QueueId(6), ..stay.clone() };
    for entry in [&stay, &next] {
        assert!(matches!(fact(&store, Fact::QueueEntry(Box::new(entry.clone()))).await, Outcome::Done));
    }
    assert!(matches!(fact(&store, Fact::QueueEntry(Box::new(stay.clone()))).await, Outcome::Ignored(_)));
    assert_eq!(store.queue_entries_of_call(T, CallId(1)).await.unwrap(), [stay, next]);
    let events = store.events_after(T, 0, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!((events[0].kind.as_str(), &events[0].data["waited_ms"]), (QUEUE_LEFT, &serde_json::json!(25_000)));
}

async fn the_day_s_figures_count_every_agent_of_a_call(store: Store) {
    let talk = |agent, answered: Option<i64>| AgentTalk {
        agent_id: AgentId(agent),
        leg_id: LegId(agent),
        queue_id: Some(QueueId(5)),
        rung_at: NOW,
        answered_at: answered.map(|ms| NOW.plus_ms(ms)),
        ended_at: NOW.plus_ms(20_000),
        held_ms: 1_000,
    };
    for id in 1..=2 {
        let begun = begin(CampaignId(1), LeadId(1), id, NOW);
        let call = Call {
            attempt_id: None,
            queue_id: Some(QueueId(5)),
            agent_id: Some(AgentId(1)),
            talks: vec![talk(3, None), talk(1, Some(5_000)), talk(2, Some(15_000))],
            satisfaction: Some(1),
            ..call(&begun, Some(NOW), NOW.plus_ms(20_000), Disposition::Human)
        };
        fact(&store, Fact::CallEnded { call: Box::new(call.clone()), recordings: vec![], callback_of: None }).await;
        assert_eq!(store.call(T, call.id).await.unwrap().unwrap().0, call);
    }
    assert_eq!(store.tallies(T, NOW).await.unwrap(), [(AgentId(1), 2, 30_000), (AgentId(2), 2, 10_000)]);
    assert!(store.tallies(T, NOW.plus_ms(1)).await.unwrap().is_empty());
}
