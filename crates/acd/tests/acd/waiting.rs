//! D5: announcements, choices, keys, overflow, limits of a wait, service level.

use crate::house::{House, ask, queue};
use acd::{Alarm, Ask, Input, Output, Refusal};
use model::calendar::{Schedule, Window};
use model::record::{CallbackRules, Choice, EntryOutcome, Overflow, OverflowWhen, Target};
use model::{AgentId, CallId, QueueEntryId, QueueId};
use std::collections::BTreeMap;
use std::sync::Arc;

fn targets(h: &House) -> Vec<(i64, Target, EntryOutcome)> {
    let left = |o: &Output| match o {
        Output::Leave { entry, target, outcome, .. } => Some((entry.0, target.clone(), *outcome)),
        _ => None,
    };
    h.out.iter().filter_map(left).collect()
}

fn rule(when: OverflowWhen, target: Target) -> Overflow {
    Overflow { when, target }
}

fn mobiles() -> Target {
    Target::Numbers { numbers: vec!["+8613900000001".into(), "+8613900000002".into()] }
}

#[test]
fn d5_position_and_wait_are_told_first_and_then_again() {
    let mut h = House::new(|q| {
        q.announcements.wait = true;
        q.announcements.first_ms = 10_000;
        q.announcements.every_ms = 20_000;
    });
    h.sign_in(1);
    h.sign_in(2);
    for n in 1..=4 {
        h.enqueue(ask(n));
    }
    h.answer(1);
    h.answer(2);
    let told = |o: &Output| match o {
        Output::Waiting { entry, position, wait_ms, .. } => Some((entry.0, *position, *wait_ms)),
        _ => None,
    };
    let first: Vec<_> = h.out.iter().filter_map(told).collect();
    assert_eq!(first, [(3, 1, Some(90_000)), (4, 2, Some(180_000))], "180 s a call, two agents");
    h.drain();
    h.pass(30_000);
    let announced: Vec<_> = h
        .out
        .iter()
        .filter_map(|o| match o {
            Output::Announce { entry, position, wait_ms, .. } => Some((entry.0, position.unwrap(), wait_ms.unwrap())),
            _ => None,
        })
        .collect();
    assert_eq!(announced, [(3, 1, 90_000), (4, 2, 180_000), (3, 1, 90_000), (4, 2, 180_000)]);
}

fn choosing() -> House {
    House::new(|q| {
        q.longest_wait_ms = 60_000;
        q.choice_ms = 10_000;
        q.announcements.first_ms = 0;
        q.callback = CallbackRules { enabled: true, ..CallbackRules::default() };
        q.choices =
            BTreeMap::from([('1', Choice::Keep), ('2', Choice::Callback), ('3', Choice::Go { target: Target::Voicemail })]);
        q.leave_key = Some('*');
    })
}

#[test]
fn d5_past_the_longest_wait_choices_are_offered_and_again_after_it() {
    let mut h = choosing();
    h.enqueue(ask(1));
    assert_eq!(h.give(Input::Key { entry: QueueEntryId(1), key: '3' }), Err(Refusal::NoSuchChoice), "not offered yet");
    h.pass(60_000);
    let offered = |h: &House| h.out.iter().filter(|o| matches!(o, Output::Choices { .. })).count();
    assert_eq!(offered(&h), 1);
    h.ok(Input::Key { entry: QueueEntryId(1), key: '1' });
    h.pass(60_000);
    assert_eq!(offered(&h), 2);
    h.pass(10_000);
    assert_eq!(h.line(1), [1], "no key: as the queue has it");
    h.pass(60_000);
    h.ok(Input::Key { entry: QueueEntryId(1), key: '3' });
    assert_eq!(targets(&h), [(1, Target::Voicemail, EntryOutcome::Left)]);
}

#[test]
fn d5_a_key_leaves_at_any_time_and_an_agent_cuts_the_menu_off() {
    let mut h = choosing();
    h.enqueue(ask(1));
    h.enqueue(ask(2));
    h.ok(Input::Key { entry: QueueEntryId(2), key: '*' });
    assert_eq!(targets(&h), [(2, Target::Resume, EntryOutcome::Left)]);
    h.pass(65_000);
    h.sign_in(1);
    assert_eq!(h.rung(1), [1]);
    assert_eq!(h.give(Input::Key { entry: QueueEntryId(1), key: '3' }), Err(Refusal::NotNow));
}

#[test]
fn d5_nobody_waits_longer_than_the_end() {
    let mut h = House::new(|q| {
        q.wait_ms_max = 300_000;
        q.at_wait_max = mobiles();
    });
    h.enqueue(ask(1));
    h.enqueue(Ask { patience: Some((2_000, Target::HangUp)), ..ask(2) });
    h.pass(2_000);
    assert_eq!(targets(&h), [(2, Target::HangUp, EntryOutcome::TimedOut)], "whom the dialer reached waits for 2 s");
    h.pass(298_000);
    assert_eq!(targets(&h)[1], (1, mobiles(), EntryOutcome::TimedOut));
}

#[test]
fn overflow_by_time_keeps_the_time_waited() {
    let mut h = House::new(|q| {
        q.overflow = vec![
            rule(OverflowWhen::Waited { ms: 90_000 }, Target::Voicemail),
            rule(OverflowWhen::Waited { ms: 30_000 }, Target::Queue { queue: QueueId(2) }),
        ];
    });
    h.ok(Input::Queue(Arc::new(queue(2))));
    h.enqueue(ask(1));
    h.pass(20_000);
    h.enqueue(Ask { queue: QueueId(2), ..ask(2) });
    h.pass(10_000);
    assert_eq!(h.line(2), [1, 2], "before who came later");
    let stay = h.stays()[0];
    assert_eq!((stay.ordinal, stay.outcome, stay.queue_id), (0, EntryOutcome::Overflowed, QueueId(1)));
    h.ok(Input::QueueGone { queue: QueueId(2) });
    h.drain();
    h.enqueue(ask(3));
    h.pass(90_000);
    assert_eq!(targets(&h), [(3, Target::Voicemail, EntryOutcome::Overflowed)], "the second rule, as the first cannot");
}

#[test]
fn two_queues_that_overflow_into_each_other_do_not_spin() {
    let to = |q| vec![rule(OverflowWhen::NoAgents, Target::Queue { queue: QueueId(q) })];
    let mut h = House::new(|q| q.overflow = to(2));
    let mut two = queue(2);
    two.overflow = to(1);
    h.ok(Input::Queue(Arc::new(two)));
    h.enqueue(ask(1));
    assert_eq!((h.line(1), h.line(2)), (vec![], vec![1]));
}

#[test]
fn overflow_when_full_closed_or_nobody_is_there() {
    let mut h = House::new(|q| {
        q.capacity = 1;
        q.overflow = vec![rule(OverflowWhen::Full, mobiles()), rule(OverflowWhen::NoAgents, Target::Voicemail)];
    });
    h.enqueue(ask(1));
    assert_eq!(targets(&h), [(1, Target::Voicemail, EntryOutcome::Overflowed)], "no agents signed in");
    h.sign_in(1);
    h.drain();
    for n in 2..=4 {
        h.enqueue(ask(n));
    }
    assert_eq!(targets(&h), [(4, mobiles(), EntryOutcome::Full)].map(|(n, t, _)| (n, t, EntryOutcome::Overflowed)));
    h.answer(1);
    h.ok(Input::SignOut { agent: AgentId(1) });
    h.drain();
    h.hang_up(1);
    assert_eq!(targets(&h), [(3, Target::Voicemail, EntryOutcome::Overflowed)], "the last agent left");
    let mut night = queue(1);
    night.hours = Some(Schedule { windows: vec![Window { from: "20:00".into(), to: "24:00".into() }], ..Schedule::default() });
    night.overflow = vec![rule(OverflowWhen::Closed, mobiles())];
    h.ok(Input::Queue(Arc::new(night)));
    h.sign_in(1);
    h.drain();
    h.enqueue(ask(5));
    assert_eq!(targets(&h), [(5, mobiles(), EntryOutcome::Overflowed)], "B3: closed");
    h.pass(10 * 3_600_000);
    h.enqueue(ask(6));
    assert_eq!(h.rung(6), [1], "open");
}

#[test]
fn without_a_rule_who_finds_it_full_goes_on_in_the_flow() {
    let mut h = House::new(|q| q.capacity = 0);
    h.enqueue(ask(1));
    assert_eq!(targets(&h), [(1, Target::Resume, EntryOutcome::Full)]);
    h.sign_in(1);
    h.enqueue(ask(2));
    assert_eq!(h.rung(2), [1], "an agent who is free is not full");
}

#[test]
fn overflow_by_the_expected_wait() {
    let mut h = House::new(|q| q.overflow = vec![rule(OverflowWhen::Estimate { ms: 200_000 }, Target::Voicemail)]);
    h.sign_in(1);
    for n in 1..=3 {
        h.enqueue(ask(n));
    }
    assert_eq!((h.line(1), targets(&h).len()), (vec![2], 1), "the second in line would wait for 360 s");
}

#[test]
fn the_service_level_raises_one_alarm_and_takes_it_back() {
    let mut h = House::new(|q| {
        q.service_level.long_wait_ms = 30_000;
        q.announcements.first_ms = 0;
    });
    for n in 1..=12 {
        h.enqueue(ask(n));
    }
    h.pass(31_000);
    h.sign_in(1);
    h.serve_all();
    let alarms = |h: &House| -> Vec<bool> {
        h.out
            .iter()
            .filter_map(|o| if let Output::Alarm(Alarm::ServiceLevel { on, .. }) = o { Some(*on) } else { None })
            .collect()
    };
    assert_eq!(alarms(&h), [true]);
    assert_eq!(h.out.iter().filter(|o| matches!(o, Output::Alarm(Alarm::LongWait { .. }))).count(), 12);
    assert_eq!(h.acd.queue(QueueId(1)).unwrap().service_level, Some((0, 12)));
    h.pass(31 * 60_000);
    h.enqueue(ask(20));
    h.serve_all();
    assert_eq!(alarms(&h), [true, false]);
}

#[test]
fn who_gives_up_at_once_counts_for_nothing() {
    let mut h = House::new(|_| {});
    h.enqueue(ask(1));
    h.pass(2_000);
    h.ok(Input::CallerLeft { call: CallId(1) });
    assert_eq!(h.acd.queue(QueueId(1)).unwrap().service_level, None);
    h.enqueue(ask(2));
    h.pass(4_000);
    h.ok(Input::CallerLeft { call: CallId(2) });
    assert_eq!(h.acd.queue(QueueId(1)).unwrap().service_level, Some((0, 1)));
}
