//! D1, D2, D6, D8: who comes, who is next, who may.

use crate::house::{House, agent, ask, by_class, member, queue, vip};
use acd::{Ask, Input, Output, Refusal};
use model::calendar::{Schedule, Window};
use model::record::{CallerClass, Channel, EntryOutcome, Need, NoAnswer, Strategy, Target};
use model::{AgentId, CallId, QueueId, SkillId, TenantId};
use std::collections::BTreeSet;
use std::sync::Arc;

fn class(n: i64, class: CallerClass) -> Ask {
    Ask { classes: BTreeSet::from([class]), ..ask(n) }
}

#[test]
fn d1_first_come_first_served() {
    let mut h = House::new(|_| {});
    for n in 1..=5 {
        h.enqueue(ask(n));
        h.pass(10);
    }
    h.sign_in(1);
    assert_eq!(h.serve_all(), [1, 2, 3, 4, 5]);
}

#[test]
fn d1_classes_jump_the_line_by_their_head_start() {
    use CallerClass::{Elderly, Important, LongDistance};
    let mut h = House::new(|q| {
        q.head_start_ms =
            by_class(&[(CallerClass::Vip, 86_400_000), (Important, 60_000), (Elderly, 30_000), (LongDistance, 5_000)]);
    });
    h.enqueue(ask(1));
    h.pass(10_000);
    for a in [class(2, LongDistance), class(3, Elderly), class(4, Important), vip(5)] {
        h.enqueue(a);
    }
    assert_eq!(h.line(1), [5, 4, 3, 1, 2], "5 s of head start do not outweigh 10 s of waiting");
}

#[test]
fn d1_a_vip_seat_takes_vips_alone_and_an_assigned_one_is_asked_first() {
    let mut h = House::new(|_| {});
    let mut seats: Vec<_> = (1..=3).map(|a| member(1, a)).collect();
    seats[0].vip_only = true;
    h.ok(Input::Members { queue: QueueId(1), members: seats });
    h.sign_in(1);
    h.enqueue(ask(1));
    assert_eq!(h.line(1), [1], "the VIP seat stays free");
    h.enqueue(vip(2));
    assert_eq!(h.rung(2), [1]);
    h.sign_in(2);
    h.sign_in(3);
    assert_eq!(h.rung(1), [2]);
    h.hang_up_after_answer(2);
    let mut third = vip(3);
    third.wishes.seat = Some(AgentId(2));
    h.enqueue(third);
    assert_eq!(h.rung(3), [2], "although 3 has been idle for longer");
    let mut fourth = ask(4);
    fourth.wishes.seat = Some(AgentId(2));
    h.enqueue(fourth);
    assert_eq!(h.rung(4), [3], "only a VIP has a seat");
}

impl House {
    fn hang_up_after_answer(&mut self, id: i64) {
        self.answer(id);
        self.pass(1_000);
        self.hang_up(id);
    }
}

/// Who gets six calls one after the other, each of them over before the next.
fn turns(strategy: Strategy, talk_ms: [i64; 4]) -> Vec<i64> {
    let mut h = House::new(|q| q.strategy = strategy);
    for id in [3, 1, 2] {
        h.sign_in(id);
    }
    for n in 1..=6 {
        h.enqueue(ask(n));
        let chosen = h.rung(n)[0];
        h.answer(chosen);
        h.pass(talk_ms[chosen as usize]);
        h.hang_up(chosen);
        h.pass(1_000);
    }
    (1..=6).map(|n| h.rung(n)[0]).collect()
}

#[test]
fn d2_strategies_over_six_calls() {
    let even = [0, 10_000, 10_000, 10_000];
    assert_eq!(turns(Strategy::RoundRobin, even), [1, 2, 3, 1, 2, 3]);
    assert_eq!(turns(Strategy::LongestIdle, even), [3, 1, 2, 3, 1, 2]);
    assert_eq!(turns(Strategy::FewestCalls, even), [3, 1, 2, 3, 1, 2]);
    assert_eq!(turns(Strategy::FixedOrder, even), [1, 1, 1, 1, 1, 1]);
    assert_eq!(turns(Strategy::LeastTalk, [0, 60_000, 20_000, 10_000]), [3, 1, 2, 3, 2, 3]);
}

#[test]
fn d2_tallies_of_before_count_and_begin_anew_at_midnight() {
    let mut h = House::new(|q| q.strategy = Strategy::FewestCalls);
    h.ok(Input::Desk { tenant: TenantId(1), settings: Arc::default(), holidays: Arc::default() });
    h.sign_in(1);
    h.sign_in(2);
    h.ok(Input::Tally { agent: AgentId(1), calls: 9, talk_ms: 1 });
    h.enqueue(ask(1));
    assert_eq!(h.rung(1), [2]);
    h.hang_up_after_answer(2);
    h.pass(14 * 3_600_000);
    h.enqueue(ask(2));
    assert_eq!(h.rung(2), [1], "both have none today, 1 has been idle for longer");
}

#[test]
fn d2_skills_with_levels_and_what_waiting_makes_of_them() {
    let mut h = House::new(|q| {
        q.strategy = Strategy::SkillBased;
        q.relax_ms = 10_000;
        q.announcements.first_ms = 0;
    });
    for (id, skills) in [(1, vec![(7, 3)]), (2, vec![(7, 8)]), (3, vec![(9, 10)])] {
        h.ok(Input::Agent(Arc::new(agent(id, &skills))));
    }
    let french = |n, level_min| Ask { needs: vec![Need { skill: SkillId(7), level_min }], ..ask(n) };
    h.sign_in(3);
    h.sign_in(1);
    h.enqueue(french(1, 5));
    assert!(h.rung(1).is_empty(), "3 lacks the skill, 1 the level");
    h.sign_in(2);
    assert_eq!(h.rung(1), [2]);
    h.answer(2);
    h.enqueue(french(2, 5));
    h.pass(19_999);
    assert!(h.rung(2).is_empty());
    h.pass(1);
    assert_eq!(h.rung(2), [1], "after two steps 3 is enough");
    h.enqueue(french(3, 1));
    h.pass(60_000);
    assert!(h.rung(3).is_empty(), "a level never sinks to nothing");
}

#[test]
fn d2_shared_agents_serve_queues_by_weighted_wait() {
    let mut h = House::new(|_| {});
    let mut urgent = queue(2);
    urgent.weight = 300;
    h.ok(Input::Queue(Arc::new(urgent)));
    h.ok(Input::Members { queue: QueueId(2), members: vec![member(2, 1)] });
    h.enqueue(ask(1));
    h.pass(4_000);
    h.enqueue(Ask { queue: QueueId(2), ..ask(2) });
    h.pass(1_000);
    h.enqueue(ask(3));
    h.pass(4_000);
    // Weighted: 9 s, 15 s, 4 s.
    h.sign_in(1);
    assert_eq!(h.serve_all(), [2, 1, 3]);
}

#[test]
fn d6_the_record_of_a_lost_call_has_all_that_the_list_shows() {
    let mut h = House::new(|q| q.no_answer = NoAnswer::Skip { ms: 60_000 });
    let came = h.now;
    h.sign_in(1);
    let chosen_at = h.now;
    h.enqueue(Ask { service: Some(("投诉".into(), chosen_at)), ..ask(1) });
    h.pass(500);
    let reservation = h.reservation(1);
    h.ok(Input::Rang { reservation });
    h.pass(25_000);
    h.ok(Input::CallerLeft { call: CallId(1) });
    let stays = h.stays();
    let [lost] = stays.as_slice() else { panic!("{stays:?}") };
    assert_eq!((lost.outcome, lost.agent_id), (EntryOutcome::Abandoned, None));
    assert_eq!((lost.called.as_str(), lost.service.as_deref()), ("01088886666", Some("投诉")));
    assert_eq!(lost.service_at, Some(chosen_at));
    assert_eq!(lost.ended_at.since_ms(lost.came_at), 25_500);
    assert_eq!(lost.rung[0].agent_id, AgentId(1));
    assert_eq!(lost.rung[0].ringing_at, Some(came.plus_ms(501)));
    assert_eq!(h.give(Input::CallerLeft { call: CallId(1) }), Err(Refusal::UnknownEntry), "once");
}

#[test]
fn d7_messages_wait_in_the_same_line() {
    let mut h = House::new(|_| {});
    h.enqueue(Ask { channel: Channel::Mail, call: None, ..ask(1) });
    h.pass(60_000);
    h.enqueue(ask(2));
    assert!(!h.out.iter().any(|o| matches!(o, Output::Announce { entry, .. } if entry.0 == 1)), "mail is told nothing");
    h.sign_in(1);
    assert_eq!(h.serve_all(), [1, 2]);
}

#[test]
fn d8_membership_follows_the_calendar() {
    let mut h = House::new(|_| {});
    let afternoon = Schedule { windows: vec![Window { from: "10:30".into(), to: "11:00".into() }], ..Schedule::default() };
    let mut one = member(1, 1);
    one.schedule = Some(afternoon);
    h.ok(Input::Members { queue: QueueId(1), members: vec![one] });
    h.sign_in(1);
    h.enqueue(ask(1));
    h.pass(1_799_000);
    assert!(h.rung(1).is_empty());
    assert_eq!(h.acd.queue(QueueId(1)).unwrap().staffed, 0);
    h.drain();
    h.enqueue(ask(2));
    h.pass(1_100);
    assert_eq!(h.serve_all(), [1, 2], "the shift begins before the longest wait ends in the same moment");
    h.pass(1_800_000);
    h.enqueue(ask(3));
    assert!(h.rung(3).is_empty(), "the shift is over");
}

#[test]
fn d8_an_agent_of_several_groups_has_one_call() {
    let mut h = House::new(|_| {});
    h.ok(Input::Queue(Arc::new(queue(2))));
    h.ok(Input::Members { queue: QueueId(2), members: vec![member(2, 1)] });
    h.sign_in(1);
    h.enqueue(ask(1));
    h.enqueue(Ask { queue: QueueId(2), ..ask(2) });
    assert_eq!((h.rung(1), h.line(2)), (vec![1], vec![2]));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let mut h = House::new(|_| {});
    h.enqueue(ask(1));
    let mut give = |ask: Ask| h.give(Input::Enqueue(Box::new(ask)));
    assert_eq!(give(ask(1)), Err(Refusal::AlreadyWaiting));
    assert_eq!(give(Ask { entry: 2.into(), ..ask(1) }), Err(Refusal::AlreadyWaiting), "the same call");
    assert_eq!(give(Ask { queue: QueueId(9), ..ask(3) }), Err(Refusal::UnknownQueue));
    assert_eq!(give(Ask { tenant: TenantId(2), ..ask(3) }), Err(Refusal::Foreign));
    assert_eq!(give(Ask { caller: "1".repeat(1_000), ..ask(3) }), Err(Refusal::Limit));
    assert_eq!(h.give(Input::Answered { reservation: 7.into() }), Err(Refusal::Gone));
    assert_eq!(h.give(Input::Ready { agent: AgentId(1) }), Err(Refusal::SignedOut));
}

#[test]
fn a_queue_that_is_gone_gives_its_callers_back_to_their_flows() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.enqueue(ask(1));
    h.enqueue(ask(2));
    h.ok(Input::QueueGone { queue: QueueId(1) });
    let left = h.out.iter().filter(|o| matches!(o, Output::Leave { target: Target::Resume, .. })).count();
    assert_eq!(left, 2);
    assert_eq!(h.state(1), model::record::AgentState::Ready);
}

#[test]
fn d8_queues_that_overload_a_shared_agent_wait_in_the_ratio_of_their_weights() {
    let change = |q: &mut model::record::Queue| {
        q.capacity = 10_000;
        q.announcements.first_ms = 0;
        q.wait_ms_max = 86_400_000;
    };
    let mut h = House::new(|q| {
        change(q);
        q.weight = 300;
    });
    let mut two = queue(2);
    change(&mut two);
    h.ok(Input::Queue(Arc::new(two)));
    h.ok(Input::Members { queue: QueueId(2), members: vec![member(2, 1)] });
    h.sign_in(1);
    // Both lines grow: a caller for each in the time of one call.
    for n in 1..=400 {
        h.enqueue(ask(2 * n));
        h.enqueue(Ask { queue: QueueId(2), ..ask(2 * n + 1) });
        h.answer(1);
        h.pass(4_000);
        h.hang_up(1);
    }
    let served = |q| h.stays().iter().filter(|e| e.queue_id == QueueId(q)).count();
    let (heavy, light) = (served(1), served(2));
    // Waits as 1 to 3 means calls as 3 to 1 here: what is not served is what the line grows by.
    assert!((290..=310).contains(&heavy) && (90..=110).contains(&light), "{heavy} and {light}");
}
