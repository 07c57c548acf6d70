//! D5: ring time, redelivery, and what becomes of who does not answer.

use crate::house::{House, ask};
use acd::{Failure, Input, Output, Refusal, Withdrawal};
use model::record::{AgentState, EntryOutcome, NoAnswer, RingEnd, Seat, Strategy};
use model::{AgentId, AgentSessionId, CallId};

#[test]
fn d5_no_answer_within_the_ring_time_goes_to_the_next_by_the_same_strategy() {
    let mut h = House::new(|q| {
        q.strategy = Strategy::FixedOrder;
        q.ring_ms = 15_000;
    });
    for id in 1..=3 {
        h.sign_in(id);
    }
    h.enqueue(ask(1));
    h.enqueue(ask(2));
    let reservation = h.reservation(1);
    h.pass(2_000);
    h.ok(Input::Rang { reservation });
    h.pass(14_999);
    assert_eq!((h.rung(1), h.rung(2)), (vec![1], vec![2, 3]), "2's phone never rang and is unreachable");
    h.pass(1);
    assert!(h.out.contains(&Output::Withdraw { reservation, agent: AgentId(1), why: Withdrawal::NoAnswer }));
    assert_eq!((h.state(1), h.reason(1).as_deref()), (AgentState::Break, Some("no_answer")));
    assert_eq!((h.state(2), h.reason(2).as_deref()), (AgentState::Break, Some("unreachable")));
    assert_eq!(h.give(Input::Answered { reservation }), Err(Refusal::Gone), "too late");
    h.ok(Input::Ready { agent: AgentId(2) });
    assert_eq!(h.rung(1), [1, 2]);
}

#[test]
fn d5_an_agent_who_stays_ready_is_not_offered_the_same_caller_for_a_while() {
    let mut h = House::new(|q| q.no_answer = NoAnswer::Skip { ms: 30_000 });
    h.sign_in(1);
    h.enqueue(ask(1));
    h.fail(1, Failure::Declined);
    assert_eq!((h.state(1), h.line(1)), (AgentState::Ready, vec![1]));
    h.enqueue(ask(2));
    assert_eq!(h.rung(2), [1], "others are offered");
    h.answer(1);
    h.hang_up(1);
    h.pass(29_999);
    assert_eq!(h.rung(1), [1]);
    h.pass(1);
    assert_eq!(h.rung(1), [1, 1]);
    h.answer(1);
    assert_eq!(h.outcome(1), Some(EntryOutcome::Answered));
    let ends: Vec<RingEnd> = h.stays().last().unwrap().rung.iter().map(|r| r.end).collect();
    assert_eq!(ends, [RingEnd::Declined, RingEnd::Answered]);
}

#[test]
fn d5_who_is_redelivered_keeps_the_place() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    for n in 1..=3 {
        h.enqueue(ask(n));
        h.pass(100);
    }
    h.fail(1, Failure::NoAnswer);
    assert_eq!(h.line(1), [1, 2, 3]);
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_costs_the_agent_nothing() {
    let mut h = House::new(|_| {});
    h.sign_in(1);
    h.sign_in(2);
    h.enqueue(ask(1));
    h.pass(3_000);
    h.ok(Input::CallerLeft { call: CallId(1) });
    assert_eq!(h.state(1), AgentState::Ready);
    h.enqueue(ask(2));
    assert_eq!(h.rung(2), [1], "still the one idle for longest");
}

#[test]
fn e1_an_outside_phone_has_more_time_to_ring() {
    let mut h = House::new(|_| {});
    let seat = Seat::Outside { number: "+8613900000000".into() };
    h.ok(Input::SignIn { agent: AgentId(1), session: AgentSessionId(1), seat: seat.clone(), ready: true });
    h.enqueue(ask(1));
    assert_eq!((h.offers()[0].seat.clone(), h.offers()[0].ring_ms), (seat, 30_000));
    h.pass(14_000);
    assert_eq!(h.state(1), AgentState::Reserved);
    let reservation = h.reservation(1);
    h.ok(Input::Rang { reservation });
    h.pass(29_000);
    assert_eq!(h.state(1), AgentState::Ringing);
    h.ok(Input::Answered { reservation });
    assert_eq!(h.state(1), AgentState::Talking);
}
