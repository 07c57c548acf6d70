//! D5: a callback keeps the place and never doubles.

use crate::house::{House, ask};
use acd::{Failure, Input, Output, Refusal};
use model::calendar::{Schedule, Window};
use model::record::{AgentState, CallbackRules, EntryOutcome, RingEnd};
use model::{AgentId, CallId, QueueEntryId};

const FIRST: &str = "+8613800000001";

fn house() -> House {
    House::new(|q| {
        q.callback = CallbackRules { enabled: true, attempts_max: 2, retry_ms: 60_000, ring_ms: 25_000, keep_ms: 3_600_000 };
        q.announcements.first_ms = 0;
        q.longest_wait_ms = 0;
    })
}

/// Caller 1 has asked for a callback and hung up; 2 waits behind.
fn kept() -> House {
    let mut h = house();
    h.enqueue(ask(1));
    h.pass(100);
    h.enqueue(ask(2));
    h.ok(Input::Callback { entry: QueueEntryId(1), number: FIRST.into() });
    assert_eq!(h.give(Input::CallerLeft { call: CallId(1) }), Err(Refusal::UnknownEntry), "hanging up loses nothing");
    h.pass(11_000);
    h
}

fn dialled(h: &House) -> Vec<(i64, i64)> {
    let called = |o: &Output| match o {
        Output::CallBack { agent, entry, .. } => Some((agent.0, entry.0)),
        _ => None,
    };
    h.out.iter().filter_map(called).collect()
}

#[test]
fn d5_the_place_is_kept_and_an_agent_is_kept_while_the_caller_is_rung() {
    let mut h = kept();
    assert_eq!(h.line(1), [1, 2]);
    h.sign_in(1);
    assert_eq!((dialled(&h), h.rung(2)), (vec![(1, 1)], vec![]));
    let reservation = h.reservation(1);
    assert_eq!(h.give(Input::Answered { reservation }), Err(Refusal::NotNow), "nobody is there yet");
    h.pass(8_000);
    h.ok(Input::CallbackAnswered { reservation, call: CallId(50) });
    assert_eq!(h.rung(1), [1]);
    h.answer(1);
    let stay = h.stays()[0];
    assert_eq!((stay.outcome, stay.callback, stay.call_id), (EntryOutcome::Answered, true, Some(CallId(50))));
}

#[test]
fn d5_not_reached_is_tried_again_in_the_same_place_and_then_given_up() {
    let mut h = kept();
    h.sign_in(1);
    h.pass(25_000);
    assert_eq!(h.rung(2), [1], "meanwhile the next");
    h.answer(1);
    h.enqueue(ask(3));
    h.pass(60_000);
    assert_eq!(h.line(1), [1, 3]);
    h.hang_up(1);
    assert_eq!(dialled(&h), [(1, 1), (1, 1)]);
    let reservation = h.reservation(1);
    h.ok(Input::CallbackFailed { reservation });
    assert_eq!((h.outcome(1), h.rung(3)), (Some(EntryOutcome::CallbackFailed), vec![1]));
    let ends: Vec<RingEnd> = h.stays().iter().find(|e| e.id.0 == 1).unwrap().rung.iter().map(|r| r.end).collect();
    assert_eq!(ends, [RingEnd::CustomerNotReached, RingEnd::CustomerNotReached]);
}

#[test]
fn d5_asked_for_twice_it_stays_one() {
    let mut h = kept();
    h.enqueue(acd::Ask { caller: "withheld".into(), ..ask(3) });
    h.ok(Input::Callback { entry: QueueEntryId(3), number: FIRST.into() });
    assert_eq!((h.outcome(3), h.line(1)), (Some(EntryOutcome::Merged), vec![1, 2]));
    let kept = h.out.iter().filter(|o| matches!(o, Output::CallbackKept { entry, .. } if entry.0 == 1)).count();
    assert_eq!(kept, 2, "both are told of the one");
}

#[test]
fn d5_who_calls_again_has_the_place_of_their_callback() {
    let mut h = kept();
    h.enqueue(acd::Ask { caller: FIRST.into(), ..ask(9) });
    assert_eq!((h.line(1), h.outcome(1)), (vec![9, 2], Some(EntryOutcome::Superseded)));
    h.sign_in(1);
    assert_eq!((h.rung(9), dialled(&h)), (vec![1], vec![]));
}

#[test]
fn d5_who_calls_while_being_called_back_is_connected_once() {
    let mut h = kept();
    h.sign_in(1);
    let dialling = h.reservation(1);
    h.enqueue(acd::Ask { caller: FIRST.into(), ..ask(9) });
    assert!(h.out.iter().any(|o| matches!(o, Output::Withdraw { reservation, .. } if *reservation == dialling)));
    assert_eq!(h.rung(9), [1]);
    assert_eq!(h.give(Input::CallbackAnswered { reservation: dialling, call: CallId(60) }), Err(Refusal::Gone));
}

#[test]
fn d5_a_caller_who_was_reached_waits_on_when_the_agent_does_not_answer() {
    let mut h = kept();
    h.sign_in(1);
    let reservation = h.reservation(1);
    h.ok(Input::CallbackAnswered { reservation, call: CallId(50) });
    h.fail(1, Failure::NoAnswer);
    assert_eq!((h.state(1), h.line(1)), (AgentState::Break, vec![1, 2]));
    h.ok(Input::CallerLeft { call: CallId(50) });
    assert_eq!(h.outcome(1), Some(EntryOutcome::Abandoned));
}

#[test]
fn d5_a_callback_nobody_had_time_for_is_dropped_and_one_that_is_not_wanted_cancelled() {
    let mut h = kept();
    h.ok(Input::Callback { entry: QueueEntryId(2), number: "+8613800000002".into() });
    h.ok(Input::Cancel { entry: QueueEntryId(2) });
    h.pass(3_600_000);
    assert_eq!((h.outcome(1), h.outcome(2)), (Some(EntryOutcome::CallbackFailed), Some(EntryOutcome::Cancelled)));
}

#[test]
fn a_callback_needs_a_number_and_a_queue_that_has_them() {
    let mut h = house();
    h.enqueue(ask(1));
    assert_eq!(h.give(Input::Callback { entry: QueueEntryId(1), number: String::new() }), Err(Refusal::NoNumber));
    let mut without = House::new(|_| {});
    without.enqueue(ask(1));
    let asked = Input::Callback { entry: QueueEntryId(1), number: FIRST.into() };
    assert_eq!(without.give(asked), Err(Refusal::NoSuchChoice));
    assert_eq!(without.give(Input::Take { entry: QueueEntryId(1), agent: AgentId(1) }), Err(Refusal::SignedOut));
}

#[test]
fn nobody_is_called_back_while_the_queue_is_closed() {
    let mut h = House::new(|q| {
        q.callback = CallbackRules { enabled: true, ..CallbackRules::default() };
        let windows =
            vec![Window { from: "09:00".into(), to: "10:30".into() }, Window { from: "14:00".into(), to: "18:00".into() }];
        q.hours = Some(Schedule { windows, ..Schedule::default() });
    });
    h.enqueue(ask(1));
    h.ok(Input::Callback { entry: QueueEntryId(1), number: FIRST.into() });
    h.pass(1_800_000);
    h.sign_in(1);
    h.enqueue(acd::Ask { caller: FIRST.into(), ..ask(2) });
    assert_eq!((h.outcome(2), h.line(1)), (Some(EntryOutcome::Closed), vec![1]), "the place outlives a call at the wrong hour");
    h.pass(3 * 3_600_000);
    assert!(dialled(&h).is_empty());
    h.pass(1_800_000);
    assert_eq!(dialled(&h), [(1, 1)]);
}
